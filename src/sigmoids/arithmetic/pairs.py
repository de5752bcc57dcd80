"""Numbers of twice the precision, as unevaluated sums hi + lo of two float64 numbers.

This is what ``accuracy="high"`` evaluates float64 formulas in: one precision up, as float64 is for
float32.  Sums are those of Dekker and Knuth ("A floating-point technique for extending the
available precision", 1971; TAOCP 2, 4.2.2).  A product's error comes from a fused multiply-add,
where the engine says where to fuse.  Elsewhere a compiler may fuse products into sums, in one place
and not in another: there ``short`` rounds every hi to 26 bits, so that products of two are exact
and fusing changes nothing.

Where e^z is so small that its lower part would be subnormal, it is lifted, and says so; what is
proportional to it does too.
"""

from __future__ import annotations

import math
from typing import Any

from sigmoids.arithmetic import exponential, logarithm
from sigmoids.arithmetic.numbers import Numbers


class Pair:
    """A pair with operators; the other operand is a pair too.

    Parameters
    ----------
    base : Pairs
        What operators are made of.
    hi, lo : number
        Its parts.
    lifted : bool
        Whether it is 2^lift times larger than what it stands for, where a pair says that itself.
    nearest : number, optional
        The number nearest to the sum, where it is known.
    """

    __array_ufunc__ = None  # arrays leave mixed operations to the pair

    def __init__(self, base: Pairs, hi: Any, lo: Any, lifted: Any, nearest: Any = None) -> None:
        self.base, self.hi, self.lo, self.lifted, self._nearest = base, hi, lo, lifted, nearest

    @property
    def nearest(self) -> Any:
        """The number nearest to the sum."""
        return self.hi + self.lo if self._nearest is None else self._nearest

    def __neg__(self) -> Pair:
        nearest = None if self._nearest is None else -self._nearest
        return Pair(self.base, -self.hi, -self.lo, self.lifted, nearest)

    def __add__(self, other: Pair) -> Pair:
        return self.base.add(self, other)

    def __sub__(self, other: Pair) -> Pair:
        return self + -other

    def __mul__(self, other: Pair) -> Pair:
        return self.base.multiply(self, other)

    def __truediv__(self, other: Pair) -> Pair:
        return self.base.divide(self, other)


