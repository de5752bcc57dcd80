r"""
Softplus, SiLU and ReLU
=======================

Two relatives of the logistic function resemble the rectifier :math:`\operatorname{ReLU}(x) =
\max(x, 0)` without its kink: softplus, :math:`\log(1 + e^x)`, whose slope is :math:`\sigma(x)`,
and SiLU, :math:`x\,\sigma(x)`. Left of 0 their slopes become small, but not 0 at once.
"""

import matplotlib.pyplot as plt
import numpy as np

import sigmoids as sg
from sigmoids.colors import COLORS

x = np.linspace(-6, 6, 1201)
curves = {
    "relu": (np.maximum(x, 0), np.heaviside(x, np.nan)),
    "softplus": (sg.softplus(x), sg.sigmoid(x)),
    "silu": (sg.silu(x), sg.silu_derivative(x)),
}
fig, (values, slopes) = plt.subplots(2, figsize=(5, 5.6))
for name, (value, slope) in curves.items():
    values.plot(x, value, color=COLORS[name], label=name)
    slopes.plot(x, slope, "--", color=COLORS[name])
    print(f"{name:8}  slope at −3: {slope[300]:7.4f}   smallest value: {value.min():.4f}")
for ax, title in ((values, "values"), (slopes, "slopes")):
    ax.axhline(0, color="black", linewidth=0.8)
    ax.axvline(0, color="black", linewidth=0.8)
    ax.spines[:].set_visible(False)
    ax.set_title(title)
values.legend()
