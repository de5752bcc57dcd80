"""The rational exponential: its form, its constants, and its two precisions.

With k = round(z/ln 2) and r = z − k·ln 2,

    R(r²) = r·(e^r + 1)/(e^r − 1) = 2 + r²/6 − …,    e^z = 2^k·(R + r)/(R − r).

Down to the smallest subnormal e^z, numerator and denominator have to be normal numbers.  So both
are 2^LIFT times larger, and a quotient of their sums underflows gradually; or, where a processor
knows no subnormal numbers, the numerator alone, which is taken back in the end.

Source of form and coefficients: Sun Microsystems, fdlibm 5.3, e_exp.c; |error of R| < 2.01e-18
for |r| ≤ 0.34658, beyond ln(2)/2.
"""

from __future__ import annotations

from typing import Any, Protocol

Parts = tuple[Any, Any]
"""A number as an unevaluated sum hi + lo; see :mod:`sigmoids.backends.pairs`."""

LOG2E = 1.4426950408889634
LN2_HIGH = float.fromhex("0x1.62e42fee00000p-1")
"""ln 2 with trailing zeros: its product with any k that occurs is exact."""
LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
LOWEST = -760.0
"""Below it even z·e^z is less than half the smallest subnormal, and rounds to 0."""

LOWEST_NARROW = -114.0
"""The same for float32 and narrower types."""

HIGHEST = 60.0
"""Above the z from which on 1 + e^z rounds to e^z, and within the range of float32."""

P1 = float.fromhex("0x1.555555555553ep-3")
P2 = float.fromhex("-0x1.6c16c16bebd93p-9")
P3 = float.fromhex("0x1.1566aaf25de2cp-14")
P4 = float.fromhex("-0x1.bbd41c5d26bf1p-20")
P5 = float.fromhex("0x1.6376972bea4d0p-25")

THIRD = 1 / 3

LIFT = 128
"""The power of two by which float64 numbers are lifted."""


class Base(Protocol):
    """The float64 primitives of an engine that evaluates the rational form."""

    def split(self, z: Any, /) -> tuple[Any, Any, Any, Any]:
        """Z within :data:`LOWEST` … :data:`HIGHEST`, k = round(z/ln 2), and powers of two.

        Their quotient is 2^k, or 2^LIFT times larger where the engine takes that back.
        """
        ...

    def constant(self, value: float, like: Any, /) -> Any:
        """A constant whose sums with numbers the engine does not rearrange; ``like`` is one."""
        ...

    def cut(self, x: Any, /) -> Any:
        """``x`` rounded to the upper 26 bits of its significand."""
        ...

    def exponent(self, a: Any, b: Any, /) -> tuple[Any, Any]:
        """K near log₂(a/b), and 2^−k less the lift of :mod:`sigmoids.backends.logarithm`."""
        ...

    def where(self, condition: Any, a: Any, b: Any, /) -> Any:
        """``a`` where the condition holds, else ``b``."""
        ...


def correction(w: Any) -> Any:
    """R − 2 at w = r²; works on whatever has arithmetic."""
    return w * (P1 + w * (P2 + w * (P3 + w * (P4 + w * P5))))


def single_ratio(xp: Base, z: Any) -> tuple[Any, Any, Any, Any]:
    """(p, q, k, r) with p/q = e^z to about 1 ulp."""
    z, k, down, up = xp.split(z)
    r = z - k * LN2_HIGH - k * LN2_LOW
    c = correction(r * r)
    return (2 + (c + r)) * down, (2 + (c - r)) * up, k, r


def double_ratio(xp: Base, z: Any, z_lo: Any = None) -> tuple[Parts, Parts, Any, Parts]:
    """(p, p_lo), (q, q_lo), k and (d, d_lo), in which p, q and d are short.

    (p + p_lo)/(q + q_lo) = e^(z + z_lo) to about 2^−59; for k = 0 d = p − q, to far more than that.
    """
    z, k, down, up = xp.split(z)
    first = z - k * LN2_HIGH  # exact
    rest = k * LN2_LOW
    r = first - rest
    r_lo = (first - r) - rest
    c = correction(r * r)
    less, more = -r_lo, r_lo
    if z_lo is not None:
        r_lo = r_lo + z_lo
        c_lo = r * z_lo * THIRD  # by which the correction is more, for r + z_lo
        less, more = c_lo - r_lo, c_lo + r_lo
    above, above_lo = two_plus(xp, r, more, c)
    below, below_lo = two_plus(xp, -r, less, c)
    short = xp.cut(r)
    twice = 2 * up
    d = short * twice, ((r - short) + r_lo) * twice
    return (above * down, above_lo * down), (below * up, below_lo * up), k, d


def two_plus(xp: Base, r: Any, r_lo: Any, c: Any) -> Parts:
    """2 + (r + r_lo) + c for |c| ≤ |r|, a short number and the rest."""
    t = r + c
    t_lo = (r - t) + c
    short = xp.cut(2 + t)
    return short, ((2 - short) + t) + (t_lo + r_lo)
