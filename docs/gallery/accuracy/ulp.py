r"""
What an ulp is
==============

Floating-point numbers are a grid. The distance from one to the next is called an *ulp*, a unit in
the last place. An exact result lies somewhere between two of them; the best a computer can do is
to return the nearer one, which is at most half an ulp away. Such a result is *correctly rounded*.
There is only one such number, so programs that round correctly agree to the last bit. The picture
shows the grid of float16 and on it, for eight neighbouring :math:`x`, the exact
:math:`\sigma(x)`, what NumPy's expression makes of it in float16, and ours.
"""

import matplotlib.pyplot as plt
import mpmath
import numpy as np

import sigmoids as sg

x = (-2.0625 - np.arange(8) / 512).astype(np.float16)
exact = [float(1 / (1 + mpmath.exp(-mpmath.mpf(float(v))))) for v in x]
plain = 1 / (1 + np.exp(-x))
ours = sg.sigmoid(x)
ulp = float(np.spacing(ours.max()))
grid = np.arange(np.floor(min(exact) / ulp), np.ceil(max(exact) / ulp) + 1) * ulp

fig, ax = plt.subplots(figsize=(5, 3.8))
ax.hlines(grid, -0.5, len(x) - 0.5, color="0.85", linewidth=0.8)
ax.plot(exact, "+", color="red", markersize=9, label="exact")
ax.plot(plain.astype(float), "s", color="#D55E00", fillstyle="none", label="1/(1 + np.exp(-x))")
ax.plot(ours.astype(float), "o", color="black", markersize=4, label="sg.sigmoid")
ax.set(xlabel="8 neighbouring values of x", ylabel="lines: the numbers of float16", xticks=[])
ax.legend(fontsize="small")
for name, y in (("1/(1 + np.exp(-x))", plain), ("sg.sigmoid", ours)):
    print(f"{name:20} largest error {max(abs(y.astype(float) - exact)) / ulp:.2f} ulp")
