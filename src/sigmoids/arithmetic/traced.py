"""The primitives for engines that trace: calls on arrays or on what stands for them."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.arithmetic.pairs import Pair, operations

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigmoids.arithmetic.base import Compiled


class Traced:
    """Primitives that need nothing of an engine but arithmetic; it adds the others."""

    fused = False

    def compiled(self, function: Compiled) -> Compiled:
        """As it is."""
        return function

    def number(self, value: Any, _rest: float = 0.0) -> Any:
        """As it is."""
        return value

    def plain(self, value: Any) -> Any:
        """As it is."""
        return value

    def itself(self, x: Any) -> Any:
        """As it is."""
        return x

    def squared(self, y: Any) -> Any:
        """The product."""
        return y * y

    def with_tail(self, number: Any, tail: Any) -> Any:
        """The sum."""
        return number + tail

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """By two operations, which a compiler may fuse."""
        return a * b + c

    def polynomial(self, coefficients: Sequence[float]) -> Compiled:
        """By Horner's rule."""
        *others, last = coefficients

        def value(w: Any) -> Any:
            total: Any = last
            for coefficient in reversed(others):
                total = coefficient + w * total
            return total

        return value

    def scaled(self, number: Any, power: Any) -> Any:
        """The product."""
        return number * power

    def whole(self, number: Any) -> Any:
        """It is."""
        return number

    def increased(self, u: Any, rise: Any, _slope: Any) -> Any:
        """By one product."""
        return u + u * rise

    def plus(self, high: Any, low: Any, u: Any) -> Any:
        """The smaller ones first."""
        return high + (u + low)


class TracedPairs(Traced):
    """Primitives in pairs, over those of an engine.

    Parameters
    ----------
    numbers : Base
        The engine's, and two more: ``cut(x)`` rounds to the upper 26 bits of a significand,
        ``constant(value)`` is one whose sums with numbers a compiler does not rearrange.
    """

    def __init__(self, numbers: Any) -> None:
        self.numbers = numbers
        self.abs, self.limit = numbers.abs, numbers.limit
        self.powers, self.aligned = numbers.powers, numbers.aligned
        self.operations = operations(self, 1.0, fused=False)

    def pair(self, hi: Any, lo: Any, _lifted: bool = False) -> Pair:
        """One with operators."""
        return Pair(self.operations, hi, lo)

    def corrected(self, hi: Any, remainder: Any, factor: Any, _lifted: bool = False) -> Pair:
        """With the product."""
        return self.pair(hi, remainder * factor)

    def short(self, hi: Any, lo: Any) -> tuple[Any, Any]:
        """The upper 26 bits, and the rest."""
        if isinstance(lo, float) and lo == 0:  # to add which would take the sign from a zero
            short = self.numbers.cut(hi)
            return short, hi - short
        short = self.numbers.cut(hi + lo)
        return short, (hi - short) + lo

    def ordered_sum(self, a: Any, b: Any) -> tuple[Any, Any]:
        """Dekker's sum, shortened."""
        short = self.numbers.cut(a + b)
        return short, (a - short) + b

    def product_added(self, a: Any, b: Any, c: Any) -> tuple[Any, Any]:
        """The sum of a and the product."""
        return self.ordered_sum(a, b * c)

    def scaled_sum(self, a: Pair, b: Pair, power: Any) -> Pair:
        """By a product and a sum."""
        return a + self.scaled(b, power)

    def number(self, value: Any, rest: float = 0.0) -> Pair:
        """A constant with a short first part, or the argument in two."""
        if not isinstance(value, float):
            return self.pair(*self.short(value, 0.0))
        if not math.isfinite(value):
            return self.pair(self.numbers.constant(value), 0.0)
        mantissa, exponent = math.frexp(value)
        short = math.ldexp(round(mantissa * 2**26), exponent - 26)
        return self.pair(self.numbers.constant(short), (value - short) + rest)

    def plain(self, value: Any) -> Any:
        """Of the engine."""
        return self.numbers.plain(value)

    def squared(self, y: Pair) -> Any:
        """As the engine does."""
        return self.numbers.squared(y)

    def with_tail(self, number: Pair, tail: Pair) -> Any:
        """As the engine does."""
        return self.numbers.with_tail(number, tail)

    def itself(self, x: Any) -> Pair:
        """Whole, since a short part of an infinite number leaves no rest."""
        return self.pair(x, 0.0)

    def copysign(self, magnitude: Pair, x: Any) -> Pair:
        """Of both parts."""
        sign = self.numbers.copysign(1.0, x)
        return self.pair(self.numbers.copysign(magnitude.hi, x), magnitude.lo * sign)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """A pair from two pairs, a number from two numbers."""
        if not isinstance(a, Pair):
            return self.numbers.where(condition, a, b)
        hi = self.numbers.where(condition, a.hi, b.hi)
        return self.pair(hi, self.numbers.where(condition, a.lo, b.lo))

    def leading(self, z: Any) -> Any:
        """The sum of both parts."""
        return z.hi + z.lo if isinstance(z, Pair) else z

    def grown(self, n: Pair, p: Pair, z: Any) -> Pair:
        """As the exponential does."""
        if not isinstance(z, Pair):
            return n
        rest = (z.hi - self.leading(z)) + z.lo
        return self.pair(n.hi, n.lo + (p.hi + p.lo) * rest)

    def scaled(self, number: Pair, power: Any) -> Pair:
        """Both parts, exactly."""
        return self.pair(number.hi * power, number.lo * power)

    def whole(self, number: Pair) -> Any:
        """The sum of both parts."""
        return number.hi + number.lo

    def increased(self, u: Pair, rise: Any, _slope: Any) -> Pair:
        """The product of the whole has the slope in it."""
        return self.pair(u.hi, u.lo + self.whole(u) * rise)

    def plus(self, high: Any, low: Any, u: Pair) -> Pair:
        """With Dekker's sum."""
        hi, lo = self.ordered_sum(high, u.hi)
        return self.pair(hi, lo + (low + u.lo))
