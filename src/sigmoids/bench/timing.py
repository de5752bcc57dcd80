"""Timing calls side by side, so that what the machine does meanwhile befalls all of them."""

from __future__ import annotations

from time import perf_counter
from timeit import Timer
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigmoids.peers.peer import Prepared

ROUNDS = (2, 50)
"""The fewest and the most rounds in a series."""


def interleaved(
    calls: Sequence[Prepared], *, sample: float, budget: float, seed: int = 0
) -> list[tuple[float, ...]]:
    """Seconds per call, for every call in every round of a series.

    A round takes one sample of every call, in an order that is drawn anew each time.  A sample
    repeats the call until ``sample`` seconds have passed; before short calls, one that is not
    timed brings the data back and lets the threads of whoever came before come to rest.

    Parameters
    ----------
    calls : sequence of Prepared
        What to time.
    sample : float
        Seconds that a sample should take.
    budget : float
        Seconds for all rounds; there are at least two of them.
    seed : int
        For the orders.

    Returns
    -------
    list of tuple of float
        For each call as many numbers as there were rounds.
    """
    timers = [Timer(prepared.call) for prepared in calls]
    repeats = [_repeats(p, t, sample) for p, t in zip(calls, timers, strict=True)]
    draw = np.random.default_rng(seed)

    def one_round() -> list[float]:
        seconds = [0.0] * len(calls)
        for i in draw.permutation(len(calls)):
            with calls[i].within():
                if repeats[i] > 1:
                    timers[i].timeit(1)
                seconds[i] = timers[i].timeit(repeats[i]) / repeats[i]
        return seconds

    start = perf_counter()
    rounds = [one_round()]
    number = int(np.clip(budget / (perf_counter() - start), *ROUNDS))
    rounds += [one_round() for _ in range(number - 1)]
    return list(zip(*rounds, strict=True))


def _repeats(prepared: Prepared, timer: Timer, sample: float) -> int:
    """How often to repeat a call; the calls to find out warm it up."""
    with prepared.within():
        if timer.timeit(1) > 10 * sample:
            return 1
        number = 1
        while (taken := timer.timeit(number)) < sample / 2:
            number *= int(np.clip(sample / max(taken, 1e-9), 2, 10))
        return number
