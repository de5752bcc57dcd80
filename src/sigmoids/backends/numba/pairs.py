"""Pairs of float64 numbers in compiled code: a type with operators, and its primitives.

A pair is a structure.  Its operations are those of :mod:`sigmoids.arithmetic.pairs`, compiled;
where several types may come, an overload chooses.
"""

from __future__ import annotations

import operator
import sys
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import boolean, float64, types
from numba.core import cgutils
from numba.extending import intrinsic, make_attribute_wrapper, models, overload, register_model

from sigmoids.arithmetic.formats import PAIRS
from sigmoids.arithmetic.pairs import operations
from sigmoids.backends.numba import primitives
from sigmoids.backends.numba.primitives import (
    INNER,
    abs,  # noqa: A004
    fma,
    jit,
    least,
)

if TYPE_CHECKING:
    from sigmoids.arithmetic.base import Compiled

DOWN = 2.0**-PAIRS.lift


class PairType(types.Type):  # type: ignore[misc]
    """The type of a pair."""

    def __init__(self) -> None:
        super().__init__(name="sigmoids.Pair")


PAIR = PairType()


@register_model(PairType)
class PairModel(models.StructModel):  # type: ignore[misc]
    """Two numbers side by side, the one nearest to their sum, and whether they are lifted."""

    def __init__(self, manager: Any, kind: Any) -> None:
        members = [("hi", float64), ("lo", float64), ("nearest", float64), ("lifted", boolean)]
        super().__init__(manager, kind, members)


for member in ("hi", "lo", "nearest", "lifted"):
    make_attribute_wrapper(PairType, member, member)


@intrinsic
def _pair(_typing: Any, _hi: Any, _lo: Any, _nearest: Any, _lifted: Any) -> Any:
    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        structure = cgutils.create_struct_proxy(PAIR)(context, builder)
        structure.hi, structure.lo, structure.nearest, structure.lifted = arguments
        return structure._getvalue()

    return PAIR(float64, float64, float64, boolean), code


@jit
def pair(hi: Any, lo: Any, lifted: Any) -> Any:
    """The pair hi + lo, and whether it is lifted."""
    return _pair(hi, lo, hi + lo, lifted)


@jit
def corrected(hi: Any, remainder: Any, factor: Any, lifted: Any) -> Any:
    """The pair hi + remainder·factor; what is nearest to it takes one operation."""
    return _pair(hi, remainder * factor, fma(remainder, factor, hi), lifted)


compiled = jit


@jit
def number(value: Any, rest: float = 0.0) -> Any:
    """A constant or the argument as a pair."""
    return pair(value, rest, False)


@jit
def itself(x: Any) -> Any:
    """As it is."""
    return _pair(x, 0.0, x, False)


@jit
def copysign(magnitude: Any, x: Any) -> Any:
    """A non-negative pair with the sign of a number."""
    sign, nearest = primitives.copysign(1.0, x), primitives.copysign(magnitude.nearest, x)
    hi = primitives.copysign(magnitude.hi, x)
    return _pair(hi, magnitude.lo * sign, nearest, magnitude.lifted)


@jit
def scaled(number: Any, power: Any) -> Any:
    """Both parts, exactly."""
    return pair(number.hi * power, number.lo * power, number.lifted)


@jit
def whole(number: Any) -> Any:
    """The first part: the second is less than an ulp of it."""
    return number.hi


@jit
def increased(u: Any, rise: Any, slope: Any) -> Any:
    """The lower part by the slope."""
    return pair(u.hi, fma(u.hi, rise, fma(u.lo, slope, u.lo)), u.lifted)


@jit
def short(hi: Any, lo: Any) -> Any:
    """Fused operations give the error of any product."""
    return hi, lo


@jit
def ordered_sum(a: Any, b: Any) -> Any:
    """Dekker's sum."""
    total = a + b
    return total, (a - total) + b


@jit
def scaled_sum(a: Any, b: Any, power: Any) -> Any:
    """Knuth's sum of a pair and another times a power of two."""
    of_a = DOWN if a.lifted else 1.0
    hi, lo = a.hi * of_a, a.lo * of_a
    total = fma(b.hi, power, hi)
    of_b = total - hi
    error = (hi - (total - of_b)) + fma(b.hi, power, -of_b)
    return pair(total, error + fma(b.lo, power, lo), False)


