r"""
1998: LeNet, with tanh
======================

The networks that read the digits on cheques were made of convolutions and hyperbolic tangents
(LeCun, Bottou, Bengio and Haffner 1998). A small one learns the 8 × 8 pixels that come with
scikit-learn. Rectifiers have taken the place of tanh in hidden layers since.
"""

import matplotlib.pyplot as plt
import torch
from sklearn.datasets import load_digits
from torch import nn

from sigmoids.torch import Tanh

torch.manual_seed(0)
images, numbers = load_digits(return_X_y=True)
order = torch.randperm(len(numbers))
x = torch.tensor(images / 8 - 1, dtype=torch.float32).reshape(-1, 1, 8, 8)[order]
y = torch.tensor(numbers)[order]
model = nn.Sequential(
    nn.Conv2d(1, 12, 3, padding=1), Tanh(), nn.AvgPool2d(2),
    nn.Conv2d(12, 24, 3, padding=1), Tanh(), nn.AvgPool2d(2),
    nn.Flatten(), nn.Linear(96, 60), Tanh(), nn.Linear(60, 10),
)  # fmt: skip
optimizer = torch.optim.Adam(model.parameters(), lr=0.004)
for epoch in range(12):
    for rows in torch.randperm(1400).split(50):
        optimizer.zero_grad()
        nn.functional.cross_entropy(model(x[rows]), y[rows]).backward()
        optimizer.step()
    with torch.no_grad():
        said = model(x[1400:]).argmax(1)
    right = (said == y[1400:]).double().mean().item()
    print(f"epoch {epoch:2}: {right:.1%} of {len(said)} digits that it has not seen")

fig, axes = plt.subplots(4, 6, figsize=(5, 3.9))
wrong_first = torch.argsort((said == y[1400:]).int(), stable=True)
for ax, k in zip(axes.flat, wrong_first.tolist(), strict=False):
    ax.imshow(x[1400 + k, 0].numpy(), cmap="Greys")
    ax.set_title(f"{said[k]}", color="black" if said[k] == y[1400 + k] else "red", y=0.9)
    ax.axis("off")
print("\nthe picture has the digits that it took for others first, red, then some that it read")
