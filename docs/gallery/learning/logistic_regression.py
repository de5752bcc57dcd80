r"""
From any number to a probability
================================

Logistic regression weighs what is known, here the mean radius of the cells of a tumour, and
squashes the sum into a probability: :math:`P(\text{malignant}) = \sigma(w x + b)`. The data are
those of 569 patients that come with scikit-learn (Street, Wolberg and Mangasarian 1993). Newton's
method finds the likeliest weights in a few steps; it needs the slope :math:`\sigma'`.
"""

import matplotlib.pyplot as plt
import numpy as np
from sklearn.datasets import load_breast_cancer

import sigmoids as sg

data = load_breast_cancer()
radius, malignant = data.data[:, 0], 1.0 - data.target
x = np.column_stack([(radius - radius.mean()) / radius.std(), np.ones_like(radius)])
weights = np.zeros(2)
for step in range(8):
    p, slope = sg.sigmoid_and_derivative(x @ weights)
    loss = sg.sigmoid_binary_cross_entropy(x @ weights, malignant).mean()
    print(f"step {step}: loss {loss:.6f}, right {np.mean((p > 0.5) == malignant):.1%}")
    weights -= np.linalg.solve(x.T * slope @ x, x.T @ (p - malignant))

r = np.linspace(radius.min(), radius.max(), 300)
curve = sg.sigmoid(weights[0] * (r - radius.mean()) / radius.std() + weights[1])
fig, ax = plt.subplots()
up_and_down = np.random.default_rng(0).uniform(-0.03, 0.03, radius.size)
ax.plot(radius, malignant + up_and_down, "o", color="#0072B2", alpha=0.15, markersize=4)
ax.plot(r, curve, color="black")
ax.axhline(0.5, color="0.6", linewidth=1, linestyle=":")
ax.set(xlabel="mean radius of the cells", ylabel="probability of malignant")
