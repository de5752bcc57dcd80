"""The arctangent of a quotient.

For a, b ≥ 0 the smaller is divided by the larger.  A quotient n/m above tan(π/8) is brought near 0:
where tan φ = n/m, tan(φ − π/4) = (n − m)/(n + m).  With u the quotient that is left,

    arctan u = u + u·w·A(w),    w = u² ≤ tan²(π/8), A(w) = −1/3 + w/5 − …

and the arctangent of a/b is that, or less that, added to 0, π/4 or π/2.  There is one division.

Coefficients: Chebyshev fits of A on 0 ≤ w ≤ 0.1716, ``mpmath.chebyfit``, rounded to the type.  They
make the arctangent wrong by less than 2^−58 of it, the short ones by 2^−52.7, those of float32 by
2^−28.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sigmoids.arithmetic.numbers import Numbers

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
SHORT = tuple(map(float.fromhex, (
    "-0x1.5555555555546p-2", "0x1.9999999990a6fp-3", "-0x1.2492491dd2b46p-3",
    "0x1.c71c6dd0c74efp-4", "-0x1.745c7f6370d7ap-4", "0x1.3b068cadba7f1p-4",
    "-0x1.105e2879e082ep-4", "0x1.d5ea6ffbc6ff9p-5", "-0x1.6f427ef5b98a3p-5",
    "0x1.74b41a052a60ap-6",
)))  # fmt: skip
SINGLE = tuple(map(float.fromhex, (
    "-0x1.555554p-2", "0x1.999730p-3", "-0x1.242028p-3", "0x1.b80f24p-4", "-0x1.0841e6p-4",
)))  # fmt: skip


def arctan_ratio(base: Numbers, a: Any, b: Any) -> Any:
    """arctan(a/b) for a ≥ 0 and b > 0."""
    fmt, where, whole = base.fmt, base.where, base.whole
    tan, pi_4, pi_4_low = map(fmt.real, (TAN, *fmt.quarter))
    flipped = whole(a) > whole(b)
    n, m = where(flipped, b, a), where(flipped, a, b)
    large = whole(n) > whole(m) * tan
    u = where(large, n - m, n) / where(large, n + m, m)
    w = whole(u) * whole(u)
    angle = base.increased(u, w * base.series(fmt.arctangent, w), -w)
    angle = where(large, base.plus(pi_4, pi_4_low, angle), angle)
    return where(flipped, base.plus(2 * pi_4, 2 * pi_4_low, -angle), angle)
