r"""
A sigmoid unit
==============

The unit of a neural network adds up its inputs, weighted, and squashes the sum: :math:`y =
\sigma(w_1 x_1 + w_2 x_2 + b)`. Like a nerve cell it stays silent below a threshold and fires at
most so fast above it. The weights' direction says to what it reacts, their size how sharply: the
unit on the right has four times the weights of the one on the left, and the same boundary
:math:`y = \tfrac12`.
"""

import matplotlib.pyplot as plt
import numpy as np

import sigmoids as sg

x1, x2 = np.meshgrid(np.linspace(-3, 3, 200), np.linspace(-3, 3, 200))
fig, axes = plt.subplots(1, 2, figsize=(5, 2.9), sharey=True)
for ax, scale in zip(axes, (1, 4), strict=True):
    w, b = scale * np.array([1.0, 0.5]), scale * -0.5
    y = sg.sigmoid(w[0] * x1 + w[1] * x2 + b)
    shades = ax.pcolormesh(x1, x2, y, cmap="cividis", vmin=0, vmax=1, rasterized=True)
    ax.contour(x1, x2, y, [0.5], colors="white")
    ax.set(aspect="equal", xlabel="$x_1$", title=f"w = ({w[0]:g}, {w[1]:g})")
    print(
        f"w = {w}, b = {b}: output between ¼ and ¾ for {np.mean(abs(y - 0.5) < 0.25):.0%} of inputs"
    )
axes[0].set_ylabel("$x_2$")
fig.colorbar(shades, ax=axes, orientation="horizontal", label="output y", shrink=0.6)
