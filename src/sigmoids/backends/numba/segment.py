"""Compiled loops for callers in C: so much of arrays of which the addresses are given.

They may be called by any thread, without the interpreter's lock.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from numba import carray, types

from sigmoids.backends.numba.inline import jit
from sigmoids.backends.numba.loops import BUFFER, each, elements, parts, stores
from sigmoids.backends.numba.memory import load, on_stack
from sigmoids.backends.numba.mode import enter_standard_mode, leave_standard_mode
from sigmoids.backends.numba.ufunc import pointer

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from sigmoids.backends.numba.loops import Fills

SIGNATURE = types.void(types.int64, types.int64, types.int64)
"""The place of the addresses, the first element and the one after the last."""

TABLES = 4
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
    inputs, outputs : int
        How many there are.
    kind : dtype
        That of all arrays.
    """
    directly, from_copies = fills
    part, room = parts(inputs), kind.itemsize * BUFFER
    operands = inputs + outputs
    array = _reader(kind)

    @jit
    def copy(_which: Any) -> Any:
        return carray(pointer(on_stack(room)), (BUFFER,), kind)

    @jit
    def operand(which: Any, addresses: Any, size: Any) -> Any:
        return array(addresses, which, size)

    sources, targets, copied = each(inputs, operand), each(outputs, operand), each(inputs, copy)
    of_sources, of_targets = tuple(range(inputs)), tuple(range(inputs, operands))

    def segment(addresses: Any, start: Any, stop: Any) -> None:
        mode = enter_standard_mode()
        xs, outs = sources(of_sources, addresses, stop), targets(of_targets, addresses, stop)
        copies = copied(of_sources)
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
    array, entries = _reader(kind), 2 ** (8 * kind.itemsize)
    read, write = elements(outputs), stores(outputs)

    @jit
    def operand(which: Any, addresses: Any, size: Any) -> Any:
        return array(addresses, which, size)

    operands = each(outputs, operand)
    of_targets = tuple(range(1, 1 + outputs))
    of_tables = tuple(range(TABLES, TABLES + outputs))

    def look_up(addresses: Any, start: Any, stop: Any) -> None:
        x = array(addresses, 0, stop)
        outs, tables = (
            operands(of_targets, addresses, stop),
            operands(of_tables, addresses, entries),
        )
        for i in range(start, stop):
            write(outs, i, read(tables, x[i]))

    return look_up


def _reader(kind: np.dtype[Any]) -> Callable[[Any, Any, Any], Any]:
    @jit
    def array(addresses: Any, which: Any, size: Any) -> Any:
        return carray(pointer(load(addresses + 8 * which)), (size,), kind)

    return array
