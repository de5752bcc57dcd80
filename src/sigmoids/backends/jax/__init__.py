"""The JAX engine: XLA code with declared derivatives, under every transformation.

``accuracy="high"`` computes the narrower dtypes in float64, which works inside any trace whether
or not JAX's global x64 flag is set, as long as the wide numbers stay inside the context manager.
"""

from __future__ import annotations

from contextlib import nullcontext
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from sigmoids.arithmetic.exponential import LN2_HIGH, LN2_LOW
from sigmoids.arithmetic.formats import FLOAT32, FLOAT64, PAIRS
from sigmoids.arithmetic.pairs import words
from sigmoids.arithmetic.rounding import settled
from sigmoids.backends import narrow
from sigmoids.backends.engine import results_like
from sigmoids.backends.jax import foreign
from sigmoids.backends.jax.directional import directional
from sigmoids.backends.jax.elementwise import elementwise
from sigmoids.backends.jax.subnormal import round_once, with_lift, without_lift
from sigmoids.backends.jax.types import alike, convert, is_weak
from sigmoids.backends.jax.vocabulary import JaxNumbers, XlaVocabulary
from sigmoids.spec import results

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.backends.engine import Arrays, Evaluator
    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Accuracy, Function, Spec


Inputs = tuple[jax.Array, ...]

TINY = 2.0**-500
"""Arguments below it are lifted, where the function is not constant for them."""

TINY_SINGLE, LIFT_SINGLE = 2.0**-100, 64
"""The same in float32."""


@cache
def function(spec: Function, accuracy: Accuracy) -> Callable[..., Inputs]:
    """The compiled function of floating arrays, differentiable to every order."""

    def evaluate(member: Spec, *inputs: Any) -> jax.Array:
        return function(member, accuracy)(*inputs)[0]

    by_formula = partial(formula, spec, accuracy=accuracy)

    def values(*inputs: jax.Array) -> Inputs:
        if inputs[0].dtype.itemsize == 1 and len(inputs) == 1:
            return _look_up(spec, *inputs)
        return by_formula(*inputs) if accuracy == "fast" else elementwise(spec, by_formula, *inputs)

    def tangents(primals: Any, directions: Any) -> Any:
        return differentiable(*primals), tuple(
            directional(results(part.derivative(evaluate, *primals)), directions)
            for part in spec.parts
        )

    def call(*inputs: jax.Array) -> Inputs:
        computed = differentiable(*(alike(*inputs) if len(inputs) > 1 else inputs))
        if not all(map(is_weak, inputs)):
            return computed
        return tuple(convert(y, y.dtype, weak=True) for y in computed)

    values.__name__ = call.__name__ = spec.name
    differentiable = jax.custom_jvp(values)
    differentiable.defjvp(tangents)
    return jax.jit(call)


def formula(spec: Function, *inputs: jax.Array, accuracy: Accuracy = "high") -> Inputs:
    """The results in XLA's operators, for any device."""
    if len(spec.formulas) > 1:
        return tuple(y for one in spec.formulas for y in formula(one, *inputs, accuracy=accuracy))
    dtype = inputs[0].dtype
    with jax.enable_x64(True), jax.numpy_dtype_promotion("standard"):
        if dtype == np.float64:
            return _in_float64(spec, inputs, accuracy)
        if accuracy == "fast":
            return _natively(spec, inputs)
        number, *others = (with_lift(x, 0) for x in inputs)
        xp = JaxNumbers(number, FLOAT64, jnp.zeros((), jnp.bool_))
        computed = results(spec.formula(xp, number, *others))
        return tuple(
            round_once(settled(xp, part, number, y), dtype)
            for part, y in zip(spec.parts, computed, strict=True)
        )


def _natively(spec: Function, inputs: Inputs) -> Inputs:
    dtype = inputs[0].dtype
    single = np.dtype(np.float32)
    number, *others = (x.astype(single) for x in inputs)
    tiny = jnp.zeros((), jnp.bool_)
    xp = XlaVocabulary(number, FLOAT32, tiny)
    if not _logarithmic(spec):
        computed = results(spec.formula(xp, number, *others))
        return tuple(y.astype(dtype) for y in computed)
    tiny = jnp.abs(number) < TINY_SINGLE
    number = jnp.where(tiny, with_lift(inputs[0], LIFT_SINGLE, single), number)
    computed = results(spec.formula(xp, number, *others))
    tiny &= number != 0
    return tuple(_less_lift(xp, y, tiny, LIFT_SINGLE).astype(dtype) for y in computed)


