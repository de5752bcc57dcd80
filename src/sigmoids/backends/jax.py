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
from jax.custom_derivatives import SymbolicZero

from sigmoids.backends import arctangent, exponential, logarithm, narrow
from sigmoids.backends.engine import results_like
from sigmoids.backends.pairs import Pair, PairVocabulary
from sigmoids.spec import beside, results

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.backends.engine import Arrays, Evaluator
    from sigmoids.spec import Accuracy, Function, Spec


Inputs = tuple[jax.Array, ...]

DOUBLE = np.dtype(np.float64)

LIFTED_BELOW = -650.0
"""Where e^z is lifted by the power of two :data:`~sigmoids.backends.exponential.LIFT`: XLA knows no
subnormal numbers, so what is proportional to it is computed as a normal one and put together in the
end."""

TINY = 2.0**-500
"""Arguments below it are lifted, where the function is not constant for them."""

FAR = 2.0**400
"""Arguments above it are made smaller, where the function falls as their inverse square."""

TINY_SINGLE, LIFT_SINGLE = 2.0**-100, 64
"""The same in float32."""

LIFTED = 2.0**-350
"""Results below it are lifted where anything is: the others are far above."""

COMPARABLE = LIFTED * 2.0**-exponential.LIFT
"""Numbers below it may be lifted to be added to others that are."""


class JaxVocabulary:
    """The primitives on JAX arrays and tracers: the rational form in float64, XLA's own below.

    Parameters
    ----------
    lifted : array of bool
        Where the argument is lifted.
    dtype : dtype
        That the formula is evaluated in.
    """

    abs = staticmethod(jnp.abs)
    copysign = staticmethod(jnp.copysign)

    def __init__(self, lifted: jax.Array, dtype: np.dtype[Any]) -> None:
        self.lifted = lifted
        self.dtype = dtype

    def number(self, value: Any, _rest: float = 0.0, /) -> Any:
        """As it is, a constant in the formula's dtype."""
        return self.dtype.type(value) if isinstance(value, float) else value

    def exp_ratio(self, z: jax.Array, /) -> tuple[jax.Array, jax.Array]:
        """Numerator and denominator of e^z."""
        if z.dtype != np.float64:
            return jnp.exp(jnp.minimum(z, exponential.HIGHEST)), jnp.ones((), z.dtype)
        p, q, _, _ = exponential.single_ratio(self, z)
        return p, q

    def expm1_ratio(self, z: jax.Array, /) -> tuple[jax.Array, jax.Array]:
        """Numerator and denominator of e^z − 1."""
        if z.dtype != np.float64:
            return jnp.expm1(jnp.minimum(z, exponential.HIGHEST)), jnp.ones((), z.dtype)
        p, q, k, r = exponential.single_ratio(self, z)
        return jnp.where(k == 0, 2 * r, p - q), q

    def split(self, z: jax.Array, /) -> tuple[jax.Array, jax.Array, jax.Array, float]:
        """The argument reduction of :mod:`sigmoids.backends.exponential`, with its lift."""
        z = jnp.clip(z, exponential.LOWEST, exponential.HIGHEST)
        k = lax.round(z * exponential.LOG2E, lax.RoundingMethod.TO_NEAREST_EVEN)
        low = z < LIFTED_BELOW
        self.lifted |= low
        return z, k, _power_of_two(k + jnp.where(low, exponential.LIFT, 0)), 1.0

    def where(self, condition: Any, a: Any, b: Any, /) -> Any:
        """A select."""
        return jnp.where(condition, a, self.number(b))

    @staticmethod
    def itself(x: jax.Array, /) -> jax.Array:
        """As it is."""
        return x

    @staticmethod
    def limit(x: jax.Array, low: float, high: float, /) -> jax.Array:
        """The argument within limits."""
        largest = float(jnp.finfo(x.dtype).max)
        return lax.clamp(x.dtype.type(low), x, x.dtype.type(min(high, largest)))

    def with_tail(self, number: Any, tail: Any, /) -> Any:
        """The sum: where the second is lifted the first is too, or the second does not count."""
        if self.dtype != np.float64:  # where nothing is lifted
            return number + tail
        leading = number.hi if isinstance(number, Pair) else number
        comparable = jnp.abs(leading) < COMPARABLE
        factor = jnp.where(self.lifted & comparable, 2.0**exponential.LIFT, 1.0)
        kept = jnp.where(self.lifted & ~comparable, 0.0, 1.0)
        self.lifted &= comparable
        if isinstance(number, Pair):
            return number.scaled(factor) + tail.scaled(kept)
        return number * factor + tail * kept

    def log_ratio(self, a: jax.Array, b: jax.Array, difference: jax.Array, /) -> jax.Array:
        """The logarithm of a quotient."""
        if a.dtype == np.float64:
            return logarithm.single_log(self, a, b, difference)
        excess = difference / b
        far = excess < -0.5  # where the logarithm of 1 + x is better taken of the sum
        return jnp.where(far, jnp.log(a / b), jnp.log1p(excess))

    def arctan_ratio(self, a: jax.Array, b: Any, /) -> jax.Array:
        """The arctangent of a quotient."""
        if a.dtype == np.float64:
            return arctangent.single_arctan(self, a, b)
        return jnp.arctan(a / b)

    @staticmethod
    def exponent(a: jax.Array, b: jax.Array, /) -> tuple[jax.Array, jax.Array]:
        """The argument reduction of :mod:`sigmoids.backends.logarithm`."""
        a = a * 2.0**logarithm.LIFT
        above, below = (lax.bitcast_convert_type(v, jnp.int64) for v in (a, b))
        k = ((above - below + 2**51) >> 52).astype(jnp.float64)
        return k - logarithm.LIFT, _power_of_two(-k)

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


