"""The demonstration as a person sees it: progress, a table, a verdict, a figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from rich.progress import Progress
from rich.table import Table

from sigmoids.demo import figure
from sigmoids.demo.study import REFERENCE, Data, Outcome, count, outcomes

if TYPE_CHECKING:
    from pathlib import Path

    from rich.console import Console


def run(console: Console, output: Path) -> bool:
    """Run the study, print its table, write its figure; whether the backends agree."""
    figure.check(output)
    data = Data.load()
    results: list[Outcome] = []
    with Progress(console=console, transient=True) as progress:
        task = progress.add_task("fitting on every backend", total=count())
        for outcome in outcomes(data):
            results.append(outcome)
            progress.advance(task)
    console.print(_table(results))
    agree = all(outcome.agrees for outcome in results)
    console.print(_verdict(results, agree))
    figure.write(output, data, results[0])
    console.print(f"wrote {output}", soft_wrap=True)
    return agree


def _table(results: list[Outcome]) -> Table:
    table = Table(title="Breast cancer, logistic regression by Newton's method")
    for heading in ("backend", "dtype"):
        table.add_column(heading)
    for heading in ("iterations", "test\naccuracy", "log loss", "first call", "later calls"):
        table.add_column(heading, justify="right")
    table.add_column(f"sigmoids as on {REFERENCE}")
    for r in results:
        table.add_row(
            r.backend,
            r.dtype,
            str(r.fit.iterations),
            f"{r.accuracy:.1%}",
            f"{r.log_loss:.6f}",
            f"{r.first_call * 1e3:.1f} ms",
            f"{r.later_call * 1e6:.1f} µs",
            _agreement(r),
        )
    return table


def _agreement(result: Outcome) -> str:
    if result.backend == REFERENCE:
        return "the reference"
    if not result.differing:
        return "[green]every bit"
    colour = "" if result.agrees else "[red]"
    return (
        f"{colour}{result.differing:,} of {result.probed:,} differ, by {result.ulps_apart} ulp"
        f" ({result.allowed} allowed)"
    )


def _verdict(results: list[Outcome], agree: bool) -> str:
    backends = len({result.backend for result in results})
    losses = np.array([result.log_loss for result in results])
    if not agree:
        return "[red]The backends disagree beyond the contract."
    return (
        f"The backends agree within the contract ({backends} compared with {REFERENCE}); "
        f"log losses lie within {np.ptp(losses):.1e}."
    )
