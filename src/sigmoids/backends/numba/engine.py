"""From a specification to a compiled ufunc, once for each function, dtype and accuracy."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import njit

from sigmoids.backends import narrow
from sigmoids.backends.blocks import blocks
from sigmoids.backends.numba import double, single
from sigmoids.backends.numba.compile import compile_ufunc
from sigmoids.backends.numba.scalars import FASTMATH, is_nan

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sigmoids.spec import Accuracy, Spec

Key = tuple["Spec", np.dtype[Any], "Accuracy"]


class NumbaEngine:
    """Runs serial ufuncs whose loops are vector code."""

    name = "numba"

    def __init__(self) -> None:
        self._ufuncs: dict[Key, np.ufunc] = {}
        self._compiling = threading.Lock()

    def devices(self) -> tuple[str, ...]:
        """Code is generated for the host's processor."""
        from llvmlite.binding import get_host_cpu_name

        return (f"cpu ({get_host_cpu_name()})",)

    def evaluate(
        self, spec: Spec, x: NDArray[Any], accuracy: Accuracy, out: NDArray[Any] | None
    ) -> NDArray[Any]:
        """Call the ufunc, compiled if need be; see :class:`~sigmoids.backends.engine.Engine`."""
        if narrow.has_table(x.dtype):
            return narrow.evaluate(spec, x, out)
        ufunc = self._ufuncs.get((spec, x.dtype, accuracy)) or self._compiled(
            spec, x.dtype, accuracy
        )
        if x.flags.c_contiguous and (out is None or out.flags.c_contiguous):
            return ufunc(x, out=out)  # type: ignore[no-any-return]
        # Gathered blocks keep the loops vector code.  Besides, the loops that Numba 0.68 makes
        # look at the strides of inputs only, and write to a strided output as if contiguous.
        if out is None:
            out = np.empty_like(x)
        for source, target in blocks(x, out, x.dtype, x.dtype):
            ufunc(source, out=target)
        return out

    def _compiled(self, *key: *Key) -> np.ufunc:
        with self._compiling:
            if key not in self._ufuncs:
                self._ufuncs[key] = _compile(*key)
            return self._ufuncs[key]


def _compile(spec: Spec, dtype: np.dtype[Any], accuracy: Accuracy) -> np.ufunc:
    wide = np.dtype(np.float64) if accuracy == "high" else dtype
    kernel = _kernel(spec, dtype, wide)
    kernel.__qualname__ = f"{spec.name}_{dtype.name}_{wide.name}"
    return compile_ufunc(kernel, f"{dtype.name}({dtype.name})")


def _kernel(spec: Spec, dtype: np.dtype[Any], wide: np.dtype[Any]) -> Callable[[Any], Any]:
    """The formula over one element of ``dtype``, evaluated in ``wide``."""
    xp = double if wide == np.float64 else single
    formula = njit(spec.formula, fastmath=FASTMATH, error_model="numpy")
    narrow, widen, zero = dtype.type, wide.type, dtype.type(0)

    # A NaN goes around the formula: comparisons with it raise the processor's "invalid" flag,
    # which NumPy would report to the user as a warning.
    if wide == dtype or spec.break_ties is None:

        def kernel(x: Any) -> Any:
            nan = is_nan(x)
            number = zero if nan else x
            y = narrow(formula(xp, widen(number)))
            return x if nan else y

    else:
        break_ties = njit(spec.break_ties, fastmath=FASTMATH, error_model="numpy")

        def kernel(x: Any) -> Any:
            nan = is_nan(x)
            number = widen(zero if nan else x)
            y = narrow(break_ties(xp, number, formula(xp, number)))
            return x if nan else y

    return kernel
