"""The vocabulary on JAX arrays and tracers."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from sigmoids.backends import arctangent, exponential, logarithm
from sigmoids.backends.jax.subnormal import LIFTED
from sigmoids.backends.pairs import Pair

LIFTED_BELOW = -650.0
"""Where e^z is lifted by the power of two :data:`~sigmoids.backends.exponential.LIFT`: XLA knows no
subnormal numbers, so what is proportional to it is computed as a normal one and put together in the
end."""

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
        return jnp.where(condition, self.number(a), self.number(b))

    rarely = where

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

    def log1p_ratio(self, p: jax.Array, q: jax.Array, /) -> jax.Array:
        """The logarithm of (q + p)/q."""
        if p.dtype == np.float64:
            return self.log_ratio(q + p, q, p)
        return jnp.log1p(p / q)

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
