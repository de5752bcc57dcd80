"""PyTorch: its functions in inference mode, which spares the records for autograd, and autograd."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from sigmoids.peers.peer import Arrays, Call, Library, Peer, Prepared

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray


def sigmoid(x: Any) -> Call:
    """The function."""
    return partial(torch.sigmoid, x)


def sigmoid_out(x: Any) -> Call:
    """The function, its result's place given."""
    return partial(torch.sigmoid, x, out=torch.empty_like(x))


def slope(x: Any) -> Call:
    """The derivative by autograd."""
    value_and_slope = both(x)
    return lambda: value_and_slope()[1]


def both(x: Any) -> Call:
    """Value and derivative by autograd."""
    x = x.detach().requires_grad_()
    ones = torch.ones_like(x)

    def call() -> tuple[Any, Any]:
        y = torch.sigmoid(x)
        return y.detach(), torch.autograd.grad(y, x, ones)[0]

    return call


def _tensor(x: NDArray[Any]) -> Any:
    if x.dtype.kind == "f":
        return torch.from_numpy(x.copy())
    return torch.from_numpy(x.view(np.int16).copy()).view(torch.bfloat16)


def _peer(
    label: str,
    bind: Callable[..., Call],
    within: Callable[[], AbstractContextManager[Any]] = torch.inference_mode,
) -> Peer:
    def prepare(*inputs: NDArray[Any]) -> Prepared:
        dtype = inputs[0].dtype

        def read(result: Any) -> Arrays:
            tensors = result if isinstance(result, tuple) else (result,)
            if dtype.kind == "f":
                return tuple(tensor.numpy() for tensor in tensors)
            return tuple(tensor.view(torch.int16).numpy().view(dtype) for tensor in tensors)

        with within():
            return Prepared(bind(*map(_tensor, inputs)), read, within)

    return Peer("torch", label, prepare)


library = Library(
    "torch",
    ("float16", "bfloat16", "float32", "float64"),
    {
        "sigmoid": (_peer("torch.sigmoid", sigmoid), _peer("torch.sigmoid(out=)", sigmoid_out)),
        "sigmoid_derivative": (_peer("torch.sigmoid, autograd", slope, nullcontext),),
        "sigmoid_and_derivative": (_peer("torch.sigmoid and autograd", both, nullcontext),),
    },
    torch.set_num_threads,
)
