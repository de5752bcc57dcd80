"""From a specification to a scalar kernel, and from there to a loop over arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import from_dtype

from sigmoids.backends import narrow
from sigmoids.backends.numba import double, loops, near, paired, single, wide
from sigmoids.backends.numba import ufunc as ufuncs
from sigmoids.backends.numba.compile import compile_callback, compile_loop
from sigmoids.backends.numba.scalars import is_nan, jit
from sigmoids.spec import beside

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.spec import Accuracy, Function, Spec


def loop(
    spec: Function, dtype: np.dtype[Any], accuracy: Accuracy, in_place: bool
) -> Callable[..., bool]:
    """The compiled loop of one dtype and accuracy; over the bits of types that have a table."""
    inputs, outputs = len(spec.arguments), len(spec.parts)
    kernel, kind, near_kernel = _kernels(spec, dtype, accuracy)
    made = loops.make(kernel, inputs, outputs, near_kernel, in_place=in_place)
    made.__qualname__ = f"{spec.name}_{dtype.name}_{accuracy}{'_in_place' if in_place else ''}"
    return compile_loop(made, loops.signature(from_dtype(kind), inputs, outputs))


def ufunc(spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> np.ufunc:
    """The compiled ufunc of float32 or float64 numbers, whose calls cost less than a loop's."""
    inputs, outputs = len(spec.arguments), len(spec.parts)
    kernel, kind, near_kernel = _kernels(spec, dtype, accuracy)
    fill = loops.make_fill(kernel, inputs, outputs, near_kernel)
    made = ufuncs.make_loop(fill, inputs, outputs, kind.type)
    made.__qualname__ = f"{spec.name}_{dtype.name}_{accuracy}_ufunc"
    compiled = compile_callback(made, ufuncs.LOOP)
    return ufuncs.make_ufunc(compiled, spec.name, inputs, outputs, kind)


def _kernels(
    spec: Function, dtype: np.dtype[Any], accuracy: Accuracy
) -> tuple[Callable[..., Any], np.dtype[Any], Callable[..., Any] | None]:
    """The kernel, the type of its numbers, and a faster kernel for moderate numbers or None."""
    if narrow.has_table(dtype):
        return jit(look_up(spec, dtype)), np.dtype(f"u{dtype.itemsize}"), None
    near_kernel = None
    if dtype == np.float64 and accuracy == "high":
        near_kernel = jit(exactly(spec, near))
    return jit(scalar(spec, dtype, accuracy)), dtype, near_kernel


def guarded(spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Callable[..., Any]:
    """The scalar function, around which NaN is led: comparisons with it raise the flag "invalid".

    NumPy would report that to the users of ufuncs that this becomes a part of.
    """
    kernel = jit(scalar(spec, dtype, accuracy))
    zero = dtype.type(0)

    def one(x: Any) -> Any:
        nan = is_nan(x)
        y = kernel(zero if nan else x)
        return x if nan else y

    def two(x: Any) -> Any:
        nan = is_nan(x)
        first, second = kernel(zero if nan else x)
        return x if nan else first, x if nan else second

    def from_two(x: Any, y: Any) -> Any:
        nan, other_nan = is_nan(x), is_nan(y)
        result = kernel(zero if nan else x, zero if other_nan else y)
        result = y if other_nan else result
        return x if nan else result

    return _shaped(spec, one, two, from_two)


def _shaped(spec: Function, one: Any, two: Any, from_two: Any) -> Any:
    """The one of three that has the function's numbers of arguments and results."""
    return from_two if len(spec.arguments) > 1 else one if len(spec.parts) == 1 else two


def look_up(spec: Function, dtype: np.dtype[Any]) -> Callable[[Any], Any]:
    """The bits of the results for the bits of a number."""
    results = narrow.tables(spec, dtype)  # become a part of the compiled code
    first, last = results[0], results[-1]

    def one(bits: Any) -> Any:
        return first[bits]

    def two(bits: Any) -> Any:
        return first[bits], last[bits]

    return one if len(results) == 1 else two


def scalar(spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Callable[..., Any]:
    """The results for one number, the formula evaluated one precision up for "high"."""
    if accuracy == "fast":
        formula = jit(spec.formula)
        xp = double if dtype == np.float64 else single

        def native(x: Any) -> Any:
            return formula(xp, x)

        def native_from_two(x: Any, y: Any) -> Any:
            return formula(xp, x, y)

        return _shaped(spec, native, native, native_from_two)
    return exactly(spec, paired) if dtype == np.float64 else rounded_once(spec)


def rounded_once(spec: Function) -> Callable[..., Any]:
    """The float32 results for float32 numbers, evaluated in float64."""
    formula = jit(spec.formula)
    settle, settle_second = (_settle(part) for part in (spec.parts[0], spec.parts[-1]))
    nudged = spec.break_ties is None or any(part.nudge for part in spec.parts)
    prepare = jit(_argument if nudged else spec.break_ties)

    def one(x: Any) -> Any:
        number = np.float64(x)
        y = formula(wide, prepare(wide, number))
        return np.float32(settle(number, y))

    def two(x: Any) -> Any:
        number = np.float64(x)
        y, second = formula(wide, prepare(wide, number))
        return np.float32(settle(number, y)), np.float32(settle_second(number, second))

    def from_two(x: Any, y: Any) -> Any:
        return np.float32(formula(wide, np.float64(x), np.float64(y)))

    return _shaped(spec, one, two, from_two)


def _settle(part: Spec) -> Callable[[Any, Any], Any]:
    """What moves a wide result to the side of a midpoint that its exact value is on.

    The arithmetic is the same on all processors, and decides rightly where it can decide at all.
    """
    if part.nudge is not None:
        nudge = jit(part.nudge)
        return jit(lambda x, y: nudge(wide, x, y))
    settle = jit(lambda _x, y: y)
    for argument, distance in part.ties:
        if abs(distance) < UNDECIDED:
            settle = _then(settle, argument, beside(distance))
    return settle


def _then(settle: Callable[[Any, Any], Any], argument: float, factor: float) -> Any:
    def settle_one_more(x: Any, y: Any) -> Any:
        y = settle(x, y)
        return y * factor if x == argument else y

    return jit(settle_one_more)


UNDECIDED = 1.0
"""Ulps of float64 from a midpoint within which a result is not decided by this arithmetic."""


def exactly(spec: Function, xp: Any) -> Callable[..., Any]:
    """The results for one float64 number, evaluated in pairs."""
    formula = jit(spec.formula)

    def one(x: Any) -> Any:
        return paired.rounded(formula(xp, x))

    def two(x: Any) -> Any:
        y, second = formula(xp, x)
        return paired.rounded(y), paired.rounded(second)

    def from_two(x: Any, y: Any) -> Any:
        return paired.rounded(formula(xp, x, y))

    return _shaped(spec, one, two, from_two)


def _argument(_xp: Any, x: Any) -> Any:
    return x
