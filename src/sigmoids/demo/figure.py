"""The demonstration's figure: the fitted probabilities on the curve, and the convergence."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from matplotlib.figure import Figure

import sigmoids as sg

if TYPE_CHECKING:
    from pathlib import Path

    from matplotlib.axes import Axes

    from sigmoids.demo.study import Data, Outcome

CLASSES = ((0, "malignant", "tab:red", -0.06), (1, "benign", "tab:blue", 1.06))


def check(output: Path) -> None:
    """Refuse, before any work, a file that cannot be written."""
    if output.suffix not in (".png", ".svg"):
        raise ValueError(f"cannot write {output.name}: the file's suffix must be .png or .svg")
    if not output.absolute().parent.is_dir():
        raise FileNotFoundError(f"there is no folder {output.absolute().parent}")


def write(output: Path, data: Data, result: Outcome) -> None:
    """Draw and save."""
    canvas = Figure(figsize=(10, 4), layout="constrained", dpi=150)
    left, right = canvas.subplots(1, 2, width_ratios=(3, 2))
    _curve(left, data, result)
    _convergence(right, result)
    canvas.savefig(output)


def _curve(ax: Axes, data: Data, result: Outcome) -> None:
    logits = data.test @ result.fit.weights
    limit = 1.05 * np.abs(logits).max()
    x = np.linspace(-limit, limit, 501)
    ax.plot(x, sg.sigmoid(x), color="black", linewidth=1)
    for label, name, colour, height in CLASSES:
        own = logits[data.test_labels == label]
        ax.plot(own, sg.sigmoid(own), "o", color=colour, markersize=4, alpha=0.6, label=name)
        ax.plot(own, np.full(own.shape, height), "|", color=colour, markersize=8)
    ax.set(
        title="Test samples on the fitted curve",
        xlabel="logit  z = w·x",
        ylabel="probability of benign  σ(z)",
    )
    ax.legend(frameon=False)


def _convergence(ax: Axes, result: Outcome) -> None:
    ax.plot(result.fit.losses, "o-", color="black", markersize=4)
    ax.set(
        title="Newton's method",
        xlabel="iteration",
        ylabel="penalised log loss",
    )
