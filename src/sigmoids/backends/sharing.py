"""Sharing an array among the threads of :mod:`sigmoids.backends.pool`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from sigmoids.backends import pool

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.backends.engine import Arrays

CHUNK = 2**16
"""Elements that a thread claims at a time, at most."""


def in_pieces(work: Callable[[Arrays], object], arrays: Arrays, threads: int) -> None:
    """Do ``work(arrays)``, elementwise, on pieces of arrays of the same shape and any strides."""
    out = arrays[-1]
    # Cut along the axis with the longest steps in memory, so that pieces are compact.
    axis = max(range(out.ndim), key=lambda i: abs(out.strides[i]) * (out.shape[i] > 1))
    moved = tuple(np.moveaxis(array, axis, 0) for array in arrays)
    length = out.shape[axis]
    # A few pieces for every thread, so that they end at about the same time.
    rows = -(-length // max(-(-out.size // CHUNK), min(2 * threads, length)))

    def share(piece: int) -> None:
        part = slice(piece * rows, (piece + 1) * rows)
        work(tuple(array[part] for array in moved))

    pool.pool.run(share, -(-length // rows), threads)
