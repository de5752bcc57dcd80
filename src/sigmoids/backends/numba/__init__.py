"""The Numba engine: one pass of vector code, compiled when first needed and cached on disk."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numba import config
from numba.extending import is_jitted

from sigmoids.backends import narrow, notice, sharing, threads
from sigmoids.backends.blocks import are_contiguous, blocks
from sigmoids.backends.engine import SMALL, multiplied, results_like
from sigmoids.backends.first_use import first_use, undisturbed
from sigmoids.backends.numba import compile as compiling
from sigmoids.backends.numba import crew, halves, kernels, loops
from sigmoids.backends.numpy import engine as numpy_engine
from sigmoids.spec import Product

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sigmoids.backends.engine import Arrays, Evaluator
    from sigmoids.backends.numba.shared import Shared
    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Accuracy, Function

FLOAT64 = np.dtype(np.float64)

BITS: dict[int, np.dtype[Any]] = {1: np.dtype(np.uint8), 2: np.dtype(np.uint16)}
"""What types that have a table are read as, by the size of an item."""

Built = TypeVar("Built")

Key = tuple["Function | Product", np.dtype[Any], "Accuracy"]
"""What is compiled for."""


class NotCompiledError(Exception):
    """There is no machine code, and there will not be any."""


class NumbaEngine:
    """Runs compiled loops, on several threads where that pays.

    Where nothing can be compiled, because the user has switched the compiler off or because this
    version of Numba has changed what we rely on, NumPy's engine serves.
    """

    name: Backend = "numba"

    def __init__(self) -> None:
        self._ufuncs: dict[Key, np.ufunc] = {}
        self._loops: dict[Key, Shared] = {}
        self._failed: set[Key] = set()
        self._problem: str | None = None

    def devices(self) -> tuple[str, ...]:
        """Code is generated for the host's processor."""
        from llvmlite.binding import get_host_cpu_name

        return (f"cpu ({get_host_cpu_name()})",)

    def problem(self) -> str | None:
        """See :class:`~sigmoids.backends.engine.Engine`."""
        if not compiles():
            return "NUMBA_DISABLE_JIT switches the compiler off: NumPy computes"
        return self._problem or compiling.problem()

    def bind(self, spec: Function | Product, dtype: np.dtype[Any], accuracy: Accuracy) -> Evaluator:
        """See :class:`~sigmoids.backends.engine.Engine`; compiling waits for the first call."""
        if isinstance(spec, Product):
            fallback = multiplied(numpy_engine.bind(spec.of, dtype, accuracy))
        else:
            fallback = numpy_engine.bind(spec, dtype, accuracy)
        if dtype.itemsize <= 2 and isinstance(spec, Product):
            return fallback
        if _is_widened(spec, dtype):
            return partial(_through_float64, self.bind(spec, FLOAT64, "high"))
        bits = BITS.get(dtype.itemsize)
        key = _key(spec, dtype, accuracy)
        ufuncs, one = self._ufuncs, len(spec.parts) == 1

        def evaluate(inputs: tuple[Any, ...], outs: Arrays | None) -> Arrays:
            try:
                x = inputs[0]
                if x.size < SMALL:
                    ufunc = ufuncs.get(key) or self._ufunc(key)
                    if outs is None:
                        return (ufunc(*inputs),) if one else ufunc(*inputs)
                    ufunc(*inputs, *outs)
                    return outs
                if outs is None:
                    outs = results_like(spec, x)
                arrays = (*inputs, *outs)
                self._run(key, arrays if bits is None else tuple([a.view(bits) for a in arrays]))
            except NotCompiledError:
                return fallback(inputs, outs)
            return outs

        return evaluate

    def ufunc(
        self, spec: Function, dtype: np.dtype[Any], accuracy: Accuracy
    ) -> Callable[..., Any] | None:
        """See :class:`~sigmoids.backends.engine.HasUfuncs`."""
        if _is_widened(spec, dtype):
            return None
        key = _key(spec, dtype, accuracy)
        try:
            ufunc = self._ufuncs.get(key) or self._ufunc(key)
        except NotCompiledError:
            return None
        if len(spec.arguments) > 1 and dtype.isbuiltin != 1:  # NumPy cannot convert numbers to it
            converted = partial(np.asarray, dtype=dtype)
            return lambda *arrays: ufunc(*map(converted, arrays))
        return ufunc

    def loop(
        self, spec: Function, dtype: np.dtype[Any], accuracy: Accuracy
    ) -> Callable[..., Any] | None:
        """See :class:`~sigmoids.backends.engine.HasUfuncs`."""
        if _is_widened(spec, dtype):
            return None
        key, bits = _key(spec, dtype, accuracy), BITS.get(dtype.itemsize)
        try:
            loop = self._loops.get(key) or self._loop(key)
        except NotCompiledError:
            return None
        if bits is None:
            return loop

        number, one = len(spec.arguments), len(spec.parts) == 1

        def of_bits(*arrays: NDArray[Any]) -> Any:
            results = loop(*[array.view(bits) for array in arrays])
            outs = arrays[number:] or [y.view(dtype) for y in ([results] if one else results)]
            return outs[0] if one else tuple(outs)

        return of_bits

    def _run(self, key: Key, arrays: Arrays) -> None:
        loop = self._loops.get(key) or self._loop(key)
        if are_contiguous(arrays):
            loop(*arrays)
        else:
            strided(loop, arrays, len(key[0].arguments))

    def _ufunc(self, key: Key) -> np.ufunc:
        return self._compiled(self._ufuncs, key, lambda: kernels.ufunc(*key))

    def _loop(self, key: Key) -> Shared:
        return self._compiled(self._loops, key, lambda: kernels.shared(*key))

    def _compiled(self, made: dict[Key, Built], key: Key, make: Callable[[], Built]) -> Built:
        with first_use():
            if key in made:
                return made[key]
            if key in self._failed or not compiles():
                raise NotCompiledError
            try:
                made[key] = undisturbed(make)
            except (MemoryError, RuntimeWarning):  # no fault of the compiler's
                raise
            except Exception as problem:
                self._failed.add(key)
                self._give_up(problem)
                raise NotCompiledError from problem
            return made[key]

    def _give_up(self, problem: Exception) -> None:
        reason = " ".join(f"{type(problem).__name__}: {problem}".split())
        self._problem = self._problem or f"NumPy computes what Numba cannot compile ({reason})"
        notice.warn_once("numba", f"sigmoids is slower than it should be: {self._problem}")


