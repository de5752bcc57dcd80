"""JAX: its functions under ``jit``, on JAX arrays, in the dtype of the input."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import numpy as np

from sigmoids.peers.peer import Arrays, Library, Peer, Prepared

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray


def prepare(program: Callable[..., Any], *inputs: NDArray[Any]) -> Prepared:
    """A call of a jitted function that waits for its result."""
    with jax.enable_x64(True):
        arrays = tuple(map(jax.numpy.asarray, inputs))
    return Prepared(
        lambda: jax.block_until_ready(program(*arrays)), _read, partial(jax.enable_x64, True)
    )


def _read(result: Any) -> Arrays:
    return tuple(map(np.asarray, result if isinstance(result, tuple) else (result,)))


def _peer(label: str, function: Callable[..., Any]) -> Peer:
    return Peer("jax", label, partial(prepare, jax.jit(function)))


library = Library(
    "jax",
    ("float16", "bfloat16", "float32", "float64"),
    {
        "sigmoid": (_peer("jax.nn.sigmoid", jax.nn.sigmoid),),
        "sigmoid_derivative": (_peer("grad(jax.nn.sigmoid)", jax.vmap(jax.grad(jax.nn.sigmoid))),),
        "sigmoid_and_derivative": (
            _peer("value_and_grad(jax.nn.sigmoid)", jax.vmap(jax.value_and_grad(jax.nn.sigmoid))),
        ),
    },
)
