"""What is timed: one definition for ``sigmoids bench`` and for the suite in ``benchmarks/``."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import numpy as np

from sigmoids.choice import DTYPES
from sigmoids.functions import parts

if TYPE_CHECKING:
    from sigmoids.peers.peer import Arrays

LARGEST = 10**9

PROBABILITIES = (0.0, 1.0)


def inputs(function: str, dtype: str, size: int) -> Arrays:
    """Seeded numbers as they come out of a model: normal, with a standard deviation of 4.

    Probabilities and labels are uniform between 0 and 1.
    """
    spec = parts(function)[0]
    rng = np.random.default_rng(0)
    arrays = [rng.random(size, np.float32) for _ in spec.arguments]
    if spec.domain != PROBABILITIES:
        arrays[0] = 4 * np.random.default_rng(0).standard_normal(size, np.float32)
    return tuple(array.astype(DTYPES[dtype]) for array in arrays)


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
