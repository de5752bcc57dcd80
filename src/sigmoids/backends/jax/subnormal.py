"""Subnormal numbers, which XLA takes to be 0: read from their bits, and put together as bits."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
import numpy as np
from jax import lax

from sigmoids.arithmetic.formats import FLOAT64
from sigmoids.arithmetic.pairs import Pair

LIFTED = 2.0**-350
"""Results below it are lifted where anything is: the others are far above."""


def with_lift(x: jax.Array, lift: int, dtype: Any = np.float64) -> jax.Array:
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


def round_once(y: jax.Array, dtype: np.dtype[Any]) -> jax.Array:
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


def without_lift(y: jax.Array | Pair, lifted: jax.Array) -> jax.Array:
    """Float64 results, rounded once, with the lift taken back where there is one."""
    hi, lo = (y.hi, y.lo) if isinstance(y, Pair) else (y, jnp.zeros((), y.dtype))
    info, down = np.finfo(np.float64), 2.0**-FLOAT64.lift
    total = hi + lo
    normal = jnp.abs(total) * down >= info.smallest_normal
    quanta = 2.0 ** (info.nmant - info.minexp - FLOAT64.lift)
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
    count = jnp.minimum(count, integer.type(2 ** jnp.finfo(dtype).nmant))  # or it may look like NaN
    negative = jnp.where(jnp.signbit(sign), integer.type(jnp.iinfo(integer).min), integer.type(0))
    return lax.bitcast_convert_type(count | negative, dtype)
