"""The JAX engine: XLA code with declared derivatives, under every transformation.

``accuracy="high"`` computes the narrower dtypes in float64, which works inside any trace whether
or not JAX's global x64 flag is set, as long as the wide numbers stay inside the context manager.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from sigmoids.backends import exponential, narrow

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sigmoids.spec import Accuracy, Spec


class JaxVocabulary:
    """The primitives on JAX arrays and tracers: the rational form in float64, XLA's own below."""

    abs = staticmethod(jnp.abs)
    where = staticmethod(jnp.where)

    @staticmethod
    def exp_ratio(z: jax.Array, /) -> tuple[jax.Array, jax.Array]:
        """Numerator and denominator of e^z."""
        if z.dtype != np.float64:
            return jnp.exp(z), jnp.ones((), z.dtype)
        p, q, _, _ = _rational(z)
        return p, q

    @staticmethod
    def expm1_ratio(z: jax.Array, /) -> tuple[jax.Array, jax.Array]:
        """Numerator and denominator of e^z − 1."""
        if z.dtype != np.float64:
            return jnp.expm1(z), jnp.ones((), z.dtype)
        p, q, k, r = _rational(z)
        return jnp.where(k == 0, 2 * r, p - q), q


LIFTED_BELOW = -700.0
LIFT = 64
"""XLA flushes subnormal results.  So p is 2^LIFT times too large for z < LIFTED_BELOW, and a
float64 result that is proportional to it, a tiny one, is brought down as an integer."""


def _rational(z: jax.Array) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array]:
    z = jnp.maximum(z, exponential.LOWEST)
    k = lax.round(z * exponential.LOG2E, lax.RoundingMethod.TO_NEAREST_EVEN)
    r = z - k * exponential.LN2_HIGH - k * exponential.LN2_LOW
    s = exponential.ratio(r * r)
    n = k.astype(jnp.int32)
    down = n >> 1
    lift = jnp.where(z < LIFTED_BELOW, LIFT, 0)
    return (s + r) * _power_of_two(down + lift), (s - r) * _power_of_two(down - n), k, r


def _power_of_two(n: jax.Array) -> jax.Array:
    return lax.bitcast_convert_type((n.astype(jnp.int64) + 1023) << 52, jnp.float64)


_VOCABULARY = JaxVocabulary()


@cache
def function(spec: Spec, accuracy: Accuracy) -> Callable[[Any], jax.Array]:
    """The compiled function of floating arrays, differentiable to every order."""

    def evaluate(member: Spec, x: Any) -> jax.Array:
        return function(member, accuracy)(x)

    def value(x: jax.Array) -> jax.Array:
        if x.dtype.itemsize == 1:
            return _look_up(spec, x)
        return _compute(spec, x, accuracy)

    def tangent(dx: jax.Array, _value: jax.Array, x: jax.Array) -> jax.Array:
        return spec.derivative(evaluate, x) * dx

    value.__name__ = spec.name
    differentiable = jax.custom_jvp(value)
    differentiable.defjvps(tangent)
    return jax.jit(differentiable)


def _compute(spec: Spec, x: jax.Array, accuracy: Accuracy) -> jax.Array:
    fast_dtype = np.dtype(np.float32) if x.dtype.itemsize == 2 else x.dtype
    wide = np.dtype(np.float64) if accuracy == "high" else fast_dtype
    with jax.enable_x64(True):
        number = x.astype(wide)
        y: jax.Array = spec.formula(_VOCABULARY, number)
        if x.dtype == np.float64:
            return _lower(number, y)
        if wide == x.dtype:
            return y
        if spec.break_ties is not None:
            y = spec.break_ties(_VOCABULARY, number, y)
        return _round_once(y, x.dtype) if wide == np.float64 else y.astype(x.dtype)


def _look_up(spec: Spec, x: jax.Array) -> jax.Array:
    table = jnp.asarray(narrow.table(spec, x.dtype))
    bits = table[lax.bitcast_convert_type(x, table.dtype)]
    return lax.bitcast_convert_type(bits, x.dtype)


