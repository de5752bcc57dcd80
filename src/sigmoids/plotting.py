"""The classic figure, a function and its slope dashed in red, and a sheet of them all."""

from __future__ import annotations

from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sigmoids.backends import registry
from sigmoids.colors import COLORS, SLOPE
from sigmoids.functions import FUNCTIONS
from sigmoids.spec import results

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

    from sigmoids.spec import Spec

LIMIT = 6.0
"""Figures show −LIMIT … LIMIT."""

HIGHEST = 1.05 * LIMIT
"""Curves end where values are larger.  What grows like its argument is still drawn to the end."""

LABELS = {0.0: "0", 0.5: "½", 1.0: "1"}
"""The labels for which a function of logits and labels is drawn, and how they are written."""

COLUMNS = 4
"""Panels side by side on the sheet."""

DASHED: dict[str, Any] = {"linestyle": "--"}
ASYMPTOTE: dict[str, Any] = {"color": "0.6", "linewidth": 1, "linestyle": ":", "zorder": 0.9}


class Curve(NamedTuple):
    """A function of one argument and its slope, as points."""

    name: str
    x: np.ndarray
    y: np.ndarray
    slope: np.ndarray
    case: str = ""
    """What the function's other argument is, if it has one."""

    @property
    def label(self) -> str:
        """For a legend."""
        return f"{self.name}, {self.case}" if self.case else self.name

    @property
    def style(self) -> dict[str, Any]:
        """The function's colour; lighter and thicker, the larger the other argument."""
        style: dict[str, Any] = {"color": COLORS.get(self.name, "0.5")}
        if self.case:
            place = list(LABELS.values()).index(self.case.removeprefix("label "))
            style |= {"linewidth": 1 + place, "alpha": 1 - 0.3 * place}
        return style


def plot(*functions: str, ax: Axes | None = None) -> Axes:
    """Draw functions of the family with their derivatives.

    Every function has its colour.  Slopes are dashed, and red where a function is drawn alone.
    A function of logits and labels is drawn over the logits, for the labels 0, ½ and 1.

    Parameters
    ----------
    *functions : str
        Names of functions, such as ``"sigmoid"``, the default.
    ax : matplotlib.axes.Axes, optional
        Where to draw; by default on new axes, which leave room beside them for a long legend.

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
    >>> ax = sg.plot("sigmoid", "tanh", "arctan_sigmoid")  # doctest: +SKIP
    """
    names = functions or ("sigmoid",)
    unknown = [name for name in names if name not in FUNCTIONS]
    if unknown:
        raise ValueError(f"unknown function {unknown[0]!r}: there are {', '.join(FUNCTIONS)}")
    specs = [FUNCTIONS[name].spec for name in names]
    curves = [curve for spec in specs for curve in _curves(spec)]
    beside = ax is None and len(curves) > 1
    if ax is None:
        ax = _new_figure(9 if beside else 7, 4).add_subplot()
    _draw(ax, curves)
    if len(curves) > 1:
        ax.plot([], [], color="0.4", **DASHED, label="slopes")
    for spec in specs:
        _mark_domain(ax, spec)
    _axes_through_origin(ax)
    if beside:
        ax.legend(frameon=False, loc="upper left", bbox_to_anchor=(1, 1))
    else:
        ax.legend(frameon=False, loc="best")
    return ax


