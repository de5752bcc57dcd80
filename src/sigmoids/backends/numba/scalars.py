"""Scalar building blocks that the loop vectoriser turns into vector code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from sigmoids.backends.exponential import LOG2E

if TYPE_CHECKING:
    from collections.abc import Callable

FASTMATH = {"contract", "nsz"}
"""Fused multiply-adds and unsigned zeros; NaN and infinities keep their meaning."""

jit = njit(fastmath=FASTMATH, error_model="numpy")


@jit
def abs(x: Any) -> Any:  # noqa: A001
    """Magnitude."""
    return x if x > 0 else -x


@jit
def where(condition: Any, a: Any, b: Any) -> Any:
    """A select: compiled code computes both sides."""
    return a if condition else b


@intrinsic  # type: ignore[untyped-decorator]
def is_nan(_typing: Any, x: Any) -> Any:
    """Whether ``x`` is a NaN, by its bits: a comparison would raise the processor's flags."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        integer = ir.IntType(x.bitwidth)
        bits = builder.bitcast(arguments[0], integer)
        magnitude = builder.and_(bits, integer(2 ** (x.bitwidth - 1) - 1))
        infinity = {32: 0x7F800000, 64: 0x7FF0000000000000}[x.bitwidth]
        return builder.icmp_unsigned(">", magnitude, integer(infinity))

    return types.boolean(x), code


def rational_exponential(
    ratio: Callable[[Any], Any], ln2: tuple[Any, Any], lowest: Any
) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """``exp_ratio`` and ``expm1_ratio`` in the form of :mod:`sigmoids.backends.exponential`.

    Parameters
    ----------
    ratio : callable
        R(r²); a jitted function of the floating type.
    ln2 : pair of scalars
        ln 2 as a number with trailing zeros, whose products with k are exact, and the rest.
    lowest : scalar
        Where e^z is 0 in the floating type; lower arguments are raised to it.
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
    two = real(2)
    ln2_high, ln2_low = ln2

    @intrinsic  # type: ignore[untyped-decorator]
    def split_power(_typing: Any, shifted: Any) -> Any:
        """(2^⌊k/2⌋, 2^(⌊k/2⌋ − k)), both normal, from the sum that has k in its low bits."""

        def code(context: Any, builder: Any, signature: Any, arguments: Any) -> Any:
            integer, number = ir.IntType(bits), context.get_value_type(shifted)
            k = builder.and_(builder.bitcast(arguments[0], integer), integer(2 * offset - 1))
            lower = builder.lshr(k, integer(1))
            upper = builder.sub(k, lower)
            exponents = (
                builder.sub(lower, integer(offset // 2 - bias)),
                builder.sub(integer(offset // 2 + bias), upper),
            )
            powers = [
                builder.bitcast(builder.shl(exponent, integer(mantissa)), number)
                for exponent in exponents
            ]
            return context.make_tuple(builder, signature.return_type, powers)

        return types.UniTuple(shifted, 2)(shifted), code

    @jit
    def parts(z: Any) -> Any:
        z = z if z > lowest else lowest
        shifted = z * log2e + shift
        k = shifted - shift
        r = z - k * ln2_high - k * ln2_low
        s = ratio(r * r)
        down, up = split_power(shifted)
        return (s + r) * down, (s - r) * up, k, r

    @jit
    def exp_ratio(z: Any) -> Any:
        p, q, _, _ = parts(z)
        return p, q

    @jit
    def expm1_ratio(z: Any) -> Any:
        p, q, k, r = parts(z)
        return (two * r if k == 0 else p - q), q

    return exp_ratio, expm1_ratio
