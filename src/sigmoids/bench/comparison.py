"""What became slower or faster between two runs, the noise and the machine's drift taken out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from rich import box
from rich.markup import escape
from rich.table import Table
from scipy.stats import mannwhitneyu

from sigmoids.bench.units import elements, seconds

if TYPE_CHECKING:
    from collections.abc import Iterator

    from rich.console import Console

    from sigmoids.bench.results import Results, Timing

CHANCE = 0.001
"""How likely a difference may come about by chance, and still be reported."""

ENOUGH = 7
"""Times in each of two runs, of which all of one being smaller is less likely than that."""

INCIDENTAL = {"date", "sigmoids"}
"""Facts about a run that may differ between runs that are compared."""


@dataclass(frozen=True, slots=True)
class Change:
    """How one contender's time in one case changed.

    Attributes
    ----------
    before, after : Timing
        What was measured.
    ratio : float
        The time after, in units of that before, on a machine that did not change.
    chance : float
        How likely it is that so large a difference is chance (two-sided Mann-Whitney test).
    """

    before: Timing
    after: Timing
    ratio: float
    chance: float

    def slower(self, threshold: float) -> bool:
        """Whether it is slower by more than the threshold and than the noise."""
        return self.ratio > 1 + threshold and self.chance < CHANCE

    def faster(self, threshold: float) -> bool:
        """Whether it is faster by more than the threshold and than the noise."""
        return self.ratio < 1 / (1 + threshold) and self.chance < CHANCE


def changes(before: Results, after: Results) -> list[Change]:
    """The changes of ours in the cases that both runs have; a ValueError if there are none.

    What did not change between the runs, other libraries and memory, shows how much the machine
    did: the median of their changes in a case is taken out of ours.
    """
    found = list(_changes(before, after))
    if not found:
        raise ValueError("the two files have no timing of ours in common: nothing to compare")
    return found


def _changes(before: Results, after: Results) -> Iterator[Change]:
    later = after.cases()
    for case, timings in before.cases().items():
        now = {timing.contender: timing for timing in later.get(case, ())}
        pairs = [(t, now[t.contender]) for t in timings if t.contender in now]
        others = [b.per_call / a.per_call for a, b in pairs if a.kind != "ours"]
        drift = float(np.median(others)) if others else 1.0
        for a, b in pairs:
            if a.kind == "ours":
                chance = mannwhitneyu(a.seconds, np.divide(b.seconds, drift)).pvalue
                yield Change(a, b, b.per_call / a.per_call / drift, float(chance))


def run(console: Console, before: Results, after: Results, threshold: float) -> bool:
    """Print what changed; whether nothing became slower."""
    found = changes(before, after)
    for name in sorted(before.machine.keys() | after.machine.keys()):
        old, new = (results.machine.get(name, "unknown") for results in (before, after))
        if old != new and name not in INCIDENTAL:
            console.print(f"[yellow]{name} differs: {escape(old)}, then {escape(new)}")
    if min(min(len(c.before.seconds), len(c.after.seconds)) for c in found) < ENOUGH:
        console.print(
            f"[yellow]fewer than {ENOUGH} times of a case, as in a --quick run, do not tell "
            "a change from noise"
        )
    slower = [change for change in found if change.slower(threshold)]
    faster = [change for change in found if change.faster(threshold)]
    if slower or faster:
        console.print(_table(slower, faster))
    console.print(
        f"{len(found)} timings compared: {len(slower)} slower and {len(faster)} faster by more "
        f"than {threshold:.0%} and the noise"
    )
    return not slower


def _table(slower: list[Change], faster: list[Change]) -> Table:
    table = Table(box=box.SIMPLE_HEAD)
    for heading in ("function", "dtype", "n", "computed by", "before", "after", "time ×"):
        table.add_column(heading, justify="left" if heading in ("function", "dtype") else "right")
    for changed, style in ((slower, "red"), (faster, "green")):
        for change in sorted(changed, key=lambda change: -abs(np.log(change.ratio))):
            case = change.before.case
            table.add_row(
                case.function,
                case.dtype,
                elements(case.size),
                change.before.contender,
                seconds(change.before.per_call),
                seconds(change.after.per_call),
                f"{change.ratio:.2f}",
                style=style,
            )
    return table
