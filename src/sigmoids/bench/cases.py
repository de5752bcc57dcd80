"""What is timed: one definition for ``sigmoids bench`` and for the suite in ``benchmarks/``."""

from __future__ import annotations

import math
from functools import cache
from typing import TYPE_CHECKING

import numpy as np

from sigmoids.choice import DTYPES
from sigmoids.functions import parts

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.peers.peer import Arrays

LARGEST = 10**9

PROBABILITIES = (0.0, 1.0)


def inputs(function: str, dtype: str, size: int) -> Arrays:
    """Seeded numbers as they come out of a model: normal, with a standard deviation of 4.

    Probabilities and labels are uniform between 0 and 1.
    """
    spec = parts(function)[0]
    laws = ["uniform"] * len(spec.arguments)
    if spec.domain != PROBABILITIES:
        laws[0] = "normal"
    return tuple(_drawn(law, n, size).astype(DTYPES[dtype]) for n, law in enumerate(laws))


@cache
def _drawn(law: str, seed: int, size: int) -> NDArray[np.float32]:
    rng = np.random.default_rng(seed)
    draw = rng.standard_normal if law == "normal" else rng.random
    return draw(size, np.float32) * np.float32(4 if law == "normal" else 1)


def sizes(text: str) -> tuple[int, ...]:
    """Sizes from what a person types: ``1:1e7`` for all powers of ten between, or a list."""
    if ":" not in text:
        return tuple(_size(part) for part in text.split(","))
    first, _, last = text.partition(":")
    low, high = _size(first), _size(last)
    powers = range(math.ceil(math.log10(low)), math.floor(math.log10(high)) + 1)
    found = tuple(sorted({low, *(10**power for power in powers), high}))
    if low > high:
        raise ValueError(f"sizes {text!r} run from large to small: write {last}:{first}")
    return found


def _size(text: str) -> int:
    try:
        number = float(text)
    except ValueError:
        number = math.nan
    if not (1 <= number <= LARGEST and number == int(number)):
        raise ValueError(
            f"{text!r} is no size: write whole numbers to {LARGEST:.0e}, as in 1:1e7 or 1,100,1e6"
        )
    return int(number)
