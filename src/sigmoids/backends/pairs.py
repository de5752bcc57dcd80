"""Numbers of twice the precision, as unevaluated sums hi + lo of two float64 numbers.

This is what ``accuracy="high"`` evaluates float64 formulas in: one precision up, as float64 is for
float32.  Sums are those of Dekker and Knuth ("A floating-point technique for extending the
available precision", 1971; TAOCP 2, 4.2.2).  Products need care, because compilers fuse a product
into a following addition where they like, and may do so in one place and not in another.  So ``hi``
is kept *short*: an engine's ``cut`` rounds it to 26 bits, products of two short numbers are exact,
and fusing changes nothing.

The operations are plain functions of the parts, for engines that compile; :class:`Pair` puts
operators on them, for engines that trace.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, cast

from sigmoids.backends import arctangent, exponential, logarithm

if TYPE_CHECKING:
    from sigmoids.backends.exponential import Base, Parts


def shorten(xp: Base, hi: Any, lo: Any) -> Parts:
    """The same sum with a short ``hi``."""
    short = xp.cut(hi)
    return short, (hi - short) + lo


def add(xp: Base, a: Any, a_lo: Any, b: Any, b_lo: Any) -> Parts:
    """(a + a_lo) + (b + b_lo), with Knuth's sum of the leading parts, which may cancel."""
    total = a + b
    of_b = total - a
    rest = ((a - (total - of_b)) + (b - of_b)) + (a_lo + b_lo)
    short = xp.cut(total + rest)
    return short, (total - short) + rest


def multiply(xp: Base, a: Any, a_lo: Any, b: Any, b_lo: Any) -> Parts:
    """(a + a_lo)·(b + b_lo) for short a and b, whose product is exact."""
    return shorten(xp, a * b, a * b_lo + (a_lo * b + a_lo * b_lo))


def divide(xp: Base, a: Any, a_lo: Any, b: Any, b_lo: Any) -> Parts:
    """(a + a_lo)/(b + b_lo) for short a and b: a short quotient, and its remainder divided.

    Its terms are subtracted in an order in which those that cancel are exact, be a_lo small or not.
    """
    inverse = 1.0 / (b + b_lo)
    quotient = xp.cut((a + a_lo) * inverse)
    remainder = ((a - quotient * b) + a_lo) - quotient * b_lo
    return quotient, remainder * inverse


class Pair:
    """hi + lo, with arithmetic; the other operand may be a pair too."""

    __array_ufunc__ = None  # arrays leave mixed operations to the pair

    def __init__(self, xp: Base, hi: Any, lo: Any) -> None:
        self.xp = xp
        self.hi = hi
        self.lo = lo

    def __neg__(self) -> Pair:
        return Pair(self.xp, -self.hi, -self.lo)

    def __add__(self, other: Pair) -> Pair:
        return Pair(self.xp, *add(self.xp, self.hi, self.lo, other.hi, other.lo))

    def __sub__(self, other: Pair) -> Pair:
        return self + -other

    def __mul__(self, other: Pair) -> Pair:
        return Pair(self.xp, *multiply(self.xp, self.hi, self.lo, other.hi, other.lo))

    def scaled(self, factor: Any) -> Pair:
        """The product with a power of two."""
        return Pair(self.xp, self.hi * factor, self.lo * factor)

    def __truediv__(self, other: Pair) -> Pair:
        return Pair(self.xp, *divide(self.xp, self.hi, self.lo, other.hi, other.lo))


