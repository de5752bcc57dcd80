"""Walking over arrays in blocks that stay in the cache, whatever their layout."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import DTypeLike, NDArray

BLOCK = 8192
"""Elements a block: 64 KiB in float64, so that a formula's handful of temporaries fit in L2."""


def blocks(
    x: NDArray[Any], out: NDArray[Any], x_dtype: DTypeLike, out_dtype: DTypeLike
) -> Iterator[tuple[NDArray[Any], NDArray[Any]]]:
    """Pairs (source, target) of one-dimensional contiguous blocks that cover ``x`` and ``out``.

    Sources come in ``x_dtype``; targets are to be filled in ``out_dtype``, and what is put there
    is rounded once into ``out``.  The order is that of memory; strided elements are gathered and
    scattered a block at a time.
    """
    walk = np.nditer(  # type: ignore[call-overload]  # its annotation misspells "contig"
        [x, out],
        flags=["external_loop", "buffered", "zerosize_ok"],
        op_flags=[["readonly", "contig", "aligned"], ["writeonly", "contig", "aligned"]],
        op_dtypes=[x_dtype, out_dtype],
        casting="same_kind",
        buffersize=BLOCK,
    )
    with walk:
        yield from walk
