"""The logarithm and the arctangent of a quotient, in one floating type."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from llvmlite import ir
from numba.extending import intrinsic

from sigmoids.backends import arctangent, logarithm
from sigmoids.backends.numba.scalars import fma, jit, make_horner, where

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

log_series = make_horner(logarithm.COEFFICIENTS)
"""L of :mod:`sigmoids.backends.logarithm`, in float64."""

arctan_series = make_horner(arctangent.COEFFICIENTS)
"""A of :mod:`sigmoids.backends.arctangent`, in float64."""


def make_align(real: Any, lift: int) -> Callable[[Any, Any], Any]:
    """The argument reduction of :mod:`sigmoids.backends.logarithm` in one floating type.

    Parameters
    ----------
    real : type
        float32 or float64, as NumPy's scalar type.
    lift : int
        The power of two by which ``a`` is multiplied, so that it is a normal number.

    Returns
    -------
    callable
        ``align(a, b)``: k near log₂(a/b), 2^lift, and the power of two whose product with
        2^lift·a is 2^−k·a.
    """
    info = np.finfo(real)
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
    def align(a: Any, b: Any) -> Any:
        counted = count(a * scale, b)
        return counted - shift, scale, inverse(counted)

    return align


def make_log_ratio(
    real: Any,
    align: Callable[[Any, Any], Any],
    series: Callable[[Any], Any],
    ln2: Sequence[float],
) -> Callable[[Any, Any, Any], Any]:
    """``log_ratio(a, b, difference)`` of numbers of a floating type, with ln 2 in two parts."""
    two = real(2)
    ln2_high, ln2_low = map(real, ln2)

    @jit
    def log_ratio(a: Any, b: Any, difference: Any) -> Any:
        k, up, power = align(a, b)
        scaled = (a * up) * power
        u = two * where(k == 0, difference, scaled - b) / (scaled + b)
        v = u * u
        return fma(k, ln2_high, u + fma(k, ln2_low, u * (v * series(v))))

    return log_ratio


def make_log1p_ratio(
    real: Any, series: Callable[[Any], Any], ln2: Sequence[float]
) -> Callable[[Any, Any], Any]:
    """``log1p_ratio(p, q)`` of numbers of a floating type, with ln 2 in two parts."""
    zero, two, three, halfway = map(real, (0, 2, 3, logarithm.HALFWAY))
    ln2_high, ln2_low = map(real, ln2)

    @jit
    def log1p_ratio(p: Any, q: Any) -> Any:
        large = p > q * halfway
        u = two * where(large, p - q, p) / fma(q, where(large, three, two), p)
        v = u * u
        rest = where(large, ln2_low, zero) + u * (v * series(v))
        return where(large, ln2_high, zero) + (u + rest)

    return log1p_ratio


def make_arctan_ratio(
    real: Any, series: Callable[[Any], Any], quarter: Sequence[float]
) -> Callable[[Any, Any], Any]:
    """``arctan_ratio(a, b)`` of numbers of a floating type, with π/4 in two parts."""
    tan = real(arctangent.TAN)
    pi_4, pi_4_low = map(real, quarter)
    pi_2, pi_2_low = 2 * pi_4, 2 * pi_4_low

    @jit
    def arctan_ratio(a: Any, b: Any) -> Any:
        flipped = a > b
        n, m = where(flipped, b, a), where(flipped, a, b)
        large = n > m * tan
        u = where(large, n - m, n) / where(large, n + m, m)
        w = u * u
        angle = fma(u, w * series(w), u)
        angle = where(large, pi_4 + (angle + pi_4_low), angle)
        return where(flipped, pi_2 - (angle - pi_2_low), angle)

    return arctan_ratio
