"""The Numba engine: one pass of vector code, compiled when first needed and cached on disk."""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numba import config
from numba.extending import is_jitted

from sigmoids.backends import narrow, notice, pool, sharing, threads
from sigmoids.backends.blocks import are_contiguous, blocks
from sigmoids.backends.engine import SMALL, multiplied, results_like
from sigmoids.backends.first_use import first_use, undisturbed
from sigmoids.backends.numba import compile as compiling
from sigmoids.backends.numba import kernels, primitives
from sigmoids.backends.numba.loops import CLAIMED, DONE, PROGRESS
from sigmoids.backends.numpy import engine as numpy_engine
from sigmoids.spec import Product

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.backends.engine import Arrays, Evaluator
    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Accuracy, Function

WORTHWHILE: dict[tuple[np.dtype[Any], str], int] = {
    (np.dtype(np.float64), "high"): 2**17,
    (np.dtype(np.float64), "fast"): 2**18,
    (np.dtype(np.float32), "high"): 2**18,
    (np.dtype(np.float32), "fast"): 2**19,
}
"""Elements from which on waking other threads pays: those of some 150 µs."""

LOOK_UPS = 2**19
"""The same for types that are looked up in a table."""

CHUNK = 2**15
"""Elements that a thread claims at a time."""

MOST = 64
"""Chunks between two looks at whether the user interrupts: some milliseconds."""

PATIENCE = 100
"""How often a caller asks whether the last chunk is done before it goes to sleep."""

ALONE = np.empty(0, np.int64)
"""No progress that other threads would have to know of."""

FLOAT64 = np.dtype(np.float64)

BITS: dict[int, np.dtype[Any]] = {1: np.dtype(np.uint8), 2: np.dtype(np.uint16)}
"""What types that have a table are read as, by the size of an item."""

Built = TypeVar("Built")

Key = tuple["Function | Product", np.dtype[Any], "Accuracy", bool]
"""What is compiled for; at last, whether an output is the input."""


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
        self._loops: dict[Key, Callable[..., bool]] = {}
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
        if dtype.itemsize <= 2 and len(spec.arguments) > 1:  # too many pairs for a table
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
        if dtype.itemsize <= 2 and len(spec.arguments) > 1:
            return None
        key = _key(spec, dtype, accuracy)
        try:
            return self._ufuncs.get(key) or self._ufunc(key)
        except NotCompiledError:
            return None

    def _run(self, key: Key, arrays: Arrays) -> None:
        x = arrays[0]
        if not are_contiguous(arrays):
            inputs = len(key[0].arguments)
            strided(partial(self._alone, key), arrays, inputs, _threads(key, x.size))
            return
        if x.ndim != 1:
            arrays = tuple([array.reshape(-1) for array in arrays])
        number = 1 if x.size < CHUNK else _threads(key, x.size)
        if number == 1 and x.size <= CHUNK * MOST:
            self._alone(key, arrays)
        else:
            contiguous(self._fitting(key, arrays), arrays, number)

    def _alone(self, key: Key, arrays: Arrays) -> None:
        loop = self._loops.get(key) or self._loop(key)
        size = arrays[0].size
        if not loop(*arrays, ALONE, size, 1):
            return
        try:
            self._loop((*key[:3], True))(*arrays, ALONE, size, 1)
        except NotCompiledError:  # and other parts of the arrays may be done already
            inputs = len(key[0].arguments)
            copies = [array.copy() for array in arrays[:inputs]]
            loop(*copies, *arrays[inputs:], ALONE, size, 1)

    def _fitting(self, key: Key, arrays: Arrays) -> Callable[..., bool]:
        loop = self._loops.get(key) or self._loop(key)
        return self._loop((*key[:3], True)) if loop(*arrays, ALONE, 0, 0) else loop

    def _ufunc(self, key: Key) -> np.ufunc:
        return self._compiled(self._ufuncs, key, lambda: kernels.ufunc(*key[:3]))

    def _loop(self, key: Key) -> Callable[..., bool]:
        return self._compiled(self._loops, key, lambda: kernels.loop(*key))

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
    return spec, dtype, accuracy if BITS.get(dtype.itemsize) is None else "high", False


def compiles() -> bool:
    """Whether Numba compiles: now, and when the parts of kernels were made."""
    return not config.DISABLE_JIT and is_jitted(primitives.where)


def _through_float64(wide: Evaluator, inputs: Arrays, outs: Arrays | None) -> Arrays:
    if outs is None:
        outs = (np.empty_like(inputs[0]),)
    return narrow.compute(lambda *xs: wide(xs, None), inputs, outs)


def _threads(key: Key, size: int) -> int:
    """How many threads are worth waking."""
    _, dtype, accuracy, _ = key
    worthwhile = WORTHWHILE.get((dtype, accuracy), LOOK_UPS)
    return 1 if size < worthwhile else threads.get_num_threads()


def contiguous(loop: Callable[..., bool], arrays: Arrays, number: int) -> None:
    """Run a loop over long arrays, so many threads claiming chunks of them."""
    size = arrays[0].size
    progress = np.zeros(PROGRESS, np.int64)

    def work(_thread: int) -> None:
        try:
            while progress[CLAIMED] < size:
                loop(*arrays, progress, CHUNK, MOST)
        except BaseException:
            progress[CLAIMED] = size  # nothing more for the others
            raise

    def finished() -> bool:
        """Whether all is done, or will be within a chunk's time."""
        for _ in range(PATIENCE):
            if progress[DONE] == size:
                return True
            time.sleep(0)
        return False

    pool.pool.run(work, number, number, finished)


def strided(alone: Callable[[Arrays], None], arrays: Arrays, inputs: int, number: int) -> None:
    """Run a loop over arrays of any layout, gathered and scattered in blocks."""

    def work(arrays: Arrays) -> None:
        kind = arrays[0].dtype
        for sources, targets in blocks(arrays[:inputs], arrays[inputs:], kind, kind):
            alone((*sources, *targets))

    if number == 1:
        work(arrays)
    else:
        sharing.in_pieces(work, arrays, number)


engine = NumbaEngine()
