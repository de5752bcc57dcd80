"""From a specification to a scalar kernel, and from there to a loop over arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import from_dtype

from sigmoids.backends import narrow
from sigmoids.backends.numba import brief, checks, double, loops, near, paired, single, wide
from sigmoids.backends.numba import ufunc as ufuncs
from sigmoids.backends.numba.compile import compile_callback, compile_loop
from sigmoids.backends.numba.fingerprint import fingerprint
from sigmoids.backends.numba.product import times
from sigmoids.backends.numba.scalars import fma, is_nan, jit
from sigmoids.spec import TIED, Product, beside

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.spec import Accuracy, Function, Spec


def loop(
    spec: Function | Product, dtype: np.dtype[Any], accuracy: Accuracy, in_place: bool
) -> Callable[..., bool]:
    """The compiled loop of one dtype and accuracy; over the bits of types that have a table."""
    inputs, outputs = len(spec.arguments), len(spec.parts)
    kernel, kind = _kernel(spec, dtype, accuracy)
    shorter = None
    if accuracy == "high" and kind in (np.float32, np.float64):
        shorter = moderate(spec, dtype)
    purpose = "in_place" if in_place else "loop"
    name = _named(spec, dtype, accuracy, purpose, loops, kernel, shorter)
    made = loops.make(name, inputs, outputs, kernel, shorter, in_place=in_place)
    return compile_loop(made, loops.signature(from_dtype(kind), inputs, outputs))


def ufunc(spec: Function | Product, dtype: np.dtype[Any], accuracy: Accuracy) -> np.ufunc:
    """The compiled ufunc of float32 or float64 numbers, whose calls cost less than a loop's."""
    inputs, outputs = len(spec.arguments), len(spec.parts)
    kernel, kind = _kernel(spec, dtype, accuracy)
    name = _named(spec, dtype, accuracy, "ufunc", ufuncs, kernel)
    fill = loops.make_fill(name, inputs, outputs, kernel)
    made = ufuncs.make_loop(name, fill, inputs, outputs, kind.type)
    compiled = compile_callback(made, ufuncs.LOOP)
    return ufuncs.make_ufunc(compiled, spec.name, inputs, outputs, kind)


def _kernel(
    spec: Function | Product, dtype: np.dtype[Any], accuracy: Accuracy
) -> tuple[loops.Kernel, np.dtype[Any]]:
    """The kernel that is right for all numbers, and the type of these."""
    if isinstance(spec, Product):
        kernel, kind = _kernel(spec.of, dtype, accuracy)
        return times(kernel), kind
    if narrow.has_table(dtype):
        return always(spec, look_up(spec, dtype)), np.dtype(f"u{dtype.itemsize}")
    return always(spec, scalar(spec, dtype, accuracy)), dtype


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


def moderate(spec: Function | Product, dtype: np.dtype[Any]) -> loops.Kernel:
    """What is right for moderate arguments, and less work.

    In float32, of two arguments not all could be tried; there the result must be decided.
    """
    if isinstance(spec, Product):
        return times(moderate(spec.of, dtype))
    real, narrowed = dtype.type, dtype == np.float32
    interval, other = spec.moderate[0], spec.moderate[-1]
    argument = checks.inside(interval, real)
    for part in spec.parts if narrowed else ():
        if part.break_ties is not None and part.nudge is None:
            argument = checks.both(argument, checks.not_below(TIED, real))
        for tie in _undecided(part):
            if interval[0] <= tie <= interval[1] and tie not in brief.DECIDED:
                argument = checks.both(argument, checks.other_than(tie, real))
    label = checks.inside(other, real)
    result = checks.decided(brief.ERROR) if narrowed else checks.ANY
    seen, seen_label, seen_result = argument.seen, label.seen, result.seen
    passed, passed_label, passed_result = argument.passed, label.passed, result.passed
    formula, xp = jit(spec.formula), brief if narrowed else near
    first, second = (
        jit(_narrowed(part) if narrowed else _rounded) for part in (spec.parts[0], spec.parts[-1])
    )

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
    settle = jit(_nudge(part))
    for argument, distance in _undecided(part).items():
        settle = _then(settle, argument, beside(distance))
    return settle


def _narrowed(part: Spec) -> Callable[[Any, Any], Any]:
    move = jit(_nudge(part))
    return lambda x, y: np.float32(move(x, y))


def _rounded(_x: Any, y: Any) -> Any:
    return paired.rounded(y)


def _nudge(part: Spec) -> Callable[[Any, Any], Any]:
    if part.nudge is None:
        return lambda _x, y: y
    nudge = jit(part.nudge)
    return lambda x, y: fma(y, nudge(wide, x), y)


def _undecided(part: Spec) -> dict[float, float]:
    """The ties that the arithmetic cannot decide, and their distances."""
    if part.nudge is not None:
        return {}  # decides them too
    return {argument: distance for argument, distance in part.ties if abs(distance) < UNDECIDED}


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
