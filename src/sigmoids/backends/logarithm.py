"""The logarithm of a quotient: its form and its constants.

With k near log₂(a/b), so that c = 2^−k·a/b is between 0.666 and 1.502,

    log(a/b) = k·ln 2 + 2·atanh(u/2),    u = 2(c − 1)/(c + 1),
    2·atanh(u/2) = u + u·v·L(v),    v = u², L(v) = 1/12 + v/80 + …

There is one division, whatever the quotient; and where it is near 1, so that k = 0, the difference
a − b is asked for, because who calls may know it better than subtraction would.

The k comes from the difference of the bits of a and b: a positive number's bits are, but for a
constant, its logarithm to base 2, linear between powers of two and so wrong by 0.0861 at most.

Of 1 + p/q with 0 ≤ p ≤ q, k is 1 where p/q is above :data:`HALFWAY` and else 0, so that
u = 2(p − q)/(p + 3q) or 2p/(p + 2q).

Coefficients: the Chebyshev fit of L on 0 ≤ v ≤ 0.1608, ``mpmath.chebyfit``, rounded to float64; the
logarithm is wrong by less than 2^−60 of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sigmoids.backends.exponential import LN2_HIGH, LN2_LOW

if TYPE_CHECKING:
    from sigmoids.backends.exponential import Base

V_MAX = 0.1608
"""Above the square of u = 2·tanh((½ + 0.0861)·ln(2)/2)."""

HALFWAY = 0.41421356237309503
"""√2 − 1, where 1 + p/q is √2, the geometric mean of 1 and 2."""

LIFT = 64
"""The power of two by which ``a`` is multiplied, so that its bits are those of a normal number."""

COEFFICIENTS = tuple(map(float.fromhex, (
    "0x1.5555555555555p-4", "0x1.9999999999f4ap-7", "0x1.24924923d8d53p-9",
    "0x1.c71c72e6a0bf3p-12", "0x1.745caa083f891p-14", "0x1.3b2a29705fb2cp-16",
    "0x1.0e857c4765545p-18", "0x1.16d0d0a09926bp-20",
)))  # fmt: skip
L0, L1, L2, L3, L4, L5, L6, L7 = COEFFICIENTS


def series(v: Any) -> Any:
    """L at v = u²; works on whatever has arithmetic."""
    return L0 + v * (L1 + v * (L2 + v * (L3 + v * (L4 + v * (L5 + v * (L6 + v * L7))))))


def single_log(xp: Base, a: Any, b: Any, difference: Any) -> Any:
    """log(a/b) to about 1 ulp."""
    k, power = xp.exponent(a, b)
    scaled = (a * 2.0**LIFT) * power
    u = 2 * xp.where(k == 0, difference, scaled - b) / (scaled + b)
    v = u * u
    return k * LN2_HIGH + (u + (u * (v * series(v)) + k * LN2_LOW))
