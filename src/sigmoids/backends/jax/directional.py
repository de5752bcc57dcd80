"""Derivatives along directions: what a rule for ``jax.jvp`` makes of slopes."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jax import lax


def directional(slopes: tuple[Any, ...], directions: tuple[Any, ...]) -> Any:
    """The slopes' sum along the directions."""
    if len(slopes) == 1:
        return slopes[0] * directions[0]
    first, *others = map(_along, map(jnp.asarray, slopes), directions)
    return sum(others, first)


def _along(slope: jax.Array, direction: jax.Array) -> jax.Array:
    """Their product; where the direction is 0, so is this, however large the slope may be.

    An argument that is not moved at all, such as a label that is a constant, has that direction.
    To be told so instead, by symbolic zeros, is what programs for Pallas cannot.
    """
    largest = float(jnp.finfo(slope.dtype).max)
    fixed = lax.stop_gradient(slope)
    # Infinity as a product of numbers, in the midst of which nothing is to be differentiated.
    again = jnp.where(jnp.isinf(fixed), jnp.array(largest, slope.dtype), jnp.ones((), slope.dtype))
    product = jnp.clip(fixed, -largest, largest) * direction * again * again
    return product + _nothing_but_its_change(slope) * direction


@jax.custom_jvp
def _nothing_but_its_change(x: jax.Array) -> jax.Array:
    """0, which has the derivatives of x."""
    return jnp.zeros_like(x)


@_nothing_but_its_change.defjvp
def _tangent(primals: tuple[Any], tangents: tuple[Any]) -> tuple[Any, Any]:
    return jnp.zeros_like(primals[0]), tangents[0]
