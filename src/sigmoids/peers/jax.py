"""JAX: its functions under ``jit``, on JAX arrays, in the dtype of the input."""

from __future__ import annotations

from functools import partial
from math import pi
from typing import TYPE_CHECKING, Any

import jax
import numpy as np
from jax import numpy as jnp
from jax.scipy.special import logit

from sigmoids.peers.peer import Arrays, Library, Peer, Prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def arctan_sigmoid(x: Any) -> Any:
    """The expression."""
    return 2 / pi * jnp.arctan(pi / 2 * x)


def optax_cross_entropy(x: Any, y: Any) -> Any:
    """The formula that optax documents."""
    return -y * jax.nn.log_sigmoid(x) - (1 - y) * jax.nn.log_sigmoid(-x)


def cross_entropy(x: Any, y: Any) -> Any:
    """The expression with one logarithm."""
    return jnp.maximum(x, 0) - x * y + jnp.log1p(jnp.exp(-jnp.abs(x)))


def prepare(program: Callable[..., Any], *inputs: NDArray[Any]) -> Prepared:
    """A call of a jitted function that waits for its result."""
    with jax.enable_x64(True):
        arrays = tuple(map(jnp.asarray, inputs))
    return Prepared(
        lambda: jax.block_until_ready(program(*arrays)), _read, partial(jax.enable_x64, True)
    )


def _read(result: Any) -> Arrays:
    return tuple(map(np.asarray, result if isinstance(result, tuple) else (result,)))


def _peer(label: str, function: Callable[..., Any]) -> Peer:
    return Peer("jax", label, partial(prepare, jax.jit(function)))


def _slope(label: str, function: Callable[..., Any]) -> Peer:
    return _peer(f"grad({label})", jax.vmap(jax.grad(function)))


def ours(function: Callable[..., Any], _results: int) -> Callable[..., Prepared]:
    """A function of ours under ``jit``."""
    return partial(prepare, jax.jit(function))


library = Library(
    "jax",
    ("float16", "bfloat16", "float32", "float64"),
    {
        "sigmoid": (_peer("jax.nn.sigmoid", jax.nn.sigmoid),),
        "sigmoid_derivative": (_slope("jax.nn.sigmoid", jax.nn.sigmoid),),
        "sigmoid_and_derivative": (
            _peer("value_and_grad(jax.nn.sigmoid)", jax.vmap(jax.value_and_grad(jax.nn.sigmoid))),
        ),
        "logit": (_peer("jax.scipy.special.logit", logit),),
        "log_sigmoid": (_peer("jax.nn.log_sigmoid", jax.nn.log_sigmoid),),
        "softplus": (_peer("jax.nn.softplus", jax.nn.softplus),),
        "silu": (_peer("jax.nn.silu", jax.nn.silu),),
        "silu_derivative": (_slope("jax.nn.silu", jax.nn.silu),),
        "tanh": (_peer("jnp.tanh", jnp.tanh),),
        "tanh_derivative": (_slope("jnp.tanh", jnp.tanh),),
        "arctan_sigmoid": (_peer("2/pi*jnp.arctan(pi/2*x)", arctan_sigmoid),),
        "arctan_sigmoid_derivative": (_slope("2/pi*jnp.arctan(pi/2*x)", arctan_sigmoid),),
        "sigmoid_binary_cross_entropy": (
            _peer("jax.nn.log_sigmoid (optax)", optax_cross_entropy),
            _peer("JAX max(x,0)-x*y+...", cross_entropy),
        ),
    },
    ours=ours,
)
