"""From a specification to a scalar kernel, and from there to a loop over arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from numba import from_dtype

from sigmoids.backends import narrow
from sigmoids.backends.numba import double, loops, near, paired, single, wide
from sigmoids.backends.numba.compile import compile_loop, compile_ufunc
from sigmoids.backends.numba.scalars import is_nan, jit

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.spec import Accuracy, Function


def loop(
    spec: Function, dtype: np.dtype[Any], accuracy: Accuracy, in_place: bool
) -> Callable[..., bool]:
    """The compiled loop of one dtype and accuracy; over the bits of types that have a table."""
    outputs = len(spec.parts)
    if narrow.has_table(dtype):
        kernel, kind = look_up(spec, dtype), np.dtype(f"u{dtype.itemsize}")
    else:
        kernel, kind = scalar(spec, dtype, accuracy), dtype
    near_kernel = None
    if kind == np.float64 and accuracy == "high":
        near_kernel = jit(exactly(spec, near))
    made = loops.make(jit(kernel), outputs, near_kernel, in_place=in_place)
    made.__qualname__ = f"{spec.name}_{dtype.name}_{accuracy}{'_in_place' if in_place else ''}"
    return compile_loop(made, loops.signature(from_dtype(kind), outputs))


def ufunc(spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> np.ufunc:
    """The compiled ufunc of float32 or float64, whose calls cost less than a loop's."""
    kernel = guarded(spec, dtype, accuracy)
    kernel.__qualname__ = f"{spec.name}_{dtype.name}_{accuracy}_ufunc"
    return compile_ufunc(kernel, f"{dtype.name}({dtype.name})")


def guarded(spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Callable[[Any], Any]:
    """The scalar function, around which NaN is led: comparisons with it raise the flag "invalid".

    NumPy would report that to the user of a ufunc as a warning.
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

    return one if len(spec.parts) == 1 else two


def look_up(spec: Function, dtype: np.dtype[Any]) -> Callable[[Any], Any]:
    """The bits of the results for the bits of a number."""
    results = narrow.tables(spec, dtype)  # become a part of the compiled code
    first, last = results[0], results[-1]

    def one(bits: Any) -> Any:
        return first[bits]

    def two(bits: Any) -> Any:
        return first[bits], last[bits]

    return one if len(results) == 1 else two


def scalar(spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Callable[[Any], Any]:
    """The results for one number, the formula evaluated one precision up for "high"."""
    formula = jit(spec.formula)
    several = len(spec.parts) > 1
    if accuracy == "fast":
        xp = double if dtype == np.float64 else single

        def native(x: Any) -> Any:
            return formula(xp, x)

        return native
    if dtype == np.float64:
        return exactly(spec, paired)
    nudge, nudge_second = (jit(part.nudge or _as_it_is) for part in (spec.parts[0], spec.parts[-1]))

    def once(x: Any) -> Any:
        number = np.float64(x)
        return np.float32(nudge(wide, number, formula(wide, number)))

    def both_once(x: Any) -> Any:
        number = np.float64(x)
        y, second = formula(wide, number)
        return (
            np.float32(nudge(wide, number, y)),
            np.float32(nudge_second(wide, number, second)),
        )

    return both_once if several else once


def exactly(spec: Function, xp: Any) -> Callable[[Any], Any]:
    """The results for one float64 number, evaluated in pairs."""
    formula = jit(spec.formula)

    def one(x: Any) -> Any:
        return xp.rounded(x, formula(xp, x))

    def two(x: Any) -> Any:
        first, second = formula(xp, x)
        return xp.rounded(x, first), xp.rounded(x, second)

    return one if len(spec.parts) == 1 else two


def _as_it_is(_xp: Any, _x: Any, y: Any) -> Any:
    return y
