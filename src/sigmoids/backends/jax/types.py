"""What JAX knows of arrays beside shape and dtype: weak types, and where their parts are."""

from __future__ import annotations

from typing import Any

import jax
import jax.numpy as jnp
from jax.extend.core.primitives import convert_element_type_p


def is_weak(x: Any) -> bool:
    """Whether a number's dtype would be that of what it meets, as with Python's numbers in JAX."""
    return bool(jax.typeof(x).weak_type)


def convert(x: Any, dtype: Any, *, weak: bool) -> jax.Array:
    """The array in that dtype, weak or not."""
    return convert_element_type_p.bind(x, new_dtype=dtype, weak_type=weak, sharding=None)


def alike(x: jax.Array, y: jax.Array) -> tuple[jax.Array, jax.Array]:
    """Two arrays of one shape and dtype, both spread over devices as JAX would spread their sum."""
    if jax.typeof(x) == jax.typeof(y):
        return x, y
    return x - jnp.zeros_like(y), y - jnp.zeros_like(x)  # XLA leaves out what changes no bit
