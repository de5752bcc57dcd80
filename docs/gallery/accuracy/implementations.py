r"""
NumPy, SciPy, PyTorch and JAX beside ours
=========================================

The same function, written in the way that every library has it. In float32, for 100,001 numbers
between −20 and 20, they agree to a few units in the last place (:doc:`ulp
</auto_gallery/accuracy/ulp>`), but not to the bit. What an error is measured against is the
float64 result, half a billion times finer.
"""

import jax
import matplotlib.pyplot as plt
import numpy as np
import torch
from scipy.special import expit

import sigmoids as sg

x = np.linspace(-20, 20, 100_001, dtype=np.float32)
found = {
    "NumPy": 1 / (1 + np.exp(-x)),
    "SciPy": expit(x),
    "PyTorch": torch.sigmoid(torch.from_numpy(x)).numpy(),
    "JAX": np.asarray(jax.nn.sigmoid(x)),
    "sigmoids, fast": sg.sigmoid(x, accuracy="fast"),
    "sigmoids": sg.sigmoid(x),
}
exact = sg.sigmoid(x.astype(np.float64))
print("                 same bits as ours   largest error")
fig, ax = plt.subplots(figsize=(5, 3.6))
for row, (name, y) in enumerate(found.items()):
    error = (y - exact) / np.spacing(found["sigmoids"])
    same = np.mean(y == found["sigmoids"])
    print(f"{name:16} {same:17.2%}   {abs(error).max():8.2f} ulp")
    ax.violinplot(error[::20], [row], orientation="horizontal", widths=0.9, showextrema=True)
assert abs(error).max() < 0.500001  # of ours, the last
ax.set(yticks=range(len(found)), yticklabels=list(found), xlabel="error, ulp")
ax.invert_yaxis()
