"""NumPy's expressions, as they are written everywhere, and with every temporary reused.

NumPy's manual recommends ``out=`` to save temporaries.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.peers.peer import Call, Library, Peer, Prepared, as_arrays, in_arrays

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[Any]


def sigmoid_in_place(x: Array, y: Array) -> Array:
    """The expression, in one array."""
    np.negative(x, out=y)
    np.exp(y, out=y)
    np.add(y, 1, out=y)
    return np.divide(1, y, out=y)


def slope(x: Array) -> Array:
    """The expression's well-known derivative."""
    y = 1 / (1 + np.exp(-x))
    return y * (1 - y)


def both(x: Array) -> tuple[Array, Array]:
    """Value and derivative."""
    y = 1 / (1 + np.exp(-x))
    return y, y * (1 - y)


def both_in_place(x: Array, y: Array, slope: Array) -> tuple[Array, Array]:
    """Value and derivative, in their two arrays."""
    sigmoid_in_place(x, y)
    np.subtract(1, y, out=slope)
    return y, np.multiply(y, slope, out=slope)


def logit_in_place(p: Array, y: Array) -> Array:
    """The log of the odds, in one array."""
    np.subtract(1, p, out=y)
    np.divide(p, y, out=y)
    return np.log(y, out=y)


def log1p_exp(x: Array, y: Array) -> Array:
    """log(1 + e^−|x|), which never overflows and is far faster than ``np.logaddexp``."""
    np.abs(x, out=y)
    np.negative(y, out=y)
    np.exp(y, out=y)
    return np.log1p(y, out=y)


def log_sigmoid_in_place(x: Array, y: Array, z: Array) -> Array:
    """min(x, 0) − log(1 + e^−|x|), in two arrays."""
    return np.subtract(np.minimum(x, 0, out=z), log1p_exp(x, y), out=y)


def softplus_in_place(x: Array, y: Array, z: Array) -> Array:
    """max(x, 0) + log(1 + e^−|x|), in two arrays."""
    return np.add(np.maximum(x, 0, out=z), log1p_exp(x, y), out=y)


def silu_in_place(x: Array, y: Array) -> Array:
    """The expression, in one array."""
    np.negative(x, out=y)
    np.exp(y, out=y)
    np.add(y, 1, out=y)
    return np.divide(x, y, out=y)


def silu_slope(x: Array) -> Array:
    """The derivative y·(1 + x·(1 − y)) with y = σ(x)."""
    y = 1 / (1 + np.exp(-x))
    return y * (1 + x * (1 - y))


def silu_slope_in_place(x: Array, y: Array, z: Array) -> Array:
    """The derivative, in two arrays."""
    sigmoid_in_place(x, y)
    np.subtract(1, y, out=z)
    np.multiply(z, x, out=z)
    np.add(z, 1, out=z)
    return np.multiply(y, z, out=z)


def tanh_slope_in_place(x: Array, y: Array) -> Array:
    """The derivative, in one array."""
    np.tanh(x, out=y)
    np.multiply(y, y, out=y)
    return np.subtract(1, y, out=y)


def arctan_in_place(x: Array, y: Array) -> Array:
    """The expression, in one array."""
    np.multiply(np.pi / 2, x, out=y)
    np.arctan(y, out=y)
    return np.multiply(2 / np.pi, y, out=y)


def arctan_slope_in_place(x: Array, y: Array) -> Array:
    """The derivative, in one array."""
    np.multiply(np.pi / 2, x, out=y)
    np.multiply(y, y, out=y)
    np.add(y, 1, out=y)
    return np.divide(1, y, out=y)


def cross_entropy(x: Array, labels: Array) -> Array:
    """The expression that does not overflow."""
    return np.maximum(x, 0) - x * labels + np.log1p(np.exp(-np.abs(x)))


def cross_entropy_in_place(x: Array, labels: Array, y: Array, z: Array) -> Array:
    """The expression, in two arrays."""
    softplus_in_place(x, y, z)
    np.multiply(x, labels, out=z)
    return np.subtract(y, z, out=y)


