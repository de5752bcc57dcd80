"""The rational exponential: its form, its constants, and its two precisions.

With k = round(z/ln 2) and r = z − k·ln 2,

    R(r²) = r·(e^r + 1)/(e^r − 1) = 2 + r²/6 − …,    e^z = 2^k·(R + r)/(R − r).

Down to the smallest subnormal e^z, numerator and denominator have to stay normal numbers.  So
the power of two is split between them, 2^⌊k/2⌋ above and 2^(⌊k/2⌋−k) below, and a quotient of
their sums underflows gradually; or the numerator is lifted by another power of two where it would
be subnormal, which is taken back in the end.

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
LOWEST = -746.0
"""Below the logarithm of half the smallest subnormal: e^z rounds to 0."""

LOWEST_NARROW = -104.0
"""The same for float32 and narrower types."""

HIGHEST = 60.0
"""Above the z from which on 1 + e^z rounds to e^z, and within the range of float32."""

P1 = float.fromhex("0x1.555555555553ep-3")
P2 = float.fromhex("-0x1.6c16c16bebd93p-9")
P3 = float.fromhex("0x1.1566aaf25de2cp-14")
P4 = float.fromhex("-0x1.bbd41c5d26bf1p-20")
P5 = float.fromhex("0x1.6376972bea4d0p-25")

LIFTED_BELOW = -650.0
LIFT = 64
"""Engines may make p 2^LIFT times too large for z < LIFTED_BELOW, so that tiny float64 results,
which are proportional to it, are computed as normal numbers and brought down in the end."""
TINY = 2.0**-800
"""For |x| > -LIFTED_BELOW a result is either lifted, and then below this, or far above."""


class Base(Protocol):
    """The float64 primitives of an engine that evaluates the rational form."""

    def split(self, z: Any, /) -> tuple[Any, Any, Any, Any]:
        """Z within :data:`LOWEST` … :data:`HIGHEST`, k = round(z/ln 2), and powers of two.

        Their quotient is 2^k, such as 2^⌊k/2⌋ and 2^(⌊k/2⌋ − k).
        """
        ...

    def constant(self, value: float, like: Any, /) -> Any:
        """A constant whose sums with numbers the engine does not rearrange; ``like`` is one."""
        ...

    def cut(self, x: Any, /) -> Any:
        """``x`` rounded to the upper 26 bits of its significand."""
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


def double_ratio(xp: Base, z: Any) -> tuple[Parts, Parts]:
    """(p, p_lo) and (q, q_lo) with (p + p_lo)/(q + q_lo) = e^z to about 2^−60; p and q short."""
    z, k, down, up = xp.split(z)
    first = z - k * LN2_HIGH  # exact
    rest = k * LN2_LOW
    r = first - rest
    r_lo = (first - r) - rest
    c = correction(r * r)
    above, above_lo = two_plus(xp, r, r_lo, c)
    below, below_lo = two_plus(xp, -r, -r_lo, c)
    return (above * down, above_lo * down), (below * up, below_lo * up)


def two_plus(xp: Base, r: Any, r_lo: Any, c: Any) -> Parts:
    """2 + (r + r_lo) + c for |c| ≤ |r|, a short number and the rest."""
    t = r + c
    t_lo = (r - t) + c
    short = xp.cut(2 + t)
    return short, ((2 - short) + t) + (t_lo + r_lo)
