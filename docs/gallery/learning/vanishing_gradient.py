r"""
The vanishing gradient
======================

Backpropagation multiplies the gradient by every layer's slope. The logistic function's is ¼ at
most, and next to 0 where a unit is *saturated*, far from 0 on either side. So little arrives at
the first of ten layers. tanh does better, as its slope is 1 at 0; ReLU's is 1 wherever the unit
is active. Weights are scaled to suit each function (Glorot and Bengio 2010; for ReLU twice their
variance).
"""

import matplotlib.pyplot as plt
import numpy as np

import sigmoids as sg
from sigmoids.colors import COLORS

width, layers = 100, 10
activations = {
    "sigmoid": (sg.sigmoid, sg.sigmoid_derivative, 1),
    "tanh": (sg.tanh, sg.tanh_derivative, 1),
    "relu": (lambda x: np.maximum(x, 0), lambda x: np.heaviside(x, 0), 2),
}
fig, ax = plt.subplots()
for name, (function, derivative, gain) in activations.items():
    random = np.random.default_rng(0)
    weights = random.normal(0, np.sqrt(gain / width), (layers, width, width))
    h, sums = random.normal(size=(200, width)), []
    for w in weights:
        sums.append(h @ w)
        h = function(sums[-1])
    gradient, sizes = random.normal(size=h.shape), []
    for w, s in zip(weights[::-1], sums[::-1], strict=True):
        gradient = gradient * derivative(s)
        sizes.append(np.sqrt(np.mean(gradient**2)))
        gradient = gradient @ w.T
    ax.semilogy(range(layers, 0, -1), sizes, "o-", color=COLORS[name], label=name)
    print(f"{name:8} from layer 10 to layer 1 the gradient shrinks to {sizes[-1] / sizes[0]:.1e}")
ax.set(xlabel="layer", ylabel="size of the gradient", xticks=range(1, 11))
ax.legend()
