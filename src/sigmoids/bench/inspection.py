"""Looking at results before any time is taken: right at all, and how exact."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING

import numpy as np

from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.truth import Truth
from sigmoids.functions import parts

if TYPE_CHECKING:
    from sigmoids.peers.peer import Arrays, Prepared

CHECKED = 10_000
"""Results that are looked at in an array."""

TOLERANCE = 16
"""Distance from the exact value that passes, in units of the dtype's precision and of the largest
of 1, the arguments and the value: a check of what is computed, not of how exactly."""


class WrongResultError(Exception):
    """A contender computes something else; it is not timed."""


def check(function: str, prepared: Prepared, inputs: Arrays) -> Arrays:
    """What the call returns; a :class:`WrongResultError` where that is not the function."""
    x = inputs[0]
    results = prepared.result()
    step = -(-x.size // CHECKED)
    wide = [a[::step].astype(np.longdouble) for a in inputs]
    tolerance = TOLERANCE * 2.0 ** -Format.of(x.dtype).bits
    for part, y in zip(parts(function), results, strict=True):
        if (y.shape, y.dtype) != (x.shape, x.dtype):
            raise WrongResultError(f"returns {y.dtype}{y.shape} for {x.dtype}{x.shape}")
        with np.errstate(all="ignore"):  # the logit of 1 is infinite
            exact = part.reference(np, *wide)
            scale = reduce(np.maximum, map(np.abs, (*wide, exact)), 1)
            off = np.abs(y[::step].astype(np.longdouble) - exact) / scale
        off[y[::step] == exact] = 0
        if not off.max() <= tolerance:
            at = int(off.argmax())
            raise WrongResultError(f"returns {y[::step][at]} for {x[::step][at]}")
    return results


def largest_error(results: Arrays, truths: list[Truth]) -> float:
    """The largest total error of a function's results, in ulps."""
    return float(max(t.errors(y).max() for t, y in zip(truths, results, strict=True)))


def truths(function: str, inputs: Arrays) -> list[Truth]:
    """The exact values of everything that a function returns."""
    return [Truth.of(part, *inputs) for part in parts(function)]
