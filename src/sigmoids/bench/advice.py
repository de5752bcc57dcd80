"""What a run means for who works on that machine, in one sentence."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from sigmoids.backends import registry
from sigmoids.bench.results import fastest, focus
from sigmoids.bench.units import elements

if TYPE_CHECKING:
    from sigmoids.bench.results import Results, Timing

WORTHWHILE = 1.1
"""From how many times as fast on a choice is worth a word."""


def advice(results: Results) -> str | None:
    """Which backend to take for NumPy arrays, and whether ``"fast"`` pays; None if nobody can say.

    Backends that have arrays of their own take part in no choice: their arrays make it.
    """
    cases = {case: _on_numpy_arrays(found) for case, found in results.cases().items()}
    winners = [fastest(found, "ours", "high") for found in cases.values()]
    wins = Counter(timing.contender.split()[0] for timing in winners if timing is not None)
    if not wins:
        return None
    (best, number), *_ = wins.most_common(1)
    if results.machine.get("numba") == "not installed":
        said = 'install Numba, which computes NumPy arrays faster: pip install "sigmoids[numba]"'
    else:
        how = "leave NumPy arrays to" if best == registry.fastest_usable() else "ask for"
        said = f"{how} {best}, the fastest in {number} of {wins.total()} cases"
    size = focus(case.size for case in cases)
    gains = [
        fast.times_as_fast_as(high)
        for case, found in cases.items()
        if case.size == size
        and (high := fastest(found, "ours", "high"))
        and (fast := fastest(found, "ours", "fast"))
    ]
    if not gains:
        return f"On this machine: {said}."
    gain = float(np.median(gains))
    pays = f"is {gain:.2g} times as fast" if gain > WORTHWHILE else "gains nothing"
    return f'On this machine: {said}; accuracy="fast" {pays} at {elements(size)} elements.'


def _on_numpy_arrays(timings: list[Timing]) -> list[Timing]:
    return [
        t
        for t in timings
        if t.kind == "ours" and registry.find(t.contender.split()[0]).arrays == "numpy"
    ]
