r"""
1838: Verhulst's law of growth
==============================

A population that grows the more slowly the nearer it is to what the land can feed obeys :math:`p'
= r\,p\,(1 - p/K)`; the solution, :math:`p(t) = K\,\sigma(r\,(t - t_0))`, is what Verhulst, in
papers from 1838 to 1847, named the logistic curve. It grows exponentially at first, then more
slowly, for a while nearly along a line, and at last not at all. Pearl and Reed found it again in
1920, in the censuses of the United States up to 1910, and foretold a limit of 197 million. A
least-squares fit to the same censuses stands here beside what came after.
"""

import matplotlib.pyplot as plt
import numpy as np
from scipy.optimize import curve_fit

import sigmoids as sg

# Millions, by the Bureau of the Census; as in D. R. McNeil, Interactive Data Analysis, Wiley 1977.
millions = np.array(
    [3.93, 5.31, 7.24, 9.64, 12.9, 17.1, 23.2, 31.4, 39.8, 50.2, 62.9, 76.0, 92.0, 105.7, 122.8,
     131.7, 151.3, 179.3, 203.2]
)  # fmt: skip
year = np.arange(1790, 1971, 10)
known = year <= 1910


def population(t, limit, rate, middle):
    return limit * sg.sigmoid(rate * (t - middle))


fitted, _ = curve_fit(population, year[known], millions[known], p0=(200, 0.03, 1900))
print("limit {:.0f} million, rate {:.2%} a year, middle of the growth {:.0f}".format(*fitted))
print(f"census of 1970: {millions[-1]} million; the curve says {population(1970, *fitted):.1f}")

t = np.linspace(1790, 2000, 300)
fig, ax = plt.subplots()
ax.plot(t, population(t, *fitted), color="black", label="fitted up to 1910")
ax.plot(year[known], millions[known], "o", color="#0072B2", label="census")
ax.plot(
    year[~known], millions[~known], "o", color="#0072B2", fillstyle="none", label="later census"
)
ax.axhline(fitted[0], color="0.6", linewidth=1, linestyle=":")
ax.set(ylabel="millions", ylim=(0, 215))
ax.legend(loc="lower right")
