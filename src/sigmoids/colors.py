"""One colour for one function, in every picture; they differ for colour-blind readers too."""

COLORS = {
    "sigmoid": "#000000",
    "tanh": "#0072B2",
    "arctan_sigmoid": "#D55E00",
    "log_sigmoid": "#56B4E9",
    "softplus": "#009E73",
    "silu": "#CC79A7",
    "logit": "#882255",
    "sigmoid_binary_cross_entropy": "#8C6D00",
    "relu": "#999999",
}