def _plain(label: str, expression: Callable[..., Any]) -> Peer:
    return _peer(label, lambda *inputs: partial(expression, *inputs))


def _in_place(label: str, steps: Callable[..., Any], arrays: int = 1) -> Peer:
    return _peer(label, in_arrays(steps, arrays))


def _peer(label: str, bind: Callable[..., Call]) -> Peer:
    # np.exp overflows where the result is 0, and says so.
    quiet = partial(np.errstate, all="ignore")
    return Peer("numpy", label, lambda *inputs: Prepared(bind(*inputs), as_arrays, quiet))


def ours(function: Callable[..., Any], results: int) -> Callable[..., Prepared]:
    """A function of ours, the places of its results given."""

    def prepare(*inputs: NDArray[Any]) -> Prepared:
        outs = tuple(np.empty_like(inputs[0]) for _ in range(results))
        return Prepared(partial(function, *inputs, out=outs if results > 1 else outs[0]), as_arrays)

    return prepare


library = Library(
    "numpy",
    ("float16", "float32", "float64"),
    {
        "sigmoid": (
            _plain("1/(1+np.exp(-x))", lambda x: 1 / (1 + np.exp(-x))),
            _in_place("1/(1+np.exp(-x)), out=", sigmoid_in_place),
        ),
        "sigmoid_derivative": (
            _plain("NumPy y*(1-y)", slope),
            _in_place("NumPy y*(1-y), out=", lambda *arrays: both_in_place(*arrays)[1], 2),
        ),
        "sigmoid_and_derivative": (
            _plain("NumPy y, y*(1-y)", both),
            _in_place("NumPy y, y*(1-y), out=", both_in_place, 2),
        ),
        "logit": (
            _plain("np.log(p/(1-p))", lambda p: np.log(p / (1 - p))),
            _in_place("np.log(p/(1-p)), out=", logit_in_place),
        ),
        "log_sigmoid": (
            _plain("-np.logaddexp(0,-x)", lambda x: -np.logaddexp(0, -x)),
            _in_place("np.log1p(np.exp(-|x|)), out=", log_sigmoid_in_place, 2),
        ),
        "softplus": (
            _plain("np.logaddexp(0,x)", lambda x: np.logaddexp(0, x)),
            _in_place("np.log1p(np.exp(-|x|)), out=", softplus_in_place, 2),
        ),
        "silu": (
            _plain("x/(1+np.exp(-x))", lambda x: x / (1 + np.exp(-x))),
            _in_place("x/(1+np.exp(-x)), out=", silu_in_place),
        ),
        "silu_derivative": (
            _plain("NumPy y*(1+x*(1-y))", silu_slope),
            _in_place("NumPy y*(1+x*(1-y)), out=", silu_slope_in_place, 2),
        ),
        "tanh": (_plain("np.tanh", np.tanh), _in_place("np.tanh(out=)", np.tanh)),
        "tanh_derivative": (
            _plain("1-np.tanh(x)**2", lambda x: 1 - np.tanh(x) ** 2),
            _in_place("1-np.tanh(x)**2, out=", tanh_slope_in_place),
        ),
        "arctan_sigmoid": (
            _plain("2/pi*np.arctan(pi/2*x)", lambda x: 2 / np.pi * np.arctan(np.pi / 2 * x)),
            _in_place("2/pi*np.arctan(pi/2*x), out=", arctan_in_place),
        ),
        "arctan_sigmoid_derivative": (
            _plain("1/(1+(np.pi/2*x)**2)", lambda x: 1 / (1 + (np.pi / 2 * x) ** 2)),
            _in_place("1/(1+(np.pi/2*x)**2), out=", arctan_slope_in_place),
        ),
        "sigmoid_binary_cross_entropy": (
            _plain("NumPy max(x,0)-x*y+...", cross_entropy),
            _in_place("NumPy max(x,0)-x*y+..., out=", cross_entropy_in_place, 2),
        ),
    },
    ours=ours,
)
