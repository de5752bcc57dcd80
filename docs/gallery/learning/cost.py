r"""
What an exponential costs
=========================

ReLU compares, the logistic function takes an exponential and a division. Here a million float32
numbers are computed by one thread, on the machine that built this page: first what can hardly be
done faster, a copy; then ReLU, the exponential alone, the textbook expression in NumPy, SciPy's
``expit``, and ours. ``sigmoids bench`` measures more, and more carefully.
"""

import timeit

import matplotlib.pyplot as plt
import numpy as np
from scipy.special import expit

import sigmoids as sg

x = np.random.default_rng(0).normal(0, 4, 1_000_000).astype(np.float32)
y = np.empty_like(x)
ways = {
    "copy": lambda: np.copyto(y, x),
    "ReLU": lambda: np.maximum(x, 0, out=y),
    "np.exp": lambda: np.exp(x, out=y),
    "1/(1 + np.exp(-x))": lambda: 1 / (1 + np.exp(-x)),
    "scipy.special.expit": lambda: expit(x, out=y),
    "sg.sigmoid": lambda: sg.sigmoid(x, out=y),
    'sg.sigmoid, "fast"': lambda: sg.sigmoid(x, out=y, accuracy="fast"),
}
times = {}
with sg.use_num_threads(1):
    for name, way in ways.items():
        way()  # compiles, where there is something to compile
        times[name] = min(timeit.repeat(way, number=5, repeat=9)) / 5 / x.size * 1e9
        print(f"{name:20} {times[name]:5.2f} ns per number")
fig, ax = plt.subplots(figsize=(5, 2.8))
ax.barh(list(times), list(times.values()), color=["0.75"] * 5 + ["black"] * 2)
ax.invert_yaxis()
ax.set(xlabel="ns per number, one thread")
