r"""
AND, OR and XOR
===============

The boundary of one sigmoid unit is a straight line. That is enough for AND and for OR, but no
line separates the inputs that differ (XOR) from those that agree. Hidden units help only if they
are not linear: a linear function of linear functions is linear. With two hidden *sigmoid* units
XOR can be learned; from some starting points it needs more of them.
"""

import matplotlib.pyplot as plt
import torch
from torch import nn

from sigmoids.torch import BCEWithLogitsLoss, Sigmoid

inputs = torch.tensor([[0.0, 0.0], [0.0, 1.0], [1.0, 0.0], [1.0, 1.0]])
gates = {"AND": [0, 0, 0, 1], "OR": [0, 1, 1, 1], "XOR": [0, 1, 1, 0]}


def learn(answers, *hidden):
    torch.manual_seed(5)
    model = nn.Sequential(*hidden, nn.Linear(2, 1))
    optimizer = torch.optim.Adam(model.parameters(), lr=0.1)
    for _ in range(600):
        optimizer.zero_grad()
        BCEWithLogitsLoss()(model(inputs), torch.tensor(answers)[:, None].float()).backward()
        optimizer.step()
    return nn.Sequential(model, Sigmoid())


units = {f"{name}, one unit": (learn(answers), answers) for name, answers in gates.items()}
units["XOR, hidden linear"] = learn(gates["XOR"], nn.Linear(2, 2)), gates["XOR"]
units["XOR, hidden sigmoid"] = learn(gates["XOR"], nn.Linear(2, 2), Sigmoid()), gates["XOR"]

side = torch.linspace(-0.5, 1.5, 80)
grid = torch.cartesian_prod(side, side)
fig, axes = plt.subplots(3, 2, figsize=(5, 7), sharex=True, sharey=True)
for ax, (title, (model, answers)) in zip(axes.flat, units.items(), strict=False):
    with torch.no_grad():
        y = model(grid).reshape(80, 80).T.numpy()
        at_corners = model(inputs)[:, 0].tolist()
    shades = ax.pcolormesh(side.numpy(), side.numpy(), y, cmap="cividis", vmin=0, vmax=1)
    for (a, b), answer in zip(inputs.tolist(), answers, strict=True):
        ax.plot(a, b, "wo" if answer else "kX", markersize=9, markeredgecolor="0.5")
    ax.set(title=title, xticks=[0, 1], yticks=[0, 1], aspect="equal")
    print(f"{title:20} says", *(f"{p:.2f}" for p in at_corners), "  should:", *answers)
assert [round(p) for p in at_corners] == answers  # of the hidden sigmoid units
axes[2, 1].axis("off")
fig.colorbar(shades, ax=axes[2, 1], location="left", label="output", fraction=0.2)
