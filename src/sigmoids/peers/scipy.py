"""SciPy's ufuncs, which take ``out=`` like all ufuncs, and what NumPy makes of them."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
from scipy import special
from scipy.special import expit, log_expit, logit

from sigmoids.peers.peer import Call, Library, Peer, Prepared, as_arrays, in_arrays

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[Any]


def both(x: Array, y: Array, slope: Array) -> tuple[Array, Array]:
    """Value and derivative, in their two arrays."""
    expit(x, out=y)
    np.subtract(1, y, out=slope)
    return y, np.multiply(y, slope, out=slope)


def silu(x: Array, y: Array) -> Array:
    """x·σ(x), in one array."""
    expit(x, out=y)
    return np.multiply(x, y, out=y)


def silu_slope(x: Array, y: Array, z: Array) -> Array:
    """The derivative y·(1 + x·(1 − y)) with y = σ(x), in two arrays."""
    expit(x, out=y)
    np.subtract(1, y, out=z)
    np.multiply(z, x, out=z)
    np.add(z, 1, out=z)
    return np.multiply(y, z, out=z)


def cross_entropy(x: Array, labels: Array, y: Array, z: Array) -> Array:
    """The expression that needs one logarithm only, in two arrays."""
    np.subtract(1, labels, out=y)
    np.multiply(y, x, out=y)
    return np.subtract(y, log_expit(x, out=z), out=y)


def _with_out(label: str, ufunc: Callable[..., Any]) -> Peer:
    return _peer(label, lambda x: partial(ufunc, x, out=np.empty_like(x)))


def _in_place(label: str, steps: Callable[..., Any], arrays: int = 1) -> Peer:
    return _peer(label, in_arrays(steps, arrays))


def _peer(label: str, bind: Callable[..., Call]) -> Peer:
    # NumPy's part makes NaN of infinities, and says so.
    quiet = partial(np.errstate, all="ignore")
    return Peer("scipy", label, lambda *inputs: Prepared(bind(*inputs), as_arrays, quiet))


peers = {
    "sigmoid": (_with_out("scipy.special.expit(out=)", expit),),
    "sigmoid_derivative": (_in_place("expit, y*(1-y), out=", lambda *arrays: both(*arrays)[1], 2),),
    "sigmoid_and_derivative": (_in_place("expit, y, y*(1-y), out=", both, 2),),
    "logit": (_with_out("scipy.special.logit(out=)", logit),),
    "log_sigmoid": (_with_out("scipy.special.log_expit(out=)", log_expit),),
    "silu": (_in_place("x*expit(x), out=", silu),),
    "silu_derivative": (_in_place("expit, y*(1+x*(1-y)), out=", silu_slope, 2),),
    "sigmoid_binary_cross_entropy": (_in_place("(1-y)*x-log_expit(x), out=", cross_entropy, 2),),
}
if hasattr(special, "softplus"):  # SciPy has it only lately
    peers["softplus"] = (_with_out("scipy.special.softplus(out=)", special.softplus),)

library = Library("scipy", ("float32", "float64"), peers)
