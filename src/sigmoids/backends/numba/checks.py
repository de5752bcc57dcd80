"""What a loop finds out about a block on the way: whether the shorter kernel may have computed it.

A check has a state that every number is counted in.  It is a whole number of that number's size, so
that counting takes vector code an instruction or two.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from llvmlite import ir
from numba import types
from numba.extending import intrinsic

from sigmoids.backends.numba.inline import jit

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sigmoids.spec import Interval


class Check(NamedTuple):
    """A check of all the numbers that a loop comes across.

    Attributes
    ----------
    start : int, or a tuple of states
        The state before.
    seen : callable
        ``seen(state, x)``: the state after one more number.
    passed : callable
        ``passed(state)``: whether all of them pass.
    """

    start: Any
    seen: Callable[[Any, Any], Any]
    passed: Callable[[Any], bool]


def inside(interval: Interval, real: Any) -> Check:
    """The numbers in an interval, of which none has a sign or which is symmetric about 0.

    Bits of numbers without a sign are in the order of the numbers, those of NaN above all.
    """
    low, high = interval
    unsigned, bits_of = _bits(real)
    shift = unsigned(low < 0)
    ends = np.array([max(low, 0.0), high], real)
    first, last = ends.view(unsigned)
    first += unsigned(float(ends[0]) < low)  # rounded inward
    last -= unsigned(float(ends[1]) > high)
    most = unsigned(last - first) << shift

    @jit
    def seen(farthest: Any, x: Any) -> Any:
        # Numba widens what it computes; cut again, it costs nothing.
        return max(farthest, unsigned(unsigned(bits_of(x) << shift) - first))

    @jit
    def passed(farthest: Any) -> bool:
        return farthest <= most

    return Check(unsigned(0), seen, passed)


def other_than(number: float, real: Any) -> Check:
    """All but a number and its negative."""
    unsigned, bits_of = _bits(real)
    one = unsigned(1)
    excepted = unsigned(np.array(number, real).view(unsigned) << one)

    @jit
    def seen(nearest: Any, x: Any) -> Any:
        return min(nearest, unsigned(unsigned(bits_of(x) << one) ^ excepted))

    @jit
    def passed(nearest: Any) -> bool:
        return nearest > 0

    return Check(~unsigned(0), seen, passed)


def zero_or_beyond(number: float, real: Any) -> Check:
    """Zero, and the numbers that are at least as large as that one in magnitude."""
    unsigned, bits_of = _bits(real)
    one = unsigned(1)
    least = unsigned(np.array(number, real).view(unsigned) << one) - one

    @jit
    def seen(nearest: Any, x: Any) -> Any:
        return min(nearest, unsigned(unsigned(bits_of(x) << one) - one))

    @jit
    def passed(nearest: Any) -> bool:
        return nearest >= least

    return Check(~unsigned(0), seen, passed)


def decided(error: float) -> Check:
    """The float64 numbers that have one neighbour of type float32, though wrong by that fraction.

    They are farther from the midpoint of two than that.  They have to be as large as normal float32
    numbers, whose midpoints have the last 29 bits 100…0.
    """
    ulps = int(error * 2**53)
    offset, limit = np.uint32((ulps - 2**28) % 2**32), np.uint32(2 * ulps << 3)
    three = np.uint32(3)

    @intrinsic
    def low_bits(_typing: Any, y: Any) -> Any:
        def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            return builder.trunc(builder.bitcast(arguments[0], ir.IntType(64)), ir.IntType(32))

        return types.uint32(y), code

    @jit
    def seen(nearest: Any, y: Any) -> Any:
        return min(nearest, np.uint32(np.uint32(low_bits(y) + offset) << three))

    @jit
    def passed(nearest: Any) -> bool:
        return nearest > limit

    return Check(np.uint32(2**32 - 1), seen, passed)


def both(check: Check, other: Check) -> Check:
    """What passes two checks."""
    (_, seen, passed), (_, seen_too, passed_too) = check, other

    @jit
    def seen_twice(states: Any, x: Any) -> Any:
        return seen(states[0], x), seen_too(states[1], x)

    @jit
    def passed_twice(states: Any) -> bool:
        return passed(states[0]) & passed_too(states[1])

    return Check((check.start, other.start), seen_twice, passed_twice)


def of(function: Callable[[Any], Any], check: Check) -> Check:
    """What passes when what is made of it passes a check."""
    start, seen, passed = check
    return Check(start, jit(lambda state, x: seen(state, function(x))), passed)


def all_of(checks: Sequence[Check]) -> Check:
    """What passes when every one of some numbers passes its own check."""
    check, *others = checks
    start, seen, passed = check
    if not others:
        return Check(
            (start,),
            jit(lambda states, xs: (seen(states[0], xs[0]),)),
            jit(lambda states: passed(states[0])),
        )
    rest_start, rest_seen, rest_passed = all_of(others)
    return Check(
        (start, *rest_start),
        jit(lambda states, xs: (seen(states[0], xs[0]), *rest_seen(states[1:], xs[1:]))),
        jit(lambda states: passed(states[0]) & rest_passed(states[1:])),
    )


def _bits(real: Any) -> tuple[Any, Any]:
    """The unsigned type of a floating type's size, and the function from one to the other."""
    size = np.dtype(real).itemsize
    kind = types.Integer.from_bitwidth(8 * size, signed=False)

    @intrinsic
    def bits_of(_typing: Any, x: Any) -> Any:
        def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            return builder.bitcast(arguments[0], ir.IntType(8 * size))

        return kind(x), code

    return np.dtype(f"u{size}").type, bits_of
