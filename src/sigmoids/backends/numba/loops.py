"""Loops over arrays around scalar kernels, of which several threads may run one together.

A loop holds the interpreter's lock for short arrays and gives it up for long ones, as NumPy does:
where other threads compute in Python, to get it back takes far longer than a short loop.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from sigmoids.backends.numba.near import NEAR
from sigmoids.backends.numba.scalars import abs, jit  # noqa: A004

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = 512
"""Elements from which on a loop gives up the interpreter's lock."""

BUFFER = 1024
"""Elements that are copied at a time where input and output are the same memory, and looked at for
whether all of them are near."""

PROGRESS = 16
"""Size of the array that counts what is claimed in its first element, what is done in its ninth:
in cache lines of their own."""
CLAIMED, DONE = 0, 8


@intrinsic
def count(_typing: Any, progress: Any, which: Any, amount: Any) -> Any:
    """Add to a counter that several threads share; its value before."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        array = context.make_array(progress)(context, builder, arguments[0])
        place = builder.gep(array.data, [arguments[1]])
        return builder.atomic_rmw("add", place, arguments[2], "seq_cst")

    return types.int64(progress, which, amount), code


@intrinsic
def unlock(_typing: Any, _wanted: Any) -> Any:
    """Give up the interpreter's lock, if so wanted; what :func:`lock` needs to get it back."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        state = cgutils.alloca_once_value(builder, cgutils.voidptr_t(None))
        with builder.if_then(arguments[0]):
            builder.store(context.get_python_api(builder).save_thread(), state)
        return builder.ptrtoint(builder.load(state), ir.IntType(64))

    return types.int64(types.boolean), code


@intrinsic
def lock(_typing: Any, state: Any) -> Any:
    """Wait for the interpreter's lock, where it was given up."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        with builder.if_then(cgutils.is_not_null(builder, arguments[0])):
            pointer = builder.inttoptr(arguments[0], cgutils.voidptr_t)
            context.get_python_api(builder).restore_thread(pointer)
        return context.get_dummy_value()

    return types.void(state), code


def make(
    kernel: Callable[[Any], Any],
    outputs: int,
    near: Callable[[Any], Any] | None = None,
    *,
    in_place: bool = False,
) -> Callable[..., bool]:
    """The loop ``out[:] = kernel(x)``, or ``a[:], b[:] = kernel(x)`` for two outputs.

    Parameters
    ----------
    kernel : callable
        A compiled function of a number.
    outputs : {1, 2}
        How many results it has.
    near : callable, optional
        A faster one, the same for arguments below :data:`~sigmoids.backends.numba.near.NEAR`.
    in_place : bool
        Whether an output is the input itself, which is then copied a little at a time: vector code
        must know that it does not overwrite what it is still to read.

    Returns
    -------
    callable
        ``loop(x, out, progress, chunk, most)``, or with two outputs.  The arrays are contiguous and
        one-dimensional.  ``progress`` holds :data:`PROGRESS` counters, from which up to ``most``
        chunks of that size are claimed; or it is empty, and the first ``most`` chunks are done.
        True says that nothing was done, because the loop for ``in_place`` is wanted.
    """
    make_fill = _fill if outputs == 1 else _fill_two
    fill = make_fill(kernel)
    if near is not None:
        fill = _either(make_fill(near), fill)
    fill, space = (_from_copies(fill), _room) if in_place else (_directly(fill), _no_room)

    @jit
    def run(x: Any, outs: Any, progress: Any, chunk: Any, most: Any) -> bool:
        if not in_place:
            for out in outs:
                if x.ctypes.data == out.ctypes.data:
                    return True
        copies = space(x)  # may fail, which it must not without the lock
        state = unlock(x.size >= LONG)
        shared = progress.size > 0
        for turn in range(most):
            start = count(progress, CLAIMED, chunk) if shared else turn * chunk
            if start >= x.size:
                break
            part = x[start : start + chunk]
            fill(part, outs, start, copies)
            if shared:
                count(progress, DONE, part.size)
        lock(state)
        return False

    def one(x: Any, out: Any, progress: Any, chunk: Any, most: Any) -> bool:
        return run(x, (out,), progress, chunk, most)

    def two(x: Any, out: Any, other: Any, progress: Any, chunk: Any, most: Any) -> bool:
        return run(x, (out, other), progress, chunk, most)

    return one if outputs == 1 else two


def signature(kind: Any, outputs: int) -> Any:
    """The types of a loop's arguments, for arrays of numbers of that type."""
    arrays = [types.Array(kind, 1, "C", readonly=True), *[types.Array(kind, 1, "C")] * outputs]
    return types.boolean(*arrays, types.int64[::1], types.int64, types.int64)


def _fill(kernel: Callable[[Any], Any]) -> Callable[..., None]:
    @jit
    def fill(x: Any, outs: Any, start: Any) -> None:
        out = outs[0][start : start + x.size]
        for i in range(x.size):
            out[i] = kernel(x[i])

    return fill


def _fill_two(kernel: Callable[[Any], Any]) -> Callable[..., None]:
    @jit
    def fill(x: Any, outs: Any, start: Any) -> None:
        out, other = outs[0][start : start + x.size], outs[1][start : start + x.size]
        for i in range(x.size):
            out[i], other[i] = kernel(x[i])

    return fill


def _either(near: Callable[..., None], far: Callable[..., None]) -> Callable[..., None]:
    """Fill in blocks, by one loop where all numbers are near and by the other where not."""

    @jit
    def fill(x: Any, outs: Any, start: Any) -> None:
        for first in range(0, x.size, BUFFER):
            part = x[first : first + BUFFER]
            all_near = True
            for i in range(part.size):
                all_near &= abs(part[i]) < NEAR
            if all_near:
                near(part, outs, start + first)
            else:
                far(part, outs, start + first)

    return fill


def _directly(fill: Callable[..., None]) -> Callable[..., None]:
    """Fill from the input itself."""

    @jit
    def fill_directly(x: Any, outs: Any, start: Any, _copies: Any) -> None:
        fill(x, outs, start)

    return fill_directly


def _from_copies(fill: Callable[..., None]) -> Callable[..., None]:
    """Fill from copies of the input."""

    @jit
    def fill_from_copies(x: Any, outs: Any, start: Any, copies: Any) -> None:
        for first in range(0, x.size, BUFFER):
            part = x[first : first + BUFFER]
            for i in range(part.size):
                copies[i] = part[i]
            fill(copies[: part.size], outs, start + first)

    return fill_from_copies


@jit
def _room(x: Any) -> Any:
    return np.empty(BUFFER, x.dtype)


@jit
def _no_room(_x: Any) -> None:
    return None
