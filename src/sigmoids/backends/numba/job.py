"""A long array's computation that several threads share: what they all look at.

A job is the addresses of up to four arrays and two tables, their size, the compiled loop, and how
much is claimed at a time; and, in cache lines of their own, how much is claimed, how much is done,
and how many threads may look.
"""

from __future__ import annotations

from typing import Any

from sigmoids.backends.numba.inline import jit
from sigmoids.backends.numba.memory import add, call_for, load
from sigmoids.backends.numba.segment import TABLES

TABLE, OTHER_TABLE, SIZE, SEGMENT, CHUNK = (8 * (TABLES + i) for i in range(5))
CLAIMED, DONE, HOLDERS, BYTES = 128, 192, 256, 320


@jit
def work(job: Any) -> None:
    """Compute chunk after chunk until none is left."""
    size, segment, chunk = load(job + SIZE), load(job + SEGMENT), load(job + CHUNK)
    while True:
        start = add(job + CLAIMED, chunk)
        if start >= size:
            break
        stop = min(start + chunk, size)
        call_for(segment, job, start, stop)
        add(job + DONE, stop - start)
