"""JAX: its functions under ``jit``, on JAX arrays, in the dtype of the input.

Once with new arrays for the results, and once with donated ones, which XLA computes in as others
do with ``out=``.
"""

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


def prepare_donated(program: Callable[..., Any], results: int, *inputs: NDArray[Any]) -> Prepared:
    """A call that gives its last result away for the next one to be computed in."""
    with jax.enable_x64(True):
        arrays = tuple(map(jnp.asarray, inputs))
        given = tuple(jnp.empty_like(arrays[0]) for _ in range(results))

    def call() -> Any:
        nonlocal given
        given = jax.block_until_ready(program(given, *arrays))
        return given

    return Prepared(call, _read, partial(jax.enable_x64, True))


def _donated(function: Callable[..., Any]) -> Callable[..., Any]:
    """The function under ``jit``, with the arrays that its results may be computed in."""

    def program(_given: tuple[Any, ...], *inputs: Any) -> tuple[Any, ...]:
        result = function(*inputs)
        return result if isinstance(result, tuple) else (result,)

    return jax.jit(program, donate_argnums=0, keep_unused=True)


def _read(result: Any) -> Arrays:
    return tuple(map(np.asarray, result if isinstance(result, tuple) else (result,)))


def _peers(label: str, function: Callable[..., Any], results: int = 1) -> tuple[Peer, Peer]:
    return (
        Peer("jax", label, partial(prepare, jax.jit(function))),
        Peer("jax", f"{label}, donated", partial(prepare_donated, _donated(function), results)),
    )


def _slope(label: str, function: Callable[..., Any]) -> tuple[Peer, Peer]:
    return _peers(f"grad({label})", jax.vmap(jax.grad(function)))


def ours(function: Callable[..., Any], results: int) -> Callable[..., Prepared]:
    """A function of ours under ``jit``, with donated arrays for its results."""
    return partial(prepare_donated, _donated(function), results)


library = Library(
    "jax",
    ("float16", "bfloat16", "float32", "float64"),
    {
        "sigmoid": _peers("jax.nn.sigmoid", jax.nn.sigmoid),
        "sigmoid_derivative": _slope("jax.nn.sigmoid", jax.nn.sigmoid),
        "sigmoid_and_derivative": _peers(
            "value_and_grad(jax.nn.sigmoid)", jax.vmap(jax.value_and_grad(jax.nn.sigmoid)), 2
        ),
        "logit": _peers("jax.scipy.special.logit", logit),
        "log_sigmoid": _peers("jax.nn.log_sigmoid", jax.nn.log_sigmoid),
        "softplus": _peers("jax.nn.softplus", jax.nn.softplus),
        "silu": _peers("jax.nn.silu", jax.nn.silu),
        "silu_derivative": _slope("jax.nn.silu", jax.nn.silu),
        "tanh": _peers("jnp.tanh", jnp.tanh),
        "tanh_derivative": _slope("jnp.tanh", jnp.tanh),
        "arctan_sigmoid": _peers("2/pi*jnp.arctan(pi/2*x)", arctan_sigmoid),
        "arctan_sigmoid_derivative": _slope("2/pi*jnp.arctan(pi/2*x)", arctan_sigmoid),
        "sigmoid_binary_cross_entropy": (
            *_peers("jax.nn.log_sigmoid (optax)", optax_cross_entropy),
            *_peers("JAX max(x,0)-x*y+...", cross_entropy),
        ),
    },
    ours=ours,
)
