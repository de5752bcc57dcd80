"""Scalar building blocks that the loop vectoriser turns into vector code."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic, register_jitable

from sigmoids.backends import exponential
from sigmoids.backends.exponential import LIFT, LOG2E

if TYPE_CHECKING:
    from collections.abc import Callable

FASTMATH = {"contract", "nsz"}
"""Fused multiply-adds and unsigned zeros; NaN and infinities keep their meaning."""

OPTIONS = {"fastmath": FASTMATH, "error_model": "numpy"}

jit = njit(**OPTIONS)
jit_exactly = njit(fastmath={"nsz"}, error_model="numpy")
"""For arithmetic whose rounding errors are counted on: nothing is fused."""


register_jitable(**OPTIONS)(exponential.correction)


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
def fma(_typing: Any, _a: Any, _b: Any, _c: Any) -> Any:
    """a·b + c, rounded once."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        double = ir.DoubleType()
        kind = ir.FunctionType(double, [double] * 3)
        return builder.call(builder.module.declare_intrinsic("llvm.fma", [double], kind), arguments)

    return types.float64(types.float64, types.float64, types.float64), code


def make_split(real: Any, lowest: float, lifted_below: float = -math.inf) -> Callable[[Any], Any]:
    """The argument reduction of :mod:`sigmoids.backends.exponential` in one floating type.

    Parameters
    ----------
    real : type
        float32 or float64, as NumPy's scalar type.
    lowest : float
        Where e^z rounds to 0; lower arguments are raised to it.
    lifted_below : float
        Arguments below have a power of two that is 2^LIFT times too large, and so a normal
        number.

    Returns
    -------
    callable
        ``split(z)``: z within its limits, k = round(z/ln 2), and 2^k.
    """
    info = np.finfo(real)
    mantissa, bias = info.nmant, 1 - info.minexp
    lifts = lowest < lifted_below
    lowest, highest, limit = real(lowest), real(exponential.HIGHEST), real(lifted_below)
    # Adding 1.5·2^mantissa rounds to an integer, which then stands in the low bits of the sum;
    # `bias` more makes it the exponent's bits.
    usual = real(1.5 * 2**mantissa + bias)
    lifting = real(1.5 * 2**mantissa + bias + LIFT)
    log2e = real(LOG2E)

    @intrinsic
    def power(_typing: Any, shifted: Any) -> Any:
        """2^k from the sum that has k + bias in its low bits."""

        def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            integer = ir.IntType(info.bits)
            bits = builder.shl(builder.bitcast(arguments[0], integer), integer(mantissa))
            return builder.bitcast(bits, arguments[0].type)

        return shifted(shifted), code

    @jit
    def split(z: Any) -> Any:
        z = z if z > lowest else lowest
        z = z if z < highest else highest
        shift = where(z < limit, lifting, usual) if lifts else usual
        shifted = z * log2e + shift
        return z, shifted - shift, power(shifted)

    return split


def make_lower(real: Any, lifted_below: float, tiny: float) -> Callable[[Any, Any], Any]:
    """``lower(x, y)``: the result ``y`` for the argument ``x``, the lift of 2^k taken back.

    A result of |x| > −lifted_below is either lifted, and then below ``tiny``, or far above.
    """
    limit, tiny, down = real(-lifted_below), real(tiny), real(2.0**-LIFT)

    @jit
    def lower(x: Any, y: Any) -> Any:
        return where((abs(x) > limit) & (abs(y) < tiny), y * down, y)

    return lower
