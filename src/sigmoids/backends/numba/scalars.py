"""Scalar building blocks that the loop vectoriser turns into vector code."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from sigmoids.backends import exponential
from sigmoids.backends.exponential import LOG2E, P1, P2, P3, P4, P5

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

FASTMATH = {"nsz"}
"""Zeros may lose their sign on the way.  Nothing else: multiplications and additions are fused
where the source says so and nowhere else, so that the bits are the same on every processor."""

OPTIONS = {"fastmath": FASTMATH, "error_model": "numpy", "forceinline": True}
"""Functions become a part of what calls them, whatever their size: a call in a loop would keep the
vectoriser out.  Besides, only the outermost has a name that no other function has."""

jit = njit(**OPTIONS)


def _call(name: str) -> Callable[..., Any]:
    """What generates code for an operation of LLVM's, whose arguments are all of one type."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        real = arguments[0].type
        kind = ir.FunctionType(real, [real] * len(arguments))
        return builder.call(builder.module.declare_intrinsic(name, [real], kind), arguments)

    return code


@intrinsic
def abs(_typing: Any, x: Any) -> Any:  # noqa: A001
    """Magnitude."""
    return x(x), _call("llvm.fabs")


@intrinsic
def copysign(_typing: Any, magnitude: Any, _x: Any) -> Any:
    """A number with the sign of another of its type."""
    return magnitude(magnitude, magnitude), _call("llvm.copysign")


@jit
def where(condition: Any, a: Any, b: Any) -> Any:
    """A select: compiled code computes both sides."""
    return a if condition else b


@jit
def second(_condition: Any, _a: Any, b: Any) -> Any:
    """The select whose condition does not hold, as it never does where arguments are moderate."""
    return b


@jit
def first(x: Any, _low: float, _high: float) -> Any:
    """The limit that nothing is beyond, as nothing is where arguments are moderate."""
    return x


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
def fma(_typing: Any, a: Any, _b: Any, _c: Any) -> Any:
    """a·b + c, rounded once, in the type of ``a``."""
    return a(a, a, a), _call("llvm.fma")


def make_horner(coefficients: Sequence[Any]) -> Callable[[Any], Any]:
    """The polynomial with these coefficients, the constant one first, of their type."""
    last, *others = reversed(coefficients)

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        (w,) = arguments
        fused = _call("llvm.fma")
        value = w.type(float(last))
        for coefficient in others:
            value = fused(None, builder, None, (w, value, w.type(float(coefficient))))
        return value

    @intrinsic
    def horner(_typing: Any, w: Any) -> Any:
        return w(w), code

    return horner


exp_series = make_horner((P1, P2, P3, P4, P5))
"""(R − 2)/w for w = r², of :mod:`sigmoids.backends.exponential`, in float64."""


@intrinsic
def least(_typing: Any, a: Any, _b: Any) -> Any:
    """The smaller number, or NaN.

    Unlike a select it is computed as it stands.  Where a select by the same comparison follows, the
    compiler would leave out one of the two, and compute with the number that was to be limited.
    """
    return a(a, a), _call("llvm.minimum")


@intrinsic
def greatest(_typing: Any, a: Any, _b: Any) -> Any:
    """The larger number, or NaN."""
    return a(a, a), _call("llvm.maximum")


def make_limit(real: Any) -> Callable[[Any, float, float], Any]:
    """``limit(x, low, high)`` for numbers of a floating type."""
    largest = float(np.finfo(real).max)

    @jit
    def limit(x: Any, low: float, high: float) -> Any:
        return least(greatest(x, real(low)), real(min(high, largest)))

    return limit


def make_split(real: Any, lowest: float = -math.inf, lift: int = 0) -> Callable[[Any], Any]:
    """The argument reduction of :mod:`sigmoids.backends.exponential` in one floating type.

    Parameters
    ----------
    real : type
        float32 or float64, as NumPy's scalar type.
    lowest : float
        Where e^z rounds to 0; lower arguments are raised to it.  By default there are none, and
        none whose e^z is too large.
    lift : int
        The power of two is to be 2^lift times too large, so that it always is a normal number.

    Returns
    -------
    callable
        ``split(z)``: z within its limits, k = round(z/ln 2), and 2^k.  NaN stays NaN.
    """
    info = np.finfo(real)
    mantissa, bias = info.nmant, 1 - info.minexp
    limited = lowest > -math.inf
    lowest, highest = real(lowest), real(exponential.HIGHEST)
    # Adding 1.5·2^mantissa rounds to an integer, which then stands in the low bits of the sum;
    # `bias` more makes it the exponent's bits.
    shift = real(1.5 * 2**mantissa + bias + lift)
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
        if limited:
            z = lowest if z < lowest else z
            z = highest if z > highest else z
        shifted = fma(z, log2e, shift)
        return z, shifted - shift, power(shifted)

    return split
