"""Functions of tensors with their declared derivatives, alive under every transformation.

An operator with a registered derivative would be shorter, but it has no forward mode: its tangents
are 0, without a word.  So the operators know nothing of derivatives, and what is here wraps them.
"""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import torch
from torch.autograd import Function as Wrapper
from torch.autograd import forward_ad

from sigmoids.backends.torch.operators import alone, call, each, name_of, product, spec_of
from sigmoids.derivatives import slope_of
from sigmoids.spec import Joint, results

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.backends.torch.formula import Tensors
    from sigmoids.spec import Product, Spec

    Options = tuple[str, Any, str]


def evaluate(name: str, accuracy: str, engine: str, *inputs: torch.Tensor) -> Any:
    """The function of tensors of one floating dtype and shape, differentiable to every order.

    PyTorch's compiler puts the call into its graph as it is: see :func:`introduce`.

    Parameters
    ----------
    name : str
        That of the operator.
    accuracy : {"high", "fast"}
        Which of the two promises to keep.
    engine : str
        Who computes on the CPU: "torch" for the fastest there is.
    """
    if torch._C._are_functorch_transforms_active() or forward_ad._current_level >= 0:
        return Transformable.apply(name, accuracy, engine, *inputs)
    for x in inputs:
        if x.requires_grad and torch.is_grad_enabled():
            if torch._C._get_tracing_state():
                break  # TorchScript could not save a Function, and has no derivatives but its own
            return Recorded.apply(name, accuracy, engine, *inputs)
    return call(name, accuracy, engine, inputs)


def evaluate_together(name: str, accuracy: str, engine: str, *arguments: Any) -> Any:
    """The function of tensors, and of numbers beside them."""
    return evaluate(name, accuracy, engine, *together(*arguments))


def together(*arguments: Any) -> Tensors:
    """Tensors of one floating dtype and shape, as PyTorch promotes and broadcasts."""
    dtype = torch.result_type(*arguments)
    if not dtype.is_floating_point:
        dtype = torch.get_default_dtype()
    leader = next(x for x in arguments if isinstance(x, torch.Tensor))
    tensors = [
        x.to(leader.device, dtype)
        if isinstance(x, torch.Tensor)
        else leader.new_full((), x, dtype=dtype)
        for x in arguments
    ]
    return torch.broadcast_tensors(*tensors)


def introduce() -> None:
    """Tell PyTorch's compiler, which calls this while it reads, what it should not look into."""
    if "torch._dynamo" in sys.modules:
        torch.compiler.allow_in_graph(evaluate)
        torch.compiler.allow_in_graph(evaluate_together)


introduce.__dict__["_dynamo_marked_constant"] = True  # it is called, and not looked into either


class Recorded(Wrapper):
    """What is recorded for a backward pass, outside of transformations: calls cost a third."""

    @staticmethod
    def forward(ctx: Any, name: str, accuracy: str, engine: str, *inputs: torch.Tensor) -> Any:
        """The values."""
        ctx.options = name, accuracy, engine
        ctx.save_for_backward(*inputs)
        ctx.set_materialize_grads(False)
        return call(name, accuracy, engine, inputs)

    @staticmethod
    def backward(ctx: Any, *factors: torch.Tensor | None) -> Any:
        """The slopes by each input, times what comes from behind."""
        inputs = ctx.saved_tensors
        wanted = ctx.needs_input_grad[3:]
        totals: list[Any] = [None] * len(inputs)
        for part, factor in zip(_parts(ctx.options), factors, strict=True):
            if factor is None:
                continue
            terms = _times_slopes(part, ctx.options, factor, inputs)
            for i, term in enumerate(terms):
                if wanted[i]:
                    totals[i] = term if totals[i] is None else totals[i] + term
        return None, None, None, *totals


class Transformable(Wrapper):
    """The same for the transformations of ``torch.func``, and for forward mode."""

    @staticmethod
    def forward(name: str, accuracy: str, engine: str, *inputs: torch.Tensor) -> Any:
        """The values."""
        return call(name, accuracy, engine, inputs)

    @staticmethod
    def setup_context(ctx: Any, inputs: Any, output: Any) -> None:  # noqa: ARG004
        """What the others need."""
        ctx.options = inputs[:3]
        ctx.save_for_backward(*inputs[3:])
        ctx.save_for_forward(*inputs[3:])
        ctx.set_materialize_grads(False)

    backward = Recorded.backward

    @staticmethod
    def jvp(ctx: Any, *directions: Any) -> Any:
        """The slopes along the directions."""
        directions = directions[3:]
        # PyTorch has switched forward mode off, for these tensors still have their tangents; and so
        # the levels around would take what is computed for constants.
        inputs = [forward_ad.unpack_dual(x, level=0).primal for x in ctx.saved_tensors]
        tangents = []
        with forward_ad._set_fwd_grad_enabled(True):
            for part in _parts(ctx.options):
                slopes = results(part.derivative(_member(ctx.options), *inputs))
                terms = [s * d for s, d in zip(slopes, directions, strict=True) if d is not None]
                tangents.append(sum(terms[1:], terms[0]))
        return alone(tangents)

    @staticmethod
    def vmap(info: Any, in_dims: Any, name: str, accuracy: str, engine: str, *inputs: Any) -> Any:
        """Element by element, batched or not."""
        batched = [
            x.expand(info.batch_size, *x.shape) if dim is None else x.movedim(dim, 0)
            for x, dim in zip(inputs, in_dims[3:], strict=True)
        ]
        y = evaluate(name, accuracy, engine, *batched)
        return y, alone([0 for _ in each(y)])


def _parts(options: Options) -> tuple[Spec | Product, ...]:
    spec = spec_of(options[0])
    return spec.parts if isinstance(spec, Joint) else (spec,)


def _member(options: Options) -> Callable[..., Any]:
    """What derivatives are declared in terms of."""
    _, accuracy, engine = options
    return lambda spec, *inputs: evaluate(name_of(spec), accuracy, engine, *inputs)


def _times_slopes(
    part: Spec | Product, options: Options, factor: torch.Tensor, inputs: Tensors
) -> list[Any]:
    """The slopes by each argument, times the factor: in one pass where that is possible."""
    slope = slope_of(part) if len(inputs) == 1 else None
    if slope is None or factor.dtype.itemsize < 4:
        return [factor * slope for slope in results(part.derivative(_member(options), *inputs))]
    (x,) = inputs
    if not any(factor.stride()):
        factor = factor.contiguous()  # of one number in all places, such as a sum's, too
    x = -x if slope.negated else x
    _, accuracy, engine = options
    return [evaluate(name_of(product(slope.member)), accuracy, engine, x, factor)]
