"""The exponential in pairs from a table, for engines to which every operation costs a pass.

With z = j/128 + t, in which j is an integer and nothing is rounded,

    e^z = T + T·(e^t − 1),    T = e^(j/128),    |t| ≤ 1/256.

There is a T for every j that occurs, 1.7 MB of them, of which usual arguments ask for a small part.
So neither ln 2 nor powers of two are needed, e^t is so near to 1 that float64 is enough for the
difference, and the quotient's denominator is 1.  As in :mod:`sigmoids.arithmetic.exponential`, both
are 2^lift times larger.
"""

from __future__ import annotations

from decimal import Decimal, localcontext
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.arithmetic.exponential import HIGHEST
from sigmoids.arithmetic.formats import FLOAT64

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.arithmetic.pairs import Pairs

LOWEST, ONE = FLOAT64.lowest or 0.0, 2.0**FLOAT64.lift
"""The first argument in the table, and the denominator."""

STEPS = 128
"""Steps of the table in a unit of z."""

SHIFT = 1.5 * 2.0**52 / STEPS
"""Adding it rounds to a multiple of a step, whose number then stands in the low bits of the sum."""

ORIGIN = np.array(LOWEST + SHIFT).view(np.int64)
"""The bits of the sum for the first number of the table."""

COEFFICIENTS = (1 / 2, 1 / 6, 1 / 24, 1 / 120, 1 / 720)
"""Of Taylor's series; the next term is less than 2^−60 of e^t − 1."""


def series(t: Any) -> Any:
    """(e^t − 1 − t)/t²; works on whatever has arithmetic."""
    c2, c3, c4, c5, c6 = COEFFICIENTS
    return c2 + t * (c3 + t * (c4 + t * (c5 + t * c6)))


def exp_ratio(base: Pairs, z: Any) -> Any:
    """(p, q, p + q): T + T·(e^t − 1), the second as a lower part, whose errors are below 2^−60.

    The engine's ``look_up(z)`` gives t, and T as a short number and its rest.
    """
    t, whole, rest = base.numbers.look_up(base.leading(z))
    p = base.pair(whole, rest + (whole + rest) * (t + t * t * series(t)))
    p, q = base.grown(p, p, z), base.pair(ONE, 0.0)
    return p, q, q + p


def expm1_ratio(base: Pairs, z: Any) -> Any:
    """(d, q, p + q): (T − 1) + T·(e^t − 1); next to 0 the first is 0, the second begins with t."""
    pair, (t, whole, rest) = base.pair, base.numbers.look_up(base.leading(z))
    short = base.numbers.cut(t)
    p, low = pair(whole, rest), t * t * series(t) + (t - short)
    growth = pair(whole * short, rest * short + (whole + rest) * low)
    d = base.grown((p + pair(-ONE, 0.0)) + growth, pair(whole, rest + whole * t), z)
    return d, pair(ONE, 0.0), d + pair(2 * ONE, 0.0)


@cache
def table() -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """2^lift·T for every step from LOWEST to HIGHEST: short numbers, and their rests."""
    integers = _exponentials(range(int(LOWEST), int(HIGHEST) + 1), 1, int(ONE))
    a, a_lo = (part[:, np.newaxis] for part in integers)
    b, b_lo = _exponentials(range(STEPS), STEPS, 1)
    product = a * b  # exact
    whole = _short(product)
    rest = (product - whole) + (a * b_lo + a_lo * (b + b_lo))
    return whole.ravel(), rest.ravel()


def _exponentials(
    numbers: range, divisor: int, factor: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """factor·e^(n/divisor) for each number: short numbers, and their rests."""
    with localcontext() as context:
        context.prec = 40
        exact = [factor * (Decimal(n) / divisor).exp() for n in numbers]
        short = _short(np.array([float(value) for value in exact]))
        rest = [float(value - Decimal(v)) for value, v in zip(exact, short.tolist(), strict=True)]
    return short, np.array(rest)


def _short(x: NDArray[np.float64]) -> NDArray[np.float64]:
    """The upper 26 bits, by Dekker's product with 2^27 + 1."""
    large = x * (2.0**27 + 1)
    return large - (large - x)
