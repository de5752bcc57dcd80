r"""
The curve and its slope
=======================

The logistic function,

.. math:: \sigma(x) = \frac{1}{1 + e^{-x}} = \frac{e^x}{1 + e^x},

in black, and its slope :math:`\sigma'(x) = \sigma(x)\,(1 - \sigma(x))` dashed in red. It rises
from 0 to 1, is ½ at 0, and steepest there, with a slope of ¼.
"""

import matplotlib.pyplot as plt
import numpy as np

import sigmoids as sg

x = np.linspace(-10, 10, 1001)
y, slope = sg.sigmoid_and_derivative(x)

fig, ax = plt.subplots()
ax.plot(x, y, color="black", label="σ(x)")
ax.plot(x, slope, "--", color="red", label="σ′(x)")
ax.axhline(0, color="black", linewidth=0.8)
ax.axvline(0, color="black", linewidth=0.8)
ax.spines[:].set_visible(False)
ax.set(xticks=[-10, -5, 0, 5, 10], yticks=[0, 0.25, 0.5, 0.75, 1])
ax.legend(loc="upper left")

print("x from −10 to 10:   σ from", y.min(), "to", y.max())
print("steepest at x =", x[slope.argmax()], "with a slope of", slope.max())

# %%
# ``sigmoids plot`` draws the same, and ``sg.plot("tanh", "silu")`` any members of the family.
