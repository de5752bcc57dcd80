"""``sigmoids bench`` as a person sees it: progress, tables, a summary in sentences, files."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from rich import box
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table

from sigmoids.bench import page
from sigmoids.bench.advice import advice
from sigmoids.bench.results import Timing, fastest, focus
from sigmoids.bench.run import Run
from sigmoids.bench.units import digits, elements, memory, seconds
from sigmoids.spec import ACCURACIES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from rich.console import Console

    from sigmoids.bench.results import Case, Results
    from sigmoids.bench.run import Plan

Cases = list[tuple["Case", list[Timing]]]


def run(console: Console, plan: Plan, *, json: Path | None, html: Path | None) -> None:
    """Measure, print what was found, write the files; all of this too if anything interrupts."""
    for path in (json, html):
        if path is not None and not path.parent.is_dir():
            raise FileNotFoundError(f"there is no folder {path.parent}")
    with Run(plan) as running:
        interruption = _run_steps(console, running)
    results = running.results()
    show(console, results)
    for line in running.left_out:
        console.print(f"[red]left out: {escape(line)}")
    if json is not None:
        results.save(json)
        console.print(f"wrote {json}", soft_wrap=True)
    if html is not None:
        page.write(results, html)
        console.print(f"wrote {html}", soft_wrap=True)
    if interruption:
        raise interruption


def _run_steps(console: Console, running: Run) -> BaseException | None:
    columns = (BarColumn(), MofNCompleteColumn(), TimeElapsedColumn(),
               TextColumn("{task.description}"))  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        task = progress.add_task("importing the libraries", total=None)
        try:
            steps = running.steps()
            progress.update(task, total=len(steps))
            for description, step in steps:
                progress.update(task, description=escape(description))
                step()
                progress.advance(task)
        except BaseException as interruption:
            return interruption
    return None


def show(console: Console, results: Results) -> None:
    """Print a whole run."""
    console.print(_facts(results))
    if results.first_calls:
        console.print(_first_calls(results))
    for cases in by_dtype(results):
        console.print(_times(cases))
    console.print("Who is fastest:", style="bold")
    for sentence in summary(results):
        console.print(f"  {escape(sentence)}")
    if said := advice(results):
        console.print(said, style="bold", markup=False)


def by_dtype(results: Results) -> Iterator[Cases]:
    """The cases of every function and dtype."""
    for _, cases in groupby(
        results.cases().items(), key=lambda item: (item[0].function, item[0].dtype)
    ):
        yield list(cases)


def summary(results: Results) -> list[str]:
    """For every function, dtype and accuracy: from which size to which who is fastest."""
    return [
        f"{cases[0][0].function} {cases[0][0].dtype} {accuracy}: {'; '.join(found)}"
        for cases in by_dtype(results)
        for accuracy in ACCURACIES
        if (found := list(_winners(cases, accuracy)))
    ]


def _winners(cases: Cases, accuracy: str) -> Iterator[str]:
    """Runs of sizes with the same fastest call, and how it compares with the other camp's best."""
    duels = []
    for case, timings in cases:
        mine, theirs = fastest(timings, "ours", accuracy), fastest(timings, "peer")
        camps = sorted(filter(None, (mine, theirs)), key=lambda timing: timing.per_call)
        if mine is not None:
            duels.append((case.size, camps[0], camps[-1]))
    for name, group in groupby(duels, key=lambda duel: _short(duel[1])):
        sizes, firsts, lasts = zip(*group, strict=True)
        where = f"at {elements(sizes[0])}"
        if len(sizes) > 1:
            where = f"from {elements(sizes[0])} to {elements(sizes[-1])}"
        beaten = {_short(second) for second in lasts}
        if beaten == {name}:
            yield f"{where} {name}"
        else:
            ratios = [a.times_as_fast_as(b) for a, b in zip(firsts, lasts, strict=True)]
            yield f"{where} {name}, {_span(ratios)} × {' or '.join(sorted(beaten))}"


def _short(timing: Timing) -> str:
    backend = timing.contender.split()[0]
    return f"sigmoids on {backend}" if timing.kind == "ours" else timing.library


def _span(ratios: Iterable[float]) -> str:
    low, high = (f"{value:.2g}" for value in (min(ratios), max(ratios)))
    return low if low == high else f"{low} to {high}"


def _times(cases: Cases) -> Table:
    size = focus(case.size for case, _ in cases)
    case, middle = next(item for item in cases if item[0].size == size)
    table = Table(
        title=f"{case.function}, {case.dtype}: nanoseconds per element", box=box.SIMPLE_HEAD
    )
    table.add_column("computed by", no_wrap=True)
    for other, _ in cases:
        table.add_column(f"n={elements(other.size)}", justify="right", no_wrap=True)
    for heading in ("spread", "GB/s", "of copy", "× best peer"):
        table.add_column(f"{heading}\nn={elements(case.size)}", justify="right", no_wrap=True)
    cells = {(t.contender, c.size): digits(t.nanoseconds) for c, timings in cases for t in timings}
    copy, best = fastest(middle, "limit"), fastest(middle, "peer")
    for timing in sorted(middle, key=lambda timing: timing.per_call):
        table.add_row(
            escape(timing.contender),
            *(cells.get((timing.contender, other.size), "") for other, _ in cases),
            f"+ {timing.spread:.0%}",
            digits(timing.bandwidth),
            f"{timing.bandwidth / copy.bandwidth:.0%}" if copy else "",
            f"{timing.times_as_fast_as(best):.2f}" if best and timing.kind != "limit" else "",
            style={"ours": "bold", "guest": "", "peer": "", "limit": "dim"}[timing.kind],
        )
    return table


def _first_calls(results: Results) -> Table:
    first = results.first_calls[0]
    table = Table(
        title=f"First call of {first.function}, {first.dtype}, in a fresh process",
        box=box.SIMPLE_HEAD,
    )
    table.add_column("computed by", no_wrap=True)
    for heading in (
        "import",
        "first call",
        "with compiled\ncode cached",
        f"memory taken\nn={elements(first.size)}",
    ):
        table.add_column(heading, justify="right")
    for call in results.first_calls:
        table.add_row(
            escape(call.contender if call.kind == "peer" else f"sigmoids {call.contender}"),
            seconds(call.imports),
            seconds(call.cold),
            seconds(call.cached),
            "unknown" if call.peak is None else memory(call.peak),
        )
    return table


def _facts(results: Results) -> Table:
    table = Table(box=None, show_header=False)
    table.add_column(style="dim")
    table.add_column()
    for name, value in results.machine.items():
        table.add_row(escape(name), escape(value))
    return table