def sheet() -> Figure:
    """Draw the whole family for comparison, one panel per function.

    Derivatives are drawn with the function that they belong to.  The panels of the last row
    compare: the bounded sigmoids; their slopes, logarithmically; softplus and SiLU with ReLU; the
    slopes of these.

    Returns
    -------
    matplotlib.figure.Figure
        The figure, made for the width of a page.

    Raises
    ------
    ImportError
        Matplotlib is not installed.
    """
    names = [name for name in FUNCTIONS if not name.endswith("_derivative")]
    rows = -(-len(names) // COLUMNS)
    figure = _new_figure(2.6 * COLUMNS, 2.6 * (rows + 1) + 0.4)
    figure.set_layout_engine("constrained", h_pad=0.1, w_pad=0.08)
    panels = figure.subplots(rows + 1, COLUMNS)
    for ax, name in zip_longest(panels[:-1].flat, names):
        if name is None:
            ax.set_visible(False)
        else:
            _function_panel(ax, FUNCTIONS[name].spec)
    bounded = [_curve("sigmoid"), _curve("tanh"), _curve("arctan_sigmoid")]
    rectifiers = [_relu(), _curve("softplus"), _curve("silu")]
    values, tails, rectified, steps = panels[-1]
    _comparison_panel(values, bounded, "the bounded ones")
    _comparison_panel(tails, bounded, "their slopes, logarithmic", slopes=True, scale="log")
    _comparison_panel(rectified, rectifiers, "softplus, silu and ReLU")
    _comparison_panel(steps, rectifiers, "their slopes", slopes=True)
    function, slope = panels[0, 0].get_lines()[:2]
    figure.legend([function, slope], ["function", "slope"], frameon=False, ncols=2,
                  loc="outside upper center")  # fmt: skip
    return figure


def _new_figure(width: float, height: float) -> Figure:
    try:
        from matplotlib.figure import Figure
    except ImportError as missing:
        raise ImportError('plots need matplotlib: pip install "sigmoids[plot]"') from missing
    return Figure(figsize=(width, height), layout="constrained", dpi=150)


def _evaluate(spec: Spec, *arguments: np.ndarray) -> np.ndarray:
    return registry.load("numpy").bind(spec, arguments[0].dtype, "high")(arguments, None)[0]


def _curves(spec: Spec) -> Iterator[Curve]:
    """The function over its domain, without the ends; one curve for every label if it has them."""
    low, high = spec.domain
    x = np.linspace(max(low, -LIMIT), min(high, LIMIT), 1201)
    x = x[(x > low) & (x < high)]
    if len(spec.arguments) == 1:
        yield Curve(spec.name, x, _cut(_evaluate(spec, x)), _cut(spec.derivative(_evaluate, x)))
        return
    for label, text in LABELS.items():
        arguments = x, np.full_like(x, label)
        slope, *_ = results(spec.derivative(_evaluate, *arguments))
        y = _evaluate(spec, *arguments)
        yield Curve(spec.name, x, _cut(y), _cut(slope), f"label {text}")


def _cut(y: np.ndarray) -> np.ndarray:
    return np.where(np.abs(y) <= HIGHEST, y, np.nan)


def _curve(function: str) -> Curve:
    (curve,) = _curves(FUNCTIONS[function].spec)
    return curve


def _relu() -> Curve:
    x = np.linspace(-LIMIT, LIMIT, 1201)
    return Curve("relu", x, np.maximum(x, 0), np.where(x == 0, np.nan, x > 0))


def _draw(ax: Axes, curves: Sequence[Curve]) -> None:
    if len(curves) == 1:
        (curve,) = curves
        ax.plot(curve.x, curve.y, **curve.style, label=curve.label)
        ax.plot(curve.x, curve.slope, color=SLOPE, **DASHED, label=f"{curve.label}, slope")
        return
    for curve in curves:
        ax.plot(curve.x, curve.y, **curve.style, label=curve.label)
        ax.plot(curve.x, curve.slope, **curve.style, **DASHED)


def _mark_domain(ax: Axes, spec: Spec) -> None:
    for end in spec.domain:
        if np.isfinite(end):
            ax.axvline(end, **ASYMPTOTE)


def _axes_through_origin(ax: Axes) -> None:
    """The numbers stand at the left and below, where no curve is."""
    for side, other in (("right", "left"), ("top", "bottom")):
        ax.spines[side].set(position="zero", zorder=1)
        ax.spines[other].set_visible(False)
    if ax.get_yscale() == "log":
        ax.spines["top"].set_visible(False)
    else:
        ax.yaxis.set_major_formatter(lambda value, _place: _number(value))
    ax.xaxis.set_major_formatter(lambda value, _place: _number(value))
    ax.tick_params(which="both", length=0)
    ax.margins(x=0)


def _number(value: float) -> str:
    return f"{value:g}".replace("-", "−")


def _function_panel(ax: Axes, spec: Spec) -> None:
    curves = list(_curves(spec))
    _draw(ax, curves)
    _mark_domain(ax, spec)
    _finish_panel(ax, spec.name)
    if len(curves) > 1:
        lines = ax.get_lines()[: 2 * len(curves) : 2]
        _panel_legend(ax, lines, [curve.case for curve in curves], bbox_to_anchor=(0.5, 1))


def _comparison_panel(
    ax: Axes, curves: Sequence[Curve], title: str, *, slopes: bool = False, scale: str = "linear"
) -> None:
    lines = []
    for curve in curves:
        y, style = (curve.slope, DASHED) if slopes else (curve.y, {})
        lines += ax.plot(curve.x, y, **curve.style, **style)
    ax.set_yscale(scale)
    _finish_panel(ax, title)
    if scale == "linear":
        names = [curve.label.removesuffix("_sigmoid") for curve in curves]  # panels are narrow
        _panel_legend(ax, lines, names)


def _finish_panel(ax: Axes, title: str) -> None:
    _axes_through_origin(ax)
    ax.set_xticks(np.linspace(*ax.get_xlim(), 5))
    ax.tick_params(axis="x", pad=7)
    ax.set_title(title, fontsize="medium")


def _panel_legend(ax: Axes, lines: Sequence[Any], labels: Sequence[str], **place: Any) -> None:
    ax.legend(lines, labels, frameon=False, fontsize="small", loc="upper left", handlelength=1.2,
              borderpad=0, **place)  # fmt: skip
