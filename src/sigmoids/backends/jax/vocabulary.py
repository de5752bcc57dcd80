"""The words on JAX arrays and tracers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from sigmoids.arithmetic import exponential
from sigmoids.arithmetic.formats import FLOAT64
from sigmoids.arithmetic.numbers import Numbers
from sigmoids.arithmetic.pairs import Pair, Pairs
from sigmoids.backends.jax.subnormal import LIFTED

if TYPE_CHECKING:
    from sigmoids.arithmetic.formats import Format

COMPARABLE = LIFTED * 2.0**-FLOAT64.lift
"""Numbers below it may be lifted to be added to others that are."""

SMALL = 2.0**-450
"""Numbers below it have squares that are lifted."""


class JaxNumbers(Numbers):
    """JAX arrays and tracers.

    XLA knows no subnormal numbers.  So where e^z is small it is lifted, what is proportional to it
    is computed as a normal number, and put together in the end.

    Parameters
    ----------
    x : array
        The argument: formulas are traced one by one.
    fmt : Format
        That the formula is evaluated in.
    lifted : array of bool
        Where the argument is lifted; as an attribute, where the result is.
    """

    abs = staticmethod(jnp.abs)
    copysign = staticmethod(jnp.copysign)

    def __init__(self, x: jax.Array, fmt: Format, lifted: jax.Array) -> None:
        super().__init__(fmt)
        self.x = x
        self.lifted = lifted

    def number(self, value: Any, _rest: float = 0.0) -> Any:
        """As it is, a constant in the formula's dtype."""
        return self.fmt.real(value) if isinstance(value, float) else value

    plain = number

    def squared(self, y: Any) -> Any:
        """Lifted where it is small, and nothing else of the formula counts."""
        if self.fmt.real is not np.float64:
            return y * y
        pairs = Pairs(self)
        small = jnp.abs(pairs.whole(y) if isinstance(y, Pair) else y) < SMALL
        self.lifted |= small
        factor = jnp.where(small, 2.0 ** (FLOAT64.lift // 2), 1.0)
        y = pairs.scaled(y, factor) if isinstance(y, Pair) else y * factor
        return y * y

    def where(self, condition: Any, a: Any, b: Any) -> Any:
        """A select."""
        return jnp.where(condition, self.number(a), self.number(b))

    def powers(self, z: jax.Array) -> tuple[jax.Array, jax.Array, float, bool]:
        """The argument reduction of :mod:`sigmoids.arithmetic.exponential`."""
        n = lax.round(z * -exponential.LOG2E, lax.RoundingMethod.TO_NEAREST_EVEN)
        low = z < exponential.LIFTED_BELOW
        self.lifted |= low
        return n, _power_of_two(jnp.where(low, FLOAT64.lift, 0) - n), 1.0, False

    @staticmethod
    def limit(x: jax.Array, low: float, high: float, /) -> jax.Array:
        """The argument within limits."""
        largest = float(jnp.finfo(x.dtype).max)
        return lax.clamp(x.dtype.type(low), x, x.dtype.type(min(high, largest)))

    def with_tail(self, number: Any, tail: Any, /) -> Any:
        """The sum: where the second is lifted the first is too, or the second does not count."""
        if self.fmt.real is not np.float64:  # where nothing is lifted
            return number + tail
        leading = number.hi if isinstance(number, Pair) else number
        comparable = jnp.abs(leading) < COMPARABLE
        factor = jnp.where(self.lifted & comparable, 2.0**FLOAT64.lift, 1.0)
        kept = jnp.where(self.lifted & ~comparable, 0.0, 1.0)
        self.lifted &= comparable
        if isinstance(number, Pair):
            pairs = Pairs(self)
            return pairs.scaled(number, factor) + pairs.scaled(tail, kept)
        return number * factor + tail * kept

    @staticmethod
    def aligned(a: jax.Array, b: jax.Array, /) -> tuple[jax.Array, float, jax.Array]:
        """The argument reduction of :mod:`sigmoids.arithmetic.logarithm`."""
        lift = FLOAT64.logarithm_lift
        above, below = (lax.bitcast_convert_type(v, jnp.int64) for v in (a * 2.0**lift, b))
        k = ((above - below + 2**51) >> 52).astype(jnp.float64)
        return k - lift, 2.0**lift, _power_of_two(-k)

    def constant(self, value: float) -> jax.Array:
        """One that looks as if it varied: XLA takes (1 + y) - 1 to be y."""
        return jnp.where(jnp.isnan(self.x), self.x, value)

    @staticmethod
    def cut(x: jax.Array, /) -> jax.Array:
        """The upper 26 bits, rounded."""
        bits = (lax.bitcast_convert_type(x, jnp.int64) + 2**26) & -(2**27)
        return lax.bitcast_convert_type(bits, jnp.float64)


class XlaVocabulary(JaxNumbers):
    """The words by XLA's own functions, for what is evaluated in float32.

    The arctangent is ours: XLA's has other results in short arrays than in long ones.
    """

    @staticmethod
    def exp_ratio(z: jax.Array, /) -> tuple[jax.Array, jax.Array, jax.Array]:
        """(e^z, 1, 1 + e^z)."""
        p = jnp.exp(jnp.minimum(z, exponential.HIGHEST))
        return p, jnp.ones((), z.dtype), 1 + p

    @staticmethod
    def expm1_ratio(z: jax.Array, /) -> tuple[jax.Array, jax.Array, jax.Array]:
        """(e^z − 1, 1, 2 + (e^z − 1))."""
        d = jnp.expm1(jnp.minimum(z, exponential.HIGHEST))
        return d, jnp.ones((), z.dtype), 2 + d

    @staticmethod
    def log_ratio(a: jax.Array, b: jax.Array, difference: jax.Array, /) -> jax.Array:
        """That of a quotient near 1 from the difference."""
        excess = difference / b
        far = excess < -0.5  # where the logarithm of 1 + x is better taken of the sum
        return jnp.where(far, jnp.log(a / b), jnp.log1p(excess))

    @staticmethod
    def log1p_ratio(p: jax.Array, q: jax.Array, /) -> jax.Array:
        """Its own."""
        return jnp.log1p(p / q)


def _power_of_two(n: jax.Array) -> jax.Array:
    return lax.bitcast_convert_type((n.astype(jnp.int64) + 1023) << 52, jnp.float64)
