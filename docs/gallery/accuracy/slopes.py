r"""
Slopes that stay alive
======================

The textbook has :math:`\sigma' = \sigma(1 - \sigma)`, and libraries compute it so. In float32,
:math:`\sigma(x)` is 1 from about 17 on, so that the product is exactly 0 there, and a unit that
is that sure can never be taught otherwise. The slope itself is not 0: :math:`\sigma'(x) =
e^{-|x|}/(1 + e^{-|x|})^2`, computed from x, has all its digits down to the smallest numbers.
(``jax.grad`` multiplies it by 1 in the end, and there XLA drops numbers below 1.2e-38.)
"""

import jax
import matplotlib.pyplot as plt
import numpy as np
import torch

import sigmoids as sg

x = np.linspace(0, 106, 2121, dtype=np.float32)
t = torch.from_numpy(x).requires_grad_()
(by_torch,) = torch.autograd.grad(torch.sigmoid(t).sum(), t)
y = sg.sigmoid(x)
found = {
    "y·(1 − y)": y * (1 - y),
    "PyTorch's autograd": by_torch.numpy(),
    "jax.grad": np.asarray(jax.vmap(jax.grad(jax.nn.sigmoid))(x)),
    "sg.sigmoid_derivative": sg.sigmoid_derivative(x),
    "jax.grad of sg.sigmoid": np.asarray(jax.vmap(jax.grad(sg.sigmoid))(x)),
}
fig, axes = plt.subplots(5, figsize=(5, 6.5), sharex=True, sharey=True)
for ax, (name, slope) in zip(axes, found.items(), strict=True):
    ax.semilogy(x, np.exp(-x.astype(float)), color="0.8", linewidth=4)
    ax.semilogy(x, np.where(slope > 0, slope, np.nan), "--", color="red")
    ax.set_title(name, loc="right", y=0.6)
    print(f"{name:23} at 10: {slope[200]:.4e}   0 beyond {x[slope > 0].max():6.2f}")
axes[-1].set(xlabel="x", ylim=(1e-46, 10))
