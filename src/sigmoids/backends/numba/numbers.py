"""Numbers in code that is being generated: what formulas do with them becomes instructions.

The loop vectoriser turns these into vector code.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NoReturn

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic
from numba.np.numpy_support import from_dtype

from sigmoids.arithmetic.exponential import LIFTED_BELOW, LOG2E
from sigmoids.arithmetic.numbers import Numbers
from sigmoids.arithmetic.pairs import words

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.arithmetic.formats import Format

KINDS = {
    np.float32: (ir.FloatType(), ir.IntType(32)),
    np.float64: (ir.DoubleType(), ir.IntType(64)),
}
"""The types of numbers, and of their bits."""


def _arithmetic(instruction: str) -> Any:
    """Two operators: of a value with another or a constant, and of a constant with a value."""

    def operator(a: Value, b: Any) -> Value:
        return Value(a.builder, getattr(a.builder, instruction)(a.code, a.like(b)))

    def reflected(b: Value, a: Any) -> Value:
        return Value(b.builder, getattr(b.builder, instruction)(b.like(a), b.code))

    return operator, reflected


def _comparison(relation: str) -> Any:
    def operator(a: Value, b: Any) -> Value:
        compare = a.builder.fcmp_unordered if relation == "!=" else a.builder.fcmp_ordered
        return Value(a.builder, compare(relation, a.code, a.like(b)))

    return operator


class Value:
    """A number or a truth value, and the instructions that operators add to the code."""

    __array_ufunc__ = None  # constants of NumPy's types leave operations to the value

    def __init__(self, builder: Any, code: Any) -> None:
        self.builder = builder
        self.code = code

    __add__, __radd__ = _arithmetic("fadd")
    __sub__, __rsub__ = _arithmetic("fsub")
    __mul__, __rmul__ = _arithmetic("fmul")
    __truediv__, __rtruediv__ = _arithmetic("fdiv")
    __and__, __rand__ = _arithmetic("and_")
    __or__, __ror__ = _arithmetic("or_")
    __lt__, __le__, __gt__, __ge__ = map(_comparison, ("<", "<=", ">", ">="))
    __eq__, __ne__ = map(_comparison, ("==", "!="))
    __hash__ = object.__hash__

    def __neg__(self) -> Value:
        return Value(self.builder, self.builder.fneg(self.code))

    def __bool__(self) -> NoReturn:
        raise TypeError("a formula that branches: let it select with xp.where")

    def like(self, other: Any) -> Any:
        """The code of another value, or of a constant of the same type."""
        if isinstance(other, Value):
            return other.code
        is_truth = isinstance(self.code.type, ir.IntType)
        return self.code.type(bool(other) if is_truth else float(other))

    def call(self, name: str, *others: Any) -> Value:
        """An operation of LLVM's, whose arguments are all of one type."""
        kind, arguments = self.code.type, [self.code, *map(self.like, others)]
        signature = ir.FunctionType(kind, [kind] * len(arguments))
        function = self.builder.module.declare_intrinsic(name, [kind], signature)
        return Value(self.builder, self.builder.call(function, arguments))

    def to(self, real: Any) -> Value:
        """In another floating type."""
        kind, _ = KINDS[real]
        cast = self.builder.fpext if real is np.float64 else self.builder.fptrunc
        return self if self.code.type == kind else Value(self.builder, cast(self.code, kind))

    def is_nan(self) -> Value:
        """Whether it is a NaN, by its bits: a comparison would raise the processor's flags."""
        real, integer = next(kinds for kinds in KINDS.values() if kinds[0] == self.code.type)
        bits = self.builder.bitcast(self.code, integer)
        magnitude = self.builder.and_(bits, integer(2 ** (integer.width - 1) - 1))
        infinity = self.builder.bitcast(real(float("inf")), integer)
        return Value(self.builder, self.builder.icmp_unsigned(">", magnitude, infinity))


