"""Functions of the family as operators of PyTorch, which its compilers do not look into.

A compiled or exported program names them ``torch.ops.sigmoids.<function>``.  On the CPU they run
the loops of Numba, or of another engine of NumPy's arrays, on the memory of the tensors; elsewhere
the formula in PyTorch's own operators.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any, cast

import torch

from sigmoids.backends.blocks import are_contiguous
from sigmoids.backends.first_use import first_use
from sigmoids.backends.torch import formula
from sigmoids.backends.torch.memory import as_array, as_tensor, evaluator
from sigmoids.spec import Product

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.backends.engine import Arrays
    from sigmoids.backends.torch.formula import Tensors
    from sigmoids.spec import Function, Spec

_library = torch.library.Library("sigmoids", "FRAGMENT")

_specs: dict[str, Function | Product] = {}
"""What every operator computes, by its name."""

TAGS = (torch.Tag.pt2_compliant_tag, torch.Tag.pointwise)


def spec_of(name: str) -> Function | Product:
    """What the operator of that name computes."""
    return _specs[name]


@cache
def name_of(spec: Function | Product) -> str:
    """The name of the function's operator, which is defined when first asked for."""
    with first_use():
        name = spec.name
        while name in _specs:  # a function of the same name, from somewhere else
            name += "_"
        _specs[name] = spec
        _define(name, spec)
    return name


@cache
def product(spec: Spec) -> Product:
    """The product of a function and a factor: one for each function."""
    return Product(spec)


def call(name: str, accuracy: Any, engine: str, inputs: Tensors) -> Any:
    """What the operator computes: by it where somebody listens, and at less cost elsewhere.

    Compilers are shown the formula where they can do something with it: in a program that is
    exported, to where there are no sigmoids, and on devices for which they make one kernel of many
    operators.
    """
    arrays = memory_of(inputs)
    if arrays is not None:
        return on_memory(_specs[name], accuracy, engine, inputs[0], arrays)
    if torch.compiler.is_compiling() and (is_exporting() or not inputs[0].is_cpu):
        return alone(formula.evaluate(_specs[name], accuracy, inputs))
    return _operator(name)(*inputs, accuracy, engine)


def memory_of(tensors: Tensors) -> Arrays | None:
    """The memory of tensors, if they are nothing else and no mode wants to know of operators."""
    if torch._C._len_torch_dispatch_stack() or torch._C._get_tracing_state():
        return None
    for x in tensors:
        if type(x) not in PLAIN or not x.is_cpu:
            return None
    try:
        return tuple([as_array(x) for x in tensors])
    except (RuntimeError, ImportError):  # of a batch, of a conjugate; no bfloat16 in NumPy
        return None


PLAIN = frozenset({torch.Tensor, torch.nn.Parameter})
"""Types that do no more than they say."""

is_exporting: Callable[[], bool] = getattr(torch.compiler, "is_exporting", lambda: False)


def on_memory(
    spec: Function | Product, accuracy: Any, engine: str, x: torch.Tensor, arrays: Arrays
) -> Any:
    """The function of arrays, as tensors like the one that the first is the memory of."""
    compute = evaluator(spec, x.dtype, accuracy, engine)
    memory = arrays[0]
    if memory.ndim and memory.size and are_contiguous(arrays):
        results = compute(arrays, None)
        if len(results) == 1:
            return as_tensor(results[0], x.dtype)
        return tuple([as_tensor(y, x.dtype) for y in results])
    ys = [torch.empty_like(x) for _ in spec.parts]
    compute(arrays, tuple(map(as_array, ys)))
    return alone(ys)


def on_the_cpu(spec: Function | Product, accuracy: Any, engine: str, inputs: Tensors) -> Any:
    """The function of tensors on the CPU."""
    try:
        arrays = tuple(map(as_array, inputs))
    except ImportError:
        return alone(formula.evaluate(spec, accuracy, inputs))
    return on_memory(spec, accuracy, engine, inputs[0], arrays)


def anywhere(spec: Function | Product, accuracy: Any, engine: str, inputs: Tensors) -> Any:
    """The function of tensors on any device; other engines compute on the CPU, and it is copied."""
    if engine == "torch" or inputs[0].is_meta:
        return alone(formula.evaluate(spec, accuracy, inputs))
    here = inputs[0].device
    results = each(on_the_cpu(spec, accuracy, engine, tuple([x.cpu() for x in inputs])))
    return alone([y.to(here) for y in results])


@cache
def _operator(name: str) -> Callable[..., Any]:
    return cast("Callable[..., Any]", getattr(torch.ops.sigmoids, name).default)


def _define(name: str, spec: Function | Product) -> None:
    arguments = ", ".join(f"Tensor {argument}" for argument in spec.arguments)
    number = len(spec.parts)
    returns = "Tensor" if number == 1 else f"({', '.join(number * ['Tensor'])})"
    _library.define(f"{name}({arguments}, str accuracy, str engine) -> {returns}", tags=TAGS)

    def fake(x: torch.Tensor, *_others: Any) -> Any:
        return alone([torch.empty_like(x) for _ in range(number)])

    for compute, devices in (on_the_cpu, "CPU"), (anywhere, "CompositeExplicitAutograd"):
        _library.impl(name, partial(_unpacked, compute, spec), devices)
    torch.library.register_fake(f"sigmoids::{name}", fake, lib=_library)


def _unpacked(compute: Callable[..., Any], spec: Function | Product, *arguments: Any) -> Any:
    *inputs, accuracy, engine = arguments
    return compute(spec, accuracy, engine, tuple(inputs))


def alone(results: Any) -> Any:
    """The only result, or all of them as a tuple."""
    return results[0] if len(results) == 1 else tuple(results)


def each(result: Any) -> Any:
    """The results as a tuple."""
    return result if isinstance(result, tuple) else (result,)
