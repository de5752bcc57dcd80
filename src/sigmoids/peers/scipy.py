"""SciPy's ufuncs, which take ``out=`` like all ufuncs, and what NumPy makes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from scipy.special import expit

from sigmoids.peers.peer import Call, Library, Peer, Prepared, as_arrays

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[Any]


def sigmoid(x: Array) -> Call:
    """The ufunc."""
    y = np.empty_like(x)
    return lambda: expit(x, out=y)


def slope(x: Array) -> Call:
    """The derivative."""
    value_and_slope = both(x)
    return lambda: value_and_slope()[1]


def both(x: Array) -> Call:
    """Value and derivative, in their two arrays."""
    value, slope = np.empty_like(x), np.empty_like(x)

    def call() -> tuple[Array, Array]:
        expit(x, out=value)
        np.subtract(1, value, out=slope)
        return value, np.multiply(value, slope, out=slope)

    return call


def _peer(label: str, bind: Callable[..., Call]) -> Peer:
    return Peer("scipy", label, lambda *inputs: Prepared(bind(*inputs), as_arrays))


library = Library(
    "scipy",
    ("float32", "float64"),
    {
        "sigmoid": (_peer("scipy.special.expit(out=)", sigmoid),),
        "sigmoid_derivative": (_peer("expit, y*(1-y), out=", slope),),
        "sigmoid_and_derivative": (_peer("expit, y, y*(1-y), out=", both),),
    },
)
