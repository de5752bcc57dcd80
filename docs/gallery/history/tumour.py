r"""
Growth of a tumour
==================

What limits itself grows along such curves in ecology and medicine too. The weights are of a Lewis
lung carcinoma in mice, day by day (L. Simpson-Herren, A. H. Sanford, J. P. Holmquist, Cell and
Tissue Kinetics 7, 1974; as tabulated in J. M. Mahaffy's course Math 121 at San Diego State
University). Beside the logistic curve, :math:`K\,\sigma(r(t - t_0))`, stands Gompertz' of 1825,
:math:`K\,e^{-e^{-r(t - t_0)}}`, which approaches its limit more slowly than it left 0. Which of
them fits better, and how little the data say of the limit, is printed below.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import curve_fit

import sigmoids as sg

day = np.arange(23)
grams = np.array(
    [324, 394, 534, 775, 1135, 1250, 1410, 1540, 1730, 2490, 2440, 3750, 3790, 5190, 4940, 5830,
     5400, 6070, 7980, 7900, 8300, 8980, 9340]
) / 1000  # fmt: skip


def logistic(t, limit, rate, middle):
    return limit * sg.sigmoid(rate * (t - middle))


def gompertz(t, limit, rate, middle):
    return limit * np.exp(-np.exp(-rate * (t - middle)))


t = np.linspace(0, 40, 300)
fig, ax = plt.subplots()
ax.plot(day, grams, "o", color="#0072B2", label="measured")
for curve, style in (
    (logistic, {"color": "black"}),
    (gompertz, {"color": "0.5", "dashes": (4, 2)}),
):
    fitted, _ = curve_fit(curve, day, grams, p0=(10, 0.2, 12), maxfev=10_000)
    residual = np.sqrt(np.mean((curve(day, *fitted) - grams) ** 2))
    print(f"{curve.__name__}: limit {fitted[0]:.1f} g, off by {residual:.2f} g (root mean square)")
    ax.plot(t, curve(t, *fitted), **style, label=curve.__name__)
ax.set(xlabel="days after the first weighing", ylabel="grams")
ax.legend()
