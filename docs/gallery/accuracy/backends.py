r"""
Every backend, by size
======================

The time of one call of ``sg.sigmoid`` on a float32 array, on the machine that built this page, for
every backend and
both accuracies. Few numbers cost what it takes to look up who computes; for many, the loops count.
JAX and PyTorch get NumPy arrays here, and give NumPy arrays back.
"""

import timeit

import matplotlib.pyplot as plt
import numpy as np

import sigmoids as sg

sizes = [1, 100, 10_000, 1_000_000]
looks = {"numpy": "s-", "numba": "o-", "jax": "^-", "torch": "v:"}
fig, axes = plt.subplots(1, 2, figsize=(5, 4), sharex=True, sharey=True)
print("µs a call, n =", *(f"{n:>9,}" for n in sizes))
for ax, accuracy in zip(axes, ("high", "fast"), strict=True):
    for name, look in looks.items():
        times = []
        for n in sizes:
            x = np.random.default_rng(0).normal(0, 4, n).astype(np.float32)
            timer = timeit.Timer(lambda: sg.sigmoid(x, backend=name, accuracy=accuracy))  # noqa: B023
            timer.timeit(1)  # compiles, where there is something to compile
            number = 3 if n == sizes[-1] else 50
            times.append(min(timer.repeat(5, number)) / number * 1e6)
        print(f"{name:6} {accuracy:6}", *(f"{t:9.2f}" for t in times))
        ax.loglog(sizes, times, look, label=name)
    ax.set(title=f'"{accuracy}"', xlabel="numbers in the array")
axes[0].set_ylabel("µs a call")
axes[0].legend(fontsize="small")
