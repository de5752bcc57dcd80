r"""
One array, every backend, the same bytes
========================================

Results that are rounded correctly are the same whoever computes them. A million numbers of
float32 go through every backend that is installed, and through other libraries; what is printed
begins the SHA-256 hash of all bytes of the result. The picture counts the elements in which two
of them differ.
"""

import hashlib

import jax
import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy.special import expit

import sigmoids as sg

x = np.random.default_rng(0).normal(0, 20, 1_000_000).astype(np.float32)
found = {name: sg.sigmoid(x, backend=name) for name in ("numpy", "numba", "jax", "torch")}
found["SciPy"] = expit(x)
found["PyTorch"] = torch.sigmoid(torch.from_numpy(x)).numpy()
found["JAX"] = np.asarray(jax.nn.sigmoid(x))
for name, y in found.items():
    print(f"{name:8} {hashlib.sha256(y.tobytes()).hexdigest()[:32]}")
assert len({y.tobytes() for y in list(found.values())[:4]}) == 1

differ = np.array([[np.mean(a != b) for a in found.values()] for b in found.values()])
fig, ax = plt.subplots(figsize=(5, 4.6))
ax.imshow(np.where(differ > 0, 1 + differ, 0), cmap="Reds", vmin=0, vmax=3)
for (row, column), share in np.ndenumerate(differ):
    ax.text(
        column, row, f"{share:.0%}" if share else "0", ha="center", va="center", fontsize="small"
    )
ax.set(xticks=range(len(found)), yticks=range(len(found)), xticklabels=found, yticklabels=found,
       title="elements that differ")  # fmt: skip
ax.tick_params(axis="x", rotation=45)
ax.spines[:].set_visible(False)
