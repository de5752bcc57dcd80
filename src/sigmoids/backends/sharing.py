"""Cutting arrays into chunks for the threads of :mod:`sigmoids.backends.pool`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends import pool, threads

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

CHUNK = 2**16
"""Elements that a thread claims at a time, at most."""


def evaluate(
    work: Callable[[NDArray[Any], NDArray[Any]], object],
    x: NDArray[Any],
    out: NDArray[Any],
    worthwhile: int,
) -> None:
    """Do ``work(x, out)`` for an elementwise function, on several threads if that helps.

    Parameters
    ----------
    work : callable
        Fills the second array with the function of the first.
    x, out : ndarray
        Of the same shape, and any strides.
    worthwhile : int
        Elements from which on waking other threads pays.
    """
    if x.size < worthwhile or (number := threads.get_num_threads()) == 1:
        work(x, out)
        return
    if x.flags.c_contiguous and out.flags.c_contiguous:
        x, out = x.reshape(-1), out.reshape(-1)
    else:
        # Cut along the axis with the longest steps in memory, so that chunks are compact.
        axis = max(range(out.ndim), key=lambda i: abs(out.strides[i]) * (out.shape[i] > 1))
        x, out = np.moveaxis(x, axis, 0), np.moveaxis(out, axis, 0)
    # A few chunks for every thread, so that they end at about the same time.
    chunks = max(-(-x.size // CHUNK), min(2 * number, x.shape[0]))
    rows = -(-x.shape[0] // chunks)

    def share(chunk: int) -> None:
        part = slice(chunk * rows, (chunk + 1) * rows)
        work(x[part], out[part])

    pool.pool.run(share, -(-x.shape[0] // rows), number)
