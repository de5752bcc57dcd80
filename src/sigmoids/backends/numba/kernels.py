"""From a specification to a scalar kernel, and from there to a loop over arrays."""

from __future__ import annotations

from types import CellType, FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.arithmetic import formats, vocabulary
from sigmoids.arithmetic.scalars import Scalars
from sigmoids.backends import narrow
from sigmoids.backends.numba import checks, loops, pairs
from sigmoids.backends.numba import segment as segments
from sigmoids.backends.numba import ufunc as ufuncs
from sigmoids.backends.numba.compile import compile_callback
from sigmoids.backends.numba.fingerprint import fingerprint
from sigmoids.backends.numba.primitives import abs, copysign, fma, is_nan, jit  # noqa: A004
from sigmoids.backends.numba.product import times
from sigmoids.backends.numba.shared import Shared
from sigmoids.backends.numba.vocabularies import (
    FLOAT32,
    FLOAT64,
    NARROWED,
    NARROWED_MODERATE,
    PAIRS,
    PAIRS_MODERATE,
)
from sigmoids.spec import TIED, Product, results

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.backends.engine import Arrays
    from sigmoids.spec import Accuracy, Function, Spec, Vocabulary


def shared(spec: Function | Product, dtype: np.dtype[Any], accuracy: Accuracy) -> Shared:
    """The compiled loop as calls on arrays; over the bits of types that have a table."""
    _, compiled = segment(spec, dtype, accuracy)
    tables: Arrays = ()
    if narrow.has_table(dtype) and not isinstance(spec, Product):
        tables = narrow.tables(spec, dtype)
        dtype = tables[0].dtype
    return Shared(spec.name, compiled, len(spec.arguments), len(spec.parts), dtype, tables)


def segment(spec: Function | Product, dtype: np.dtype[Any], accuracy: Accuracy) -> tuple[str, Any]:
    """The compiled loop for callers in C, and a name for what it computes that nothing else has.

    Where there are tables, all functions have the same loop.
    """
    inputs, outputs = len(spec.arguments), len(spec.parts)
    if narrow.has_table(dtype) and not isinstance(spec, Product):
        made = segments.make_look_up(outputs, np.dtype(f"u{dtype.itemsize}"))
        made.__qualname__ = f"look_up_{dtype.itemsize}_{outputs}_{fingerprint(made)}"
        name = _named(spec, dtype, accuracy, "segment", made, narrow.tables(spec, dtype))
    else:
        kernel, shorter = _kernels(spec, dtype, accuracy)
        name = _named(spec, dtype, accuracy, "segment", segments, loops, kernel, shorter)
        fills = loops.make_fills(name, inputs, outputs, kernel, shorter)
        made = segments.make_segment(name, fills, inputs, outputs, dtype)
    return name, compile_callback(made, segments.SIGNATURE)


def ufunc(spec: Function | Product, dtype: np.dtype[Any], accuracy: Accuracy) -> np.ufunc:
    """The compiled ufunc of float32 or float64 numbers, whose calls cost less than a loop's."""
    inputs, outputs = len(spec.arguments), len(spec.parts)
    kernel, _ = _kernels(spec, dtype, accuracy)
    name = _named(spec, dtype, accuracy, "ufunc", ufuncs, kernel)
    fill = loops.make_fill(name, inputs, outputs, kernel)
    made = ufuncs.make_loop(name, fill, inputs, outputs, dtype.type)
    compiled = compile_callback(made, ufuncs.LOOP)
    return ufuncs.make_ufunc(compiled, spec.name, inputs, outputs, dtype)


def _kernels(
    spec: Function | Product, dtype: np.dtype[Any], accuracy: Accuracy
) -> tuple[loops.Kernel, loops.Kernel | None]:
    """The kernel that is right for all numbers, and the shorter one where there is one."""
    if isinstance(spec, Product):
        kernel, shorter = _kernels(spec.of, dtype, accuracy)
        return times(kernel), shorter and times(shorter)
    shorter = moderate(spec, dtype) if accuracy == "high" and spec.moderate else None
    return always(spec, scalar(spec, dtype, accuracy)), shorter


