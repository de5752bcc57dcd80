"""The JAX engine: XLA code with declared derivatives, under every transformation.

``accuracy="high"`` computes the narrower dtypes in float64, which works inside any trace whether
or not JAX's global x64 flag is set, as long as the wide numbers stay inside the context manager.
"""

from __future__ import annotations

from functools import cache, partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from sigmoids.backends import exponential, narrow
from sigmoids.backends.engine import results_like
from sigmoids.backends.pairs import Pair, PairVocabulary
from sigmoids.spec import results

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sigmoids.backends.engine import Arrays, Evaluator
    from sigmoids.spec import Accuracy, Function, Spec


class JaxVocabulary:
    """The primitives on JAX arrays and tracers: the rational form in float64, XLA's own below."""

    abs = staticmethod(jnp.abs)
    where = staticmethod(jnp.where)
    number = staticmethod(float)

    @classmethod
    def exp_ratio(cls, z: jax.Array, /) -> tuple[jax.Array, jax.Array]:
        """Numerator and denominator of e^z."""
        if z.dtype != np.float64:
            return jnp.exp(jnp.minimum(z, exponential.HIGHEST)), jnp.ones((), z.dtype)
        p, q, _, _ = exponential.single_ratio(cls, z)
        return p, q

    @classmethod
    def expm1_ratio(cls, z: jax.Array, /) -> tuple[jax.Array, jax.Array]:
        """Numerator and denominator of e^z − 1."""
        if z.dtype != np.float64:
            return jnp.expm1(z), jnp.ones((), z.dtype)
        p, q, k, r = exponential.single_ratio(cls, z)
        return jnp.where(k == 0, 2 * r, p - q), q

    @staticmethod
    def split(z: jax.Array, /) -> tuple[jax.Array, jax.Array, jax.Array, jax.Array]:
        """The argument reduction of :mod:`sigmoids.backends.exponential`, with its lift."""
        z = jnp.clip(z, exponential.LOWEST, exponential.HIGHEST)
        k = lax.round(z * exponential.LOG2E, lax.RoundingMethod.TO_NEAREST_EVEN)
        n = k.astype(jnp.int32)
        half = n >> 1
        lift = jnp.where(z < exponential.LIFTED_BELOW, exponential.LIFT, 0)
        return z, k, _power_of_two(half + lift), _power_of_two(half - n)

    @staticmethod
    def constant(value: float, like: jax.Array, /) -> jax.Array:
        """One that looks as if it varied: XLA takes (1 + y) - 1 to be y."""
        return jnp.where(jnp.isnan(like), like, value)

    @staticmethod
    def cut(x: jax.Array, /) -> jax.Array:
        """The upper 26 bits, rounded."""
        bits = (lax.bitcast_convert_type(x, jnp.int64) + 2**26) & -(2**27)
        return lax.bitcast_convert_type(bits, jnp.float64)


def _power_of_two(n: jax.Array) -> jax.Array:
    return lax.bitcast_convert_type((n.astype(jnp.int64) + 1023) << 52, jnp.float64)


_VOCABULARY = JaxVocabulary()
_PAIRS = PairVocabulary(_VOCABULARY)


@cache
def function(spec: Function, accuracy: Accuracy) -> Callable[[Any], tuple[jax.Array, ...]]:
    """The compiled function of floating arrays, differentiable to every order."""

    def evaluate(member: Spec, x: Any) -> jax.Array:
        return function(member, accuracy)(x)[0]

    def values(x: jax.Array) -> tuple[jax.Array, ...]:
        if x.dtype.itemsize == 1:
            return _look_up(spec, x)
        return _compute(spec, x, accuracy)

    def tangents(primals: Any, directions: Any) -> Any:
        (x,), (dx,) = primals, directions
        slopes = (part.derivative(evaluate, x) for part in spec.parts)
        return differentiable(x), tuple(slope * dx for slope in slopes)

    values.__name__ = spec.name
    differentiable = jax.custom_jvp(values)
    differentiable.defjvp(tangents)
    return jax.jit(differentiable)


