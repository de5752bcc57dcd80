r"""
1943: McCulloch and Pitts' cutoff
=================================

The first neurons that calculated, on paper, were all or nothing: 1 from a threshold on, 0 below
(McCulloch and Pitts 1943). That is the limit of ever steeper sigmoids,

.. math::

   \lim_{k \to \infty} \sigma(k x) =
   \begin{cases} 0 & x < 0 \\ \tfrac12 & x = 0 \\ 1 & x > 0. \end{cases}

What is lost on the way is the slope, by which a network learns: of the cutoff nothing is left but
0.
"""

import matplotlib.pyplot as plt
import numpy as np

import sigmoids as sg

x = np.linspace(-2, 2, 1001)
fig, (values, slopes) = plt.subplots(2, figsize=(5, 5.2), sharex=True)
for k, grey in ((1, "0.75"), (4, "0.55"), (16, "0.3"), (64, "0")):
    values.plot(x, sg.sigmoid(k * x), color=grey, label=f"k = {k}")
    slopes.semilogy(x, k * sg.sigmoid_derivative(k * x), "--", color=grey)
    y, slope = sg.sigmoid_and_derivative(k * 0.5)
    print(f"k = {k:2}: σ(k/2) = {y:.15f}, slope there {k * slope:.1e}")
values.plot(x, np.heaviside(x, 0.5), ":", color="red", label="cutoff")
values.set(title="σ(k x)")
values.legend(fontsize="small")
slopes.set(title="slopes, logarithmically", xlabel="x", ylim=(1e-30, 100))
print("\nin the limit, AND and OR of two inputs are cutoffs of sums:")
for a, b in ((0, 0), (0, 1), (1, 0), (1, 1)):
    print(a, b, " AND", sg.sigmoid(1e3 * (a + b - 1.5)), " OR", sg.sigmoid(1e3 * (a + b - 0.5)))
