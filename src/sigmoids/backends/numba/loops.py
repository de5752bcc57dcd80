"""Loops over arrays around kernels of numbers, of which several threads may run one together.

Arguments and results are tuples everywhere, of arrays or of numbers, so that there may be any
number of them.

A loop holds the interpreter's lock for short arrays and gives it up for long ones, as NumPy does:
where other threads compute in Python, to get it back takes far longer than a short loop.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple, cast

import numpy as np
from llvmlite import ir
from numba import njit, types
from numba.core import cgutils
from numba.extending import intrinsic, is_jitted

from sigmoids.backends.numba.mode import enter_standard_mode, leave_standard_mode
from sigmoids.backends.numba.primitives import OPTIONS, jit

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = 512
"""Elements from which on a loop gives up the interpreter's lock."""

BUFFER = 1024
"""Elements that are copied at a time where input and output are the same memory, and that are
computed anew at a time where one of them is not for the shorter kernel."""

PROGRESS = 16
"""Size of the array that counts what is claimed in its first element, what is done in its ninth:
in cache lines of their own."""
CLAIMED, DONE = 0, 8


class Kernel(NamedTuple):
    """What a loop does with every number, and finds out about all of them.

    Attributes
    ----------
    before : Any
        A state.
    step : callable
        ``step(state, xs)``: the state after these arguments, and the tuple of results for them.
    passed : callable
        ``passed(state)``: whether the results are right, in the end.
    """

    before: Any
    step: Callable[..., Any]
    passed: Callable[[Any], bool]


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


