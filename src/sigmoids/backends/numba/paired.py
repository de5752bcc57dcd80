"""The vocabulary in pairs of float64 numbers: compiled formulas receive this module as ``xp``.

A pair is a structure of its own type, with the operations of :mod:`sigmoids.backends.pairs`.
"""

from __future__ import annotations

import operator
import sys
from typing import Any

import numpy as np
from numba import float64, types
from numba.core import cgutils
from numba.extending import intrinsic, make_attribute_wrapper, models, overload, register_model

from sigmoids.backends import exponential, pairs
from sigmoids.backends.numba import scalars
from sigmoids.backends.numba.scalars import OPTIONS, abs, cut, jit, make_split  # noqa: A004

__all__ = ["abs", "cut", "exp_ratio", "expm1_ratio", "rounded", "split", "where"]

_HERE = sys.modules[__name__]


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


def _overload(operation: Any, function: Any) -> None:
    compiled = jit(function)

    def parts(a: Any, b: Any) -> Any:
        hi, lo = compiled(_HERE, a.hi, a.lo, b.hi, b.lo)
        return pair(hi, lo)

    @overload(operation, jit_options=OPTIONS)
    def typed(a: Any, b: Any) -> Any:
        return parts if a == PAIR and b == PAIR else None


_overload(operator.add, pairs.add)
_overload(operator.mul, pairs.multiply)
_overload(operator.truediv, pairs.divide)


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


_split = make_split(np.float64, exponential.LOWEST, exponential.LIFTED_BELOW)


@jit
def split(z: Any) -> Any:
    """The reduction, with all of the power of two, lifted, above."""
    z, k, power = _split(z)
    return z, k, power, 1.0


_ratio = jit(exponential.double_ratio)


@jit
def exp_ratio(z: Any) -> Any:
    """Numerator and denominator of e^z."""
    p, q = _ratio(_HERE, z)
    return pair(p[0], p[1]), pair(q[0], q[1])


@jit
def expm1_ratio(z: Any) -> Any:
    """Numerator and denominator of e^z − 1; the leading parts cancel exactly."""
    p, q = exp_ratio(z)
    return p - q, q


DOWN = 2.0**-exponential.LIFT
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