@jit
def product_added(a: Any, b: Any, c: Any) -> Any:
    """Dekker's sum of a and a smaller product."""
    total = fma(b, c, a)
    return total, fma(b, c, a - total)


@jit
def plus(high: Any, low: Any, u: Any) -> Any:
    """With Dekker's sum; zeros may be added to a lifted number."""
    hi, lo = ordered_sum(high, u.hi)
    return pair(hi, lo + (low + u.lo), u.lifted)


def where(condition: Any, a: Any, b: Any) -> Any:
    """A select between pairs, part by part, or between numbers."""
    raise NotImplementedError("for compiled code only")


@overload(where, jit_options=INNER)
def _where(condition: Any, a: Any, b: Any) -> Any:  # noqa: ARG001
    def parts(condition: Any, a: Any, b: Any) -> Any:
        return _pair(
            primitives.where(condition, a.hi, b.hi),
            primitives.where(condition, a.lo, b.lo),
            primitives.where(condition, a.nearest, b.nearest),
            primitives.where(condition, a.lifted, b.lifted),
        )

    def number(condition: Any, a: Any, b: Any) -> Any:
        return primitives.where(condition, a, b)

    return parts if a == PAIR else number


def leading(z: Any) -> Any:
    """The first part of a pair; a number."""
    raise NotImplementedError("for compiled code only")


@overload(leading, jit_options=INNER)
def _leading(z: Any) -> Any:
    def pair(z: Any) -> Any:
        return z.hi

    def number(z: Any) -> Any:
        return z

    return pair if z == PAIR else number


def grown(n: Any, p: Any, z: Any) -> Any:
    """As e^z does by the second part of a pair."""
    raise NotImplementedError("for compiled code only")


@overload(grown, jit_options=INNER)
def _grown(n: Any, p: Any, z: Any) -> Any:  # noqa: ARG001
    def by_pair(n: Any, p: Any, z: Any) -> Any:
        return pair(n.hi, fma(p.hi, z.lo, n.lo), n.lifted)

    def by_number(n: Any, p: Any, z: Any) -> Any:  # noqa: ARG001
        return n

    return by_pair if z == PAIR else by_number


OPERATIONS = operations(sys.modules[__name__], DOWN, fused=True)


def _define(operation: Any, compiled: Compiled) -> None:
    def of_pairs(a: Any, b: Any) -> Any:
        return compiled(a, b)

    @overload(operation, jit_options=INNER)
    def typed(a: Any, b: Any) -> Any:
        return of_pairs if a == PAIR and b == PAIR else None


_define(operator.add, OPERATIONS.add)
_define(operator.mul, OPERATIONS.multiply)
_define(operator.truediv, OPERATIONS.divide)
_define(operator.sub, jit(lambda a, b: a + (-b)))


@overload(operator.neg, jit_options=INNER)
def _negative(a: Any) -> Any:
    def of_pair(a: Any) -> Any:
        return _pair(-a.hi, -a.lo, -a.nearest, a.lifted)

    return of_pair if a == PAIR else None


@jit
def rounded(y: Any) -> Any:
    """The number nearest to a result, the lift taken back where there is one."""
    total = y.nearest
    # A subnormal result is a whole number of the smallest ones; adding SHIFT rounds to these, or to
    # twice them.  Infinite results must not come near a subtraction.
    sign = primitives.copysign(1.0, y.hi)
    magnitude = least(abs(y.hi), 2 * TINY)
    whole = (magnitude + SHIFT) - SHIFT
    rest = (((magnitude - whole) + y.lo * sign) + SHIFT) - SHIFT
    lowered = primitives.where(abs(total) >= NORMAL, total, (whole + rest) * sign) * DOWN
    return primitives.where(y.lifted & (abs(total) < TINY), lowered, total)


TINY = 2.0**-800
"""A result that a lifted e^z has a part in is proportional to it, and then below this; or
it does not depend on it at all."""

NORMAL = float(np.finfo(np.float64).smallest_normal) / DOWN
SHIFT = 1.5 * 2.0**52 * float(np.finfo(np.float64).smallest_subnormal) / DOWN