class NumbaNumbers(Numbers):
    """The words as code.

    Parameters
    ----------
    fmt : Format
        That of the numbers.
    builder : IRBuilder
        What code is added by.
    """

    fused = True

    def __init__(self, fmt: Format, builder: Any) -> None:
        super().__init__(fmt)
        self.builder = builder
        self._kind, self._integer = KINDS[fmt.real]
        info = np.finfo(fmt.real)
        self._mantissa, self._bias, self._largest = info.nmant, 1 - info.minexp, float(info.max)

    def number(self, value: Any, _rest: float = 0.0) -> Value:
        """As it is, a constant in the format's type."""
        if isinstance(value, Value):
            return value
        return Value(self.builder, self._kind(float(self.fmt.real(value))))

    plain = number

    def abs(self, x: Value) -> Value:
        """Magnitude."""
        return x.call("llvm.fabs")

    def copysign(self, magnitude: Any, x: Value) -> Value:
        """A number with the sign of another."""
        return self.number(magnitude).call("llvm.copysign", x)

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """A select, for which both sides are computed; or one side, where it is known which."""
        if isinstance(condition, bool):
            return a if condition else b
        if not isinstance(a, Value):
            a = Value(self.builder, (b if isinstance(b, Value) else self.number(b)).like(a))
        return Value(self.builder, self.builder.select(condition.code, a.code, a.like(b)))

    def fma(self, a: Any, b: Any, c: Any) -> Value:
        """Rounded once."""
        return self.number(a).call("llvm.fma", b, c)

    def limit(self, x: Value, low: float, high: float) -> Value:
        """The argument within limits, as all moderate ones are.

        Unlike a select it is computed as it stands.  Where a select by the same comparison follows,
        the compiler would leave out one, and compute with the number that was to be limited.
        """
        if self.fmt.lowest is None:
            return x
        low, high = float(self.fmt.real(low)), min(high, self._largest)
        return x.call("llvm.maximum", low).call("llvm.minimum", float(self.fmt.real(high)))

    def powers(self, z: Value) -> tuple[Any, Any, Any, Any]:
        """By a sum that rounds to an integer, which then stands in its low bits.

        That is the one with 1.5·2^mantissa; ``bias`` more makes it the exponent's bits.
        """
        fmt = self.fmt
        shift = 1.5 * 2**self._mantissa + self._bias + fmt.lift
        if fmt.lowest is None:
            shifted = self.fma(z, -LOG2E, shift)
            return shifted - shift, 1.0, self._power(shifted), False
        shifted = self.fma(z, LOG2E, shift)
        n, lifted = shift - shifted, self._power(shifted)
        if not (fmt.paired and fmt.lift):
            return n, lifted, 2.0**fmt.lift, False
        low = z < LIFTED_BELOW
        return n, self.where(low, lifted, lifted * 2.0**-fmt.lift), 1.0, low

    def _power(self, shifted: Value) -> Value:
        """2^k from the sum that has k + bias in its low bits."""
        bits = self.builder.bitcast(shifted.code, self._integer)
        return self._of_bits(self.builder.shl(bits, self._integer(self._mantissa)))

    def aligned(self, a: Any, b: Any) -> tuple[Value, float, Value]:
        """By the difference of bits, which is the logarithm's but for a constant."""
        builder, integer, mantissa = self.builder, self._integer, self._mantissa
        width, lift = integer.width, self.fmt.logarithm_lift
        offset = 2 ** (width - mantissa - 1)  # makes any k that occurs positive
        above = builder.bitcast((a * 2.0**lift).code, integer)
        below = builder.bitcast(self.number(b).code, integer)
        rounding = integer(2 ** (width - 1) + 2 ** (mantissa - 1))
        steps = builder.lshr(builder.add(builder.sub(above, below), rounding), integer(mantissa))
        # 2^mantissa + offset + k
        magic = builder.bitcast(self._kind(2.0**mantissa), integer)
        counted = self._of_bits(builder.or_(steps, magic))
        field = builder.sub(integer(self._bias + offset), builder.bitcast(counted.code, integer))
        inverse = self._of_bits(builder.shl(field, integer(mantissa)))
        return counted - (2.0**mantissa + offset + lift), 2.0**lift, inverse

    def _of_bits(self, bits: Any) -> Value:
        return Value(self.builder, self.builder.bitcast(bits, self._kind))


def generated(function: Callable[..., Any], fmt: Format, real: Any, outputs: int) -> Any:
    """``kernel(xs)`` for compiled code: what a function makes of a tuple of numbers.

    Parameters
    ----------
    function : callable
        ``function(xp, *xs)``: a tuple of values, given the words and values.
    fmt : Format
        That of the words.
    real : type
        Of the results.
    outputs : int
        How many results there are.
    """
    kind = types.UniTuple(from_dtype(np.dtype(real)), outputs)

    @intrinsic
    def kernel(_typing: Any, xs: Any) -> Any:
        def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
            numbers = cgutils.unpack_tuple(builder, arguments[0])
            xp = words(NumbaNumbers(fmt, builder))
            ys = function(xp, *(Value(builder, number) for number in numbers))
            return context.make_tuple(builder, kind, [y.code for y in ys])

        return kind(xs), code

    return kernel