def _key(spec: Function | Product, dtype: np.dtype[Any], accuracy: Accuracy) -> Key:
    # A table is that of the correctly rounded results.
    return spec, dtype, accuracy if BITS.get(dtype.itemsize) is None else "high"


def _is_widened(spec: Function | Product, dtype: np.dtype[Any]) -> bool:
    """Whether the dtype is too narrow to be computed with, and pairs too many for a table."""
    return dtype.itemsize <= 2 and len(spec.arguments) > 1 and not halves.are_known(dtype)


def compiles() -> bool:
    """Whether Numba compiles: now, and when the parts of kernels were made."""
    return not config.DISABLE_JIT and is_jitted(loops.elements(1))


def _through_float64(wide: Evaluator, inputs: Arrays, outs: Arrays | None) -> Arrays:
    if outs is None:
        outs = (np.empty_like(inputs[0]),)
    return narrow.compute(lambda *xs: wide(xs, None), inputs, outs)


def strided(loop: Shared, arrays: Arrays, inputs: int) -> None:
    """Run a loop over arrays of any layout, gathered and scattered in blocks."""
    worthwhile = arrays[0].size * loop.cost >= crew.LONG
    number = threads.get_num_threads() if worthwhile else 1

    def work(arrays: Arrays) -> None:
        kind = arrays[0].dtype
        for sources, targets in blocks(arrays[:inputs], arrays[inputs:], kind, kind):
            loop.alone(*sources, *targets)

    if number == 1:
        work(arrays)
    else:
        sharing.in_pieces(work, arrays, number)


engine = NumbaEngine()
