r"""
The tails of six libraries
==========================

Far left the logistic function is about :math:`e^x`, small but not 0: float32 has numbers down to
1.4e-45, which is reached near −103.9. The smallest ones, below 1.2e-38, are *subnormal*: they
have fewer digits. Most libraries overflow in :math:`e^{-x}` before, or switch these numbers off,
and return 0 from −87 or −89 on.
"""

import jax
import matplotlib.pyplot as plt
import numexpr
import numpy as np
import torch
from scipy.special import expit

import sigmoids as sg

x = np.linspace(-106, -80, 2000, dtype=np.float32)
with np.errstate(over="ignore"):
    found = {
        "sigmoids": sg.sigmoid(x),
        "NumPy": 1 / (1 + np.exp(-x)),
        "SciPy": expit(x),
        "numexpr": numexpr.evaluate("1 / (1 + exp(-x))"),
        "PyTorch": torch.sigmoid(torch.from_numpy(x)).numpy(),
        "JAX": np.asarray(jax.nn.sigmoid(x)),
    }
fig, axes = plt.subplots(3, 2, figsize=(5, 6), sharex=True, sharey=True)
for ax, (name, y) in zip(axes.flat, found.items(), strict=True):
    ax.semilogy(x, np.exp(x.astype(float)), color="0.8", linewidth=4)
    ax.semilogy(x, np.where(y > 0, y, np.nan), color="black")
    ax.axvline(x[y > 0].min(), color="red", linewidth=1, linestyle="--")
    ax.set_title(name)
    print(f"{name:9} is 0 left of {x[y > 0].min():8.2f}, where it is {y[y > 0].min():.1e}")
assert x[found["sigmoids"] > 0].min() < -103.9
axes[2, 0].set(xlabel="x", ylim=(1e-46, 1e-34))
axes[2, 1].set(xlabel="x")
