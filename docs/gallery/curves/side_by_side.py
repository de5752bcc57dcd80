r"""
Logistic, tanh and arctangent
=============================

Three curves of the same shape. The hyperbolic tangent is the logistic function, stretched:
:math:`\tanh x = 2\,\sigma(2x) - 1`. The arctangent, scaled to the same limits and the same slope
at 0, comes close to its limits much more slowly. That is best seen in the slopes, drawn
logarithmically: two fall off exponentially, the third like :math:`1/x^2`.
"""

import matplotlib.pyplot as plt
import numpy as np

import sigmoids as sg
from sigmoids.colors import COLORS

x = np.linspace(-10, 10, 1001)
fig, (values, slopes) = plt.subplots(2, figsize=(5, 5.6))
for name in ("sigmoid", "tanh", "arctan_sigmoid"):
    function, derivative = getattr(sg, name), getattr(sg, f"{name}_derivative")
    values.plot(x, function(x), color=COLORS[name], label=name)
    slopes.semilogy(x, derivative(x), "--", color=COLORS[name])
    print(f"{name:15} slope at 0, 5, 10:", *(f"{s:8.2g}" for s in derivative([0.0, 5.0, 10.0])))
values.axhline(0, color="black", linewidth=0.8)
values.axvline(0, color="black", linewidth=0.8)
values.spines[:].set_visible(False)
values.set(title="values", yticks=[-1, 0, 1])
values.legend(loc="upper left", fontsize="small")
slopes.set(title="slopes, logarithmically", xlabel="x")
