"""The classic figure: a function in black, its derivative dashed in red."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sigmoids.backends import registry
from sigmoids.functions import FUNCTIONS

if TYPE_CHECKING:
    from matplotlib.axes import Axes

    from sigmoids.spec import Spec

LIMIT = 6.0
"""The figure shows −LIMIT … LIMIT."""


def plot(*functions: str, ax: Axes | None = None) -> Axes:
    """Draw functions of the family with their derivatives.

    Parameters
    ----------
    *functions : str
        Names of functions, such as ``"sigmoid"``, the default.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default on new axes.

    Returns
    -------
    matplotlib.axes.Axes
        The axes, which pass through the origin.

    Raises
    ------
    ValueError
        No function has that name.
    ImportError
        Matplotlib is not installed.

    Examples
    --------
    >>> import sigmoids as sg
    >>> ax = sg.plot("sigmoid")  # doctest: +SKIP
    """
    names = functions or ("sigmoid",)
    unknown = [name for name in names if name not in FUNCTIONS]
    if unknown:
        raise ValueError(f"unknown function {unknown[0]!r}: there are {', '.join(FUNCTIONS)}")
    if ax is None:
        ax = _new_axes()
    x = np.linspace(-LIMIT, LIMIT, 1201)
    for name in names:
        _draw(ax, x, FUNCTIONS[name].spec)
    _axes_through_origin(ax)
    ax.legend(frameon=False, loc="upper left")
    return ax


def _new_axes() -> Axes:
    try:
        from matplotlib.figure import Figure
    except ImportError as missing:
        raise ImportError('plot() needs matplotlib: pip install "sigmoids[plot]"') from missing
    return Figure(figsize=(7, 4), layout="constrained", dpi=150).add_subplot()


def _draw(ax: Axes, x: np.ndarray, spec: Spec) -> None:
    def evaluate(member: Spec, values: np.ndarray) -> np.ndarray:
        return registry.load("numpy").bind(member, values.dtype, "high")(values, None)[0]

    ax.plot(x, evaluate(spec, x), color="black", label=spec.name)
    ax.plot(
        x, spec.derivative(evaluate, x), color="red", linestyle="--", label=f"{spec.name}, slope"
    )


def _axes_through_origin(ax: Axes) -> None:
    for side in ("left", "bottom"):
        ax.spines[side].set_position("zero")
    for side in ("right", "top"):
        ax.spines[side].set_visible(False)
    ax.set_xlim(-LIMIT, LIMIT)
    ax.yaxis.set_major_formatter(lambda value, _place: f"{value:g}" if value else "")