def _compute(spec: Function, x: jax.Array, accuracy: Accuracy) -> tuple[jax.Array, ...]:
    with jax.enable_x64(True):
        if x.dtype == np.float64:
            xp = _PAIRS if accuracy == "high" else _VOCABULARY
            return tuple(_lowered(x, y) for y in results(spec.formula(xp, x)))
        if accuracy == "fast":
            number = x.astype(jnp.promote_types(x.dtype, np.float32))
            return tuple(y.astype(x.dtype) for y in results(spec.formula(_VOCABULARY, number)))
        number = x.astype(np.float64)
        if spec.break_ties is not None:
            number = spec.break_ties(_VOCABULARY, number)
        return tuple(_round_once(y, x.dtype) for y in results(spec.formula(_VOCABULARY, number)))


def _look_up(spec: Function, x: jax.Array) -> tuple[jax.Array, ...]:
    tables = narrow.tables(spec, x.dtype)
    bits = lax.bitcast_convert_type(x, tables[0].dtype)
    return tuple(lax.bitcast_convert_type(jnp.asarray(table)[bits], x.dtype) for table in tables)


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
    quanta = 2.0 ** (info.nmant - info.minexp)
    subnormal = _from_quanta(jnp.abs(y) * quanta, y, dtype)
    return jnp.where(jnp.abs(y) < 2.0**info.minexp, subnormal, nearest)


def _lowered(x: jax.Array, y: jax.Array | Pair) -> jax.Array:
    """Float64 results of arguments ``x``, rounded once, with the lift of p taken back."""
    hi, lo = (y.hi, y.lo) if isinstance(y, Pair) else (y, jnp.zeros((), y.dtype))
    info, down = np.finfo(np.float64), 2.0**-exponential.LIFT
    total = hi + lo
    lifted = (jnp.abs(x) > -exponential.LIFTED_BELOW) & (jnp.abs(total) < exponential.TINY)
    normal = jnp.abs(total) * down >= info.smallest_normal
    quanta = 2.0 ** (info.nmant - info.minexp - exponential.LIFT)
    whole = lax.round(jnp.abs(hi) * quanta, lax.RoundingMethod.TO_NEAREST_EVEN)
    rest = (jnp.abs(hi) * quanta - whole) + jnp.where(jnp.signbit(hi), -lo, lo) * quanta
    tiny = _from_quanta(
        whole + lax.round(rest, lax.RoundingMethod.TO_NEAREST_EVEN), total, total.dtype
    )
    return jnp.where(lifted, jnp.where(normal, total * down, tiny), total)


def _from_quanta(quanta: jax.Array, sign: jax.Array, dtype: np.dtype[Any]) -> jax.Array:
    """Subnormal numbers from how many times the smallest one they are.

    They are put together as integers, because XLA flushes them in arithmetic and in conversions:
    a subnormal's bits are just that count, and the sign.
    """
    integer = jnp.dtype(f"int{8 * dtype.itemsize}")
    count = lax.round(quanta, lax.RoundingMethod.TO_NEAREST_EVEN).astype(integer)
    negative = jnp.where(jnp.signbit(sign), integer.type(jnp.iinfo(integer).min), integer.type(0))
    return lax.bitcast_convert_type(count | negative, dtype)


def _evaluate(spec: Function, accuracy: Accuracy, x: NDArray[Any], outs: Arrays | None) -> Arrays:
    if outs is None:
        outs = results_like(spec, x)
    # Inside a trace, NumPy arrays are constants: they are computed now, not staged.
    with jax.enable_x64(True), jax.ensure_compile_time_eval():
        for out, y in zip(outs, function(spec, accuracy)(x), strict=True):
            out[...] = y
    return outs


class JaxEngine:
    """Evaluates through XLA on the devices JAX finds."""

    name = "jax"

    def devices(self) -> tuple[str, ...]:
        """JAX's own names for its devices."""
        return tuple(str(device) for device in jax.devices())

    def bind(self, spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Evaluator:
        """What evaluates NumPy arrays; see :class:`~sigmoids.backends.engine.Engine`."""
        if dtype.itemsize == 1:
            # JAX has not all of these types, and their results are read from a table anyhow.
            return partial(narrow.evaluate, spec)
        return partial(_evaluate, spec, accuracy)

    def evaluate_native(
        self, spec: Function, x: jax.Array, accuracy: Accuracy
    ) -> tuple[jax.Array, ...]:
        """Evaluate JAX arrays and tracers of a floating dtype; device and sharding stay."""
        if x.dtype == np.float64:
            with jax.enable_x64(True):
                return function(spec, accuracy)(x)
        return function(spec, accuracy)(x)


engine = JaxEngine()
