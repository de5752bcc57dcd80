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
LN2_REST = float.fromhex("0x1.abc9e3b39803fp-56")
"""ln 2 in two parts."""
LN2_HIGH = float.fromhex("0x1.62e42fefa3800p-1")
"""ln 2 with trailing zeros: its product with any k that occurs is exact."""
LN2_LOW = float.fromhex("0x1.ef35793c76730p-45")

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
    exp_ratio, expm1_ratio = (_in_pairs if fmt.paired else _in_numbers)(base, fmt)
    return {"exp_ratio": exp_ratio, "expm1_ratio": expm1_ratio}


def _reduction(base: Base, fmt: Format) -> Compiled:
    """Of z to n = −k, z + n·ln 2, and what else ``powers(z)`` gives.

    Where ln 2 is in two parts, only the first is taken, and the sum is exact.
    """
    fma, where, powers, ln2 = base.fma, base.where, base.powers(fmt), fmt.real(_ln2(base, fmt)[0])
    limited = fmt.lowest is not None
    lowest, highest = fmt.real(fmt.lowest or 0), fmt.real(HIGHEST)

    @base.compiled
    def reduction(z: Any) -> Any:
        if limited:
            z = where(z < lowest, lowest, z)
            z = where(z > highest, highest, z)
        n, down, up, lifted = powers(z)
        return n, fma(n, ln2, z), down, up, lifted

    return reduction


def _ln2(base: Base, fmt: Format) -> tuple[float, float]:
    """Two parts of ln 2; where products are fused, sums are exact with all digits of the first.

    They are below ½, and multiples of 2^−54 as z is wherever n is not 0.
    """
    return (LN2, LN2_REST) if fmt.paired and base.fused else fmt.ln2


def _in_numbers(base: Base, fmt: Format) -> tuple[Compiled, Compiled]:
    """To about 1 ulp."""
    fma, reduction, series = base.fma, _reduction(base, fmt), base.polynomial(fmt.exponential)
    where, two, (_, ln2_low) = base.where, fmt.real(2), map(fmt.real, fmt.ln2)

    @base.compiled
    def reduced(z: Any) -> Any:
        n, r, down, up, _ = reduction(z)
        if ln2_low:
            r = fma(n, ln2_low, r)
        w = r * r
        return fma(w, series(w), two), r, down, up

    @base.compiled
    def exp_ratio(z: Any) -> Any:
        even, r, down, up = reduced(z)
        p, below = (even + r) * down, even - r
        return p, below * up, fma(below, up, p)

    @base.compiled
    def by_difference_of_powers(z: Any) -> Any:
        even, r, down, up = reduced(z)
        difference, total = down - up, down + up
        d, s = fma(even, difference, r * total), fma(r, difference, even * total)
        return d, (even - r) * up, s

    @base.compiled
    def by_difference(z: Any) -> Any:
        even, r, down, up = reduced(z)
        p, q = (even + r) * down, (even - r) * up
        return where(down == up, two * up * r, p - q), q, p + q

    # The errors of sums that are not fused are the larger ones; those of p and q cancel in d/s.
    return exp_ratio, by_difference_of_powers if base.fused else by_difference


def _in_pairs(base: Base, fmt: Format) -> tuple[Compiled, Compiled]:
    """To about 2^−59, and d next to 0 to far more; z may be a pair."""
    fma, reduction, series = base.fma, _reduction(base, fmt), base.polynomial(fmt.exponential)
    ordered_sum, product_added, scaled_sum = base.ordered_sum, base.product_added, base.scaled_sum
    pair, short, leading, grown = base.pair, base.short, base.leading, base.grown
    scaled, where, (_, ln2_low) = base.scaled, base.where, _ln2(base, fmt)

    @base.compiled
    def ratio(z: Any) -> Any:
        n, r, down, up, lifted = reduction(leading(z))
        w = r * r
        even, even_lo = product_added(2.0, w, series(w))
        above, above_lo = ordered_sum(even, r)
        below, below_lo = ordered_sum(even, -r)
        # The second part of n·ln 2 is below 2^−32: e to its power is 1 and that to 2^−65.
        above_lo = fma(above, n * ln2_low, above_lo + even_lo)
        below_lo = below_lo + even_lo
        d, d_lo = short(2 * r, 0.0)
        p, q = pair(above * down, above_lo * down, lifted), pair(below, below_lo, False)
        s, d = scaled_sum(p, q, up), pair(d * down, d_lo * down, False)
        p_grown, q_scaled = grown(p, p, z), scaled(q, up)
        d = where(n == 0, grown(d, p, z), p_grown - q_scaled)
        return p_grown, q_scaled, grown(s, p, z), d

    @base.compiled
    def exp_ratio(z: Any) -> Any:
        p, q, s, _ = ratio(z)
        return p, q, s

    @base.compiled
    def expm1_ratio(z: Any) -> Any:
        _, q, s, d = ratio(z)
        return d, q, s

    return exp_ratio, expm1_ratio
