"""Calls of one compiled segment on arrays: alone, or with the help of the crew.

A call is that of a ufunc, which NumPy makes with little ado, and without the interpreter's lock
where the arrays are not short.

Whether help pays is a matter of how long the call takes alone.  That is estimated from what a
number costs, which is measured when the segment is made.
"""

from __future__ import annotations

from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends import threads
from sigmoids.backends.numba.compile import compile_callback
from sigmoids.backends.numba.crew import crew, share
from sigmoids.backends.numba.fingerprint import fingerprint
from sigmoids.backends.numba.job import (
    BYTES,
    CHUNK,
    CLAIMED,
    DONE,
    HOLDERS,
    OTHER_TABLE,
    SEGMENT,
    SIZE,
    TABLE,
)
from sigmoids.backends.numba.loops import BUFFER
from sigmoids.backends.numba.memory import call_for, load, on_stack, store
from sigmoids.backends.numba.ufunc import LOOP, make_ufunc

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.engine import Arrays

SHARED = 8.0
"""Microseconds of a call alone from which on it pays to share it with helpers who are awake."""

CLAIM = 5.0
"""Microseconds of work that a thread claims at a time, about."""

LEAST, MOST = 2**13, 2**16
"""Elements that a thread claims at a time, at least and at most."""

HUGE, LARGE = 2**21, 2**25
"""Bytes that a thread claims at a time of arrays that are as large as that.

The system gives new memory in huge pages of that size, and clears each when it is first written to:
twice, if two threads come at the same time.  For results below some 32 MiB the C library has memory
that was used before.
"""

INTERRUPTIBLE = 5000.0
"""Microseconds of work between two looks at whether the user interrupts, about."""

SAMPLE = 2 * BUFFER
"""Elements by which the cost of one is measured."""

# What the ufuncs of a segment know: the segment and its tables, how many arrays it takes, how much
# is claimed at a time, how many threads may help, and their crew.
CODE, FIRST, SECOND, OPERANDS, CHUNKS, HELPERS, CREW = range(0, 56, 8)


def _call(addresses: Any, sizes: Any, _steps: Any, known: Any) -> None:
    """NumPy's kind of loop, for contiguous arrays alone."""
    size, helpers = sizes[0], load(known + HELPERS)
    job = on_stack(BYTES)
    for i in range(load(known + OPERANDS)):
        store(job + 8 * i, addresses[i])
    store(job + TABLE, load(known + FIRST))
    store(job + OTHER_TABLE, load(known + SECOND))
    segment = load(known + CODE)
    if helpers == 0:
        call_for(segment, job, 0, size)
        return
    store(job + SIZE, size)
    store(job + SEGMENT, segment)
    store(job + CHUNK, load(known + CHUNKS))
    store(job + CLAIMED, 0)
    store(job + DONE, 0)
    store(job + HOLDERS, 0)
    share(load(known + CREW), job, helpers)


class Shared:
    """A segment that is called on contiguous arrays.

    Parameters
    ----------
    name : str
        Of the function.
    segment : compiled callback
        What computes, and is kept alive.
    inputs, outputs : {1, 2}
        How many arrays it takes.
    dtype : dtype
        Theirs.
    tables : tuple of arrays
        What it reads besides.
    """

    def __init__(
        self,
        name: str,
        segment: Any,
        inputs: int,
        outputs: int,
        dtype: np.dtype[Any],
        tables: Arrays = (),
    ) -> None:
        self._name, self._segment, self._tables = name, segment, tables
        self._inputs, self._outputs, self._dtype = inputs, outputs, dtype
        self._crew = crew()
        self._ufuncs: dict[tuple[int, int], np.ufunc] = {}
        self.alone = self._ufunc(0, 0)
        self.cost = self._measured()
        """Microseconds that a number takes."""
        self._chunk = min(max(int(CLAIM / self.cost), LEAST), MOST) // BUFFER * BUFFER
        self._piece = int(INTERRUPTIBLE / self.cost)

    def __call__(self, *arrays: NDArray[Any]) -> Any:
        """The results of contiguous arrays: in those that are given for them, or in new ones."""
        size = arrays[0].size
        alone = size * self.cost
        number = threads.get_num_threads() if alone >= SHARED else 1
        if number == 1:
            ufunc = self.alone
        else:
            large = arrays[0].nbytes >= LARGE
            chunk = HUGE // self._dtype.itemsize if large else self._chunk
            ufunc = self._ufuncs.get((number - 1, chunk)) or self._ufunc(number - 1, chunk)
            self._crew.gather(number - 1, alone)
        if size <= self._piece:
            return ufunc(*arrays)
        inputs, outs = arrays[: self._inputs], arrays[self._inputs :]
        outs = outs or tuple(np.empty_like(arrays[0]) for _ in range(self._outputs))
        flat = [array.reshape(-1) for array in (*inputs, *outs)]
        for start in range(0, size, self._piece):
            ufunc(*[array[start : start + self._piece] for array in flat])
        return outs if self._outputs > 1 else outs[0]

    def _ufunc(self, helpers: int, chunk: int) -> np.ufunc:
        known = np.zeros(CREW // 8 + 1, np.int64)
        addresses = [table.ctypes.data for table in self._tables]
        known[FIRST // 8 : FIRST // 8 + len(addresses)] = addresses
        known[CODE // 8] = self._segment.address
        known[OPERANDS // 8] = self._inputs + self._outputs
        known[CHUNKS // 8], known[HELPERS // 8] = chunk, helpers
        known[CREW // 8] = self._crew.address
        made = make_ufunc(_compiled(), self._name, self._inputs, self._outputs, self._dtype, known)
        self._ufuncs[helpers, chunk] = made
        return made

    def _measured(self) -> float:
        arrays = [np.full(SAMPLE, 0.5).astype(self._dtype) for _ in range(self._inputs)]
        arrays += [np.empty(SAMPLE, self._dtype) for _ in range(self._outputs)]
        times = []
        for _ in range(5):
            start = perf_counter()
            self.alone(*arrays)
            times.append(perf_counter() - start)
        return 1e6 * min(times) / SAMPLE


@cache
def _compiled() -> Any:
    _call.__qualname__ = f"shared{_call.__name__}_{fingerprint(_call)}"
    return compile_callback(_call, LOOP)
