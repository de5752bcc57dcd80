"""The kernel of a function times a factor, made of the function's own."""

from __future__ import annotations

from typing import Any

from sigmoids.backends.numba.inline import jit
from sigmoids.backends.numba.loops import Kernel


def times(kernel: Kernel) -> Kernel:
    """The kernel of two numbers that multiplies the result for one, as rounded, by the other."""
    compiled = kernel.step

    def step(state: Any, xs: Any) -> Any:
        state, (y,) = compiled(state, xs[:-1])
        return state, (y * xs[-1],)

    return Kernel(kernel.before, jit(step), kernel.passed)
