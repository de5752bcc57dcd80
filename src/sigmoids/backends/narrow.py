"""Floating types of 16 bits or fewer, on the CPU engines: a table of all results.

A 16-bit type has 65,536 values, so a function of it is a table of 128 KiB that is correctly
rounded by construction and read with one gather.  It is filled from the float64 formula when a
function first meets the type.  The types beyond float16 are those of the package ``ml_dtypes``:
bfloat16 and the 8-, 6- and 4-bit floats.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends.blocks import blocks
from sigmoids.backends.engine import results_like
from sigmoids.backends.floating_point import standard_mode
from sigmoids.backends.program import narrowing

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sigmoids.backends.engine import Arrays
    from sigmoids.spec import Function


def has_table(dtype: np.dtype[Any]) -> bool:
    """Whether results of that floating dtype come from a table."""
    return dtype.itemsize <= 2


def evaluate(spec: Function, inputs: Arrays, outs: Arrays | None) -> Arrays:
    """The results of the function, looked up; of several arguments, computed in float64."""
    if outs is None:
        outs = results_like(spec, inputs[0])
    if len(inputs) == 1:
        _look_up(spec, inputs[0], outs)
        return outs
    return compute(narrowing(spec).evaluate, inputs, outs)


def _look_up(spec: Function, x: NDArray[Any], outs: Arrays) -> None:
    results = tables(spec, x.dtype)
    bits = results[0].dtype
    views = tuple(out.view(bits) for out in outs)
    for (index,), targets in blocks((x.view(bits),), views, np.intp, bits):
        for table, target in zip(results, targets, strict=True):
            # Every index is in range; "clip" spares the copy that the check of "raise" makes.
            np.take(table, index, out=target, mode="clip")


def compute(evaluate: Callable[..., Arrays], inputs: Arrays, outs: Arrays) -> Arrays:
    """The results of what evaluates float64 arrays, rounded once."""
    dtype = outs[0].dtype
    with np.errstate(all="ignore"), standard_mode():
        for sources, targets in blocks(inputs, outs, dtype, dtype):
            wide = tuple(source.astype(np.float64) for source in sources)
            for target, y in zip(targets, evaluate(*wide), strict=True):
                target[...] = round_once(y, dtype)
    return outs


@cache
def tables(spec: Function, dtype: np.dtype[Any]) -> Arrays:
    """The bits of each result for every pattern of the dtype's bits."""
    bits = np.dtype(f"u{dtype.itemsize}")
    patterns = np.arange(2 ** (8 * bits.itemsize)).astype(bits)
    values = patterns.view(dtype)
    with np.errstate(all="ignore"), standard_mode():
        x = values.astype(np.float64)
        results = [round_once(y, dtype).view(bits) for y in narrowing(spec).evaluate(x)]
    return tuple(np.where(np.isnan(x), patterns, table) for table in results)


def round_once(y: NDArray[np.float64], dtype: np.dtype[Any]) -> NDArray[Any]:
    """``y`` to the nearest number of a type of 16 bits or fewer, ties to even.

    Conversions from float64 to these types go through float32 and so may round twice.  Rounding
    to odd on the way (Boldo and Melquiond, "When double rounding is odd", 2005) leaves a sticky
    last bit, by which the second rounding decides as if it saw the float64 value.
    """
    single = y.astype(np.float32)
    widened = single.astype(np.float64)
    bits = single.view(np.uint32)
    bits -= np.abs(widened) > np.abs(y)
    bits |= (widened != y) & ~np.isnan(y)
    return single.astype(dtype)
