"""Other libraries' functions, as their users call them, on NumPy arrays of any dtype they take."""

from __future__ import annotations

import importlib.util
from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray

Function = Callable[[NDArray[Any]], NDArray[Any]]


def peers(name: str, dtype: np.dtype[Any]) -> dict[str, Function]:
    """The installed peers of one of our functions that return that dtype, by what is called."""
    return {
        label: function
        for library, label, dtypes, function in PEERS.get(name, ())
        if dtype.name in dtypes and importlib.util.find_spec(library)
    }


def _numpy_sigmoid(x: NDArray[Any]) -> NDArray[Any]:
    return 1 / (1 + np.exp(-x))


def _numpy_slope(x: NDArray[Any]) -> NDArray[Any]:
    y = 1 / (1 + np.exp(-x))
    return y * (1 - y)


def _scipy_sigmoid(x: NDArray[Any]) -> NDArray[Any]:
    from scipy.special import expit

    return np.asarray(expit(x))


def _jax_sigmoid(x: NDArray[Any]) -> NDArray[Any]:
    import jax

    with jax.enable_x64(True):
        return np.asarray(jax.jit(jax.nn.sigmoid)(x))


def _jax_slope(x: NDArray[Any]) -> NDArray[Any]:
    import jax

    with jax.enable_x64(True):
        return np.asarray(jax.jit(jax.vmap(jax.grad(jax.nn.sigmoid)))(x))


def _torch_sigmoid(x: NDArray[Any]) -> NDArray[Any]:
    import torch

    return _from_torch(torch.sigmoid(_to_torch(x)), x.dtype)


def _torch_slope(x: NDArray[Any]) -> NDArray[Any]:
    import torch

    tensor = _to_torch(x).requires_grad_()
    torch.sigmoid(tensor).sum().backward()
    return _from_torch(tensor.grad, x.dtype)


def _to_torch(x: NDArray[Any]) -> Any:
    import torch

    if x.dtype.kind == "f":
        return torch.from_numpy(x.copy())
    return torch.from_numpy(x.view(np.int16).copy()).view(torch.bfloat16)


def _from_torch(tensor: Any, dtype: np.dtype[Any]) -> NDArray[Any]:
    import torch

    if dtype.kind == "f":
        return np.asarray(tensor.detach().numpy())
    return np.asarray(tensor.detach().view(torch.int16).numpy().view(dtype))


ALL = ("float16", "bfloat16", "float32", "float64")

PEERS: dict[str, tuple[tuple[str, str, tuple[str, ...], Function], ...]] = {
    "sigmoid": (
        ("numpy", "1/(1+np.exp(-x))", ("float16", "float32", "float64"), _numpy_sigmoid),
        ("scipy", "scipy.special.expit", ("float32", "float64"), _scipy_sigmoid),
        ("jax", "jax.nn.sigmoid", ALL, _jax_sigmoid),
        ("torch", "torch.sigmoid", ALL, _torch_sigmoid),
    ),
    "sigmoid_derivative": (
        ("numpy", "NumPy y*(1-y)", ("float16", "float32", "float64"), _numpy_slope),
        ("jax", "grad(jax.nn.sigmoid)", ALL, _jax_slope),
        ("torch", "torch.sigmoid, backward", ALL, _torch_slope),
    ),
}
"""For each function: the library, what is called, the dtypes it keeps, and the call."""
