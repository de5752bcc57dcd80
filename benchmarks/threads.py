"""When other threads pay: one call alone and shared, by size, for every dtype and accuracy.

The sizes from which on the Numba backend wakes other threads (``WORTHWHILE`` and ``LOOK_UPS`` in
``src/sigmoids/backends/numba/__init__.py``) are read off the table that this prints::

    python benchmarks/threads.py
"""

from __future__ import annotations

import importlib
import math
import statistics
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
    ("float64", "high"),
    ("float64", "fast"),
    ("float32", "high"),
    ("float32", "fast"),
    ("float16", "high"),
)
POWERS = range(15, 22)
ROUNDS = 200


def main() -> None:
    """Print the table."""
    engine: Any = importlib.import_module("sigmoids.backends.numba")
    threads = sg.get_num_threads()
    table = Table("dtype", "accuracy", *(f"2^{power}" for power in POWERS))
    table.title = f"Microseconds of a call on one thread / on {threads}, and the size that is used"
    for dtype, accuracy in CASES:
        chosen = engine.WORTHWHILE.get((np.dtype(dtype), accuracy), engine.LOOK_UPS)
        cells = []
        for power in POWERS:
            (x,) = inputs("sigmoid", dtype, 2**power)
            call = partial(sg.sigmoid, x, backend="numba", accuracy=accuracy, out=np.empty_like(x))
            alone, shared = side_by_side(engine, (np.dtype(dtype), accuracy), call)
            cells.append(f"{alone:.0f} / {shared:.0f}")
        cells[int(math.log2(chosen)) - POWERS[0]] += " *"
        table.add_row(dtype, accuracy, *cells)
    Console(width=120).print(table)


def side_by_side(
    engine: Any, case: tuple[np.dtype[Any], str], call: Callable[[], object]
) -> list[float]:
    """Medians of calls on one thread and on all, which take turns."""
    worthwhile, look_ups = dict(engine.WORTHWHILE), engine.LOOK_UPS
    times: dict[float, list[float]] = {math.inf: [], 0: []}
    try:
        for _ in range(ROUNDS):
            for size, found in times.items():
                engine.WORTHWHILE[case] = engine.LOOK_UPS = size
                start = perf_counter()
                call()
                found.append(perf_counter() - start)
    finally:
        engine.WORTHWHILE = worthwhile
        engine.LOOK_UPS = look_ups
    return [1e6 * statistics.median(found) for found in times.values()]


if __name__ == "__main__":
    main()
