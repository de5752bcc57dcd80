"""PyTorch's tensors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from torch.autograd import forward_ad

from sigmoids.backends.torch.differentiable import (
    evaluate,
    evaluate_together,
    introduce,
    together,
)
from sigmoids.backends.torch.memory import FLOATING
from sigmoids.backends.torch.operators import alone, each, memory_of, name_of
from sigmoids.containers import numpy_kind
from sigmoids.containers.container import places

if TYPE_CHECKING:
    from sigmoids.backends.engine import Arrays, Engine
    from sigmoids.containers.container import Route
    from sigmoids.spec import Accuracy, Function


class TorchTensor:
    """``torch.Tensor`` and its subclasses.

    Whoever computes, it is inside of a PyTorch operator: derivatives and compilers do not notice.
    """

    rank = 7

    def default_backend(self) -> str:
        """PyTorch itself."""
        return "torch"

    def can_follow(self, _backend: str, _kinds: tuple[type, ...]) -> bool:
        """Every backend computes memory."""
        return True

    def route(self, engine: Engine, spec: Function, accuracy: Accuracy) -> Route:
        """See :class:`~sigmoids.containers.container.Container`."""
        name, computes = name_of(spec), engine.name

        def route(x: torch.Tensor, out: Any) -> Any:
            if torch.compiler.is_compiling():
                introduce()
            if out is not None:
                return write(name, engine, spec, accuracy, (floating(x, spec.name),), out)
            if not (x.dtype in FLOATING and x.layout is torch.strided and not x.is_nested):
                x = floating(x, spec.name)
            return evaluate(name, accuracy, computes, x)

        return route

    def route_of_several(self, engine: Engine, spec: Function, accuracy: Accuracy) -> Route:
        """See :class:`~sigmoids.containers.container.Container`."""
        name, computes = name_of(spec), engine.name

        def route(arguments: tuple[Any, ...], out: Any) -> Any:
            if torch.compiler.is_compiling():
                introduce()
            inputs = tuple([plain(x, spec.name) for x in arguments])
            if out is not None:
                return write(name, engine, spec, accuracy, inputs, out)
            return evaluate_together(name, accuracy, computes, *inputs)

        return route


def plain(x: Any, name: str) -> Any:
    """An argument as a dense tensor of real numbers, or as a Python number."""
    if isinstance(x, torch.Tensor):
        check(x, name)
        return x
    if isinstance(x, float | int):
        return float(x)
    if isinstance(x, list | tuple):
        return plain(torch.tensor(x), name)
    if isinstance(x, np.ma.MaskedArray):
        raise TypeError("tensors have no mask: np.ma.filled() the masked array beside one first")
    if not hasattr(x, "dtype"):
        x = numpy_kind.as_array(x, name)
    return plain(torch.as_tensor(x), name)


def floating(x: torch.Tensor, name: str) -> torch.Tensor:
    """A dense tensor of a floating dtype."""
    check(x, name)
    return x if x.is_floating_point() else x.to(torch.get_default_dtype())


def check(x: torch.Tensor, name: str) -> None:
    """A TypeError where a tensor is not dense, or holds what is no real number."""
    if x.is_nested or x.layout is not torch.strided:
        kind = "nested" if x.is_nested else str(x.layout).removeprefix("torch.")
        raise TypeError(
            f"{name}() takes dense tensors, not {kind} ones: convert it, or pass the values within"
        )
    if x.is_complex() or x.is_quantized or (x.is_floating_point() and x.dtype not in FLOATING):
        raise TypeError(
            f"{name}() takes real numbers, not dtype {x.dtype}: convert to a floating dtype first"
        )


def write(
    name: str,
    engine: Engine,
    spec: Function,
    accuracy: Accuracy,
    arguments: tuple[Any, ...],
    out: Any,
) -> Any:
    """Results in tensors that are there, with PyTorch's own rule for what is differentiated."""
    outs = places(out, spec)
    for target in outs:
        if not isinstance(target, torch.Tensor):
            raise TypeError(f"out must be a tensor, not {type(target).__name__}")
    if torch.is_grad_enabled() and any(
        isinstance(x, torch.Tensor) and x.requires_grad for x in (*arguments, *outs)
    ):
        raise RuntimeError(
            f"{spec.name}(): out= does not go with derivatives, and one of the tensors requires "
            "grad: leave it out, or use torch.no_grad()"
        )
    inputs = arguments if len(arguments) == 1 else together(*arguments)
    x = inputs[0]
    for target in outs:
        if target.dtype is not x.dtype:
            raise TypeError(f"out has dtype {target.dtype}; the result has {x.dtype}")
        if target.shape != x.shape:
            shapes = tuple(target.shape), tuple(x.shape)
            raise ValueError(f"out has shape {shapes[0]}; the result has {shapes[1]}")
        if target.device != x.device:
            raise ValueError(f"out is on {target.device}; the result is on {x.device}")
    arrays = None if torch.compiler.is_compiling() else _memory(inputs, outs)
    if arrays is None:
        results = evaluate(name, accuracy, engine.name, *inputs)
        for target, y in zip(outs, each(results), strict=True):
            target.copy_(y)
        return out
    sources, targets = arrays[: len(inputs)], arrays[len(inputs) :]
    numpy_kind.evaluate(engine, spec, accuracy, sources, alone(targets))
    # Or results that were recorded would be wrong; tensors of inference are never recorded.
    torch.autograd.graph.increment_version([y for y in outs if not y.is_inference()])
    return out


def _memory(inputs: tuple[torch.Tensor, ...], outs: tuple[torch.Tensor, ...]) -> Arrays | None:
    """The memory of all of these, where it can be written to, and nobody else need know."""
    if torch._C._are_functorch_transforms_active() or forward_ad._current_level >= 0:
        return None
    if not torch.is_inference_mode_enabled() and any(y.is_inference() for y in outs):
        return None  # PyTorch says that these are not to be written to
    return memory_of((*inputs, *outs))


container = TorchTensor()
