"""Turns: bursts side by side, so that what the machine does meanwhile befalls all of them."""

from __future__ import annotations

from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

TURNS = (2, 30)
"""The fewest and the most turns in a series."""


def in_turns(
    bursts: Sequence[Callable[[], float]], *, budget: float, seed: int = 0
) -> list[tuple[float, ...]]:
    """What everyone's bursts say in every turn of a series.

    A turn takes one burst of everyone, in an order that is drawn anew each time.

    Parameters
    ----------
    bursts : sequence of callable
        Each takes the time of a few calls, and returns the seconds of one.
    budget : float
        Seconds for all turns; there are at least two of them.
    seed : int
        For the orders.

    Returns
    -------
    list of tuple of float
        For each burst as many numbers as there were turns.
    """
    draw = np.random.default_rng(seed)

    def one_turn() -> list[float]:
        seconds = [0.0] * len(bursts)
        for i in draw.permutation(len(bursts)):
            seconds[i] = bursts[i]()
        return seconds

    start = perf_counter()
    turns = [one_turn()]
    number = int(np.clip(budget / (perf_counter() - start), *TURNS))
    turns += [one_turn() for _ in range(number - 1)]
    return list(zip(*turns, strict=True))
