"""``sigmoids verify`` as a person sees it: progress, a table, a file."""

from __future__ import annotations

import json as format_json
from typing import TYPE_CHECKING

from rich import box
from rich.markup import escape
from rich.progress import (
    BarColumn,
    MofNCompleteColumn,
    Progress,
    TextColumn,
    TimeElapsedColumn,
    TimeRemainingColumn,
)
from rich.table import Table

from sigmoids.accuracy import bounds
from sigmoids.accuracy.sentence import sentence
from sigmoids.accuracy.verify import Row, Study, candidates, chunks, found
from sigmoids.accuracy.verify import run as run_study
from sigmoids.functions import FUNCTIONS, JOINT, parts

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from sigmoids.choice import Choice


def run(
    console: Console,
    choice: Choice,
    *,
    exhaustive: bool,
    others: bool,
    json: Path | None,
    write: bool = False,
) -> bool:
    """Measure, print the table, write the file; whether every declared bound held.

    With ``write``, the table of the bounds is brought up to date, and the bounds that are shown are
    those that are declared then.  What nothing was declared of yet has not failed to hold.

    What was measured is printed and written too if something interrupts.
    """
    if write:
        bounds.check_writable()
    rows: list[Row] = []
    try:
        _measure(console, choice, rows, exhaustive=exhaustive, others=others)
    finally:
        broken = [row for row in rows if not row.holds]
        exceeded = [row for row in broken if not row.new]
        new = dict.fromkeys((row.function, row.computed_by) for row in broken if row.new)
        changes = _write(rows) if write else []
        console.print(table(rows))
        if json is not None:
            json.write_text(format_json.dumps([row.as_dict() for row in rows], indent=1) + "\n")
    if exceeded:
        console.print(f"[red]{len(exceeded)} declared bounds are exceeded.")
    if write:
        _print_changes(console, changes)
    else:
        for name, backend in new:
            console.print(
                f'Nothing is declared of {name} on {backend} yet: `sigmoids verify "{name}" '
                f"--backend {backend} --write` measures and declares it.",
                soft_wrap=True,
                markup=False,
            )
    return not exceeded and (write or not new)


def _write(rows: list[Row]) -> list[bounds.Change]:
    """Bring the table up to date, and the rows, and say what changed."""
    changes = bounds.write(found(rows))
    for row in rows:
        if row.bound:
            row.bound = bounds.bound(*row.key)
    return changes


def _print_changes(console: Console, changes: list[bounds.Change]) -> None:
    """What became of the table's rows, and what docstrings should say now."""
    for change in changes:
        if change.verb:
            before = _declared(change.before) if change.before else "nothing"
            console.print(
                f"{change.verb}: {' '.join(change.key)}: {before} → {_declared(change.after)}",
                style="red" if change.verb == "grew" else "",
                soft_wrap=True,
            )
    console.print(f"{len(changes)} rows of {bounds.FILE} changed.", soft_wrap=True, markup=False)
    changed = {change.key.function for change in changes}
    for name, member in (FUNCTIONS | JOINT).items():
        specs = parts(name)
        if changed & {spec.name for spec in specs}:
            says = sentence(*specs)
            if says not in " ".join((member.function.__doc__ or "").split()):
                console.print(f"The docstring of {name} should say: {says}", soft_wrap=True)


def _declared(bound: bounds.Bound) -> str:
    return f"{bound.ulp:g} ulp" + (" but for what is flushed" if bound.flushes else "")


def _measure(
    console: Console, choice: Choice, rows: list[Row], *, exhaustive: bool, others: bool
) -> None:
    """Add a row for every function, dtype and candidate."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(),
               TimeElapsedColumn(), TimeRemainingColumn())  # fmt: skip
    with Progress(*columns, console=console, transient=True) as progress:
        for name in choice.functions:
            for dtype in choice.dtypes:
                found = candidates(name, dtype, choice.backends, choice.accuracies, others=others)
                study = Study(name, dtype, found)
                total, pieces = chunks(study.spec, dtype, exhaustive=exhaustive)
                task = progress.add_task(f"{name} {dtype}", total=total)
                rows += run_study(study, pieces, lambda n, task=task: progress.advance(task, n))  # type: ignore[misc]


def table(rows: list[Row]) -> Table:
    """The rows as a table for people."""
    result = Table(box=box.SIMPLE_HEAD)
    for heading in ("function", "dtype", "computed by"):
        result.add_column(heading, no_wrap=True)
    for heading in ("inputs", "misrounded", "max ulp", "|x| ≤ 80", "bound"):
        result.add_column(heading, justify="right", no_wrap=True)
    result.add_column("largest at x =", no_wrap=True)
    previous = ("", "")
    for row in rows:
        group = (escape(row.function), row.dtype)
        if group != previous and previous[0]:
            result.add_section()
        result.add_row(
            *(group if group != previous else ("", "")),
            f"{row.computed_by} {row.accuracy}".strip(),
            f"{row.tried:,}",
            _share(row),
            f"{row.largest.ulp:.4g}",
            f"{row.inner_ulp:.4g}",
            "" if row.bound is None else f"{row.bound.ulp:g}",
            row.largest.witness,
            style="" if row.holds else "red",
        )
        previous = group
    return result


def _share(row: Row) -> str:
    if not row.misrounded:
        return "0"
    share = row.misrounded / row.tried
    return f"{share:.1%}" if share >= 0.001 else f"{row.misrounded:,}"
