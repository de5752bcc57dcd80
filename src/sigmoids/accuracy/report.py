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

from sigmoids.accuracy.verify import Row, Study, candidates, chunks
from sigmoids.accuracy.verify import run as run_study

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console

    from sigmoids.choice import Choice


def run(
    console: Console, choice: Choice, *, exhaustive: bool, others: bool, json: Path | None
) -> bool:
    """Measure, print the table, write the file; whether every declared bound holds.

    What was measured is printed and written too if something interrupts.
    """
    rows: list[Row] = []
    try:
        _measure(console, choice, rows, exhaustive=exhaustive, others=others)
    finally:
        console.print(table(rows))
        if json is not None:
            json.write_text(format_json.dumps([row.as_dict() for row in rows], indent=1) + "\n")
    broken = [row for row in rows if not row.holds]
    if broken:
        console.print(f"[red]{len(broken)} declared bounds are exceeded.")
    return not broken


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
            f"{row.max_ulp:.4g}",
            f"{row.inner_ulp:.4g}",
            "" if row.bound is None else f"{row.bound:g}",
            row.witness,
            style="" if row.holds else "red",
        )
        previous = group
    return result


def _share(row: Row) -> str:
    if not row.misrounded:
        return "0"
    share = row.misrounded / row.tried
    return f"{share:.1%}" if share >= 0.001 else f"{row.misrounded:,}"
