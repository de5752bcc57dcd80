"""From a specification to a scalar kernel, and from there to a loop over arrays."""

from __future__ import annotations

from functools import cache
from types import CellType, FunctionType
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.arithmetic import formats, vocabulary
from sigmoids.arithmetic.scalars import Scalars
from sigmoids.backends import narrow
from sigmoids.backends.numba import checks, halves, loops, pairs
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
    inputs, outputs = len(spec.arguments), len(spec.parts)
    return Shared(spec.name, compiled, inputs, outputs, _as_read(dtype), tables(spec, dtype))


def tables(spec: Function | Product, dtype: np.dtype[Any]) -> Arrays:
    """The tables that the compiled loop reads results from, if it does."""
    return narrow.tables(spec, dtype) if _is_looked_up(spec, dtype) else ()


def segment(spec: Function | Product, dtype: np.dtype[Any], accuracy: Accuracy) -> tuple[str, Any]:
    """The compiled loop for callers in C, and a name for what it computes that nothing else has.

    Where there are tables, all functions have the same loop.
    """
    inputs, outputs = len(spec.arguments), len(spec.parts)
    if _is_looked_up(spec, dtype):
        made = segments.make_look_up(outputs, _as_read(dtype))
        made.__qualname__ = f"look_up_{dtype.itemsize}_{outputs}_{fingerprint(made)}"
        name = _named(spec, dtype, accuracy, "segment", made, tables(spec, dtype))
    else:
        kernel, shorter = _kernels(spec, dtype, accuracy)
        name = _named(spec, dtype, accuracy, "segment", segments, loops, kernel, shorter)
        fills = loops.make_fills(name, inputs, outputs, kernel, shorter)
        made = segments.make_segment(name, fills, inputs, outputs, _as_read(dtype))
    return name, compile_callback(made, segments.SIGNATURE)


def ufunc(spec: Function | Product, dtype: np.dtype[Any], accuracy: Accuracy) -> np.ufunc:
    """The compiled ufunc, whose calls cost less than a loop's."""
    inputs, outputs = len(spec.arguments), len(spec.parts)
    if _is_looked_up(spec, dtype):
        look_up = _look_up_of_ufuncs(_as_read(dtype), outputs)
        addresses = np.array([table.ctypes.data for table in tables(spec, dtype)], np.int64)
        return ufuncs.make_ufunc(look_up, spec.name, inputs, outputs, dtype, addresses)
    kernel, _ = _kernels(spec, dtype, accuracy)
    name = _named(spec, dtype, accuracy, "ufunc", ufuncs.make_loop, kernel)
    fill = loops.make_fill(name, inputs, outputs, kernel)
    made = ufuncs.make_loop(name, fill, inputs, outputs, _as_read(dtype).type)
    compiled = compile_callback(made, ufuncs.LOOP)
    return ufuncs.make_ufunc(compiled, spec.name, inputs, outputs, dtype)


def _is_looked_up(spec: Function | Product, dtype: np.dtype[Any]) -> bool:
    """Whether results come from a table; of two arguments there are too many pairs for one."""
    one = len(spec.arguments) == 1 and not isinstance(spec, Product)
    return one and narrow.has_table(dtype)


def _as_read(dtype: np.dtype[Any]) -> np.dtype[Any]:
    """What memory of that dtype is read as: bits, where processors have no such numbers."""
    return np.dtype(f"u{dtype.itemsize}") if dtype.itemsize <= 2 else dtype


def _kernels(
    spec: Function | Product, dtype: np.dtype[Any], accuracy: Accuracy
) -> tuple[loops.Kernel, loops.Kernel | None]:
    """The kernel that is right for all numbers, and the shorter one where there is one."""
    if isinstance(spec, Product):
        kernel, shorter = _kernels(spec.of, dtype, accuracy)
        return times(kernel), shorter and times(shorter)
    if dtype.itemsize <= 2:
        return always(of_halves(spec, dtype)), None
    shorter = moderate(spec, dtype) if accuracy == "high" and spec.moderate else None
    return always(scalar(spec, dtype, accuracy)), shorter


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
    """The results for numbers, around which NaN is led: comparisons with it raise flags.

    NumPy would report that to the users of ufuncs that this becomes a part of.
    """
    kernel = jit(scalar(spec, dtype, accuracy))
    zero, one = dtype.type(0), len(spec.parts) == 1

    @jit
    def without(x: Any) -> Any:
        return zero if is_nan(x) else x

    @jit
    def or_nan(xs: Any, y: Any) -> Any:
        for x in xs[::-1]:
            y = x if is_nan(x) else y
        return y

    numbers = loops.each(len(spec.arguments), without)
    results = _settled([or_nan] * len(spec.parts))

    def of(*xs: Any) -> Any:
        ys = results(xs, kernel(numbers(xs)))
        return ys[0] if one else ys

    return of


@cache
def _look_up_of_ufuncs(bits: np.dtype[Any], outputs: int) -> Any:
    """The compiled loop of ufuncs that look their results up."""
    made = ufuncs.make_look_up(outputs, bits)
    made.__qualname__ = f"look_up_{bits.name}_{outputs}_ufunc_{fingerprint(made)}"
    return compile_callback(made, ufuncs.LOOP)


