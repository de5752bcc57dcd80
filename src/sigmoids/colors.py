"""One colour for one function in every picture.

They differ in brightness too, for colour-blind readers and for printers.
"""

COLORS = {
    "sigmoid": "#000000",
    "sigmoid_derivative": "#FF0000",
    "logit": "#882255",
    "sigmoid_binary_cross_entropy": "#735500",
    "tanh": "#0072B2",
    "arctan_sigmoid": "#E69F00",
    "softplus": "#009E73",
    "silu": "#CC79A7",
    "relu": "#999999",
    "log_sigmoid": "#D55E00",
    "tanh_derivative": "#7FB8D8",
    "arctan_sigmoid_derivative": "#F7B98B",
    "silu_derivative": "#EBC9DC",
}

SLOPE = "#FF0000"
"""The slope of a function that is drawn alone."""
