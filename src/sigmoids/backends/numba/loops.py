"""Loops over arrays around kernels of numbers.

Arguments and results are tuples everywhere, of arrays or of numbers, so that there may be any
number of them.
"""

from __future__ import annotations

from functools import cache
from types import FunctionType
from typing import TYPE_CHECKING, Any, NamedTuple, cast

from numba import njit, types
from numba.extending import intrinsic

from sigmoids.backends.numba.inline import INNER, jit

if TYPE_CHECKING:
    from collections.abc import Callable

BUFFER = 1024
"""Elements that are copied at a time where input and output are the same memory, and that are
computed anew at a time where one of them is not for the shorter kernel."""


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
    """What loops run: that kernel, and a shorter one where its check is passed.

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
    """
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
    return cast("Callable[..., bool]", njit(**INNER | {"forceinline": False})(fill))


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


@cache
def parts(number: int) -> Any:
    """``part(arrays, start, stop)``: so much of all of so many arrays."""
    return each(number, lambda array, start, stop: array[start:stop])


@cache
def elements(number: int) -> Any:
    """``read(arrays, i)``: an element of each of so many arrays."""
    return each(number, lambda array, i: array[i])


def each(number: int, function: Callable[..., Any]) -> Any:
    """The function of each of so many, as a tuple; other arguments are the same for all."""
    of_one = jit(function) if isinstance(function, FunctionType) else function

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
