"""NumPy's expressions, as they are written everywhere, and with every temporary reused.

NumPy's manual recommends ``out=`` to save temporaries.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.peers.peer import Call, Library, Peer, Prepared, as_arrays

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[Any]


def sigmoid(x: Array) -> Call:
    """The expression."""
    return lambda: 1 / (1 + np.exp(-x))


def sigmoid_in_place(x: Array) -> Call:
    """The expression, in one array."""
    y = np.empty_like(x)

    def call() -> Array:
        np.negative(x, out=y)
        np.exp(y, out=y)
        np.add(y, 1, out=y)
        return np.divide(1, y, out=y)

    return call


def slope(x: Array) -> Call:
    """The expression's well-known derivative."""

    def call() -> Array:
        y = 1 / (1 + np.exp(-x))
        return y * (1 - y)

    return call


def slope_in_place(x: Array) -> Call:
    """The derivative, in two arrays."""
    both = both_in_place(x)
    return lambda: both()[1]


def both(x: Array) -> Call:
    """Value and derivative."""

    def call() -> tuple[Array, Array]:
        y = 1 / (1 + np.exp(-x))
        return y, y * (1 - y)

    return call


def both_in_place(x: Array) -> Call:
    """Value and derivative, in their two arrays."""
    value, slope = sigmoid_in_place(x), np.empty_like(x)

    def call() -> tuple[Array, Array]:
        y = value()
        np.subtract(1, y, out=slope)
        return y, np.multiply(y, slope, out=slope)

    return call


def _peer(label: str, bind: Callable[..., Call]) -> Peer:
    # np.exp overflows where the result is 0, and says so.
    quiet = partial(np.errstate, all="ignore")
    return Peer("numpy", label, lambda *inputs: Prepared(bind(*inputs), as_arrays, quiet))


library = Library(
    "numpy",
    ("float16", "float32", "float64"),
    {
        "sigmoid": (
            _peer("1/(1+np.exp(-x))", sigmoid),
            _peer("1/(1+np.exp(-x)), out=", sigmoid_in_place),
        ),
        "sigmoid_derivative": (
            _peer("NumPy y*(1-y)", slope),
            _peer("NumPy y*(1-y), out=", slope_in_place),
        ),
        "sigmoid_and_derivative": (
            _peer("NumPy y, y*(1-y)", both),
            _peer("NumPy y, y*(1-y), out=", both_in_place),
        ),
    },
)
