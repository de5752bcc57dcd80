"""The arctangent of a quotient: its form and its constants.

For a, b ≥ 0 the smaller is divided by the larger.  A quotient n/m above tan(π/8) is brought near 0:
where tan φ = n/m, tan(φ − π/4) = (n − m)/(n + m).  With u the quotient that is left,

    arctan u = u + u·w·A(w),    w = u² ≤ tan²(π/8), A(w) = −1/3 + w/5 − …

and the arctangent of a/b is that, or less that, added to 0, π/4 or π/2.  There is one division.

Coefficients: the Chebyshev fit of A on 0 ≤ w ≤ 0.1716, ``mpmath.chebyfit``, rounded to float64;
|error of A| < 2^−55.5, which makes 2^−58 of the arctangent.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sigmoids.backends.exponential import Base

W_MAX = 0.1716
"""Above the square of tan(π/8)."""

TAN = 0.41421356
"""Just below tan(π/8)."""

PI_4 = float.fromhex("0x1.921fb54442d18p-1")
PI_4_LOW = float.fromhex("0x1.1a62633145c07p-55")
"""π/4 in two parts; twice them is π/2."""

COEFFICIENTS = tuple(map(float.fromhex, (
    "-0x1.5555555555555p-2", "0x1.9999999999953p-3", "-0x1.249249248d7d1p-3",
    "0x1.c71c71c3035c8p-4", "-0x1.745d165db0b8dp-4", "0x1.3b1392d24f335p-4",
    "-0x1.110e878213482p-4", "0x1.e19a07798598ep-5", "-0x1.ac7a3950dffbap-5",
    "0x1.74dc387c1a6f4p-5", "-0x1.1b2f96cc7eca8p-5", "0x1.0aca40aeebce0p-6",
)))  # fmt: skip
A0, A1, A2, A3, A4, A5, A6, A7, A8, A9, A10, A11 = COEFFICIENTS


def series(w: Any) -> Any:
    """A at w = u²; works on whatever has arithmetic."""
    tail = A6 + w * (A7 + w * (A8 + w * (A9 + w * (A10 + w * A11))))
    return A0 + w * (A1 + w * (A2 + w * (A3 + w * (A4 + w * (A5 + w * tail)))))


def single_arctan(xp: Base, a: Any, b: Any) -> Any:
    """arctan(a/b) to about 1 ulp."""
    flipped = a > b
    n, m = xp.where(flipped, b, a), xp.where(flipped, a, b)
    large = n > m * TAN
    u = xp.where(large, n - m, n) / xp.where(large, n + m, m)
    w = u * u
    angle = u + u * (w * series(w))
    angle = xp.where(large, PI_4 + (angle + PI_4_LOW), angle)
    return xp.where(flipped, 2 * PI_4 - (angle - 2 * PI_4_LOW), angle)
