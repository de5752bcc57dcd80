"""Compiled loops for callers in C: so much of arrays of which the addresses are given.

They may be called by any thread, without the interpreter's lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba import carray, types

from sigmoids.backends.numba.loops import BUFFER, PARTS
from sigmoids.backends.numba.memory import load, on_stack
from sigmoids.backends.numba.mode import enter_standard_mode, leave_standard_mode
from sigmoids.backends.numba.primitives import jit
from sigmoids.backends.numba.ufunc import pointer

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from sigmoids.backends.numba.loops import Fills

SIGNATURE = types.void(types.int64, types.int64, types.int64)
"""The place of the addresses, the first element and the one after the last."""

TABLES = 3
"""Where among the addresses those of tables are: behind as many arrays as there are at most."""


def make_segment(
    name: str, fills: Fills, inputs: int, outputs: int, kind: np.dtype[Any]
) -> Callable[[Any, Any, Any], None]:
    """``segment(addresses, start, stop)`` of contiguous arrays; an output may be an input.

    Parameters
    ----------
    name : str
        That of no other compiled function.
    fills : Fills
        What computes.
    inputs, outputs : {1, 2}
        How many there are; two of one only.
    kind : dtype
        That of all arrays.
    """
    directly, from_copies = fills
    part, room = PARTS[inputs], kind.itemsize * BUFFER
    operands = inputs + outputs

    array = _reader(kind)

    @jit
    def copy() -> Any:
        return carray(pointer(on_stack(room)), (BUFFER,), kind)

    def one(addresses: Any, size: Any) -> Any:
        return (array(addresses, 0, size),), (array(addresses, 1, size),), (copy(),)

    def two(addresses: Any, size: Any) -> Any:
        outs = array(addresses, 1, size), array(addresses, 2, size)
        return (array(addresses, 0, size),), outs, (copy(),)

    def from_two(addresses: Any, size: Any) -> Any:
        xs = array(addresses, 0, size), array(addresses, 1, size)
        return xs, (array(addresses, 2, size),), (copy(), copy())

    arrays = jit({(1, 1): one, (1, 2): two, (2, 1): from_two}[inputs, outputs])

    def segment(addresses: Any, start: Any, stop: Any) -> None:
        mode = enter_standard_mode()
        xs, outs, copies = arrays(addresses, stop)
        same = False
        for i in range(inputs):
            for k in range(inputs, operands):
                same |= load(addresses + 8 * i) == load(addresses + 8 * k)
        if same:
            from_copies(part(xs, start, stop), outs, start, copies)
        else:
            directly(part(xs, start, stop), outs, start, copies)
        leave_standard_mode(mode)

    segment.__qualname__ = name
    return segment


def make_look_up(outputs: int, kind: np.dtype[Any]) -> Callable[[Any, Any, Any], None]:
    """A segment that reads the results' bits from tables, of which the addresses are given too.

    An output may be the input itself.
    """
    array = _reader(kind)
    entries = 2 ** (8 * kind.itemsize)

    def one(addresses: Any, start: Any, stop: Any) -> None:
        x, out = array(addresses, 0, stop), array(addresses, 1, stop)
        table = array(addresses, TABLES, entries)
        for i in range(start, stop):
            out[i] = table[x[i]]

    def two(addresses: Any, start: Any, stop: Any) -> None:
        x = array(addresses, 0, stop)
        out, other = array(addresses, 1, stop), array(addresses, 2, stop)
        table, second = array(addresses, TABLES, entries), array(addresses, TABLES + 1, entries)
        for i in range(start, stop):
            bits = x[i]  # before the first output takes its place
            out[i], other[i] = table[bits], second[bits]

    return one if outputs == 1 else two


def _reader(kind: np.dtype[Any]) -> Callable[[Any, Any, Any], Any]:
    @jit
    def array(addresses: Any, which: Any, size: Any) -> Any:
        return carray(pointer(load(addresses + 8 * which)), (size,), kind)

    return array
