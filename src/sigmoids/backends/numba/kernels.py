"""From a specification to a scalar kernel, and from there to a loop over arrays."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.arithmetic import formats
from sigmoids.arithmetic.formats import FLOAT32, FLOAT64, NARROWED, PAIRS
from sigmoids.arithmetic.scalars import Scalars
from sigmoids.backends import narrow
from sigmoids.backends.numba import checks, halves, loops
from sigmoids.backends.numba import segment as segments
from sigmoids.backends.numba import ufunc as ufuncs
from sigmoids.backends.numba.compile import compile_callback
from sigmoids.backends.numba.fingerprint import fingerprint
from sigmoids.backends.numba.inline import jit
from sigmoids.backends.numba.numbers import generated
from sigmoids.backends.numba.product import times
from sigmoids.backends.numba.shared import Shared
from sigmoids.spec import TIED, Product, results

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.arithmetic.formats import Format
    from sigmoids.backends.engine import Arrays
    from sigmoids.spec import Accuracy, Formula, Function, Spec


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
    compute, fmt = _computed(spec, dtype, accuracy)
    one = len(spec.parts) == 1

    def around(xp: Any, *xs: Any) -> Any:
        ys = compute(xp, *(xp.where(x.is_nan(), 0.0, x) for x in xs))
        for x in reversed(xs):
            ys = [xp.where(x.is_nan(), x, y) for y in ys]
        return ys

    kernel = generated(around, fmt, dtype.type, len(spec.parts))

    def of(*xs: Any) -> Any:
        ys = kernel(xs)
        return ys[0] if one else ys

    return of


@cache
def _look_up_of_ufuncs(bits: np.dtype[Any], outputs: int) -> Any:
    """The compiled loop of ufuncs that look their results up."""
    made = ufuncs.make_look_up(outputs, bits)
    made.__qualname__ = f"look_up_{bits.name}_{outputs}_ufunc_{fingerprint(made)}"
    return compile_callback(made, ufuncs.LOOP)


def scalar(spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Any:
    """The results for a tuple of numbers."""
    return generated(*_computed(spec, dtype, accuracy), dtype.type, len(spec.parts))


def _computed(
    spec: Function, dtype: np.dtype[Any], accuracy: Accuracy
) -> tuple[Callable[..., Any], Format]:
    """What computes the results, and in which format: for "high" one precision up."""
    if dtype == np.float64:
        return _evaluated(spec.formula), PAIRS if accuracy == "high" else FLOAT64
    if accuracy == "fast":
        return _evaluated(spec.formula), FLOAT32
    return _rounded_once(spec.formula, [_settled(part) for part in spec.parts]), NARROWED


def _evaluated(formula: Formula) -> Callable[..., Any]:
    """The results in the type of the format."""
    return lambda xp, *xs: tuple(map(xp.rounded, results(formula(xp, *xs))))


def _rounded_once(formula: Formula, settle: list[Callable[..., Any]]) -> Callable[..., Any]:
    """The float32 results for float32 numbers, evaluated in float64."""

    def compute(xp: Any, *xs: Any) -> Any:
        x, *others = (number.to(np.float64) for number in xs)
        ys = results(formula(xp, x, *others))
        return tuple(of(xp, x, y) for of, y in zip(settle, ys, strict=True))

    return compute


def always(kernel: Callable[..., Any]) -> loops.Kernel:
    """What is right for all numbers."""
    return loops.Kernel(0, jit(lambda state, xs: (state, kernel(xs))), jit(lambda _state: True))


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
    label, inputs = checks.inside(other, real), len(spec.arguments)
    check = checks.all_of((argument, label)[:inputs])
    evaluated, outputs = _evaluated(spec.formula), len(spec.parts)
    if not narrowed:
        kernel = generated(evaluated, formats.PAIRS_MODERATE, real, outputs)
    else:
        fmt = formats.NARROWED_MODERATE
        settle = [_settled(part, among_all=False) for part in spec.parts]
        kernel = generated(_rounded_once(spec.formula, settle), fmt, real, outputs)
        if inputs > 1:
            computed = generated(evaluated, fmt, np.float64, outputs)
            widened = loops.each(inputs, np.float64)
            decided = checks.all_of((checks.decided(formats.ERROR),) * outputs)
            check = checks.both(check, checks.of(jit(lambda xs: computed(widened(xs))), decided))
    seen = check.seen
    return loops.Kernel(
        check.start, jit(lambda state, xs: (seen(state, xs), kernel(xs))), check.passed
    )


def misrounded(spec: Function, part: Spec) -> list[float]:
    """Moderate exceptions to which the shorter kernel is none, computed as it does."""
    (low, high), place = spec.moderate[0], spec.parts.index(part)
    xp = Scalars(formats.NARROWED_MODERATE)

    def result(x: float) -> float:
        y = results(spec.formula(xp, x))[place]
        if part.beside is not None and not _left_out(part):
            y = xp.fma(-y, xp.copysign(HALF_ULP, part.beside(xp, x)), y)
        return float(np.float32(y))

    return [x for x, y in part.exceptions.items() if low <= x <= high and result(x) != y]


def _left_out(part: Spec) -> bool:
    """Whether the shorter kernel leaves out arguments next to 0, rather than move their results.

    To keep the sign of a zero takes more than to look whether there are such arguments.
    """
    return part.beside is not None and part.range[0] < 0


def of_halves(spec: Function, dtype: np.dtype[Any]) -> Callable[..., Any]:
    """The bits of results for those of arguments, evaluated in float64."""
    evaluate = generated(_evaluated(spec.formula), FLOAT64, np.float64, len(spec.parts))
    widened = loops.each(len(spec.arguments), halves.widened(dtype))
    rounded = loops.each(len(spec.parts), halves.rounded(dtype))
    return jit(lambda xs: rounded(evaluate(widened(xs))))


HALF_ULP = 2.0**-53 + 2.0**-63
"""By which fraction a result is moved to a side: so little more than half an ulp that powers of two
move too.  This arithmetic is the same on all processors, so that all results can be seen to be
settled by that."""


def _settled(part: Spec, *, among_all: bool = True) -> Callable[[Any, Any, Any], Any]:
    """``settle(xp, x, y)``: the float32 result, on the side of a midpoint that the exact one is on.

    If not ``among_all`` arguments, then for those that the shorter kernel does not leave out.
    """
    beside = part.beside if among_all or not _left_out(part) else None
    signed, exceptions = part.range[0] < 0, dict(part.exceptions) if among_all else {}

    def settle(xp: Any, x: Any, y: Any) -> Any:
        single = y.to(np.float32)
        if beside is not None:
            moved = xp.fma(-y, xp.copysign(HALF_ULP, beside(xp, x)), y)
            moved = xp.copysign(moved, y) if signed else moved  # of a zero, too
            # Infinite results must not be moved.
            near = xp.abs(x) < TIED if among_all else True
            single = xp.where(near, moved.to(np.float32), single)
        for argument, result in exceptions.items():
            single = xp.where(x == argument, result, single)
        return single

    return settle
