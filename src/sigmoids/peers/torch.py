"""PyTorch: its functions in inference mode, which spares the records for autograd, and autograd.

``out=`` spares new memory, which costs more than the function for large arrays; some functions take
it without saying so, and ``silu`` only as the operator beneath.  ``torch.compile`` makes one loop
of C++ of a whole expression, which stores into given memory as well.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import cache, partial
from math import pi
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.nn import functional

from sigmoids.peers.peer import Arrays, Call, Library, Peer, Prepared

if TYPE_CHECKING:
    from collections.abc import Callable
    from contextlib import AbstractContextManager

    from numpy.typing import NDArray


def both(function: Callable[[Any], Any], x: Any) -> Call:
    """Value and derivative by autograd."""
    x = x.detach().requires_grad_()
    ones = torch.ones_like(x)

    def call() -> tuple[Any, Any]:
        y = function(x)
        return y.detach(), torch.autograd.grad(y, x, ones)[0]

    return call


def slope(function: Callable[[Any], Any], x: Any) -> Call:
    """The derivative by autograd."""
    value_and_slope = both(function, x)
    return lambda: value_and_slope()[1]


def tanh_slope(x: Any, out: Any) -> Any:
    """The derivative written out, in one array."""
    return torch.tanh(x, out=out).square_().neg_().add_(1)


def arctan_sigmoid(x: Any) -> Any:
    """The expression."""
    return 2 / pi * torch.atan(pi / 2 * x)


def arctan_sigmoid_in_place(x: Any, out: Any) -> Any:
    """The expression, in one array."""
    return torch.mul(x, pi / 2, out=out).atan_().mul_(2 / pi)


def arctan_slope(x: Any, out: Any) -> Any:
    """The derivative written out, in one array."""
    return torch.mul(x, pi / 2, out=out).square_().add_(1).reciprocal_()


def cross_entropy(x: Any, labels: Any, out: Any) -> Any:
    """log(1 + e^x) − x·y, in one array."""
    zero = x.new_zeros(())
    return torch.logaddexp(x, zero, out=out).addcmul_(x, labels, value=-1)


def logistic_slope(x: Any) -> Any:
    """The derivative written out."""
    y = torch.sigmoid(x)
    return y * (1 - y)


def logistic_and_slope(x: Any) -> tuple[Any, Any]:
    """Value and derivative written out."""
    y = torch.sigmoid(x)
    return y, y * (1 - y)


def silu_slope(x: Any) -> Any:
    """The derivative written out."""
    y = torch.sigmoid(x)
    return y * (1 + x * (1 - y))


@cache
def compiled(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function, compiled for arrays of any size, storing its results into those given last."""

    def program(outs: tuple[Any, ...], *inputs: Any) -> None:
        result = function(*inputs)
        for out, y in zip(outs, result if isinstance(result, tuple) else (result,), strict=True):
            out.copy_(y)

    # By default the ninth program would not be compiled, without a word.
    torch._dynamo.config.recompile_limit = 1000
    return torch.compile(program, dynamic=True, fullgraph=True)


def _tensor(x: NDArray[Any]) -> Any:
    if x.dtype.kind == "f":
        return torch.from_numpy(x.copy())
    return torch.from_numpy(x.view(np.int16).copy()).view(torch.bfloat16)


def _plain(label: str, function: Callable[..., Any]) -> Peer:
    return _peer(label, lambda *inputs: partial(function, *inputs))


def _with_out(label: str, function: Callable[..., Any]) -> Peer:
    """The function, its result's place given."""
    return _peer(label, lambda *inputs: partial(function, *inputs, out=torch.empty_like(inputs[0])))


def _compiled(label: str, function: Callable[..., Any], results: int = 1) -> Peer:
    def bind(*inputs: Any) -> Call:
        program = compiled(function)
        outs = tuple(torch.empty_like(inputs[0]) for _ in range(results))

        def call() -> tuple[Any, ...]:
            program(outs, *inputs)
            return outs

        return call

    return _peer(f"torch.compile({label})", bind)


def _autograd(label: str, bind: Callable[..., Call], function: Callable[[Any], Any]) -> Peer:
    return _peer(label, partial(bind, function), nullcontext)


def _peer(
    label: str,
    bind: Callable[..., Call],
    within: Callable[[], AbstractContextManager[Any]] = torch.inference_mode,
) -> Peer:
    return Peer("torch", label, partial(_prepare, bind, within))