@cache
def function(spec: Function, accuracy: Accuracy) -> Callable[..., Inputs]:
    """The compiled function of floating arrays, differentiable to every order."""

    def evaluate(member: Spec, *inputs: Any) -> jax.Array:
        return function(member, accuracy)(*inputs)[0]

    def values(*inputs: jax.Array) -> tuple[jax.Array, ...]:
        if inputs[0].dtype.itemsize == 1 and len(inputs) == 1:
            return _look_up(spec, *inputs)
        return _compute(spec, inputs, accuracy)

    def tangents(primals: Any, directions: Any) -> Any:
        return differentiable(*primals), tuple(
            _directional(results(part.derivative(evaluate, *primals)), directions)
            for part in spec.parts
        )

    values.__name__ = spec.name
    differentiable = jax.custom_jvp(values)
    differentiable.defjvp(tangents, symbolic_zeros=True)
    return jax.jit(differentiable)


def _directional(slopes: tuple[Any, ...], directions: tuple[Any, ...]) -> Any:
    """The slopes' sum along the directions; a direction of 0 makes no NaN of an infinite slope."""
    moving = [
        slope * direction
        for slope, direction in zip(slopes, directions, strict=True)
        if not isinstance(direction, SymbolicZero)
    ]
    return sum(moving[1:], moving[0])


def _compute(spec: Function, inputs: Inputs, accuracy: Accuracy) -> Inputs:
    dtype = inputs[0].dtype
    with jax.enable_x64(True):
        if dtype == np.float64:
            return _in_float64(spec, inputs, accuracy)
        if accuracy == "fast":
            return _natively(spec, inputs)
        xp = JaxVocabulary(jnp.zeros((), jnp.bool_), DOUBLE)
        number, *others = (_lifted(x, 0) for x in inputs)
        moved = number if spec.break_ties is None else spec.break_ties(xp, number)
        computed = results(spec.formula(xp, moved, *others))
        return tuple(
            _round_once(_settle(part, number, y), dtype)
            for part, y in zip(spec.parts, computed, strict=True)
        )


def _natively(spec: Function, inputs: Inputs) -> Inputs:
    dtype = inputs[0].dtype
    single = np.dtype(np.float32)
    number, *others = (x.astype(single) for x in inputs)
    tiny = jnp.zeros((), jnp.bool_)
    xp = JaxVocabulary(tiny, single)
    if not _logarithmic(spec):
        computed = results(spec.formula(xp, number, *others))
        return tuple(y.astype(dtype) for y in computed)
    tiny = jnp.abs(number) < TINY_SINGLE
    number = jnp.where(tiny, _lifted(inputs[0], LIFT_SINGLE, single), number)
    computed = results(spec.formula(xp, number, *others))
    tiny &= number != 0
    return tuple(_less_lift(xp, y, tiny, LIFT_SINGLE).astype(dtype) for y in computed)


