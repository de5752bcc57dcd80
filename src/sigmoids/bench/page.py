"""A run as a page: charts, tables and the machine's facts in one file for a browser."""

from __future__ import annotations

from itertools import cycle
from typing import TYPE_CHECKING

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup
from plotly.offline import get_plotlyjs

from sigmoids.bench import units
from sigmoids.bench.charts import HUES, KINDS, SYMBOLS, Panel
from sigmoids.bench.results import fastest

if TYPE_CHECKING:
    from pathlib import Path

    from sigmoids.bench.results import Case, Error, FirstCall, Kind, Results


def write(results: Results, path: Path) -> None:
    """Write a run to a page that holds all it needs: it asks no network for anything."""
    environment = Environment(
        loader=PackageLoader("sigmoids.bench", "."),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters.update(
        digits=units.digits,
        elements=units.elements,
        seconds=units.seconds,
        memory=units.memory,
    )
    page = environment.get_template("page.html.jinja").render(
        machine=results.machine,
        functions=_panels(results),
        dtypes=list(dict.fromkeys(t.case.dtype for t in results.timings)),
        accuracies=list(dict.fromkeys(t.accuracy for t in results.timings if t.kind == "ours")),
        kinds=KINDS,
        fastest=fastest,
        plotly=Markup(get_plotlyjs()),
    )
    path.write_text(page, encoding="utf-8")


def _panels(results: Results) -> dict[str, dict[str, Panel]]:
    """What was measured, by function and dtype."""
    functions: dict[str, dict[str, Panel]] = {}
    markers = _markers(results)

    def panel(of: Case | FirstCall | Error) -> Panel:
        return functions.setdefault(of.function, {}).setdefault(of.dtype, Panel(markers))

    for case, timings in results.cases().items():
        panel(case).cases[case.size] = timings
    for call in results.first_calls:
        panel(call).first_calls.append(call)
    for error in results.errors:
        panel(error).errors[error.contender] = error.ulp
    return functions


def _markers(results: Results) -> dict[str, dict[str, str]]:
    """A hue for each backend of ours and each library of the peers, a symbol for each variant."""
    families: dict[Kind, dict[str, list[str]]] = {kind: {} for kind in KINDS}
    for t in results.timings:
        family = t.contender.removesuffix(t.accuracy) if t.kind == "ours" else t.library
        variants = families[t.kind].setdefault(family, [])
        if t.contender not in variants:
            variants.append(t.contender)
    return {
        contender: {"color": hue, "symbol": symbol}
        for kind in KINDS
        for hue, variants in zip(cycle(HUES[kind]), families[kind].values(), strict=False)
        for symbol, contender in zip(cycle(SYMBOLS[kind]), variants, strict=False)
    }
