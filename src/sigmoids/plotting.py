"""The classic figure, a function in black and its slope dashed in red, and a sheet of them all."""

from __future__ import annotations

from collections import Counter
from itertools import zip_longest
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sigmoids.backends import registry
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
COMPARED = ("sigmoid", "softplus", "silu", "tanh", "arctan_sigmoid")
"""What is mostly drawn together, from the darkest colour to the lightest."""

GREY = (0.6, 0.6, 0.6)
PALER = 0.35
"""How much nearer to white the curve of each further label is."""

ASYMPTOTE: dict[str, Any] = {"color": "0.6", "linewidth": 1, "linestyle": ":", "zorder": 0.9}


class Curve(NamedTuple):
    """A function of one argument and its slope, as points."""

    name: str
    x: np.ndarray
    y: np.ndarray
    slope: np.ndarray
    function: str = ""
    """The function's name in the family; none of what is shown for comparison."""
    case: str = ""
    """What the function's other argument is, if it has one."""

    @property
    def label(self) -> str:
        """For a legend."""
        return f"{self.name}, {self.case}" if self.case else self.name


def plot(*functions: str, ax: Axes | None = None) -> Axes:
    """Draw functions of the family with their derivatives.

    A single function is black and its slope red; of several, each has a colour.  Slopes are dashed.
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
    bounded = [_curve("sigmoid"), _curve("tanh"), _curve("arctan_sigmoid", "arctan")]
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
        yield Curve(spec.name, x, _cut(_evaluate(spec, x)), _cut(spec.derivative(_evaluate, x)),
                    spec.name)  # fmt: skip
        return
    for label, text in LABELS.items():
        arguments = x, np.full_like(x, label)
        slope, *_ = results(spec.derivative(_evaluate, *arguments))
        y = _evaluate(spec, *arguments)
        yield Curve(spec.name, x, _cut(y), _cut(slope), spec.name, f"label {text}")


def _cut(y: np.ndarray) -> np.ndarray:
    return np.where(np.abs(y) <= HIGHEST, y, np.nan)


def _curve(function: str, name: str = "") -> Curve:
    (curve,) = _curves(FUNCTIONS[function].spec)
    return curve._replace(name=name or function)


def _relu() -> Curve:
    x = np.linspace(-LIMIT, LIMIT, 1201)
    return Curve("ReLU", x, np.maximum(x, 0), np.where(x == 0, np.nan, x > 0))


def _colors(curves: Sequence[Curve]) -> list[Any]:
    """A function's own colour, the same beside whatever others; paler for each further label.

    The colours go from black over blue and red to yellow, each lighter than the one before, so they
    differ without colour too, for some readers and for all printers.
    """
    from matplotlib import colormaps
    from matplotlib.colors import to_rgb

    places = _places()
    seen: Counter[str] = Counter()
    colors = []
    for curve in curves:
        own = to_rgb(colormaps["CMRmap"](places[curve.function])) if curve.function else GREY
        pale = PALER * seen[curve.function]
        colors.append(tuple(pale + (1 - pale) * np.array(own)))
        seen[curve.function] += 1
    return colors


def _places() -> dict[str, float]:
    """Where on the scale each function's colour is: far apart what is mostly compared."""
    scale = np.linspace(0, 0.7, len(FUNCTIONS))
    compared = np.linspace(0, len(scale) - 1, len(COMPARED)).round().astype(int)
    others = [name for name in FUNCTIONS if name not in COMPARED]
    return {
        **dict(zip(COMPARED, scale[compared].tolist(), strict=True)),
        **dict(zip(reversed(others), np.delete(scale, compared).tolist(), strict=True)),
    }


def _draw(ax: Axes, curves: Sequence[Curve]) -> None:
    if len(curves) == 1:
        (curve,) = curves
        ax.plot(curve.x, curve.y, color="black", label=curve.label)
        ax.plot(curve.x, curve.slope, color="red", **DASHED, label=f"{curve.label}, slope")
        return
    for curve, color in zip(curves, _colors(curves), strict=True):
        ax.plot(curve.x, curve.y, color=color, label=curve.label)
        ax.plot(curve.x, curve.slope, color=color, **DASHED)


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
    for curve, color in zip(curves, _colors(curves), strict=True):
        y, style = (curve.slope, DASHED) if slopes else (curve.y, {})
        lines += ax.plot(curve.x, y, color=color, **style)
    ax.set_yscale(scale)
    _finish_panel(ax, title)
    if scale == "linear":
        _panel_legend(ax, lines, [curve.label for curve in curves])


def _finish_panel(ax: Axes, title: str) -> None:
    _axes_through_origin(ax)
    ax.set_xticks(np.linspace(*ax.get_xlim(), 5))
    ax.tick_params(axis="x", pad=7)
    ax.set_title(title, fontsize="medium")


def _panel_legend(ax: Axes, lines: Sequence[Any], labels: Sequence[str], **place: Any) -> None:
    ax.legend(lines, labels, frameon=False, fontsize="small", loc="upper left", handlelength=1.2,
              borderpad=0, **place)  # fmt: skip
