"""From a specification to a scalar kernel, and from there to a ufunc."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends import narrow
from sigmoids.backends.numba import double, paired, single, wide
from sigmoids.backends.numba.compile import compile_ufunc
from sigmoids.backends.numba.scalars import is_nan, jit

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.spec import Accuracy, Spec


def ufunc(spec: Spec, dtype: np.dtype[Any], accuracy: Accuracy) -> np.ufunc:
    """The compiled function of one dtype and accuracy; of the bits of types that have a table."""
    if narrow.has_table(dtype):
        kernel, kind = _look_up(spec, dtype), f"uint{8 * dtype.itemsize}"
    else:
        kernel, kind = _kernel(spec, dtype, accuracy), dtype.name
    kernel.__qualname__ = f"{spec.name}_{dtype.name}_{accuracy}"
    return compile_ufunc(kernel, f"{kind}({kind})")


def _look_up(spec: Spec, dtype: np.dtype[Any]) -> Callable[[Any], Any]:
    results = narrow.table(spec, dtype)  # becomes a part of the compiled code

    def kernel(bits: Any) -> Any:
        return results[bits]

    return kernel


def _kernel(spec: Spec, dtype: np.dtype[Any], accuracy: Accuracy) -> Callable[[Any], Any]:
    """The function of one element, the formula evaluated one precision up for "high"."""
    formula = jit(spec.formula)
    zero = dtype.type(0)

    # A NaN goes around the formula: comparisons with it raise the processor's "invalid" flag,
    # which NumPy would report to the user as a warning.
    if accuracy == "fast":
        xp = double if dtype == np.float64 else single

        def kernel(x: Any) -> Any:
            nan = is_nan(x)
            number = zero if nan else x
            y = xp.lower(number, formula(xp, number))
            return x if nan else y

    elif dtype == np.float64:

        def kernel(x: Any) -> Any:
            nan = is_nan(x)
            number = zero if nan else x
            y = paired.rounded(number, formula(paired, number))
            return x if nan else y

    else:
        break_ties = jit(spec.break_ties or _no_ties)

        def kernel(x: Any) -> Any:
            nan = is_nan(x)
            number = break_ties(wide, np.float64(zero if nan else x))
            y = formula(wide, number)
            return x if nan else np.float32(y)

    return kernel


def _no_ties(_xp: Any, x: Any) -> Any:
    return x
