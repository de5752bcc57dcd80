"""The figures show the functions, and can be read."""

from __future__ import annotations

from itertools import combinations, pairwise

import numpy as np
import pytest
from matplotlib.colors import to_rgb
from matplotlib.figure import Figure

import sigmoids as sg
from sigmoids import plotting
from sigmoids.colors import COLORS, SLOPE
from sigmoids.functions import FUNCTIONS

TOGETHER = ("sigmoid", "softplus", "silu", "tanh", "arctan_sigmoid")


def curves(ax):
    """Every function's line with its slope's."""
    lines = [line for line in ax.get_lines() if len(line.get_xdata()) > 2]
    return list(zip(lines[::2], lines[1::2], strict=True))


def points(line):
    """What is drawn of a line, in pixels."""
    xy = line.get_transform().transform(np.column_stack(line.get_data()))
    return xy[np.isfinite(xy).all(axis=1)]


def texts(figure):
    """All texts of a figure that has been laid out, with their boxes in pixels."""
    legends = [*figure.legends, *(ax.get_legend() for ax in figure.axes if ax.get_legend())]
    found = [text for legend in legends for text in legend.get_texts()]
    for ax in figure.axes:
        found.append(ax.title)
        for axis in (ax.xaxis, ax.yaxis):
            low, high = axis.get_view_interval()
            found += [t.label1 for t in axis.get_major_ticks() if low <= t.get_loc() <= high]
    return [(text.get_text(), text.get_window_extent()) for text in found if text.get_text()]


def luminance(color):
    return np.dot(to_rgb(color), (0.2126, 0.7152, 0.0722))


def test_plot_returns_its_axes():
    ax = Figure().add_subplot()
    assert sg.plot("sigmoid", ax=ax) is ax
    curve, slope = ax.get_lines()
    assert (curve.get_color(), slope.get_color()) == (COLORS["sigmoid"], SLOPE)
    assert slope.get_linestyle() == "--"
    x, y = slope.get_data()
    assert (y == sg.sigmoid_derivative(x, backend="numpy")).all()
    with pytest.raises(ValueError, match="unknown function 'relu': there are sigmoid"):
        sg.plot("relu")


@pytest.mark.parametrize("name", FUNCTIONS)
def test_lines_are_the_function_and_its_slope(name):
    function, spec = FUNCTIONS[name]
    found = curves(sg.plot(name))
    others = plotting.LABELS if len(spec.arguments) == 2 else [None]
    for (curve, slope), other in zip(found, others, strict=True):
        x, y = curve.get_data()
        drawn = np.isfinite(y)
        arguments = (x,) if other is None else (x, np.full_like(x, other))
        assert (y == function(*arguments, backend="numpy"))[drawn].all()
        middle = np.abs(x - np.mean(x)) < 0.25 * np.ptp(x)
        steepness = np.gradient(y, x)
        assert np.allclose(slope.get_ydata()[middle], steepness[middle], rtol=1e-3, atol=1e-3)
        low, high = spec.domain
        assert drawn.sum() > 0.98 * x.size
        assert (low < x).all()
        assert (x < high).all()


@pytest.mark.parametrize("name", FUNCTIONS)
def test_limits_are_sensible(name):
    ax = sg.plot(name)
    low, high = FUNCTIONS[name].spec.domain
    assert ax.get_xlim() == pytest.approx((max(low, -6), min(high, 6)))
    assert max(map(abs, ax.get_ylim())) <= 7
    ys = np.concatenate([line.get_ydata() for pair in curves(ax) for line in pair])
    assert np.nanmax(ys) - np.nanmin(ys) > 0.85 * np.ptp(ax.get_ylim())


def test_every_function_has_a_colour_that_grey_tells_apart_too():
    assert COLORS.keys() == {*FUNCTIONS, "relu"}
    greys = sorted(map(luminance, COLORS.values()))
    assert min(b - a for a, b in pairwise(greys)) > 0.02


def test_a_function_has_one_colour_in_all_pictures():
    ax = sg.plot(*TOGETHER)
    found = curves(ax)
    assert len(found) == len(TOGETHER)
    for curve, slope in found:
        assert (curve.get_linestyle(), slope.get_linestyle()) == ("-", "--")
        assert to_rgb(curve.get_color()) == to_rgb(slope.get_color())
    assert [curve.get_color() for curve, _ in found] == [COLORS[name] for name in TOGETHER]
    panels = {ax.get_title(): ax for ax in plotting.sheet().axes}
    for name in TOGETHER:
        assert {curve.get_color() for curve, _ in curves(panels[name])} == {COLORS[name]}
    bounded = [line.get_color() for line in panels["the bounded ones"].get_lines()]
    assert bounded == [COLORS[name] for name in ("sigmoid", "tanh", "arctan_sigmoid")]
    legend = [text.get_text() for text in ax.get_legend().get_texts()]
    assert legend == [*TOGETHER, "slopes"]


@pytest.mark.parametrize("names", [*zip(FUNCTIONS), TOGETHER, tuple(FUNCTIONS)])
def test_the_legend_covers_no_curve(names):
    ax = sg.plot(*names)
    ax.figure.draw_without_rendering()
    box = ax.get_legend().get_window_extent()
    assert ax.figure.bbox.containsx(box.x0)
    assert ax.figure.bbox.containsx(box.x1)
    for line in ax.get_lines():
        assert not box.count_contains(points(line)), line.get_label()


def test_axes_take_more_functions_later():
    ax = Figure().add_subplot()
    sg.plot("logit", ax=ax)
    sg.plot("tanh", "softplus", ax=ax)
    assert ax.get_xlim() == (-6, 6)
    assert ax.get_ylim()[1] > 6
    assert ax.get_legend().get_texts()


def test_the_sheet_has_everyone():
    panels = {ax.get_title(): ax for ax in plotting.sheet().axes if ax.get_visible()}
    for name in FUNCTIONS:
        ax = panels[name.removesuffix("_derivative")]
        assert len(curves(ax)) == (3 if len(FUNCTIONS[ax.get_title()].spec.arguments) == 2 else 1)
    assert len(panels) == 4 + sum(not name.endswith("_derivative") for name in FUNCTIONS)


@pytest.mark.parametrize("names", [(), *zip(FUNCTIONS), TOGETHER])
def test_no_text_overlaps_another_or_a_curve(names):
    figure = sg.plot(*names).figure if names else plotting.sheet()
    figure.draw_without_rendering()
    boxes = texts(figure)
    assert len(boxes) > (10 if names else 100)
    for (one, box), (other, another) in combinations(boxes, 2):
        assert not box.overlaps(another), (one, other)
    for ax in figure.axes:
        for line in ax.get_lines():
            xy = points(line)
            for text, box in boxes:
                assert not box.count_contains(xy), (text, ax.get_title())
