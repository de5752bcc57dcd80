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

from typing import TYPE_CHECKING, Any

from sigmoids.backends import exponential

if TYPE_CHECKING:
    from sigmoids.backends.exponential import Base, Parts


def shorten(xp: Base, hi: Any, lo: Any) -> Parts:
    """The same sum with a short ``hi``."""
    short = xp.cut(hi)
    return short, (hi - short) + lo


def add(xp: Base, a: Any, a_lo: Any, b: Any, b_lo: Any) -> Parts:
    """(a + a_lo) + (b + b_lo), with Knuth's sum of the leading parts."""
    total = a + b
    of_b = total - a
    error = (a - (total - of_b)) + (b - of_b)
    return shorten(xp, total, error + (a_lo + b_lo))


def multiply(xp: Base, a: Any, a_lo: Any, b: Any, b_lo: Any) -> Parts:
    """(a + a_lo)·(b + b_lo) for short a and b, whose product is exact."""
    return shorten(xp, a * b, a * b_lo + (a_lo * b + a_lo * b_lo))


def divide(xp: Base, a: Any, a_lo: Any, b: Any, b_lo: Any) -> Parts:
    """(a + a_lo)/(b + b_lo) for short b: a short quotient, and its remainder divided."""
    inverse = 1.0 / (b + b_lo)
    quotient = xp.cut(a * inverse)
    remainder = (a - quotient * b) + (a_lo - quotient * b_lo)
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

    def __rsub__(self, other: float) -> Pair:
        """A constant of at most 26 bits less this."""
        return Pair(self.xp, self.xp.constant(other, self.hi), 0.0) + -self

    def __mul__(self, other: Pair) -> Pair:
        return Pair(self.xp, *multiply(self.xp, self.hi, self.lo, other.hi, other.lo))

    def __truediv__(self, other: Pair) -> Pair:
        return Pair(self.xp, *divide(self.xp, self.hi, self.lo, other.hi, other.lo))


class PairVocabulary:
    """A vocabulary whose exponentials are pairs, over an engine's float64 primitives."""

    def __init__(self, xp: Any) -> None:
        self.xp = xp

    def abs(self, x: Any, /) -> Any:
        """Magnitude of a float64 number."""
        return self.xp.abs(x)

    number = staticmethod(float)

    def where(self, condition: Any, a: Any, b: Any, /) -> Any:
        """A pair from two pairs, a number from two numbers."""
        if not isinstance(a, Pair):
            return self.xp.where(condition, a, b)
        hi = self.xp.where(condition, a.hi, b.hi)
        return Pair(self.xp, hi, self.xp.where(condition, a.lo, b.lo))

    def exp_ratio(self, z: Any, /) -> tuple[Pair, Pair]:
        """Numerator and denominator of e^z."""
        p, q = exponential.double_ratio(self.xp, z)
        return Pair(self.xp, *p), Pair(self.xp, *q)

    def expm1_ratio(self, z: Any, /) -> tuple[Pair, Pair]:
        """Numerator and denominator of e^z − 1; the leading parts cancel exactly."""
        p, q = self.exp_ratio(z)
        return p - q, q