def scalar(spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Callable[..., Any]:
    """The results for a tuple of numbers: for "high" the formula is evaluated one precision up."""
    if accuracy == "fast":
        return _evaluated(spec, FLOAT64 if dtype == np.float64 else FLOAT32)
    return exactly(spec) if dtype == np.float64 else rounded_once(spec)


def _evaluated(spec: Function, xp: Vocabulary) -> Callable[..., Any]:
    """The results in those words, be it one or several, as a tuple."""
    formula = compiled(spec.formula)
    if len(spec.parts) > 1:
        return lambda xs: formula(xp, *xs)
    return lambda xs: (formula(xp, *xs),)


def always(kernel: Callable[..., Any]) -> loops.Kernel:
    """What is right for all numbers."""
    compiled = jit(kernel)
    return loops.Kernel(0, jit(lambda state, xs: (state, compiled(xs))), jit(lambda _state: True))


def moderate(spec: Function, dtype: np.dtype[Any]) -> loops.Kernel:
    """What is right for moderate arguments, and less work.

    In float32, of two arguments not all could be tried; there the result must be decided.
    """
    real, narrowed = dtype.type, dtype == np.float32
    interval, other = spec.moderate[0], spec.moderate[-1]
    argument = checks.inside(interval, real)
    if narrowed and any(_left_out(part) for part in spec.parts):
        argument = checks.both(argument, checks.zero_or_beyond(TIED, real))
    for part in spec.parts if narrowed else ():
        for number in misrounded(spec, part):
            argument = checks.both(argument, checks.other_than(number, real))
    label = checks.inside(other, real)
    arguments = checks.all_of((argument, label)[: len(spec.arguments)])
    several = narrowed and len(spec.arguments) > 1
    decided = checks.decided(formats.ERROR) if several else checks.ANY
    results = checks.all_of((decided,) * len(spec.parts))
    evaluate = jit(_evaluated(spec, NARROWED_MODERATE if narrowed else PAIRS_MODERATE))
    settle = _settled([_narrowed_moderate(part) if narrowed else _rounded for part in spec.parts])
    widened = loops.each(len(spec.arguments), np.float64)

    @jit
    def step(state: Any, xs: Any) -> Any:
        of_arguments, of_results = state
        numbers = widened(xs)
        ys = evaluate(numbers)
        state = arguments.seen(of_arguments, xs), results.seen(of_results, ys)
        return state, settle(numbers[0], ys)

    @jit
    def passed(state: Any) -> bool:
        of_arguments, of_results = state
        return arguments.passed(of_arguments) & results.passed(of_results)

    return loops.Kernel((arguments.start, results.start), step, passed)


def misrounded(spec: Function, part: Spec) -> list[float]:
    """Moderate exceptions to which the shorter kernel is none, computed as it does."""
    (low, high), place = spec.moderate[0], spec.parts.index(part)
    base = Scalars()
    xp = vocabulary(base, formats.NARROWED_MODERATE)

    def result(x: float) -> float:
        y = results(spec.formula(xp, x))[place]
        if part.beside is not None and not _left_out(part):
            y = base.fma(-y, base.copysign(HALF_ULP, part.beside(xp, x)), y)
        return float(np.float32(y))

    return [x for x, y in part.exceptions.items() if low <= x <= high and result(x) != y]


def _left_out(part: Spec) -> bool:
    """Whether the shorter kernel leaves out arguments next to 0, rather than move their results.

    To keep the sign of a zero takes more than to look whether there are such arguments.
    """
    return part.beside is not None and part.range[0] < 0


def _narrowed_moderate(part: Spec) -> Callable[[Any, Any], Any]:
    """The float32 result of the shorter kernel."""
    return _rounded_to_float32 if _left_out(part) else _narrowed(part, NARROWED_MODERATE)


def rounded_once(spec: Function) -> Callable[..., Any]:
    """The float32 results for float32 numbers, evaluated in float64."""
    evaluate, widened = jit(_evaluated(spec, NARROWED)), loops.each(len(spec.arguments), np.float64)
    settle = _settled([_except(part, _near_zero(_narrowed(part, NARROWED))) for part in spec.parts])

    def of(xs: Any) -> Any:
        numbers = widened(xs)
        return settle(numbers[0], evaluate(numbers))

    return of


def of_halves(spec: Function, dtype: np.dtype[Any]) -> Callable[..., Any]:
    """The bits of results for those of arguments, evaluated in float64."""
    evaluate = jit(_evaluated(spec, FLOAT64))
    widened = loops.each(len(spec.arguments), halves.widened(dtype))
    rounded = loops.each(len(spec.parts), halves.rounded(dtype))
    return lambda xs: rounded(evaluate(widened(xs)))


def _settled(functions: list[Any]) -> Any:
    """``settle(x, ys)``: of x and every result that result's own function."""
    of_first, *others = functions

    def last(x: Any, ys: Any) -> Any:
        return (of_first(x, ys[0]),)

    if not others:
        return jit(last)
    rest = _settled(others)
    return jit(lambda x, ys: (of_first(x, ys[0]), *rest(x, ys[1:])))


HALF_ULP = 2.0**-53 + 2.0**-63
"""By which fraction a result is moved to a side: so little more than half an ulp that powers of two
move too.  This arithmetic is the same on all processors, so that all results can be seen to be
settled by that."""


def _narrowed(part: Spec, xp: Vocabulary) -> Callable[[Any, Any], Any]:
    """The float32 result, on the side of a midpoint that the exact value is on."""
    if part.beside is None:
        return _rounded_to_float32
    beside, signed = compiled(part.beside), part.range[0] < 0

    @jit
    def settled(x: Any, y: Any) -> Any:
        moved = fma(-y, copysign(HALF_ULP, beside(xp, x)), y)
        return np.float32(copysign(moved, y) if signed else moved)  # of a zero, too

    return settled


@jit
def _rounded(_x: Any, y: Any) -> Any:
    return pairs.rounded(y)


@jit
def _rounded_to_float32(_x: Any, y: Any) -> Any:
    return np.float32(y)


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
    """The results for float64 numbers, evaluated in pairs."""
    evaluate, rounded = jit(_evaluated(spec, PAIRS)), loops.each(len(spec.parts), pairs.rounded)
    return lambda xs: rounded(evaluate(xs))
