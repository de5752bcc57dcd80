"""What type checkers should say of calls; ``test_types.py`` asks them, and Python runs it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, assert_type

import jax
import jax.numpy as jnp
import numpy as np

import sigmoids as sg

if TYPE_CHECKING:
    from numpy.typing import NDArray

Double = np.ndarray[Any, np.dtype[np.float64]]


def numbers() -> None:
    assert_type(sg.sigmoid(0.5), float)
    assert_type(sg.sigmoid(1), float)
    assert_type(sg.sigmoid(True), float)
    assert_type(sg.sigmoid(np.float32(0.5)), np.float32)
    assert_type(sg.sigmoid(np.float64(0.5)), np.float64)
    assert_type(sg.sigmoid(np.int8(1)), np.float64)
    assert_type(sg.sigmoid(np.True_), np.float64)


def arrays(
    half: NDArray[np.float16],
    single: np.ndarray[tuple[int, int], np.dtype[np.float32]],
    whole: NDArray[np.int64],
    truth: NDArray[np.bool_],
    masked: np.ma.MaskedArray[tuple[int], np.dtype[np.float64]],
) -> None:
    assert_type(sg.sigmoid(half), "NDArray[np.float16]")
    assert_type(sg.sigmoid(single), np.ndarray[tuple[int, int], np.dtype[np.float32]])
    assert_type(sg.sigmoid(whole), Double)
    assert_type(sg.sigmoid(truth), Double)
    assert_type(sg.sigmoid([0, 1]), Double)
    assert_type(sg.sigmoid((0.5, [1.0])[:1]), Double)
    assert_type(sg.sigmoid(masked), np.ma.MaskedArray[tuple[int], np.dtype[np.float64]])


class Wrapped:
    """What has ufuncs of its own."""

    def __array_ufunc__(self, ufunc: Any, method: str, *inputs: Any, **options: Any) -> Any:
        return self


def others(x: jax.Array, wrapped: Wrapped) -> None:
    assert_type(sg.tanh(wrapped), Wrapped)
    assert_type(sg.sigmoid(x), jax.Array)
    assert_type(sg.silu(x, backend="jax", accuracy="fast"), jax.Array)


def places(x: NDArray[np.float64], y: NDArray[np.float32]) -> None:
    assert_type(sg.sigmoid(x, out=x), "NDArray[np.float64]")
    assert_type(sg.sigmoid(x, out=(x,)), "NDArray[np.float64]")
    assert_type(sg.sigmoid_and_derivative(y, out=(y, y.copy()))[0], "NDArray[np.float32]")


def pairs(x: NDArray[np.float32], z: jax.Array) -> None:
    value, slope = sg.sigmoid_and_derivative(x)
    assert_type(value, "NDArray[np.float32]")
    assert_type(slope, "NDArray[np.float32]")
    assert_type(sg.sigmoid_and_derivative(0.5), tuple[float, float])
    assert_type(sg.sigmoid_and_derivative([1]), tuple[Double, Double])
    assert_type(sg.sigmoid_and_derivative(z), tuple[jax.Array, jax.Array])


def two(x: NDArray[np.float32], z: jax.Array) -> None:
    assert_type(sg.sigmoid_binary_cross_entropy(x, x), "NDArray[np.float32]")
    assert_type(sg.sigmoid_binary_cross_entropy(x, 1.0), "NDArray[np.float32]")
    assert_type(sg.sigmoid_binary_cross_entropy(0.5, 1), float)
    assert_type(sg.sigmoid_binary_cross_entropy([0.5], [1]), Double)
    assert_type(sg.sigmoid_binary_cross_entropy(x, 1.0, out=x), "NDArray[np.float32]")
    assert_type(sg.sigmoid_binary_cross_entropy(z, 1.0), jax.Array)
    assert_type(sg.sigmoid_binary_cross_entropy(z, z), jax.Array)


def names() -> None:
    assert_type(sg.sigmoid.__name__, str)
    with sg.use_backend("numpy"), sg.use_accuracy("fast"):
        sg.sigmoid(0.5)


def run() -> None:
    numbers()
    ones = np.ones(2)
    single = np.ones((2, 2), np.float32)
    arrays(ones.astype(np.float16), single, np.ones(2, int), ones > 0, np.ma.ones(2))
    others(jnp.ones(2), Wrapped())
    places(ones, single[0])
    pairs(single[0], jnp.ones(2))
    two(single[0], jnp.ones(2))
    names()
