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
    from sigmoids.arithmetic.numbers import Numbers
    from sigmoids.arithmetic.pairs import Pairs

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


def exp_ratio(base: Numbers, z: Any) -> Any:
    """(p, q, p + q) with p/q = e^z, to about 1 ulp."""
    even, r, down, up = _reduced(base, z)
    p, below = (even + r) * down, even - r
    return p, below * up, base.fma(below, up, p)


def expm1_ratio(base: Numbers, z: Any) -> Any:
    """(d, q, p + q) with d/q = e^z − 1, to about 1 ulp."""
    even, r, down, up = _reduced(base, z)
    if not base.fused:  # the errors of sums would be the larger ones; those of p and q cancel
        p, q = (even + r) * down, (even - r) * up
        return base.where(down == up, base.fmt.real(2) * up * r, p - q), q, p + q
    difference, total = down - up, down + up
    d, s = (base.fma(a, difference, b * total) for a, b in ((even, r), (r, even)))
    return d, (even - r) * up, s


def exp_ratio_in_pairs(base: Pairs, z: Any) -> Any:
    """The same to about 2^−59; z may be a pair."""
    p, q, s, _ = _in_pairs(base, z)
    return p, q, s


def expm1_ratio_in_pairs(base: Pairs, z: Any) -> Any:
    """The same to about 2^−59, and d next to 0 to far more; z may be a pair."""
    _, q, s, d = _in_pairs(base, z)
    return d, q, s


def _reduction(base: Numbers, z: Any, ln2: float) -> tuple[Any, ...]:
    """The n = −k, z + n·ln 2, and what else ``powers(z)`` gives; the sum is exact."""
    real, lowest = base.fmt.real, base.fmt.lowest
    if lowest is not None:
        z = base.where(z < real(lowest), real(lowest), z)
        z = base.where(z > real(HIGHEST), real(HIGHEST), z)
    n, down, up, lifted = base.powers(z)
    return n, base.fma(n, real(ln2), z), down, up, lifted


def _reduced(base: Numbers, z: Any) -> tuple[Any, ...]:
    """The even part R(r²), r, and the powers of two."""
    fmt = base.fmt
    ln2, ln2_low = fmt.ln2
    n, r, down, up, _ = _reduction(base, z, ln2)
    if ln2_low:
        r = base.fma(n, fmt.real(ln2_low), r)
    w = r * r
    return base.fma(w, base.series(fmt.exponential, w), fmt.real(2)), r, down, up


def _in_pairs(base: Pairs, z: Any) -> tuple[Any, ...]:
    """p, q, p + q and p − q."""
    # Where products are fused, sums are exact with all digits of ln 2: they are below ½, and
    # multiples of 2^−54 as z is wherever n is not 0.
    ln2, ln2_low = (LN2, LN2_REST) if base.fused else base.fmt.ln2
    n, r, down, up, lifted = _reduction(base, base.leading(z), ln2)
    w = r * r
    even, even_lo = base.product_added(2.0, w, base.series(base.fmt.exponential, w))
    above, above_lo = base.ordered_sum(even, r)
    below, below_lo = base.ordered_sum(even, -r)
    # The second part of n·ln 2 is below 2^−32: e to its power is 1 and that to 2^−65.
    above_lo = base.fma(above, n * ln2_low, above_lo + even_lo)
    p = base.pair(above * down, above_lo * down, lifted)
    q = base.pair(below, below_lo + even_lo)
    d, d_lo = base.short(2 * r, 0.0)
    s, d = base.scaled_sum(p, q, up), base.pair(d * down, d_lo * down)
    p_grown, q_scaled = base.grown(p, p, z), base.scaled(q, up)
    d = base.where(n == 0, base.grown(d, p, z), p_grown - q_scaled)
    return p_grown, q_scaled, base.grown(s, p, z), d
