"""Loops over arrays around scalar kernels."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple, cast

from numba import njit, types
from numba.extending import intrinsic

from sigmoids.backends.numba.primitives import OPTIONS, jit

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
        ``step(state, x)``: the state after that number, and the results for it.
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
    """What loops run, by that kernel, and a shorter one where it serves; see :func:`make`."""
    part = PARTS[inputs]
    fill: Callable[..., Any] = make_fill(name, inputs, outputs, kernel)
    if shorter is not None:
        fill = _either(make_fill(f"{name}_moderate", inputs, outputs, shorter), fill, part)
    return Fills(_directly(fill), _from_copies(fill, part))


def make_fill(name: str, inputs: int, outputs: int, kernel: Kernel) -> Callable[..., bool]:
    """``fill(xs, outs, start)``: the results of contiguous arrays, and whether they are right.

    It is compiled to machine code of that name, which does not become a part of another function.
    """
    fills: dict[tuple[int, int], Any] = {(1, 1): _fill, (1, 2): _fill_two, (2, 1): _fill_from_two}
    fill = fills[inputs, outputs](kernel)
    fill.__qualname__ = f"{name}_fill"
    return cast("Callable[..., bool]", njit(**OPTIONS | {"forceinline": False})(fill))


def _fill(kernel: Kernel) -> Callable[..., bool]:
    before, step, passed = kernel

    def fill(xs: Any, outs: Any, start: Any) -> bool:
        full_width()
        x = xs[0]
        out = outs[0][start : start + x.size]
        state = before
        for i in range(x.size):
            state, out[i] = step(state, x[i])
        return passed(state)

    return fill


def _fill_two(kernel: Kernel) -> Callable[..., bool]:
    before, step, passed = kernel

    def fill(xs: Any, outs: Any, start: Any) -> bool:
        full_width()
        x = xs[0]
        out, other = outs[0][start : start + x.size], outs[1][start : start + x.size]
        state = before
        for i in range(x.size):
            state, out[i], other[i] = step(state, x[i])
        return passed(state)

    return fill


def _fill_from_two(kernel: Kernel) -> Callable[..., bool]:
    before, step, passed = kernel

    def fill(xs: Any, outs: Any, start: Any) -> bool:
        full_width()
        x = xs[0]
        y = xs[1][: x.size]
        out = outs[0][start : start + x.size]
        state = before
        for i in range(x.size):
            state, out[i] = step(state, x[i], y[i])
        return passed(state)

    return fill


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
def _part(xs: Any, start: Any, stop: Any) -> Any:
    return (xs[0][start:stop],)


@jit
def _part_of_two(xs: Any, start: Any, stop: Any) -> Any:
    return xs[0][start:stop], xs[1][start:stop]


PARTS = {1: _part, 2: _part_of_two}
"""``part(xs, start, stop)``: so much of all inputs, by their number."""
