"""The charts of a run's page."""

from __future__ import annotations

import math
from dataclasses import dataclass, field
from html import escape
from typing import TYPE_CHECKING, Any, NamedTuple

import plotly.graph_objects as go
from markupsafe import Markup

from sigmoids.bench.results import fastest, focus
from sigmoids.bench.units import digits, elements, seconds

if TYPE_CHECKING:
    from sigmoids.bench.results import FirstCall, Kind, Timing

FLOOR = 0.1
"""The place of errors of 0 ulp on a logarithmic axis."""

KINDS: tuple[Kind, ...] = ("ours", "guest", "peer", "limit")
GREY = "#8b929c"
HUES: dict[Kind, tuple[str, ...]] = {
    "ours": ("#2f7fe0", "#e2600f", "#1a9c55", "#b847c9", "#d0364f"),
    "guest": ("#2f7fe0",),
    "peer": ("#a8790f", "#7d6fd0", "#2b9a9e", "#c2608f", "#7f8f1f", "#9a6b4f", "#5d84a8"),
    "limit": (GREY,),
}
SYMBOLS: dict[Kind, tuple[str, ...]] = {
    "ours": ("circle", "circle-open", "diamond", "diamond-open"),
    "guest": ("star",),
    "peer": ("square", "square-open", "triangle-up", "triangle-up-open", "x", "cross"),
    "limit": ("line-ew-open", "line-ns-open"),
}
LINES: dict[Kind, dict[str, Any]] = {
    "ours": {"width": 3},
    "guest": {"width": 1.3, "dash": "dot"},
    "peer": {"width": 1.3},
    "limit": {"width": 2, "dash": "dash"},
}


class Chart(NamedTuple):
    """A chart; its plot's height and the entries of its legend give the height it needs."""

    title: str
    note: str
    figure: Markup
    wide: bool
    height: int
    entries: int