def _round_once(y: jax.Array, dtype: np.dtype[Any]) -> jax.Array:
    """Float64 results to the nearest numbers of the dtype, ties to even, subnormals included."""
    info = jnp.finfo(dtype)
    if dtype.itemsize == 2:
        # Conversion goes through float32.  Rounding to odd at its 24 bits first (Boldo and
        # Melquiond, 2005) makes that step exact and leaves the decision to the second.
        bits = lax.bitcast_convert_type(y, jnp.uint64)
        dropped = jnp.uint64(2**29 - 1)
        sticky = ((bits & dropped) != 0).astype(jnp.uint64) << 29
        odd = lax.bitcast_convert_type((bits & ~dropped) | sticky, jnp.float64)
        nearest = odd.astype(jnp.float32).astype(dtype)
    else:
        nearest = y.astype(dtype)
    if info.minexp != np.finfo(np.float32).minexp:
        return nearest
    subnormal = _from_quanta(jnp.abs(y) * 2.0 ** (info.nmant - info.minexp), y, dtype)
    return jnp.where(jnp.abs(y) < 2.0**info.minexp, subnormal, nearest)


def _lower(x: jax.Array, y: jax.Array) -> jax.Array:
    """Float64 results ``y`` of arguments ``x`` with the lift of p taken back."""
    info = np.finfo(np.float64)
    lifted = (jnp.abs(x) > -LIFTED_BELOW) & (jnp.abs(y) < 2.0**-900)
    tiny = _from_quanta(jnp.abs(y) * 2.0 ** (info.nmant - info.minexp - LIFT), y, y.dtype)
    normal = jnp.abs(y) >= 2.0 ** (info.minexp + LIFT)
    return jnp.where(lifted, jnp.where(normal, y * 2.0**-LIFT, tiny), y)


def _from_quanta(quanta: jax.Array, sign: jax.Array, dtype: np.dtype[Any]) -> jax.Array:
    """Subnormal numbers from how many times the smallest one they are.

    They are put together as integers, because XLA flushes them in arithmetic and in conversions:
    a subnormal's bits are just that count, and the sign.
    """
    integer = jnp.dtype(f"int{8 * dtype.itemsize}")
    count = lax.round(quanta, lax.RoundingMethod.TO_NEAREST_EVEN).astype(integer)
    negative = jnp.where(jnp.signbit(sign), integer.type(jnp.iinfo(integer).min), integer.type(0))
    return lax.bitcast_convert_type(count | negative, dtype)


class JaxEngine:
    """Evaluates through XLA on the devices JAX finds."""

    name = "jax"

    def devices(self) -> tuple[str, ...]:
        """JAX's own names for its devices."""
        return tuple(str(device) for device in jax.devices())

    def evaluate(
        self, spec: Spec, x: NDArray[Any], accuracy: Accuracy, out: NDArray[Any] | None
    ) -> NDArray[Any]:
        """Evaluate NumPy arrays; see :class:`~sigmoids.backends.engine.Engine`."""
        if x.dtype.itemsize == 1:
            # JAX has not all of these types, and their results are read from a table anyhow.
            return narrow.evaluate(spec, x, out)
        if out is None:
            out = np.empty_like(x)
        # Inside a trace, NumPy arrays are constants: they are computed now, not staged.
        with jax.enable_x64(True), jax.ensure_compile_time_eval():
            out[...] = function(spec, accuracy)(x)
        return out

    def evaluate_native(self, spec: Spec, x: jax.Array, accuracy: Accuracy) -> jax.Array:
        """Evaluate JAX arrays and tracers of a floating dtype; device and sharding stay."""
        if x.dtype == np.float64:
            with jax.enable_x64(True):
                return function(spec, accuracy)(x)
        return function(spec, accuracy)(x)


engine = JaxEngine()
