"""A primitive of JAX's: a function of arrays of one shape, computed by a compiled loop on the CPU.

Who computes is chosen when a program is lowered for a platform, and so for the devices that it
will run on: a formula in XLA's operators for those that have no compiled loops, and for programs
that are exported to be run elsewhere.
"""

from __future__ import annotations

from functools import partial
from string import ascii_lowercase
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
from jax.extend.core import Primitive
from jax.extend.mlir.dialects import stablehlo
from jax.interpreters import batching, mlir, xla

from sigmoids.backends.jax import foreign
from sigmoids.backends.notice import warn_once

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sigmoids.spec import Function

    Formula = Callable[..., tuple[jax.Array, ...]]

elementwise_p = Primitive("sigmoids_high_accuracy")  # Pallas says that it does not know it
elementwise_p.multiple_results = True
elementwise_p.def_impl(partial(xla.apply_primitive, elementwise_p))


def elementwise(spec: Function, formula: Formula, *inputs: jax.Array) -> tuple[jax.Array, ...]:
    """The results for arguments of one shape, dtype and sharding, or the formula of them.

    Parameters
    ----------
    spec : Spec or Joint
        The function.
    formula : callable
        The same in XLA's operators; always the same object for the same function.
    *inputs : Array
        The arguments.
    """
    return tuple(elementwise_p.bind(*inputs, spec=spec, formula=formula))


def _like_the_first(*inputs: Any, spec: Function, formula: Formula) -> list[Any]:
    del formula
    return [inputs[0].update(weak_type=False)] * len(spec.parts)


elementwise_p.def_abstract_eval(_like_the_first)


def _batched(
    inputs: Sequence[Any], axes: Sequence[int | None], *, spec: Function, formula: Formula
) -> tuple[Sequence[Any], Sequence[int]]:
    axis = next(axis for axis in axes if axis is not None)
    size = next(x.shape[a] for x, a in zip(inputs, axes, strict=True) if a is not None)
    aligned = (
        jnp.broadcast_to(jnp.expand_dims(x, axis), (*x.shape[:axis], size, *x.shape[axis:]))
        if own is None
        else jnp.moveaxis(x, own, axis)
        for x, own in zip(inputs, axes, strict=True)
    )
    results = elementwise(spec, formula, *aligned)
    return results, [axis] * len(results)


batching.primitive_batchers[elementwise_p] = _batched


def _by_formula(*inputs: Any, spec: Function, formula: Formula) -> tuple[jax.Array, ...]:
    del spec
    return formula(*inputs)


_lower_formula = mlir.lower_fun(_by_formula, multiple_results=True)
mlir.register_lowering(elementwise_p, _lower_formula)


def _lower_on_cpu(context: Any, *operands: Any, spec: Function, formula: Formula) -> Any:
    x = context.avals_in[0]
    name = None if _is_for_elsewhere(context) else foreign.target(spec, x.dtype)
    if name is None:
        return _lower_formula(context, *operands, spec=spec, formula=formula)
    if getattr(context.module_context.axis_context, "num_devices", None) == 1:
        return jax.ffi.ffi_lowering(name)(context, *operands)
    # XLA's partitioners cut along batch axes, which not all axes may be: so there is one more.
    # Were loops around the call to be of that shape too, XLA would not make vector code of them.
    column = jax.core.ShapedArray((*x.shape, 1), x.dtype)
    columns = context.replace(
        avals_in=[column] * len(operands), avals_out=[column] * len(spec.parts)
    )
    attributes = _partitioned(x.shape, len(operands), len(spec.parts))
    call = jax.ffi.ffi_lowering(name, extra_attributes=attributes)
    apart = stablehlo.optimization_barrier(operands)
    results = call(columns, *[_reshaped(operand, column.shape) for operand in _listed(apart)])
    return _listed(stablehlo.optimization_barrier([_reshaped(y, x.shape) for y in results]))


mlir.register_lowering(elementwise_p, _lower_on_cpu, platform=foreign.PLATFORM)


def _lower_on_tpu(context: Any, *operands: Any, spec: Function, formula: Formula) -> Any:
    warn_once(
        "tpu",
        f'{spec.name}() with accuracy="high" computes in float64, which TPUs do not have, and is '
        'untested on them: use accuracy="fast" there',
    )
    return _lower_formula(context, *operands, spec=spec, formula=formula)


mlir.register_lowering(elementwise_p, _lower_on_tpu, platform="tpu")


def _is_for_elsewhere(context: Any) -> bool:
    """Whether the program is to be exported; also where JAX does not say."""
    parameters = getattr(context.module_context, "lowering_parameters", None)
    return getattr(parameters, "for_export", True)


def _listed(values: Any) -> list[Any]:
    """What an operation returned, as a list, be it one value or several."""
    return [values] if isinstance(values, mlir.ir.Value) else list(values)


def _reshaped(value: Any, shape: Sequence[int]) -> Any:
    kind = mlir.ir.RankedTensorType.get(shape, value.type.element_type)
    return stablehlo.reshape(kind, value)


def _partitioned(shape: Sequence[int], operands: int, results: int) -> dict[str, Any]:
    """What XLA's partitioners need to know to leave arrays where they are, cut along any axes."""
    batch = mlir.ir_attribute({"num_batch_dims": str(len(shape))})
    attributes = {"mhlo.frontend_attributes": batch}
    if getattr(jax.config, "jax_use_shardy_partitioner", True):
        sizes = [*shape, 1]
        factors = [_factor(i) for i in range(len(sizes))]
        array = f"[{', '.join(factors)}]"
        attributes["sdy.sharding_rule"] = mlir.ir.Attribute.parse(
            f"#sdy.op_sharding_rule<({', '.join([array] * operands)})->"
            f"({', '.join([array] * results)}) "
            f"{{{', '.join(map('{}={}'.format, factors, sizes))}}}, custom>"
        )
    return attributes


def _factor(i: int) -> str:
    """Shardy's names of factors: i to z, z_1, z_2 and so on."""
    letters = ascii_lowercase[ascii_lowercase.index("i") :]
    return letters[i] if i < len(letters) else f"z_{i - len(letters) + 1}"