@dataclass(frozen=True)
class Panel:
    """What the page shows of one function in one dtype."""

    markers: dict[str, dict[str, str]]
    cases: dict[int, list[Timing]] = field(default_factory=dict)
    first_calls: list[FirstCall] = field(default_factory=list)
    errors: dict[str, float] = field(default_factory=dict)

    @property
    def size(self) -> int:
        """The size to compare at; 0 where nothing was timed."""
        return focus(self.cases)

    @property
    def compared(self) -> list[Timing]:
        """The timings at that size."""
        return self.cases.get(self.size, [])

    def best(self, size: int) -> float:
        """The shortest time at a size, the memory copy's aside."""
        return min((t.per_call for t in self.cases[size] if t.kind != "limit"), default=0)

    def contenders(self, kind: Kind) -> dict[str, dict[int, Timing]]:
        """The timings of a kind, by contender and size."""
        found: dict[str, dict[int, Timing]] = {}
        for size, timings in sorted(self.cases.items()):
            for timing in timings:
                if timing.kind == kind:
                    found.setdefault(timing.contender, {})[size] = timing
        return found

    def charts(self) -> list[Chart]:
        """The charts that there are figures for."""
        found = (self._speed(), self._ratios(), self._trade(), self._starts())
        return [chart for chart in found if chart]

    def _speed(self) -> Chart | None:
        traces = [
            go.Scatter(
                name=escape(name),
                x=list(timings),
                y=[t.nanoseconds for t in timings.values()],
                mode="lines+markers",
                line=LINES[kind] | {"color": self.markers[name]["color"]},
                marker=self.markers[name] | {"size": 8 if kind == "ours" else 6},
                **_hover([_facts(t, f"{digits(t.bandwidth)} GB/s") for t in timings.values()]),
            )
            for kind in KINDS
            for name, timings in self.contenders(kind).items()
        ]
        ticks = {"tickvals": list(self.cases), "ticktext": [elements(n) for n in self.cases]}
        return _chart(
            "Time per element",
            "over the number of elements in a call; dashed: memory copy",
            traces,
            xaxis={"type": "log", "title": "elements in a call, n", **ticks},
            yaxis={"type": "log", "title": "ns per element"},
            wide=True,
        )

    def _ratios(self) -> Chart | None:
        peer = fastest(self.compared, "peer")
        if not peer:
            return None
        rivals = [t for t in self.compared if t.kind != "limit"]
        timings = sorted(rivals, key=lambda timing: timing.times_as_fast_as(peer))
        ratios = [t.times_as_fast_as(peer) for t in timings]
        bars = go.Bar(
            orientation="h",
            y=[
                f"{escape(t.contender)}  <b>{digits(ratio)}×</b>"
                for t, ratio in zip(timings, ratios, strict=True)
            ],
            base=1,
            x=[ratio - 1 for ratio in ratios],
            marker={
                "color": [self.markers[t.contender]["color"] for t in timings],
                "opacity": [1 if t.kind == "ours" else 0.5 for t in timings],
            },
            **_hover([_facts(t) for t in timings]),
        )
        return _chart(
            f"Ratio to the fastest peer, n = {elements(self.size)}",
            f"times as fast as {peer.contender}",
            [bars],
            xaxis={"type": "log", "nticks": 6},
            shapes=[_line("x", 1, "solid")],
            rows=len(timings),
        )

    def _trade(self) -> Chart | None:
        shown = [t for t in self.compared if t.kind != "limit" and t.contender in self.errors]
        errors = [self.errors[t.contender] for t in shown]
        traces = [
            go.Scatter(
                name=escape(t.contender),
                x=[t.nanoseconds],
                y=[max(error, FLOOR)],
                mode="markers",
                marker=self.markers[t.contender] | {"size": 13 if t.kind == "ours" else 10},
                **_hover([_facts(t, f"{digits(error)} ulp")]),
            )
            for t, error in zip(shown, errors, strict=True)
        ]
        floor = f", below {FLOOR} shown as {FLOOR}" * (min(errors, default=1) < FLOOR)
        places = [math.log10(t.nanoseconds) for t in self.compared] or [0]
        limit = fastest(self.compared, "limit")
        copy = [_line("x", limit.nanoseconds, "dash")] if limit else []
        return _chart(
            f"Accuracy beside speed, n = {elements(self.size)}",
            "best at the lower left; dotted: correctly rounded; dashed: memory copy",
            traces,
            xaxis={
                "type": "log",
                "title": "ns per element",
                "range": [min(places) - 0.2, max(places) + 0.2],
            },
            yaxis={"type": "log", "title": f"largest error, ulp{floor}", "exponentformat": "power"},
            shapes=[*copy, _line("y", 0.5, "dot")],
        )

    def _starts(self) -> Chart | None:
        calls = sorted(self.first_calls, key=lambda c: -c.imports - c.cold)
        parts = {
            "import": (GREY, [c.imports for c in calls]),
            "first call, with a cache": ("#2f7fe0", [c.cached for c in calls]),
            "more without": ("#e8a33d", [max(c.cold - c.cached, 0) for c in calls]),
        }
        facts = [
            f"<b>{escape(c.contender)}</b><br>import {seconds(c.imports)}"
            f"<br>first call {seconds(c.cached)}<br>without a cache {seconds(c.cold)}"
            for c in calls
        ]
        names = [escape(c.contender) for c in calls]
        bars = [
            go.Bar(
                orientation="h", name=name, y=names, x=x, marker={"color": color}, **_hover(facts)
            )
            for name, (color, x) in parts.items()
        ]
        return _chart(
            "Until the first result",
            "in a fresh process, with and without a cache of compiled code",
            bars if calls else [],
            xaxis={"title": "seconds"},
            barmode="stack",
            rows=len(calls),
            wide=True,
        )


def _facts(timing: Timing, *more: str) -> str:
    """What is shown of a timing when it is pointed at."""
    lines = (
        f"<b>{escape(timing.contender)}</b>",
        f"{digits(timing.nanoseconds)} ns per element",
        f"{seconds(timing.per_call)} per call of n = {elements(timing.case.size)}",
    )
    return "<br>".join((*lines, *more))


def _hover(texts: list[str]) -> dict[str, Any]:
    return {"hovertext": texts, "hoverinfo": "text"}


def _line(axis: str, place: float, dash: str) -> dict[str, Any]:
    """A line across the plot."""
    other = "y" if axis == "x" else "x"
    ends = {f"{axis}0": place, f"{axis}1": place, f"{other}0": 0, f"{other}1": 1}
    line = {"color": GREY, "width": 1.5, "dash": dash}
    return {f"{other}ref": "paper", "layer": "below", "line": line, **ends}


def _chart(
    title: str,
    note: str,
    traces: list[Any],
    *,
    rows: int = 0,
    wide: bool = False,
    **layout: Any,
) -> Chart | None:
    if not traces:
        return None
    figure = go.Figure(traces, layout | {"template": {}})  # the page brings its own
    height = 60 + 28 * rows if rows else 340
    safe = Markup(figure.to_json())  # with < and > escaped: it cannot end its script element
    return Chart(title, note, safe, wide, height, len(traces))
