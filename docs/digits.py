"""Learn handwritten digits: a hidden layer of sigmoid units, ten answers, each yes or no."""

from __future__ import annotations

import torch
from sklearn.datasets import load_digits
from torch import nn

from sigmoids.torch import BCEWithLogitsLoss, Sigmoid

STEPS = 200


def train(accuracy: str = "high") -> float:
    """The part of the digits set aside that is recognised."""
    torch.manual_seed(0)
    images, digits = load_digits(return_X_y=True)
    x = torch.tensor(images / 16, dtype=torch.float32)
    answers = nn.functional.one_hot(torch.tensor(digits)).float()
    model = nn.Sequential(nn.Linear(64, 32), Sigmoid(accuracy=accuracy), nn.Linear(32, 10))
    loss = BCEWithLogitsLoss(accuracy=accuracy)
    optimizer = torch.optim.Adam(model.parameters(), lr=0.02)
    for _ in range(STEPS):
        optimizer.zero_grad()
        loss(model(x[:1500]), answers[:1500]).backward()
        optimizer.step()
    recognised = model(x[1500:]).argmax(1) == torch.tensor(digits[1500:])
    return recognised.float().mean().item()


if __name__ == "__main__":
    print(f"{train():.1%} of the digits are recognised")  # noqa: T201
