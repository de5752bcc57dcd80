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
    from sigmoids.arithmetic.base import Base, Compiled
    from sigmoids.arithmetic.formats import Format

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


def words(base: Base, fmt: Format) -> dict[str, Compiled]:
    """``log_ratio(a, b, difference)`` and ``log1p_ratio(p, q)`` of the vocabulary."""
    where, scaled, whole, aligned = base.where, base.scaled, base.whole, base.aligned(fmt)
    logarithm = _sum_in_pairs(base, fmt) if fmt.paired else _sum(base, fmt)
    log1p = _log1p_in_pairs if fmt.paired else _log1p_unreduced if fmt.log1p else _log1p
    two = fmt.real(2)

    @base.compiled
    def log_ratio(a: Any, b: Any, difference: Any) -> Any:
        k, up, power = aligned(whole(a), whole(b))
        a = scaled(scaled(a, up), power)
        n = where(k == 0, difference, a - b)
        return logarithm(k, scaled(n, two) / (a + b))

    return {"log_ratio": log_ratio, "log1p_ratio": log1p(base, fmt, logarithm)}


def _sum(base: Base, fmt: Format) -> Compiled:
    """k·ln 2 + 2·atanh(u/2)."""
    fma, series = base.fma, base.polynomial(fmt.logarithm)
    ln2_high, ln2_low = map(fmt.real, fmt.ln2)

    @base.compiled
    def logarithm(k: Any, u: Any) -> Any:
        v = u * u
        rest = u * (v * series(v))
        if ln2_low:
            rest = fma(k, ln2_low, rest)
        return fma(k, ln2_high, u + rest)

    return logarithm


def _sum_in_pairs(base: Base, fmt: Format) -> Compiled:
    """The same; the series is small enough for float64."""
    whole, series, increased = base.whole, base.polynomial(fmt.logarithm), base.increased
    plus = base.plus
    ln2_high, ln2_low = fmt.ln2

    @base.compiled
    def logarithm(k: Any, u: Any) -> Any:
        v = whole(u) * whole(u)
        # The first product is exact, and 0 or larger than what is added.
        return plus(k * ln2_high, k * ln2_low, increased(u, v * series(v), 0.25 * v))

    return logarithm


def _log1p(base: Base, fmt: Format, logarithm: Compiled) -> Compiled:
    fma, where = base.fma, base.where
    zero, one, two, three, halfway = map(fmt.real, (0, 1, 2, 3, HALFWAY))

    @base.compiled
    def log1p_ratio(p: Any, q: Any) -> Any:
        large = p > q * halfway
        n = where(large, p - q, p)
        u = two * n / fma(q, where(large, three, two), p)
        return logarithm(where(large, one, zero), u)

    return log1p_ratio


def _log1p_unreduced(base: Base, fmt: Format, _logarithm: Compiled) -> Compiled:
    """More terms cost less than a reduction."""
    fma, series = base.fma, base.polynomial(fmt.log1p)

    @base.compiled
    def log1p_ratio(p: Any, q: Any) -> Any:
        u = (p + p) / fma(q, 2.0, p)
        v = u * u
        return fma(u, v * series(v), u)

    return log1p_ratio


def _log1p_in_pairs(base: Base, _fmt: Format, logarithm: Compiled) -> Compiled:
    """With sums in the order of their terms: p is the smaller number."""
    fma, where, ordered_sum, pair = base.fma, base.where, base.ordered_sum, base.pair
    scaled = base.scaled

    @base.compiled
    def log1p_ratio(p: Any, q: Any) -> Any:
        large = p.hi > q.hi * HALFWAY
        n, n_lo = ordered_sum(where(large, -q.hi, 0.0), p.hi)
        n_lo = n_lo + (p.lo - where(large, q.lo, 0.0))
        times = where(large, 3.0, 2.0)
        several = times * q.hi
        several_lo = fma(times, q.lo, fma(times, q.hi, -several))
        m, m_lo = ordered_sum(several, p.hi)
        u = scaled(pair(n, n_lo, p.lifted), 2.0) / pair(m, m_lo + (several_lo + p.lo), False)
        return logarithm(where(large, 1.0, 0.0), u)

    return log1p_ratio