class Pairs(Numbers):
    """The words in pairs, over an engine's numbers, where a compiler may fuse.

    Parameters
    ----------
    numbers : Numbers
        The engine's, and two more primitives: ``cut(x)`` rounds to the upper 26 bits of a
        significand, ``constant(value)`` is one whose sums with numbers a compiler does not
        rearrange.
    """

    def __init__(self, numbers: Any) -> None:
        super().__init__(numbers.fmt)
        self.numbers, self.down = numbers, 2.0**-numbers.fmt.lift
        theirs = ("fma", "plain", "squared", "with_tail")  # where an engine has its own
        vars(self).update({name: getattr(numbers, name) for name in theirs})

    def __getattr__(self, name: str) -> Any:
        return getattr(self.numbers, name)  # what an engine adds

    exp_ratio, expm1_ratio = exponential.exp_ratio_in_pairs, exponential.expm1_ratio_in_pairs
    log1p_ratio = logarithm.log1p_ratio_in_pairs

    def pair(self, hi: Any, lo: Any, lifted: Any = False, nearest: Any = None) -> Pair:
        """A pair."""
        return Pair(self, hi, lo, lifted, nearest)

    def number(self, value: Any, rest: float = 0.0) -> Pair:
        """A constant with a short first part, or the argument in two."""
        if not isinstance(value, float):
            return self.pair(*self.short(value, 0.0))
        if not math.isfinite(value):
            return self.pair(self.numbers.constant(value), 0.0)
        mantissa, exponent = math.frexp(value)
        short = math.ldexp(round(mantissa * 2**26), exponent - 26)
        return self.pair(self.numbers.constant(short), (value - short) + rest)

    def itself(self, x: Any) -> Pair:
        """Whole, since a short part of an infinite number leaves no rest."""
        return self.pair(x, 0.0, nearest=x)

    def copysign(self, magnitude: Pair, x: Any) -> Pair:
        """Of both parts."""
        of = self.numbers.copysign
        hi, lo = of(magnitude.hi, x), magnitude.lo * of(1.0, x)
        return self.pair(hi, lo, magnitude.lifted, of(magnitude.nearest, x))

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """A pair from two pairs, a number from two numbers."""
        where = self.numbers.where
        if not isinstance(a, Pair):
            return where(condition, a, b)
        known = a._nearest is not None or b._nearest is not None
        return self.pair(
            where(condition, a.hi, b.hi),
            where(condition, a.lo, b.lo),
            a.lifted if a.lifted is b.lifted else where(condition, a.lifted, b.lifted),
            where(condition, a.nearest, b.nearest) if known else None,
        )

    def add(self, a: Pair, b: Pair) -> Pair:
        """Knuth's sum."""
        (x, x_lo), (y, y_lo) = self._beside(a, b), self._beside(b, a)
        total = x + y
        of_y = total - x
        error = (x - (total - of_y)) + (y - of_y)
        return self.pair(*self.short(total, error + (x_lo + y_lo)), a.lifted & b.lifted)

    def _beside(self, a: Pair, b: Pair) -> tuple[Any, Any]:
        """The parts of a as it is beside b: what it stands for, if b is not lifted."""
        if a.lifted is False:
            return a.hi, a.lo
        factor = self.where(a.lifted, self.where(b.lifted, 1.0, self.down), 1.0)
        return a.hi * factor, a.lo * factor

    def multiply(self, a: Pair, b: Pair) -> Pair:
        """The product, and what is left of the first parts' one where that is not exact."""
        fma, product, whole = self.fma, a.hi * b.hi, self.whole(b)
        rest = fma(a.lo, whole, fma(a.hi, b.hi, -product)) if self.fused else a.lo * whole
        return self.pair(*self.short(product, fma(a.hi, b.lo, rest)), a.lifted | b.lifted)

    def divide(self, a: Pair, b: Pair) -> Pair:
        """The quotient, and that of the remainder."""
        inverse, fma = 1.0 / self.whole(b), self.fma
        quotient, _ = self.short(self.whole(a) * inverse, 0.0)
        # In an order in which terms that cancel are exact, be a.lo small or not.
        remainder = fma(-quotient, b.lo, fma(-quotient, b.hi, a.hi) + a.lo)
        nearest = fma(remainder, inverse, quotient) if self.fused else None
        return self.pair(quotient, remainder * inverse, a.lifted | b.lifted, nearest)

    def short(self, hi: Any, lo: Any) -> tuple[Any, Any]:
        """The same sum with a first part whose products are exact: the upper 26 bits."""
        if isinstance(lo, float) and lo == 0:  # to add which would take the sign from a zero
            short = self.numbers.cut(hi)
            return short, hi - short
        short = self.numbers.cut(hi + lo)
        return short, (hi - short) + lo

    def ordered_sum(self, a: Any, b: Any) -> tuple[Any, Any]:
        """Dekker's sum of a and a smaller b, the first part of which is short, and the rest."""
        short = self.numbers.cut(a + b)
        return short, (a - short) + b

    def product_added(self, a: Any, b: Any, c: Any) -> tuple[Any, Any]:
        """The same of a and a smaller product b·c."""
        return self.ordered_sum(a, b * c)

    def scaled_sum(self, a: Pair, b: Pair, power: Any) -> Pair:
        """The sum of a pair and another times a power of two."""
        return a + self.scaled(b, power)

    def scaled(self, number: Pair, power: Any) -> Pair:
        """Both parts, exactly."""
        return self.pair(number.hi * power, number.lo * power, number.lifted)

    def whole(self, number: Pair) -> Any:
        """The sum of both parts."""
        return number.hi + number.lo

    def leading(self, z: Any) -> Any:
        """As much of a pair as one number holds; of a number all."""
        return z.hi + z.lo if isinstance(z, Pair) else z

    def grown(self, n: Pair, p: Pair, z: Any) -> Pair:
        """n, and p times what :meth:`leading` leaves of z."""
        if not isinstance(z, Pair):
            return n
        rest = (z.hi - self.leading(z)) + z.lo
        return self.pair(n.hi, self.fma(self.whole(p), rest, n.lo), n.lifted)

    def increased(self, u: Pair, rise: Any, _slope: Any) -> Pair:
        """The product of the whole has the slope in it."""
        return self.pair(u.hi, self.fma(self.whole(u), rise, u.lo), u.lifted)

    def plus(self, high: Any, low: Any, u: Pair) -> Pair:
        """With Dekker's sum; zeros may be added to a lifted number."""
        hi, lo = self.ordered_sum(high, u.hi)
        return self.pair(hi, lo + (low + u.lo), u.lifted)

    def rounded(self, y: Pair) -> Any:
        """The nearest number."""
        return y.nearest