def _named(
    spec: Function | Product, dtype: np.dtype[Any], accuracy: Accuracy, purpose: str, *made_of: Any
) -> str:
    """A name for machine code that no other has, in this process or in any that share a cache.

    Numba tells functions of the same name apart by numbers that start anew in every process, and
    so would take one that is loaded from a cache for another that is compiled.
    """
    contents = fingerprint((purpose, len(spec.arguments), len(spec.parts), *made_of))
    return f"{spec.name}_{dtype.name}_{accuracy}_{purpose}_{contents}"


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


def scalar(spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Callable[..., Any]:
    """The results for one number, the formula evaluated one precision up for "high"."""
    if accuracy == "fast":
        formula = compiled(spec.formula)
        xp = FLOAT64 if dtype == np.float64 else FLOAT32

        def native(x: Any) -> Any:
            return formula(xp, x)

        def native_from_two(x: Any, y: Any) -> Any:
            return formula(xp, x, y)

        return _shaped(spec, native, native, native_from_two)
    return exactly(spec) if dtype == np.float64 else rounded_once(spec)


def always(spec: Function, kernel: Callable[..., Any]) -> loops.Kernel:
    """The scalar function, which is right for all numbers."""
    compiled = jit(kernel)

    def one(state: Any, x: Any) -> Any:
        return state, compiled(x)

    def two(state: Any, x: Any) -> Any:
        y, second = compiled(x)
        return state, y, second

    def from_two(state: Any, x: Any, y: Any) -> Any:
        return state, compiled(x, y)

    return loops.Kernel(0, jit(_shaped(spec, one, two, from_two)), jit(lambda _state: True))


def moderate(spec: Function, dtype: np.dtype[Any]) -> loops.Kernel:
    """What is right for moderate arguments, and less work.

    In float32, of two arguments not all could be tried; there the result must be decided.
    """
    real, narrowed = dtype.type, dtype == np.float32
    interval, other = spec.moderate[0], spec.moderate[-1]
    argument = checks.inside(interval, real)
    for part in spec.parts if narrowed else ():
        for number in misrounded(spec, part):
            argument = checks.both(argument, checks.other_than(number, real))
    label = checks.inside(other, real)
    result = checks.decided(formats.ERROR) if narrowed else checks.ANY
    seen, seen_label, seen_result = argument.seen, label.seen, result.seen
    passed, passed_label, passed_result = argument.passed, label.passed, result.passed
    formula, xp = compiled(spec.formula), NARROWED_MODERATE if narrowed else PAIRS_MODERATE
    settled = [_narrowed(part, xp) if narrowed else _rounded for part in spec.parts]
    first, second = settled[0], settled[-1]

    def one(state: Any, x: Any) -> Any:
        number = np.float64(x)
        return seen(state, x), first(number, formula(xp, number))

    def two(state: Any, x: Any) -> Any:
        number = np.float64(x)
        y, other = formula(xp, number)
        return seen(state, x), first(number, y), second(number, other)

    def from_two(state: Any, x: Any, y: Any) -> Any:
        number = np.float64(x)
        result = formula(xp, number, np.float64(y))
        of_x, of_y, of_result = state
        state = seen(of_x, x), seen_label(of_y, y), seen_result(of_result, result)
        return state, first(number, result)

    @jit
    def all_passed(state: Any) -> bool:
        of_x, of_y, of_result = state
        return passed(of_x) & passed_label(of_y) & passed_result(of_result)

    step = jit(_shaped(spec, one, two, from_two))
    if len(spec.arguments) > 1:
        return loops.Kernel((argument.start, label.start, result.start), step, all_passed)
    return loops.Kernel(argument.start, step, passed)


def misrounded(spec: Function, part: Spec) -> list[float]:
    """Moderate exceptions to which the shorter kernel is none, computed as it does."""
    (low, high), place = spec.moderate[0], spec.parts.index(part)
    base = Scalars()
    xp = vocabulary(base, formats.NARROWED_MODERATE)

    def result(x: float) -> float:
        y = results(spec.formula(xp, x))[place]
        if part.beside is not None:
            y = base.fma(y, base.copysign(HALF_ULP, part.beside(xp, x)), y)
        return float(np.float32(y))

    return [x for x, y in part.exceptions.items() if low <= x <= high and result(x) != y]


def rounded_once(spec: Function) -> Callable[..., Any]:
    """The float32 results for float32 numbers, evaluated in float64."""
    formula = compiled(spec.formula)
    settled = [_except(part, _near_zero(_narrowed(part, NARROWED))) for part in spec.parts]
    first, second = settled[0], settled[-1]

    def one(x: Any) -> Any:
        number = np.float64(x)
        return first(number, formula(NARROWED, number))

    def two(x: Any) -> Any:
        number = np.float64(x)
        y, other = formula(NARROWED, number)
        return first(number, y), second(number, other)

    def from_two(x: Any, y: Any) -> Any:
        number = np.float64(x)
        return first(number, formula(NARROWED, number, np.float64(y)))

    return _shaped(spec, one, two, from_two)


HALF_ULP = 2.0**-53 + 2.0**-63
"""By which fraction a result is moved to a side: so little more than half an ulp that powers of two
move too.  This arithmetic is the same on all processors, so that all results can be seen to be
settled by that."""


def _narrowed(part: Spec, xp: Vocabulary) -> Callable[[Any, Any], Any]:
    """The float32 result, on the side of a midpoint that the exact value is on."""
    if part.beside is None:
        return jit(lambda _x, y: np.float32(y))
    beside = compiled(part.beside)

    @jit
    def settled(x: Any, y: Any) -> Any:
        moved = fma(y, copysign(HALF_ULP, beside(xp, x)), y)
        return np.float32(copysign(moved, y))  # also that of a zero

    return settled


@jit
def _rounded(_x: Any, y: Any) -> Any:
    return pairs.rounded(y)


def _near_zero(settled: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """Where results are moved to a side; infinite ones must not be."""
    return jit(lambda x, y: settled(x, y) if abs(x) < TIED else np.float32(y))


def _except(part: Spec, settled: Callable[[Any, Any], Any]) -> Callable[[Any, Any], Any]:
    """The result that was computed, or that of an exception."""
    for argument, result in part.exceptions.items():
        settled = _but(settled, argument, np.float32(result))
    return settled


def _but(settled: Callable[[Any, Any], Any], argument: float, result: Any) -> Any:
    return jit(lambda x, y: result if x == argument else settled(x, y))


def compiled(function: Callable[..., Any]) -> Any:
    """The function in compiled code, and the functions that it calls by name or is closed over."""
    if not isinstance(function, FunctionType):
        return function
    code, names = function.__code__, dict(function.__globals__)
    names |= {name: compiled(names[name]) for name in code.co_names if name in names}
    cells = tuple(CellType(compiled(cell.cell_contents)) for cell in function.__closure__ or ())
    return jit(FunctionType(code, names, function.__name__, function.__defaults__, cells))


def exactly(spec: Function) -> Callable[..., Any]:
    """The results for one float64 number, evaluated in pairs."""
    formula = compiled(spec.formula)

    def one(x: Any) -> Any:
        return pairs.rounded(formula(PAIRS, x))

    def two(x: Any) -> Any:
        y, second = formula(PAIRS, x)
        return pairs.rounded(y), pairs.rounded(second)

    def from_two(x: Any, y: Any) -> Any:
        return pairs.rounded(formula(PAIRS, x, y))

    return _shaped(spec, one, two, from_two)
