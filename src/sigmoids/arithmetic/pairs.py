"""Numbers of twice the precision, as unevaluated sums hi + lo of two float64 numbers.

This is what ``accuracy="high"`` evaluates float64 formulas in: one precision up, as float64 is for
float32.  Sums are those of Dekker and Knuth ("A floating-point technique for extending the
available precision", 1971; TAOCP 2, 4.2.2).  A product's error comes from a fused multiply-add,
where compiled code says where to fuse.  Elsewhere a compiler may fuse products into sums, in one
place and not in another: there ``short`` rounds every hi to 26 bits, so that products of two are
exact and fusing changes nothing.

Where e^z is so small that its lower part would be subnormal, it is lifted, and says so; what is
proportional to it does too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from sigmoids.arithmetic.base import Base, Compiled


class Operations(NamedTuple):
    """What operators of pairs do."""

    add: Compiled
    multiply: Compiled
    divide: Compiled
    negate: Compiled


def operations(base: Base, down: float, *, fused: bool) -> Operations:
    """Made for an engine's primitives; ``down`` takes a lift back, ``fma`` may be ``fused``."""
    fma, whole, short, pair = base.fma, base.whole, base.short, base.pair
    corrected = base.corrected

    @base.compiled
    def add(a: Any, b: Any) -> Any:
        # Beside a number that is not lifted, one that is counts as what it stands for.
        of_a = down if a.lifted and not b.lifted else 1.0
        of_b = down if b.lifted and not a.lifted else 1.0
        x, y = a.hi * of_a, b.hi * of_b
        total = x + y
        of_y = total - x
        error = (x - (total - of_y)) + (y - of_y)
        hi, lo = short(total, error + (a.lo * of_a + b.lo * of_b))
        return pair(hi, lo, a.lifted & b.lifted)

    @base.compiled
    def multiply(a: Any, b: Any) -> Any:
        product = a.hi * b.hi
        rest = a.lo * whole(b)
        if fused:
            rest = fma(a.lo, whole(b), fma(a.hi, b.hi, -product))
        hi, lo = short(product, fma(a.hi, b.lo, rest))
        return pair(hi, lo, a.lifted | b.lifted)

    @base.compiled
    def divide(a: Any, b: Any) -> Any:
        inverse = 1.0 / whole(b)
        quotient, _ = short(whole(a) * inverse, 0.0)
        # In an order in which terms that cancel are exact, be a.lo small or not.
        remainder = fma(-quotient, b.lo, fma(-quotient, b.hi, a.hi) + a.lo)
        return corrected(quotient, remainder, inverse, a.lifted | b.lifted)

    @base.compiled
    def negate(a: Any) -> Any:
        return pair(-a.hi, -a.lo, a.lifted)

    return Operations(add, multiply, divide, negate)


class Pair:
    """A pair with operators, for engines that trace; the other operand is a pair too."""

    __array_ufunc__ = None  # arrays leave mixed operations to the pair

    def __init__(self, operations: Operations, hi: Any, lo: Any) -> None:
        self.operations = operations
        self.hi = hi
        self.lo = lo

    lifted = False
    """Where engines trace, the primitives know whether a formula's numbers are."""

    def __neg__(self) -> Any:
        return self.operations.negate(self)

    def __add__(self, other: Pair) -> Any:
        return self.operations.add(self, other)

    def __sub__(self, other: Pair) -> Any:
        return self + -other

    def __mul__(self, other: Pair) -> Any:
        return self.operations.multiply(self, other)

    def __truediv__(self, other: Pair) -> Any:
        return self.operations.divide(self, other)