SMALLEST, SMALLEST_NORMAL = 2.0**-1074, 2.0**-1022
"""Positive float64 numbers."""

TINY = 2.0**-800
"""A result that a lifted e^z has a part in is proportional to it, and then below this; or
it does not depend on it at all."""


class FusedPairs(Pairs):
    """The words in pairs, over numbers with a product and sum that is rounded once.

    The second part of a pair is less than an ulp of the first.
    """

    fused = True

    def number(self, value: Any, rest: float = 0.0) -> Pair:
        """A constant or the argument."""
        return self.pair(self.numbers.number(value), rest)

    def short(self, hi: Any, lo: Any) -> tuple[Any, Any]:
        """Fused operations give the error of any product."""
        return hi, lo

    def ordered_sum(self, a: Any, b: Any) -> tuple[Any, Any]:
        """Dekker's sum."""
        total = a + b
        return total, (a - total) + b

    def product_added(self, a: Any, b: Any, c: Any) -> tuple[Any, Any]:
        """With the error of the product."""
        total = self.fma(b, c, a)
        return total, self.fma(b, c, a - total)

    def scaled_sum(self, a: Pair, b: Pair, power: Any) -> Pair:
        """Knuth's sum of what they stand for."""
        hi, lo = self._beside(a, b)
        total = self.fma(b.hi, power, hi)
        of_b = total - hi
        error = (hi - (total - of_b)) + self.fma(b.hi, power, -of_b)
        return self.pair(total, error + self.fma(b.lo, power, lo))

    def whole(self, number: Pair) -> Any:
        """The first part."""
        return number.hi

    def leading(self, z: Any) -> Any:
        """The first part of a pair."""
        return z.hi if isinstance(z, Pair) else z

    def grown(self, n: Pair, p: Pair, z: Any) -> Pair:
        """By the second part of a pair."""
        if not isinstance(z, Pair):
            return n
        return self.pair(n.hi, self.fma(p.hi, z.lo, n.lo), n.lifted)

    def increased(self, u: Pair, rise: Any, slope: Any) -> Pair:
        """The lower part by the slope."""
        return self.pair(u.hi, self.fma(u.hi, rise, self.fma(u.lo, slope, u.lo)), u.lifted)

    def rounded(self, y: Pair) -> Any:
        """The nearest number, the lift taken back where there is one."""
        total, where, down = y.nearest, self.numbers.where, self.down
        if y.lifted is False:
            return total
        # A subnormal result is a whole number of the smallest ones; adding a shift rounds to these,
        # or to twice them.  Infinite results must not come near a subtraction.
        shift, sign = 1.5 * 2.0**52 * SMALLEST / down, self.numbers.copysign(1.0, y.hi)
        magnitude = self.limit(self.abs(y.hi), 0.0, 2 * TINY)
        whole = (magnitude + shift) - shift
        rest = (((magnitude - whole) + y.lo * sign) + shift) - shift
        normal = self.abs(total) >= SMALLEST_NORMAL / down
        lowered = where(normal, total, (whole + rest) * sign) * down
        return where(y.lifted & (self.abs(total) < TINY), lowered, total)


def words(numbers: Any) -> Any:
    """The words for an engine's numbers, or for pairs of them where the format says so."""
    if not numbers.fmt.paired:
        return numbers
    return FusedPairs(numbers) if numbers.fused else Pairs(numbers)
