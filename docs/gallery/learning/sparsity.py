r"""
No sparsity: never a true zero
==============================

Half of the outputs of ReLU are exactly 0, so that a layer after it has less to add up, and an
input is described by few active units (Glorot, Bordes and Bengio 2011). A logistic unit says "no"
with a small number, never with 0.
"""

import matplotlib.pyplot as plt
import numpy as np

import sigmoids as sg
from sigmoids.colors import COLORS

sums = np.random.default_rng(0).normal(0, 2, 100_000)
outputs = {"sigmoid": sg.sigmoid(sums), "softplus": sg.softplus(sums), "relu": np.maximum(sums, 0)}
fig, axes = plt.subplots(3, figsize=(5, 5.4), sharex=True)
for ax, (name, y) in zip(axes, outputs.items(), strict=True):
    ax.hist(y, bins=np.linspace(0, 4, 81), color=COLORS[name])
    ax.set_title(name, loc="right", y=0.6)
    print(f"{name:9} exact zeros: {np.mean(y == 0):5.1%}   smallest: {y.min():.1e}")
axes[-1].set(xlabel="output", xlim=(-0.1, 4))
axes[1].set_ylabel("how many of 100,000")