def _prepare(
    bind: Callable[..., Call],
    within: Callable[[], AbstractContextManager[Any]],
    *inputs: NDArray[Any],
) -> Prepared:
    dtype = inputs[0].dtype

    def read(result: Any) -> Arrays:
        tensors = result if isinstance(result, tuple) else (result,)
        if dtype.kind == "f":
            return tuple(tensor.numpy() for tensor in tensors)
        return tuple(tensor.view(torch.int16).numpy().view(dtype) for tensor in tensors)

    with within():
        return Prepared(bind(*map(_tensor, inputs)), read, within)


def ours(function: Callable[..., Any], results: int) -> Callable[..., Prepared]:
    """A function of ours in inference mode, the places of its results given."""

    def bind(*inputs: Any) -> Call:
        outs = tuple(torch.empty_like(inputs[0]) for _ in range(results))
        return partial(function, *inputs, out=outs if results > 1 else outs[0])

    return partial(_prepare, bind, torch.inference_mode)


library = Library(
    "torch",
    ("float16", "bfloat16", "float32", "float64"),
    {
        "sigmoid": (
            _plain("torch.sigmoid", torch.sigmoid),
            _with_out("torch.sigmoid(out=)", torch.sigmoid),
            _compiled("torch.sigmoid", torch.sigmoid),
        ),
        "sigmoid_derivative": (
            _autograd("torch.sigmoid, autograd", slope, torch.sigmoid),
            _compiled("y*(1-y)", logistic_slope),
        ),
        "sigmoid_and_derivative": (
            _autograd("torch.sigmoid and autograd", both, torch.sigmoid),
            _compiled("y, y*(1-y)", logistic_and_slope, 2),
        ),
        "logit": (
            _plain("torch.logit", torch.logit),
            _with_out("torch.logit(out=)", torch.logit),
            _compiled("torch.logit", torch.logit),
        ),
        "log_sigmoid": (
            _plain("F.logsigmoid", functional.logsigmoid),
            _with_out("F.logsigmoid(out=)", functional.logsigmoid),
            _compiled("F.logsigmoid", functional.logsigmoid),
        ),
        "softplus": (
            _plain("F.softplus", functional.softplus),
            _with_out("F.softplus(out=)", functional.softplus),
            _compiled("F.softplus", functional.softplus),
        ),
        "silu": (
            _plain("F.silu", functional.silu),
            _with_out("aten.silu(out=)", torch.ops.aten.silu.out),
            _compiled("F.silu", functional.silu),
        ),
        "silu_derivative": (
            _autograd("F.silu, autograd", slope, functional.silu),
            _compiled("y*(1+x*(1-y))", silu_slope),
        ),
        "tanh": (
            _plain("torch.tanh", torch.tanh),
            _with_out("torch.tanh(out=)", torch.tanh),
            _compiled("torch.tanh", torch.tanh),
        ),
        "tanh_derivative": (
            _autograd("torch.tanh, autograd", slope, torch.tanh),
            _with_out("1-torch.tanh(x)**2, out=", tanh_slope),
            _compiled("1-torch.tanh(x)**2", lambda x: 1 - torch.tanh(x) ** 2),
        ),
        "arctan_sigmoid": (
            _plain("2/pi*torch.atan(pi/2*x)", arctan_sigmoid),
            _with_out("2/pi*torch.atan(pi/2*x), out=", arctan_sigmoid_in_place),
            _compiled("2/pi*torch.atan(pi/2*x)", arctan_sigmoid),
        ),
        "arctan_sigmoid_derivative": (
            _autograd("torch.atan, autograd", slope, arctan_sigmoid),
            _with_out("torch 1/(1+(pi/2*x)**2), out=", arctan_slope),
            _compiled("1/(1+(pi/2*x)**2)", lambda x: 1 / (1 + (pi / 2 * x) ** 2)),
        ),
        "sigmoid_binary_cross_entropy": (
            _plain(
                "torch BCEWithLogitsLoss",
                partial(functional.binary_cross_entropy_with_logits, reduction="none"),
            ),
            _with_out("torch.logaddexp(x,0)-x*y, out=", cross_entropy),
            _compiled(
                "BCEWithLogitsLoss",
                partial(functional.binary_cross_entropy_with_logits, reduction="none"),
            ),
        ),
    },
    torch.set_num_threads,
    ours,
)
