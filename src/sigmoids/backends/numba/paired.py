"""The vocabulary in pairs of float64 numbers: compiled formulas receive this module as ``xp``.

A pair is a structure of its own type.  Its operations are those of :mod:`sigmoids.backends.pairs`
with fused multiply-adds, which give a product's error in one instruction, so that no number has to
be kept short.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import float64, types
from numba.core import cgutils
from numba.extending import intrinsic, make_attribute_wrapper, models, overload, register_model

from sigmoids.backends import exponential
from sigmoids.backends.exponential import (
    LIFT,
    LIFTED_BELOW,
    LN2_HIGH,
    LN2_LOW,
    LOWEST,
)
from sigmoids.backends.numba import scalars
from sigmoids.backends.numba.scalars import OPTIONS, abs, fma, jit, make_split, polynomial  # noqa: A004

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["abs", "exp_ratio", "expm1_ratio", "number", "rounded", "where"]


class PairType(types.Type):  # type: ignore[misc]
    """The type of a pair."""

    def __init__(self) -> None:
        super().__init__(name="sigmoids.Pair")


PAIR = PairType()


@register_model(PairType)
class PairModel(models.StructModel):  # type: ignore[misc]
    """Two numbers side by side."""

    def __init__(self, manager: Any, kind: Any) -> None:
        super().__init__(manager, kind, [("hi", float64), ("lo", float64)])


make_attribute_wrapper(PairType, "hi", "hi")
make_attribute_wrapper(PairType, "lo", "lo")


@intrinsic
def pair(_typing: Any, _hi: Any, _lo: Any) -> Any:
    """The pair hi + lo."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        structure = cgutils.create_struct_proxy(PAIR)(context, builder)
        structure.hi, structure.lo = arguments
        return structure._getvalue()

    return PAIR(float64, float64), code


@jit
def number(value: Any) -> Any:
    """A constant."""
    return pair(value, 0.0)


@jit
def add(a: Any, a_lo: Any, b: Any, b_lo: Any) -> Any:
    """(a + a_lo) + (b + b_lo), with Knuth's sum of the leading parts."""
    total = a + b
    of_b = total - a
    error = (a - (total - of_b)) + (b - of_b)
    return total, error + (a_lo + b_lo)


@jit
def multiply(a: Any, a_lo: Any, b: Any, b_lo: Any) -> Any:
    """(a + a_lo)·(b + b_lo), with the exact product of the leading parts."""
    product = a * b
    error = fma(a, b, -product)
    return product, fma(a, b_lo, fma(a_lo, b, error))


@jit
def divide(a: Any, a_lo: Any, b: Any, b_lo: Any) -> Any:
    """(a + a_lo)/(b + b_lo): a quotient, and its remainder divided."""
    inverse = 1.0 / b
    quotient = a * inverse
    remainder = fma(-quotient, b_lo, fma(-quotient, b, a) + a_lo)
    return quotient, remainder * inverse


def _overload(operation: Any, compiled: Any) -> None:
    def parts(a: Any, b: Any) -> Any:
        hi, lo = compiled(a.hi, a.lo, b.hi, b.lo)
        return pair(hi, lo)

    @overload(operation, jit_options=OPTIONS)
    def typed(a: Any, b: Any) -> Any:
        return parts if a == PAIR and b == PAIR else None


_overload(operator.add, add)
_overload(operator.mul, multiply)
_overload(operator.truediv, divide)


@overload(operator.neg, jit_options=OPTIONS)
def _negative(a: Any) -> Any:
    def parts(a: Any) -> Any:
        return pair(-a.hi, -a.lo)

    return parts if a == PAIR else None


@overload(operator.sub, jit_options=OPTIONS)
def _difference(a: Any, b: Any) -> Any:
    def parts(a: Any, b: Any) -> Any:
        return a + (-b)

    return parts if a == PAIR and b == PAIR else None


def where(condition: Any, a: Any, b: Any) -> Any:
    """A select between pairs, part by part, or between numbers."""
    raise NotImplementedError("for compiled code only")


@overload(where, jit_options=OPTIONS)
def _where(condition: Any, a: Any, b: Any) -> Any:  # noqa: ARG001
    def parts(condition: Any, a: Any, b: Any) -> Any:
        return pair(scalars.where(condition, a.hi, b.hi), scalars.where(condition, a.lo, b.lo))

    def number(condition: Any, a: Any, b: Any) -> Any:
        return scalars.where(condition, a, b)

    return parts if a == PAIR else number


def make_ratios(split: Callable[[Any], Any]) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """``exp_ratio`` and ``expm1_ratio`` in pairs, to about 2^−60, after that reduction."""

    @jit
    def exp_ratio(z: Any) -> Any:
        z, k, power = split(z)
        first = fma(-k, LN2_HIGH, z)  # exact
        r = fma(-k, LN2_LOW, first)
        r_lo = fma(-k, LN2_LOW, first - r)
        w = r * r
        c = w * polynomial(w)
        even = 2.0 + c
        even_lo = (2.0 - even) + c
        above, below = even + r, even - r
        above_lo = ((even - above) + r) + (even_lo + r_lo)
        below_lo = ((even - below) - r) + (even_lo - r_lo)
        return pair(above * power, above_lo * power), pair(below, below_lo)

    @jit
    def expm1_ratio(z: Any) -> Any:
        p, q = exp_ratio(z)
        return p - q, q  # the leading parts cancel exactly

    return exp_ratio, expm1_ratio


exp_ratio, expm1_ratio = make_ratios(make_split(np.float64, LOWEST, LIFT, LIFTED_BELOW))


DOWN = 2.0**-LIFT
NORMAL = float(np.finfo(np.float64).smallest_normal) / DOWN
SHIFT = 1.5 * 2.0**52 * float(np.finfo(np.float64).smallest_subnormal) / DOWN


@jit
def rounded(x: Any, y: Any) -> Any:
    """The number nearest to the result ``y`` for the argument ``x``, the lift taken back."""
    total = y.hi + y.lo
    lifted = (abs(x) > -exponential.LIFTED_BELOW) & (abs(total) < exponential.TINY)
    # A subnormal result is a whole number of the smallest ones; adding SHIFT rounds to these.
    whole = (y.hi + SHIFT) - SHIFT
    rest = (((y.hi - whole) + y.lo) + SHIFT) - SHIFT
    lowered = scalars.where(abs(total) >= NORMAL, total, whole + rest) * DOWN
    return scalars.where(lifted, lowered, total)
