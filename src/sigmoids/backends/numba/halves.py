"""Numbers of 16 bits in compiled code: from their bits to float64, and back, rounded once.

By operations of whole numbers and of float32, which become vector code on every processor.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from llvmlite import ir
from numba import float64, uint16
from numba.extending import intrinsic

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

SHORT, WORD, LONG = ir.IntType(16), ir.IntType(32), ir.IntType(64)
SINGLE, DOUBLE = ir.FloatType(), ir.DoubleType()

INFINITY = 0xFF << 23
"""The bits of float32's."""

REBIASED = float.fromhex("0x1p+112")
"""What a float16 number's bits, moved to where float32's are, stand for too small by."""

LEAST = (127 - 14) << 23
"""The bits of the smallest normal float16 number as float32."""

UNITS = 126 << 23
"""Those of ½, whose ulp in float32 is the smallest float16 number."""


def are_known(dtype: np.dtype[Any]) -> bool:
    """Whether numbers of that dtype can be told from their bits here."""
    return dtype.name in ("float16", "bfloat16")


@cache
def widened(dtype: np.dtype[Any]) -> Callable[..., Any]:
    """``widened(bits)``: the float64 number of that dtype's bits."""

    def magnitude(builder: Any, bits: Any) -> Any:
        if dtype.name == "bfloat16":
            return builder.shl(bits, WORD(16))
        moved = builder.shl(bits, WORD(13))
        number = builder.fmul(builder.bitcast(moved, SINGLE), SINGLE(REBIASED))
        special = builder.icmp_unsigned(">=", moved, WORD(0x1F << 23))
        return builder.select(
            special, builder.or_(moved, WORD(INFINITY)), builder.bitcast(number, WORD)
        )

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        bits = builder.zext(arguments[0], WORD)
        sign = builder.shl(builder.and_(bits, WORD(0x8000)), WORD(16))
        number = builder.or_(magnitude(builder, builder.and_(bits, WORD(0x7FFF))), sign)
        return builder.fpext(builder.bitcast(number, SINGLE), DOUBLE)

    @intrinsic
    def widened(_typing: Any, _bits: Any) -> Any:
        return float64(uint16), code

    return widened


@cache
def rounded(dtype: np.dtype[Any]) -> Callable[..., Any]:
    """``rounded(y)``: the bits of the number of that dtype that is nearest to a float64 number.

    On the way to float32 it is rounded to odd, as :func:`~sigmoids.backends.narrow.round_once`
    does.
    """

    def nearest(builder: Any, bits: Any, drop: int) -> Any:
        """The bits without so many of the last, rounded; half of a unit to even."""
        even = builder.and_(builder.lshr(bits, WORD(drop)), WORD(1))
        carried = builder.add(builder.add(bits, WORD(2 ** (drop - 1) - 1)), even)
        return builder.lshr(carried, WORD(drop))

    def of_finite(builder: Any, bits: Any) -> Any:
        if dtype.name == "bfloat16":
            return nearest(builder, bits, 16)
        normal = nearest(builder, builder.sub(bits, WORD((127 - 15) << 23)), 13)
        largest = builder.icmp_unsigned("<", normal, WORD(0x7C00))
        normal = builder.select(largest, normal, WORD(0x7C00))
        shifted = builder.fadd(builder.bitcast(bits, SINGLE), builder.bitcast(WORD(UNITS), SINGLE))
        subnormal = builder.sub(builder.bitcast(shifted, WORD), WORD(UNITS))
        return builder.select(builder.icmp_unsigned("<", bits, WORD(LEAST)), subnormal, normal)

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        bits = builder.bitcast(arguments[0], LONG)
        sign = builder.trunc(builder.lshr(bits, LONG(48)), WORD)
        y = builder.bitcast(builder.and_(bits, LONG(2**63 - 1)), DOUBLE)
        single = builder.fptrunc(y, SINGLE)
        wide, word = builder.fpext(single, DOUBLE), builder.bitcast(single, WORD)
        above = builder.zext(builder.fcmp_ordered(">", wide, y), WORD)
        inexact = builder.zext(builder.fcmp_ordered("!=", wide, y), WORD)
        odd = builder.or_(builder.sub(word, above), inexact)
        result = of_finite(builder, odd)
        nan = WORD(0x7FC0 if dtype.name == "bfloat16" else 0x7E00)
        result = builder.select(builder.icmp_unsigned(">", word, WORD(INFINITY)), nan, result)
        result = builder.or_(result, builder.and_(sign, WORD(0x8000)))
        return builder.trunc(result, SHORT)

    @intrinsic
    def rounded(_typing: Any, _y: Any) -> Any:
        return uint16(float64), code

    return rounded
