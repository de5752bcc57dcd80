"""The demonstration as a person sees it: progress, tables, a verdict, a figure."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, TypeVar

import numpy as np
from rich.markup import escape
from rich.progress import track
from rich.table import Table

from sigmoids.demo import family, figure
from sigmoids.demo.study import Data, Outcome, count, outcomes
from sigmoids.functions import RESULTS

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from rich.console import Console

    from sigmoids.demo.family import Difference

T = TypeVar("T")


def run(console: Console, output: Path, *, everything: bool = False) -> bool:
    """Run the study, print its table, write its figure; whether the backends agree.

    With ``everything`` they are compared on the whole family too.
    """
    figure.check(output)
    data = Data.load()
    fits = _track(console, "fitting on every backend", outcomes(data), count())
    console.print(_table(fits))
    found = [fit.difference for fit in fits]
    if everything:
        number = len(RESULTS) * len(family.DTYPES) * (len(family.installed()) - 1)
        of_family = _track(console, "comparing the family", family.differences(), number)
        console.print(_family(of_family))
        found += of_family
    agree = all(difference.agrees for difference in found)
    losses = np.array([fit.log_loss for fit in fits])
    if agree:
        console.print(f"{_verdict(fits)} Log losses lie within {np.ptp(losses):.1e}.")
    else:
        console.print("[red]The backends disagree beyond the contract.")
    figure.write(output, data, fits[0])
    console.print(f"wrote {output}", soft_wrap=True)
    return agree


def _track(console: Console, description: str, found: Iterable[T], number: int) -> list[T]:
    return list(track(found, description, total=number, console=console, transient=True))


def _table(results: list[Outcome]) -> Table:
    table = Table(title="Breast cancer, logistic regression by Newton's method")
    for heading in ("backend", "dtype"):
        table.add_column(heading)
    for heading in ("iterations", "test\naccuracy", "log loss", "first call", "later calls"):
        table.add_column(heading, justify="right")
    table.add_column(f"sigmoids as on {family.reference()}")
    for r in results:
        table.add_row(
            r.backend,
            r.dtype,
            str(r.fit.iterations),
            f"{r.accuracy:.1%}",
            f"{r.log_loss:.6f}",
            f"{r.first_call * 1e3:.1f} ms",
            f"{r.later_call * 1e6:.1f} µs",
            "the reference" if r.backend == family.reference() else _agreement(r.difference),
        )
    return table


def _family(found: list[Difference]) -> Table:
    table = Table(title=f"The family, compared with {family.reference()}")
    for heading in ("function", "dtype", *family.installed()[1:]):
        table.add_column(heading)
    for (function, dtype), row in groupby(found, key=lambda d: (d.function, d.dtype)):
        table.add_row(escape(function), dtype, *map(_agreement, row))
    return table


def _agreement(difference: Difference) -> str:
    colour = "" if difference.agrees else "[red]"
    return f"{colour or '[green]' * (not difference.differing)}{difference}"


def _verdict(results: list[Outcome]) -> str:
    """Which backends gave the same bits, dtype by dtype."""
    said = []
    for dtype in family.DTYPES:
        found = [fit.difference for fit in results if fit.dtype == dtype]
        same = [d.backend for d in found if not d.differing]
        others = [
            f"{d.backend} within the promised {d.promised:g} ulp" for d in found if d.differing
        ]
        said.append("; ".join([f"{dtype}: the same bits from {', '.join(same)}", *others]) + ".")
    return " ".join(said)
