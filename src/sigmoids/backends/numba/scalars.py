"""Scalar building blocks that the loop vectoriser turns into vector code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic, register_jitable

from sigmoids.backends import exponential, pairs
from sigmoids.backends.exponential import LIFT, LIFTED_BELOW, LOG2E

if TYPE_CHECKING:
    from collections.abc import Callable

FASTMATH = {"contract", "nsz"}
"""Fused multiply-adds and unsigned zeros; NaN and infinities keep their meaning."""

OPTIONS = {"fastmath": FASTMATH, "error_model": "numpy"}

jit = njit(**OPTIONS)

for helper in (exponential.correction, exponential.two_plus, pairs.shorten):
    register_jitable(**OPTIONS)(helper)


@jit
def abs(x: Any) -> Any:  # noqa: A001
    """Magnitude."""
    return x if x > 0 else -x


@jit
def where(condition: Any, a: Any, b: Any) -> Any:
    """A select: compiled code computes both sides."""
    return a if condition else b


@intrinsic
def is_nan(_typing: Any, x: Any) -> Any:
    """Whether ``x`` is a NaN, by its bits: a comparison would raise the processor's flags."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        integer = ir.IntType(x.bitwidth)
        bits = builder.bitcast(arguments[0], integer)
        magnitude = builder.and_(bits, integer(2 ** (x.bitwidth - 1) - 1))
        infinity = {32: 0x7F800000, 64: 0x7FF0000000000000}[x.bitwidth]
        return builder.icmp_unsigned(">", magnitude, integer(infinity))

    return types.boolean(x), code


@intrinsic
def cut(_typing: Any, _x: Any) -> Any:
    """A float64 number rounded to the upper 26 bits of its significand."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        integer, number = ir.IntType(64), arguments[0].type
        bits = builder.add(builder.bitcast(arguments[0], integer), integer(2**26))
        bits = builder.and_(bits, integer(-(2**27)))
        return builder.bitcast(bits, number)

    return types.float64(types.float64), code


def make_split(lowest: Any, *, lifts: bool = False) -> Callable[[Any], Any]:
    """The argument reduction of :mod:`sigmoids.backends.exponential` in one floating type.

    Parameters
    ----------
    lowest : float32 or float64 scalar
        Where e^z is 0 in the floating type; lower arguments are raised to it.
    lifts : bool
        Whether the numerator's power is 2^LIFT times too large below LIFTED_BELOW.
    """
    real = type(lowest)
    bits = 8 * lowest.itemsize
    mantissa = {32: 23, 64: 52}[bits]
    bias = 2 ** (bits - mantissa - 2) - 1
    # Adding 1.5·2^mantissa rounds to an integer, which then stands in the low bits of the sum;
    # `offset` more keeps those bits positive.
    offset = 2 * (bias + 1)
    shift = real(1.5 * 2**mantissa + offset)
    log2e = real(LOG2E)

    @intrinsic
    def powers(_typing: Any, shifted: Any) -> Any:
        """(2^⌊k/2⌋, 2^(⌊k/2⌋ − k)), both normal, from the sum that has k in its low bits."""

        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            integer, number = ir.IntType(bits), context.get_value_type(shifted)
            k = builder.and_(builder.bitcast(arguments[0], integer), integer(2 * offset - 1))
            lower = builder.lshr(k, integer(1))
            upper = builder.sub(k, lower)
            exponents = [
                builder.sub(lower, integer(offset // 2 - bias)),
                builder.sub(integer(offset // 2 + bias), upper),
            ]
            parts = [
                builder.bitcast(builder.shl(exponent, integer(mantissa)), number)
                for exponent in exponents
            ]
            return context.make_tuple(builder, signature.return_type, parts)

        return types.UniTuple(shifted, 2)(shifted), code

    @jit
    def split(z: Any) -> Any:
        z = z if z > lowest else lowest
        shifted = z * log2e + shift
        down, up = powers(shifted)
        if lifts:
            down = down * where(z < LIFTED_BELOW, 2.0**LIFT, 1.0)
        return z, shifted - shift, down, up

    return split
