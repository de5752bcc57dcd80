"""When other threads pay: one call alone and shared, by its time alone, for cheap and dear kernels.

From how many microseconds on helpers are asked (``SHARED``) and woken (``LONG``) stands in
``src/sigmoids/backends/numba/shared.py`` and ``crew.py``; how long they linger (``LINGER``) in
``src/sigmoids/backends/threads.py``.  These are read off the tables that this prints: of calls one
after the other, and of calls after a pause, when helpers sleep.  ``SIGMOIDS_LINGER=0`` shows what
lingering is good for::

    python benchmarks/threads.py
"""

from __future__ import annotations

import importlib
import statistics
import time
from functools import partial
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np
from rich.console import Console
from rich.table import Table

import sigmoids as sg
from sigmoids.bench.cases import inputs

if TYPE_CHECKING:
    from collections.abc import Callable

CASES = (
    ("sigmoid", "float32", "fast"),
    ("sigmoid", "float32", "high"),
    ("sigmoid", "float64", "high"),
    ("logit", "float64", "high"),
    ("sigmoid", "float16", "high"),
)
POWERS = range(13, 22)
ROUNDS, CALLS, FIRST = 5, 20, 10
PAUSE = 1e-3


def main() -> None:
    """Print the tables."""
    threads = sg.get_num_threads()
    for title, pause in (("one after the other", 0.0), ("after a pause of a millisecond", PAUSE)):
        table = Table("function", "dtype", "accuracy", *(f"2^{power}" for power in POWERS))
        table.title = f"Microseconds of a call on one thread / on {threads}, {title}"
        for name, dtype, accuracy in CASES:
            cells = []
            for power in POWERS:
                (x,) = inputs(name, dtype, 2**power)
                options: dict[str, Any] = {"backend": "numba", "accuracy": accuracy}
                call = partial(getattr(sg, name), x, out=np.empty_like(x), **options)
                alone, shared = side_by_side(call, threads, pause)
                cells.append(f"{alone:.0f} / {shared:.0f}")
            table.add_row(name, dtype, accuracy, *cells)
        Console(width=150).print(table)


def side_by_side(call: Callable[[], object], threads: int, pause: float) -> list[float]:
    """Medians of calls on one thread and on all, which take turns, however short the calls are."""
    shared: Any = importlib.import_module("sigmoids.backends.numba.shared")
    crew: Any = importlib.import_module("sigmoids.backends.numba.crew")
    chosen = shared.SHARED, crew.LONG
    times: list[list[float]] = [[], []]
    try:
        shared.SHARED = crew.LONG = 0.0
        for _ in range(ROUNDS):
            for number, found in zip((1, threads), times, strict=True):
                with sg.use_num_threads(number):
                    for _ in range(FIRST):  # which start and wake
                        call()
                    for _ in range(CALLS):
                        if pause:
                            time.sleep(pause)
                        start = perf_counter()
                        call()
                        found.append(perf_counter() - start)
    finally:
        shared.SHARED, crew.LONG = chosen
    return [1e6 * statistics.median(found) for found in times]


if __name__ == "__main__":
    main()
