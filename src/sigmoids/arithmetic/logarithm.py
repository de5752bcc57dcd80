"""The logarithm of a quotient.

With k near log₂(a/b), so that c = 2^−k·a/b is between 0.666 and 1.502,

    log(a/b) = k·ln 2 + 2·atanh(u/2),    u = 2(c − 1)/(c + 1),
    2·atanh(u/2) = u + u·v·L(v),    v = u², L(v) = 1/12 + v/80 + …

There is one division, whatever the quotient; and where it is near 1, so that k = 0, the difference
a − b is asked for, because who calls may know it better than subtraction would.

The k comes from the difference of the bits of a and b: a positive number's bits are, but for a
constant, its logarithm to base 2, linear between powers of two and so wrong by 0.0861 at most.

Of 1 + p/q with 0 ≤ p ≤ q, k is 1 where p/q is above :data:`HALFWAY` and else 0, so that
u = 2(p − q)/(p + 3q) or 2p/(p + 2q).  Where the series is long enough, k is 0 throughout.

Coefficients: Chebyshev fits of L on 0 ≤ v ≤ 0.1608, or 0.447 where k is 0 throughout,
``mpmath.chebyfit``, rounded to the type.  They make the logarithm wrong by less than 2^−60 of it;
the short ones by 2^−53.9 and 2^−52.2, those of float32 by 2^−26.5.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sigmoids.arithmetic.numbers import Numbers
    from sigmoids.arithmetic.pairs import Pairs

V_MAX = 0.1608
"""Above the square of u = 2·tanh((½ + 0.0861)·ln(2)/2)."""

P_MAX = 0.447
"""Above (2/3)², the largest square of u in log(1 + p/q) without a reduction."""

HALFWAY = 0.41421356237309503
"""√2 − 1, where 1 + p/q is √2, the geometric mean of 1 and 2."""

COEFFICIENTS = tuple(map(float.fromhex, (
    "0x1.5555555555555p-4", "0x1.9999999999f4ap-7", "0x1.24924923d8d53p-9",
    "0x1.c71c72e6a0bf3p-12", "0x1.745caa083f891p-14", "0x1.3b2a29705fb2cp-16",
    "0x1.0e857c4765545p-18", "0x1.16d0d0a09926bp-20",
)))  # fmt: skip
SHORT = tuple(map(float.fromhex, (
    "0x1.555555555556ep-4", "0x1.999999997bed9p-7", "0x1.249249529dd5cp-9",
    "0x1.c71c3c49cff06p-12", "0x1.746bd7ec3f49dp-14", "0x1.38ffd7ff2ea9cp-16",
    "0x1.35b99f3a4cd26p-18",
)))  # fmt: skip
SHORT_LOG1P = tuple(map(float.fromhex, (
    "0x1.5555555555572p-4", "0x1.999999998549dp-7", "0x1.2492493771a98p-9",
    "0x1.c71c6450a1026p-12", "0x1.745f7cba69bd1p-14", "0x1.3ad6b1bf3d349p-16",
    "0x1.1498cde74138ap-18", "0x1.a5ffd0c199c03p-21", "0x1.5a7dd99a4269ap-22",
)))  # fmt: skip
SINGLE = tuple(map(float.fromhex, ("0x1.5555660p-4", "0x1.9962080p-7", "0x1.32d1a80p-9")))


def log_ratio(base: Numbers, a: Any, b: Any, difference: Any) -> Any:
    """log(a/b), where a − b is known."""
    k, up, power = base.aligned(base.whole(a), base.whole(b))
    a = base.scaled(base.scaled(a, up), power)
    n = base.where(k == 0, difference, a - b)
    return _logarithm(base, k, base.scaled(n, base.fmt.real(2)) / (a + b))


def log1p_ratio(base: Numbers, p: Any, q: Any) -> Any:
    """log(1 + p/q) for 0 ≤ p ≤ q."""
    fmt = base.fmt
    zero, one, two, three, halfway = map(fmt.real, (0, 1, 2, 3, HALFWAY))
    if fmt.log1p:  # more terms cost less than a reduction
        u = (p + p) / base.fma(q, two, p)
        v = u * u
        return base.fma(u, v * base.series(fmt.log1p, v), u)
    large = p > q * halfway
    n = base.where(large, p - q, p)
    u = two * n / base.fma(q, base.where(large, three, two), p)
    return _logarithm(base, base.where(large, one, zero), u)


def log1p_ratio_in_pairs(base: Pairs, p: Any, q: Any) -> Any:
    """The same, with sums in the order of their terms: p is the smaller number."""
    fma, where = base.fma, base.where
    large = p.hi > q.hi * HALFWAY
    n, n_lo = base.ordered_sum(where(large, -q.hi, 0.0), p.hi)
    n_lo = n_lo + (p.lo - where(large, q.lo, 0.0))
    times = where(large, 3.0, 2.0)
    several = times * q.hi
    several_lo = fma(times, q.lo, fma(times, q.hi, -several))
    m, m_lo = base.ordered_sum(several, p.hi)
    u = base.scaled(base.pair(n, n_lo, p.lifted), 2.0) / base.pair(m, m_lo + (several_lo + p.lo))
    return _logarithm(base, where(large, 1.0, 0.0), u)


def _logarithm(base: Numbers, k: Any, u: Any) -> Any:
    """k·ln 2 + 2·atanh(u/2); of a pair the series is small enough for one number."""
    fmt, v = base.fmt, base.whole(u) * base.whole(u)
    ln2, ln2_low = map(fmt.real, fmt.ln2)
    rise = v * base.series(fmt.logarithm, v)
    if fmt.paired:
        # The first product is exact, and 0 or larger than what is added.
        return base.plus(k * ln2, k * ln2_low, base.increased(u, rise, 0.25 * v))
    rest = u * rise
    if ln2_low:
        rest = base.fma(k, ln2_low, rest)
    return base.fma(k, ln2, u + rest)
