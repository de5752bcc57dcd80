r"""
Not zero-centred: the zig-zag path
==================================

Outputs of a logistic unit are positive. A unit that gets them as inputs has, for one example, the
gradient (error) × (inputs): all its components have the sign of the error. So all weights grow or
all weights shrink, and a change of one up and the other down takes a zig-zag of small steps.
Outputs of tanh have either sign and leave the direction free. Two units learn the same thing
here, example by example: the weights (1, −1), starting from (−1, 1).
"""

import matplotlib.pyplot as plt
import numpy as np

import sigmoids as sg
from sigmoids.colors import COLORS

goal, start = np.array([1.0, -1.0]), np.array([-1.0, 1.0])
fig, axes = plt.subplots(1, 2, figsize=(5, 3), sharex=True, sharey=True)
for ax, name in zip(axes, ("sigmoid", "tanh"), strict=True):
    inputs = getattr(sg, name)(2 * np.random.default_rng(3).normal(size=(60, 2)))
    path = [start]
    for x in inputs:
        error = (path[-1] - goal) @ x
        path.append(path[-1] - 0.8 * error * x)
    steps = np.diff(path, axis=0)
    together = np.mean(np.prod(steps, axis=1) > 0)
    left = np.linalg.norm(path[-1] - goal)
    print(f"inputs from {name:8} weights move alike in {together:4.0%} of steps; left: {left:.1e}")
    ax.plot(*np.transpose(path), ".-", color=COLORS[name], linewidth=1)
    ax.plot(*goal, "*", color="red", markersize=12)
    ax.set(title=f"inputs: {name}", xlabel="first weight", aspect="equal")
axes[0].set_ylabel("second weight")
