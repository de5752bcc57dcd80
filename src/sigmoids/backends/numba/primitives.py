"""Scalar building blocks that the loop vectoriser turns into vector code."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.extending import intrinsic

from sigmoids.arithmetic.exponential import LIFTED_BELOW, LOG2E

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sigmoids.arithmetic.base import Compiled
    from sigmoids.arithmetic.formats import Format

FASTMATH = {"nsz"}
"""Zeros may lose their sign on the way.  Nothing else: multiplications and additions are fused
where the source says so and nowhere else, so that the bits are the same on every processor."""

OPTIONS = {"fastmath": FASTMATH, "error_model": "numpy", "forceinline": True}
"""Functions become a part of what calls them, whatever their size: a call in a loop would keep the
vectoriser out.  Besides, only the outermost has a name that no other function has."""

INNER = OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Of functions that compiled code alone calls.  What others would call them through is left out: it
takes half the time to compile."""

jit = njit(**INNER)


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


def polynomial(coefficients: Sequence[float]) -> Compiled:
    """The polynomial with these coefficients, the constant one first, in the argument's type."""
    last, *others = reversed(coefficients)

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        (w,) = arguments
        fused = _call("llvm.fma")
        value = w.type(last)
        for coefficient in others:
            value = fused(None, builder, None, (w, value, w.type(coefficient)))
        return value

    @intrinsic
    def horner(_typing: Any, w: Any) -> Any:
        return w(w), code

    return horner


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


def limit(real: Any) -> Compiled:
    """``limit(x, low, high)`` for numbers of a floating type."""
    largest = float(np.finfo(real).max)

    @jit
    def within(x: Any, low: float, high: float) -> Any:
        return least(greatest(x, real(low)), real(min(high, largest)))

    return within


def powers(fmt: Format) -> Compiled:
    """``powers(z)`` of :class:`~sigmoids.arithmetic.base.Base`."""
    real, info = fmt.real, np.finfo(fmt.real)
    mantissa, bias = info.nmant, 1 - info.minexp
    # Adding 1.5·2^mantissa rounds to an integer, which then stands in the low bits of the sum;
    # `bias` more makes it the exponent's bits.
    shift = real(1.5 * 2**mantissa + bias + fmt.lift)
    log2e, up, down, one = map(real, (LOG2E, 2.0**fmt.lift, 2.0**-fmt.lift, 1))
    alone = fmt.paired and fmt.lift > 0
    moderate = fmt.lowest is None

    @intrinsic
    def power(_typing: Any, shifted: Any) -> Any:
        """2^k from the sum that has k + bias in its low bits."""

        def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            integer = ir.IntType(info.bits)
            bits = builder.shl(builder.bitcast(arguments[0], integer), integer(mantissa))
            return builder.bitcast(bits, arguments[0].type)

        return shifted(shifted), code

    @jit
    def of(z: Any) -> Any:
        if moderate:
            shifted = fma(z, -log2e, shift)
            return shifted - shift, one, power(shifted), False
        shifted = fma(z, log2e, shift)
        lifted = power(shifted)
        if not alone:
            return shift - shifted, lifted, up, False
        low = z < LIFTED_BELOW
        return shift - shifted, lifted if low else lifted * down, one, low

    return of


def aligned(fmt: Format) -> Compiled:
    """``aligned(a, b)`` of :class:`~sigmoids.arithmetic.base.Base`."""
    real, lift, info = fmt.real, fmt.logarithm_lift, np.finfo(fmt.real)
    mantissa, bias = info.nmant, 1 - info.minexp
    offset = 2 ** (info.bits - mantissa - 1)  # makes any k that occurs positive
    integer = ir.IntType(info.bits)
    magic = int(np.array(2.0**mantissa, real).view(f"i{info.bits // 8}"))

    @intrinsic
    def count(_typing: Any, a: Any, _b: Any) -> Any:
        """2^mantissa + offset + round(log₂(a/b)), by the difference of their bits."""

        def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            above, below = (builder.bitcast(v, integer) for v in arguments)
            rounding = integer(2 ** (info.bits - 1) + 2 ** (mantissa - 1))
            steps = builder.add(builder.sub(above, below), rounding)
            bits = builder.or_(builder.lshr(steps, integer(mantissa)), integer(magic))
            return builder.bitcast(bits, arguments[0].type)

        return a(a, a), code

    @intrinsic
    def inverse(_typing: Any, counted: Any) -> Any:
        """2^−k for what :func:`count` makes of it."""

        def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            field = builder.sub(integer(bias + offset), builder.bitcast(arguments[0], integer))
            return builder.bitcast(builder.shl(field, integer(mantissa)), arguments[0].type)

        return counted(counted), code

    scale, shift = real(2.0**lift), real(2.0**mantissa + offset + lift)

    @jit
    def of(a: Any, b: Any) -> Any:
        counted = count(a * scale, b)
        return counted - shift, scale, inverse(counted)

    return of