def _in_float64(spec: Function, inputs: Inputs, accuracy: Accuracy) -> Inputs:
    x, *others = inputs
    tiny = lifted = jnp.zeros((), jnp.bool_)
    near_zero = {part.near_zero for part in spec.parts}
    if near_zero != {"constant"}:
        tiny = jnp.abs(x) < TINY
        x = jnp.where(tiny, _lifted(x, exponential.LIFT), x)
    if "linear" in near_zero:
        lifted = tiny
    if any(part.vanishes_as_square for part in spec.parts):
        far = jnp.abs(x) > FAR
        x = jnp.where(far, x * 2.0 ** (-exponential.LIFT // 2), x)
        lifted |= far
    vocabulary = JaxVocabulary(lifted, DOUBLE)
    xp = PairVocabulary(vocabulary, x) if accuracy == "high" else vocabulary
    computed = results(spec.formula(xp, x, *others))
    if _logarithmic(spec):
        computed = tuple(_less_lift(xp, y, tiny & (x != 0), exponential.LIFT) for y in computed)
    return tuple(_lowered(y, vocabulary.lifted) for y in computed)


def _settle(part: Spec, x: jax.Array, y: jax.Array) -> jax.Array:
    """Results that are as good as ties, moved to the side that they are on."""
    for argument, distance in part.ties:
        y = jnp.where(x == argument, y * beside(distance), y)
    return y


def _logarithmic(spec: Function) -> bool:
    return any(part.near_zero == "logarithmic" for part in spec.parts)


def _less_lift(xp: Any, y: Any, tiny: jax.Array, lift: int) -> Any:
    """What is logarithmic in an argument that was lifted, as if it had not been."""
    low = y + xp.number(-lift * exponential.LN2_LOW)
    return xp.where(tiny, low + xp.number(-lift * exponential.LN2_HIGH), y)


def _lifted(x: jax.Array, lift: int, dtype: Any = np.float64) -> jax.Array:
    """Numbers times 2^lift in that dtype; XLA takes subnormal ones to be 0, but for their bits."""
    info = jnp.finfo(x.dtype)
    subnormal = _quanta(x).astype(dtype) * 2.0 ** (info.minexp - info.nmant + lift)
    wide = x.astype(dtype)
    tiny = jnp.abs(wide) < 2.0**info.minexp
    return jnp.where(tiny, jnp.copysign(subnormal, wide), wide * 2.0**lift)


def _quanta(x: jax.Array) -> jax.Array:
    """How many times the smallest number a subnormal one is; its bits say so."""
    integer = jnp.dtype(f"int{8 * x.dtype.itemsize}")
    return lax.bitcast_convert_type(x, integer) & integer.type(jnp.iinfo(integer).max)


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


def _lowered(y: jax.Array | Pair, lifted: jax.Array) -> jax.Array:
    """Float64 results, rounded once, with the lift taken back where there is one."""
    hi, lo = (y.hi, y.lo) if isinstance(y, Pair) else (y, jnp.zeros((), y.dtype))
    info, down = np.finfo(np.float64), 2.0**-exponential.LIFT
    total = hi + lo
    normal = jnp.abs(total) * down >= info.smallest_normal
    quanta = 2.0 ** (info.nmant - info.minexp - exponential.LIFT)
    whole = lax.round(jnp.abs(hi) * quanta, lax.RoundingMethod.TO_NEAREST_EVEN)
    rest = (jnp.abs(hi) * quanta - whole) + jnp.where(jnp.signbit(hi), -lo, lo) * quanta
    tiny = _from_quanta(
        whole + lax.round(rest, lax.RoundingMethod.TO_NEAREST_EVEN), total, total.dtype
    )
    lowered = jnp.where(normal, total * down, tiny)
    return jnp.where(lifted & (jnp.abs(total) < LIFTED), lowered, total)


def _from_quanta(quanta: jax.Array, sign: jax.Array, dtype: np.dtype[Any]) -> jax.Array:
    """Subnormal numbers from how many times the smallest one they are.

    They are put together as integers, because XLA flushes them in arithmetic and in conversions:
    a subnormal's bits are just that count, and the sign.
    """
    integer = jnp.dtype(f"int{8 * dtype.itemsize}")
    count = lax.round(quanta, lax.RoundingMethod.TO_NEAREST_EVEN).astype(integer)
    negative = jnp.where(jnp.signbit(sign), integer.type(jnp.iinfo(integer).min), integer.type(0))
    return lax.bitcast_convert_type(count | negative, dtype)


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

    def evaluate_native(self, spec: Function, inputs: Inputs, accuracy: Accuracy) -> Inputs:
        """Evaluate JAX arrays and tracers of a floating dtype; device and sharding stay."""
        if inputs[0].dtype == np.float64:
            with jax.enable_x64(True):
                return function(spec, accuracy)(*inputs)
        return function(spec, accuracy)(*inputs)


engine = JaxEngine()