class PairVocabulary:
    """A vocabulary whose numbers are pairs, over an engine's float64 primitives.

    Parameters
    ----------
    xp : Base
        The primitives.
    x : array
        The argument, for formulas are traced one by one.
    """

    def __init__(self, xp: Any, x: Any) -> None:
        self.xp = xp
        self.x = x

    def abs(self, x: Any, /) -> Any:
        """Magnitude of the argument."""
        return self.xp.abs(x)

    def number(self, value: Any, rest: float = 0.0, /) -> Pair:
        """A constant or the argument as a pair."""
        if not isinstance(value, float):
            return Pair(self.xp, *shorten(self.xp, value, 0.0))
        if not math.isfinite(value):
            return Pair(self.xp, self.xp.constant(value, self.x), 0.0)
        mantissa, exponent = math.frexp(value)
        short = math.ldexp(round(mantissa * 2**26), exponent - 26)
        return Pair(self.xp, self.xp.constant(short, self.x), (value - short) + rest)

    def copysign(self, magnitude: Pair, x: Any, /) -> Pair:
        """A non-negative pair with the sign of the argument."""
        sign = self.xp.copysign(1.0, x)
        return Pair(self.xp, self.xp.copysign(magnitude.hi, x), magnitude.lo * sign)

    def where(self, condition: Any, a: Any, b: Any, /) -> Any:
        """A pair from two pairs, a number from two numbers."""
        if not isinstance(a, Pair):
            return self.xp.where(condition, a, b)
        hi = self.xp.where(condition, a.hi, b.hi)
        return Pair(self.xp, hi, self.xp.where(condition, a.lo, b.lo))

    rarely = where

    def exp_ratio(self, z: Any, /) -> tuple[Pair, Pair]:
        """Numerator and denominator of e^z."""
        p, q, _, _ = self._ratio(z)
        return p, q

    def expm1_ratio(self, z: Any, /) -> tuple[Pair, Pair]:
        """Numerator and denominator of e^z − 1."""
        p, q, k, d = self._ratio(z)
        return self.where(k == 0, d, p - q), q

    def itself(self, x: Any, /) -> Pair:
        """Whole, since a short part of an infinite number leaves no rest."""
        return Pair(self.xp, x, 0.0)

    def limit(self, x: Any, low: float, high: float, /) -> Any:
        """The argument within limits."""
        return self.xp.limit(x, low, high)

    def with_tail(self, number: Pair, tail: Pair, /) -> Pair:
        """The sum; engines may have lifted the second."""
        return cast("Pair", self.xp.with_tail(number, tail))

    def log_ratio(self, a: Pair, b: Pair, difference: Pair, /) -> Pair:
        """See :mod:`sigmoids.backends.logarithm`; the series is small enough for float64."""
        k, power = self.xp.exponent(a.hi + a.lo, b.hi + b.lo)
        scaled = a.scaled(2.0**logarithm.LIFT).scaled(power)
        n = self.where(k == 0, difference, scaled - b)
        u = n.scaled(2.0) / (scaled + b)
        total = u.hi + u.lo
        v = total * total
        rest = k * exponential.LN2_LOW + (u.lo + total * (v * logarithm.series(v)))
        whole = k * exponential.LN2_HIGH  # exact, and 0 or larger than what is added
        hi = whole + u.hi
        return Pair(self.xp, *shorten(self.xp, hi, ((whole - hi) + u.hi) + rest))

    def log1p_ratio(self, p: Pair, q: Pair, /) -> Pair:
        """The logarithm of (q + p)/q."""
        return self.log_ratio(q + p, q, p)

    def arctan_ratio(self, a: Pair, b: Pair, /) -> Pair:
        """See :mod:`sigmoids.backends.arctangent`; the series is small enough for float64."""
        flipped = a.hi > b.hi
        n, m = self.where(flipped, b, a), self.where(flipped, a, b)
        large = n.hi > m.hi * arctangent.TAN
        u = self.where(large, n - m, n) / self.where(large, n + m, m)
        total = u.hi + u.lo
        w = total * total
        angle = Pair(self.xp, *shorten(self.xp, u.hi, u.lo + total * (w * arctangent.series(w))))
        quarter = self.number(arctangent.PI_4, arctangent.PI_4_LOW)
        half = self.number(2 * arctangent.PI_4, 2 * arctangent.PI_4_LOW)
        angle = self.where(large, quarter + angle, angle)
        return self.where(flipped, half - angle, angle)

    def _ratio(self, z: Any) -> tuple[Pair, Pair, Any, Pair]:
        z_lo = None
        if isinstance(z, Pair):
            whole = z.hi + z.lo
            z, z_lo = whole, (z.hi - whole) + z.lo
        p, q, k, d = exponential.double_ratio(self.xp, z, z_lo)
        return Pair(self.xp, *p), Pair(self.xp, *q), k, Pair(self.xp, *d)
