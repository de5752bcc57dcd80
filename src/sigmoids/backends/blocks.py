"""Walking over arrays in blocks that stay in the cache, whatever their layout."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import DTypeLike

    from sigmoids.backends.engine import Arrays

BLOCK = 2**17
"""Bytes a block: a formula's handful of temporaries fit in L2, and the time that each of NumPy's
calls takes for itself is small beside the work."""


def elements(dtype: DTypeLike) -> int:
    """Elements in a block of that dtype."""
    return BLOCK // np.dtype(dtype).itemsize


def are_contiguous(arrays: Arrays) -> bool:
    """Whether all are in C order and aligned."""
    for array in arrays:  # noqa: SIM110  # all() takes a call's time again
        if array.flags.num & CONTIGUOUS != CONTIGUOUS:
            return False
    return True


CONTIGUOUS = 0x0101
"""NPY_ARRAY_C_CONTIGUOUS and NPY_ARRAY_ALIGNED: ``flags.num`` tells both in one question."""


def blocks(
    inputs: Arrays, outs: Arrays, x_dtype: DTypeLike, out_dtype: DTypeLike
) -> Iterator[tuple[Arrays, Arrays]]:
    """Sources and targets: one-dimensional contiguous blocks that cover the inputs and the outs.

    Sources come in ``x_dtype``; targets are to be filled in ``out_dtype``, and what is put there
    is rounded once into ``outs``.  The order is that of memory; strided elements are gathered and
    scattered a block at a time.
    """
    number = len(inputs)
    arrays = (*inputs, *outs)
    if inputs[0].dtype == x_dtype and outs[0].dtype == out_dtype and are_contiguous(arrays):
        flat = [array.reshape(-1) for array in arrays]
        size = elements(x_dtype)
        for start in range(0, flat[0].size, size):
            parts = tuple([array[start : start + size] for array in flat])
            yield parts[:number], parts[number:]
        return
    if not inputs[0].ndim:  # NumPy before 2.3 reads such numbers from a buffer that it did not fill
        arrays = tuple([array.reshape(1) for array in arrays])
    walk = np.nditer(  # type: ignore[call-overload]  # its annotation misspells "contig"
        arrays,
        flags=["external_loop", "buffered", "zerosize_ok"],
        op_flags=[
            *(["readonly", "contig", "aligned"] for _ in inputs),
            *(["writeonly", "contig", "aligned"] for _ in outs),
        ],
        op_dtypes=[*(x_dtype for _ in inputs), *(out_dtype for _ in outs)],
        casting="same_kind",
        buffersize=elements(x_dtype),
    )
    with walk:
        for parts in walk:
            yield parts[:number], parts[number:]
