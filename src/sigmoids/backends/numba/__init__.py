"""The Numba engine: one pass of vector code, compiled when first needed and cached on disk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import config

from sigmoids.backends import narrow, sharing
from sigmoids.backends.blocks import blocks
from sigmoids.backends.first_use import first_use
from sigmoids.backends.numba import kernels

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.spec import Accuracy, Spec

if config.DISABLE_JIT:
    raise ImportError("NUMBA_DISABLE_JIT switches the compiler off")

WORTHWHILE = {
    ("float64", "high"): 2**16,
    ("float64", "fast"): 2**17,
    ("float32", "high"): 2**17,
    ("float32", "fast"): 2**18,
}
"""Elements from which on waking other threads pays: those of some 150 µs."""

LOOK_UPS = 2**19
"""The same for types that are looked up in a table."""

SMALL = 256
"""Elements below which an array is computed as it is, for less than finding out how would take."""

Key = tuple["Spec", np.dtype[Any], "Accuracy"]


class NumbaEngine:
    """Runs serial ufuncs whose loops are vector code."""

    name = "numba"

    def __init__(self) -> None:
        self._ufuncs: dict[Key, np.ufunc] = {}

    def devices(self) -> tuple[str, ...]:
        """Code is generated for the host's processor."""
        from llvmlite.binding import get_host_cpu_name

        return (f"cpu ({get_host_cpu_name()})",)

    def evaluate(
        self, spec: Spec, x: NDArray[Any], accuracy: Accuracy, out: NDArray[Any] | None
    ) -> NDArray[Any]:
        """Call the ufunc, compiled if need be; see :class:`~sigmoids.backends.engine.Engine`."""
        ufunc = self._ufuncs.get((spec, x.dtype, accuracy)) or self._compiled(
            spec, x.dtype, accuracy
        )
        if narrow.has_table(x.dtype):
            bits = f"u{x.dtype.itemsize}"
            out = np.empty_like(x) if out is None else out
            sharing.evaluate(partial(_fill, ufunc), x.view(bits), out.view(bits), LOOK_UPS)
            return out
        if x.size < SMALL:
            if out is None:
                return ufunc(x)
            if x.flags.c_contiguous and out.flags.c_contiguous:
                return ufunc(x, out=out)
        elif out is None:
            out = np.empty_like(x)
        sharing.evaluate(partial(_fill, ufunc), x, out, WORTHWHILE[x.dtype.name, accuracy])
        return out

    def _compiled(self, *key: *Key) -> np.ufunc:
        with first_use:
            if key not in self._ufuncs:
                self._ufuncs[key] = kernels.ufunc(*key)
            return self._ufuncs[key]


def _fill(ufunc: np.ufunc, x: NDArray[Any], out: NDArray[Any]) -> None:
    if x.flags.c_contiguous and out.flags.c_contiguous:
        ufunc(x, out=out)
        return
    # Gathered blocks keep the loops vector code.  Besides, the loops that Numba 0.68 makes look at
    # the strides of inputs only, and write to a strided output as if contiguous.
    for source, target in blocks(x, out, x.dtype, x.dtype):
        ufunc(source, out=target)


engine = NumbaEngine()