def _in_float64(spec: Function, inputs: Inputs, accuracy: Accuracy) -> Inputs:
    x, *others = inputs
    tiny = lifted = jnp.zeros((), jnp.bool_)
    if near_zero := _near_zero(spec):
        tiny = jnp.abs(x) < TINY
        x = jnp.where(tiny, with_lift(x, FLOAT64.lift), x)
    if near_zero == "linear":
        lifted = tiny
    numbers = JaxNumbers(x, PAIRS if accuracy == "high" else FLOAT64, lifted)
    xp = words(numbers)
    computed = results(spec.formula(xp, x, *others))
    if _logarithmic(spec):
        computed = tuple(_less_lift(xp, y, tiny & (x != 0), FLOAT64.lift) for y in computed)
    return tuple(without_lift(y, numbers.lifted) for y in computed)


@cache
def _near_zero(spec: Function) -> str:
    """What the function is for subnormal arguments, which XLA takes to be 0."""
    if len(spec.arguments) > 1:
        return ""
    x = np.array([2.0**-400, 2.0**-800])
    for part in spec.parts:
        with np.errstate(all="ignore"):
            first, second = part.reference(np, x)
        if second == first * 2.0**-400:
            return "linear"
        if abs(first) > 100 and abs(second / first - 2) < 0.01:
            return "logarithmic"
    return ""


def _logarithmic(spec: Function) -> bool:
    return _near_zero(spec) == "logarithmic"


def _less_lift(xp: Any, y: Any, tiny: jax.Array, lift: int) -> Any:
    """What is logarithmic in an argument that was lifted, as if it had not been."""
    low = y + xp.number(-lift * LN2_LOW)
    return xp.where(tiny, low + xp.number(-lift * LN2_HIGH), y)


def _look_up(spec: Function, x: jax.Array) -> tuple[jax.Array, ...]:
    tables = narrow.tables(spec, x.dtype)
    bits = lax.bitcast_convert_type(x, tables[0].dtype)
    return tuple(lax.bitcast_convert_type(jnp.asarray(table)[bits], x.dtype) for table in tables)


def _evaluate(spec: Function, accuracy: Accuracy, inputs: Arrays, outs: Arrays | None) -> Arrays:
    if outs is None:
        outs = results_like(spec, inputs[0])
    # Inside a trace, NumPy arrays are constants: they are computed now, not staged.
    with jax.enable_x64(True), jax.ensure_compile_time_eval():
        for out, y in zip(outs, function(spec, accuracy)(*inputs), strict=True):
            out[...] = y
    return outs


class JaxEngine:
    """Evaluates through XLA on the devices JAX finds."""

    name: Backend = "jax"

    def devices(self) -> tuple[str, ...]:
        """JAX's own names for its devices."""
        return tuple(str(device) for device in jax.devices())

    def problem(self) -> str | None:
        """See :class:`~sigmoids.backends.engine.Engine`."""
        return foreign.problem()

    def bind(self, spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Evaluator:
        """What evaluates NumPy arrays; see :class:`~sigmoids.backends.engine.Engine`."""
        if dtype.itemsize == 1:
            # JAX has not all of these types, and their results are read from a table anyhow.
            return partial(narrow.evaluate, spec)
        return partial(_evaluate, spec, accuracy)

    def evaluate_native(self, spec: Function, inputs: Inputs, accuracy: Accuracy) -> Inputs:
        """Evaluate JAX arrays and tracers of a floating dtype; device and sharding stay."""
        try:
            with jax.enable_x64(True) if inputs[0].dtype == np.float64 else nullcontext():
                return function(spec, accuracy)(*inputs)
        except jax.errors.UnexpectedTracerError as problem:
            if any(type(x).__name__ == "JetTracer" for x in inputs):
                raise TypeError(
                    f"{spec.name}() declares its derivatives, as jax.nn.relu does, which "
                    "jax.experimental.jet cannot follow: nest jax.jvp instead"
                ) from problem
            raise


engine = JaxEngine()