@intrinsic
def full_width(_typing: Any) -> Any:
    """Let the loop of the function that this is called in use the processor's widest vectors.

    LLVM takes half of them on Intel's processors with AVX-512, for the sake of the clock rate;
    these loops compute so much for every number that they are faster with whole ones.  And they are
    faster, by up to a third, in a function of their own: as a part of another they would share the
    registers with all that it does, and load every constant anew for every few numbers.
    """

    def code(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        builder.function.attributes.add("noinline")
        # llvmlite's own `add` takes the attributes that have no value only.
        set.add(builder.function.attributes, '"prefer-vector-width"="512"')
        return context.get_dummy_value()

    return types.void(), code


def make(
    name: str,
    inputs: int,
    outputs: int,
    kernel: Kernel,
    shorter: Kernel | None = None,
    *,
    in_place: bool = False,
) -> Callable[..., bool]:
    """The loop ``out[:] = kernel(x)``, with as many inputs and outputs as the kernel has.

    Parameters
    ----------
    name : str
        That of no other loop: the compiled functions have it.
    inputs, outputs : int
        How many there are.
    kernel : Kernel
        What is done with so many numbers.
    shorter : Kernel, optional
        A faster one, which has the same results where its check is passed.
    in_place : bool
        Whether an output is an input itself, which is then copied a little at a time: vector code
        must know that it does not overwrite what it is still to read.

    Returns
    -------
    callable
        ``loop(*inputs, *outputs, progress, chunk, most)``.  The arrays are contiguous and
        one-dimensional.  ``progress`` holds :data:`PROGRESS` counters, from which up to ``most``
        chunks of that size are claimed; or it is empty, and the first ``most`` chunks are done.
        True says that nothing was done, because the loop for ``in_place`` is wanted.
    """
    fills = make_fills(name, inputs, outputs, kernel, shorter)
    fill, space = (fills.from_copies, rooms(inputs)) if in_place else (fills.directly, _no_room)
    run = _run(fill, parts(inputs), space, any_memory=in_place)

    @jit
    def of(arrays: Any, progress: Any, chunk: Any, most: Any) -> bool:
        return run(arrays[:inputs], arrays[inputs:], progress, chunk, most)

    return _taking(inputs + outputs, of, name)


def make_look_up(name: str, outputs: int) -> Callable[..., bool]:
    """The loop ``out[:] = table[x]``, with as many tables as outputs.

    The tables come first among the loop's arguments, so that one loop serves all functions.  An
    output may be the input itself.
    """
    cut, read, write = parts(outputs), elements(outputs), stores(outputs)

    @jit
    def part(xs: Any, start: Any, stop: Any) -> Any:
        return xs[0][start:stop], xs[1:]

    @jit
    def fill(xs: Any, outs: Any, start: Any, _copies: Any) -> None:
        x, tables = xs
        outs = cut(outs, start, start + x.size)
        for i in range(x.size):
            write(outs, i, read(tables, x[i]))

    run = _run(fill, part, _no_room, any_memory=True)

    last = outputs + 1

    @jit
    def of(arrays: Any, progress: Any, chunk: Any, most: Any) -> bool:
        tables = arrays[:outputs]
        return run((arrays[outputs], *tables), arrays[last:], progress, chunk, most)

    return _taking(last + outputs, of, name)


def _taking(number: int, function: Callable[..., bool], name: str) -> Callable[..., bool]:
    """The function of so many arrays, taken one by one: calls from Python cost less than so."""

    def two(a: Any, b: Any, progress: Any, chunk: Any, most: Any) -> bool:
        return function((a, b), progress, chunk, most)

    def three(a: Any, b: Any, c: Any, progress: Any, chunk: Any, most: Any) -> bool:
        return function((a, b, c), progress, chunk, most)

    def four(a: Any, b: Any, c: Any, d: Any, progress: Any, chunk: Any, most: Any) -> bool:
        return function((a, b, c, d), progress, chunk, most)

    def five(a: Any, b: Any, c: Any, d: Any, e: Any, progress: Any, chunk: Any, most: Any) -> bool:
        return function((a, b, c, d, e), progress, chunk, most)

    loop: Any = {2: two, 3: three, 4: four, 5: five}[number]
    loop.__qualname__ = name
    return cast("Callable[..., bool]", loop)


def _run(
    fill: Callable[..., Any],
    part: Callable[..., Any],
    space: Callable[..., Any],
    *,
    any_memory: bool,
) -> Callable[..., bool]:
    """What all loops do: claim chunks and fill them, in the standard mode and without the lock.

    If ``any_memory`` will not do, nothing is done where an output is an input, and True returned.
    """

    @jit
    def run(xs: Any, outs: Any, progress: Any, chunk: Any, most: Any) -> bool:
        if not any_memory:
            for x in xs:
                for out in outs:
                    if x.ctypes.data == out.ctypes.data:
                        return True
        size = xs[0].size
        copies = space(xs)  # may fail, which it must not without the lock
        state = unlock(size >= LONG)
        mode = enter_standard_mode()
        shared = progress.size > 0
        for turn in range(most):
            start = count(progress, CLAIMED, chunk) if shared else turn * chunk
            if start >= size:
                break
            parts = part(xs, start, start + chunk)
            fill(parts, outs, start, copies)
            if shared:
                count(progress, DONE, parts[0].size)
        leave_standard_mode(mode)
        lock(state)
        return False

    return cast("Callable[..., bool]", run)


class Fills(NamedTuple):
    """``fill(xs, outs, start, copies)``: the results of contiguous arrays.

    Attributes
    ----------
    directly : callable
        From the inputs themselves.
    from_copies : callable
        From copies of them, a little at a time, where an output is an input itself.
    """

    directly: Callable[..., None]
    from_copies: Callable[..., None]


def make_fills(
    name: str, inputs: int, outputs: int, kernel: Kernel, shorter: Kernel | None = None
) -> Fills:
    """What loops run, by that kernel, and a shorter one where it serves; see :func:`make`."""
    part = parts(inputs)
    fill: Callable[..., Any] = make_fill(name, inputs, outputs, kernel)
    if shorter is not None:
        fill = _either(make_fill(f"{name}_moderate", inputs, outputs, shorter), fill, part)
    return Fills(_directly(fill), _from_copies(fill, part))


def make_fill(name: str, inputs: int, outputs: int, kernel: Kernel) -> Callable[..., bool]:
    """``fill(xs, outs, start)``: the results of contiguous arrays, and whether they are right.

    It is compiled to machine code of that name, which does not become a part of another function.
    """
    before, step, passed = kernel
    read, same_size = elements(inputs), parts(inputs)
    cut, write = parts(outputs), stores(outputs)

    def fill(xs: Any, outs: Any, start: Any) -> bool:
        full_width()
        size = xs[0].size
        xs = same_size(xs, 0, size)
        outs = cut(outs, start, start + size)
        state = before
        for i in range(size):
            state, ys = step(state, read(xs, i))
            write(outs, i, ys)
        return passed(state)

    fill.__qualname__ = f"{name}_fill"
    return cast("Callable[..., bool]", njit(**OPTIONS | {"forceinline": False})(fill))


def signature(kind: Any, inputs: int, outputs: int) -> Any:
    """The types of a loop's arguments, for arrays of numbers of that type; tables are inputs."""
    arrays = [
        *[types.Array(kind, 1, "C", readonly=True)] * inputs,
        *[types.Array(kind, 1, "C")] * outputs,
    ]
    return types.boolean(*arrays, types.int64[::1], types.int64, types.int64)


def _either(
    shorter: Callable[..., bool], exact: Callable[..., bool], part: Callable[..., Any]
) -> Callable[..., None]:
    """Fill in blocks, and anew by the other loop where not all numbers pass the check."""

    @jit
    def fill(xs: Any, outs: Any, start: Any) -> None:
        for first in range(0, xs[0].size, BUFFER):
            parts = part(xs, first, first + BUFFER)
            if not shorter(parts, outs, start + first):
                exact(parts, outs, start + first)

    return fill


def _directly(fill: Callable[..., None]) -> Callable[..., None]:
    """Fill from the inputs themselves."""

    @jit
    def fill_directly(xs: Any, outs: Any, start: Any, _copies: Any) -> None:
        fill(xs, outs, start)

    return fill_directly


def _from_copies(fill: Callable[..., None], part: Callable[..., Any]) -> Callable[..., None]:
    """Fill from copies of the inputs."""

    @jit
    def fill_from_copies(xs: Any, outs: Any, start: Any, copies: Any) -> None:
        for first in range(0, xs[0].size, BUFFER):
            parts = part(xs, first, first + BUFFER)
            for original, copy in zip(parts, copies):  # noqa: B905  # Numba has no strict=
                for i in range(original.size):
                    copy[i] = original[i]
            fill(part(copies, 0, parts[0].size), outs, start + first)

    return fill_from_copies


@jit
def _no_room(_xs: Any) -> None:
    return None


@cache
def parts(number: int) -> Any:
    """``part(arrays, start, stop)``: so much of all of so many arrays."""
    return each(number, lambda array, start, stop: array[start:stop])


@cache
def rooms(number: int) -> Any:
    """``room(arrays)``: space for :data:`BUFFER` elements of each of so many arrays."""
    return each(number, lambda array: np.empty(BUFFER, array.dtype))


@cache
def elements(number: int) -> Any:
    """``read(arrays, i)``: an element of each of so many arrays."""
    return each(number, lambda array, i: array[i])


def each(number: int, function: Callable[..., Any]) -> Any:
    """The function of each of so many, as a tuple; other arguments are the same for all."""
    of_one = function if is_jitted(function) or isinstance(function, type) else jit(function)

    def last(some: Any, *others: Any) -> Any:
        return (of_one(some[0], *others),)

    if number == 1:
        return jit(last)
    rest = each(number - 1, of_one)

    def first(some: Any, *others: Any) -> Any:
        return (of_one(some[0], *others), *rest(some[1:], *others))

    return jit(first)


@cache
def stores(number: int) -> Any:
    """``write(arrays, i, values)``: an element of each of so many arrays."""

    def last(arrays: Any, i: Any, values: Any) -> None:
        arrays[0][i] = values[0]

    if number == 1:
        return jit(last)
    rest = stores(number - 1)

    def each(arrays: Any, i: Any, values: Any) -> None:
        arrays[0][i] = values[0]
        rest(arrays[1:], i, values[1:])

    return jit(each)
