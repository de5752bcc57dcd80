"""The exponential as a quotient.

With k = round(z/ln 2) and r = z − k·ln 2,

    R(r²) = r·(e^r + 1)/(e^r − 1) = 2 + r²/6 − …,    e^z = 2^k·(R + r)/(R − r).

Down to the smallest subnormal e^z, numerator and denominator have to be normal numbers.  So both
are 2^lift times larger, and a quotient of their sums underflows gradually; or, in pairs and where a
processor knows no subnormal numbers, the numerator alone, which is taken back in the end.

Sources: of form and full series Sun Microsystems, fdlibm 5.3, e_exp.c, |error of R| < 2.01e-18 for
|r| ≤ 0.34658, beyond ln(2)/2; in float32 FreeBSD's msun, e_expf.c, |error of R| < 2^−27.7.  The
short series is the Chebyshev fit for r² ≤ 0.1202, ``mpmath.chebyfit``, and makes 2^−49.3 of e^z.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sigmoids.arithmetic.base import Base, Compiled
    from sigmoids.arithmetic.formats import Format

LOG2E = 1.4426950408889634
LN2 = 0.6931471805599453
LN2_HIGH = float.fromhex("0x1.62e42fee00000p-1")
"""ln 2 with trailing zeros: its product with any k that occurs is exact."""
LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")

HIGHEST = 60.0
"""Above the z from which on 1 + e^z rounds to e^z, and within the range of float32."""

LIFTED_BELOW = -650.0
"""Where e^z alone is lifted; a lower part of it would be subnormal not much further down."""

COEFFICIENTS = tuple(map(float.fromhex, (
    "0x1.555555555553ep-3", "-0x1.6c16c16bebd93p-9", "0x1.1566aaf25de2cp-14",
    "-0x1.bbd41c5d26bf1p-20", "0x1.6376972bea4d0p-25",
)))  # fmt: skip
SHORT = tuple(map(float.fromhex, (
    "0x1.5555555554bcfp-3", "-0x1.6c16c144768d8p-9", "0x1.1565dd9a822d5p-14",
    "-0x1.b92892e65c1a9p-20",
)))  # fmt: skip
SINGLE = tuple(map(float.fromhex, ("0x1.55551ep-3", "-0x1.6aa42ap-9")))

W_MAX = 0.1202
"""Above (ln(2)/2)², the largest r²."""


def words(base: Base, fmt: Format) -> dict[str, Compiled]:
    """``exp_ratio(z)`` and ``expm1_ratio(z)`` of :class:`~sigmoids.spec.Vocabulary`."""
    ratio = (_in_pairs if fmt.paired else _in_numbers)(base, fmt)
    where = base.where

    @base.compiled
    def exp_ratio(z: Any) -> Any:
        p, q, _, _ = ratio(z)
        return p, q

    @base.compiled
    def expm1_ratio(z: Any) -> Any:
        p, q, k, d = ratio(z)
        return where(k == 0, d, p - q), q

    return {"exp_ratio": exp_ratio, "expm1_ratio": expm1_ratio}


def _reduction(base: Base, fmt: Format) -> Compiled:
    """K, r and what is less than r can hold, and the powers of two; whether they lift e^z alone."""
    fma, where, powers = base.fma, base.where, base.powers(fmt)
    ln2_high, ln2_low = map(fmt.real, fmt.ln2)
    limited = fmt.lowest is not None
    lowest, highest = fmt.real(fmt.lowest or 0), fmt.real(HIGHEST)

    @base.compiled
    def reduction(z: Any) -> Any:
        if limited:
            z = where(z < lowest, lowest, z)
            z = where(z > highest, highest, z)
        k, down, up, lifted = powers(z)
        r = first = fma(-k, ln2_high, z)  # exact, where ln 2 is in two parts
        if ln2_low:
            r = fma(-k, ln2_low, first)
        return k, r, fma(-k, ln2_low, first - r), down, up, lifted

    return reduction


def _in_numbers(base: Base, fmt: Format) -> Compiled:
    """(p, q, k, d) with p/q = e^z to about 1 ulp, and d = p − q for k = 0."""
    fma, reduction, series = base.fma, _reduction(base, fmt), base.polynomial(fmt.exponential)
    two = fmt.real(2)

    @base.compiled
    def ratio(z: Any) -> Any:
        k, r, _, down, up, _ = reduction(z)
        w = r * r
        even = fma(w, series(w), two)
        return (even + r) * down, (even - r) * up, k, two * up * r

    return ratio


def _in_pairs(base: Base, fmt: Format) -> Compiled:
    """The same to about 2^−59, and d to far more; z may be a pair."""
    reduction, series = _reduction(base, fmt), base.polynomial(fmt.exponential)
    ordered_sum, pair, short = base.ordered_sum, base.pair, base.short
    leading, grown = base.leading, base.grown

    @base.compiled
    def ratio(z: Any) -> Any:
        k, r, r_lo, down, up, lifted = reduction(leading(z))
        w = r * r
        even, even_lo = ordered_sum(2.0, w * series(w))
        above, above_lo = ordered_sum(even, r)
        below, below_lo = ordered_sum(even, -r)
        above_lo = above_lo + (even_lo + r_lo)
        below_lo = below_lo + (even_lo - r_lo)
        d, d_lo = short(2 * r, 2 * r_lo)
        p = pair(above * down, above_lo * down, lifted)
        q, d = pair(below * up, below_lo * up, False), pair(d * up, d_lo * up, False)
        return grown(p, p, z), q, k, grown(d, p, z)

    return ratio
