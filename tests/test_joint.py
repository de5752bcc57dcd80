"""Functions with several results: the pair as such; each result is tested like any function's."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import cases
import sigmoids as sg
from sigmoids.accuracy.truth import same
from sigmoids.backends import registry
from sigmoids.functions import FUNCTIONS
from sigmoids.spec import Joint

X = np.concatenate([cases.SPECIAL, np.random.default_rng(0).normal(scale=30, size=3000)])


def test_the_bits_of_the_single_functions(backend, dtype):
    """Guaranteed where results are correctly rounded; float64 is compared with the exact values."""
    if dtype == np.float64:
        pytest.skip("may differ in the last bit")
    with np.errstate(all="ignore"):
        x = X.astype(dtype)
    y, slope = sg.sigmoid_and_derivative(x, backend=backend)
    assert same(y, sg.sigmoid(x, backend=backend)).all()
    assert same(slope, sg.sigmoid_derivative(x, backend=backend)).all()


@pytest.mark.parametrize(
    "x", [0.5, 1, True, [0.5, 1.0], np.float32(0.5), np.array(0.5), np.ma.array([1.0, 2.0])]
)
def test_kinds(backend, x):
    results = sg.sigmoid_and_derivative(x, backend=backend)
    assert type(results) is tuple
    for y, function in zip(results, (sg.sigmoid, sg.sigmoid_derivative), strict=True):
        expected = function(x, backend=backend)
        assert type(y) is type(expected)
        assert np.all(y == expected)


def test_masked_pairs(backend):
    x = np.ma.array([0.0, 1.0, 2.0], mask=[False, True, False])
    out = np.ma.zeros(3), np.zeros(3)
    y, slope = sg.sigmoid_and_derivative(x, backend=backend, out=out)
    assert y is out[0]
    assert slope is out[1]
    assert out[0].mask.tolist() == x.mask.tolist()
    assert out[1][0] == 0.25
    assert sg.sigmoid_and_derivative(np.ma.masked, backend=backend) == (np.ma.masked,) * 2


@pytest.mark.parametrize("layout", [slice(None), slice(None, None, -3)], ids=["flat", "strided"])
@pytest.mark.parametrize("place", [0, 1])
def test_in_place(backend, dtype, accuracy, layout, place):
    """The input's memory may be that of either result, and is read before it is written."""
    with np.errstate(all="ignore"):
        x = np.resize(X, 40_000).astype(dtype)[layout]
    options = {"backend": backend, "accuracy": accuracy}
    expected = sg.sigmoid_and_derivative(x.copy(), **options)
    out = (x, np.empty_like(x)) if place == 0 else (np.empty_like(x), x)
    sg.sigmoid_and_derivative(x, out=out, **options)
    for y, right in zip(out, expected, strict=True):
        assert same(y, right).all()


def opposite_and_double(_xp, x):
    return -x, x + x


def test_in_place_where_the_argument_is_needed_to_the_end(backend):
    """A formula whose second result is made of the argument, over whose memory the first goes."""
    part = FUNCTIONS["sigmoid"].spec
    evaluate = registry.load(backend).bind(
        Joint("opposite_and_double", opposite_and_double, (part, part)), X.dtype, "fast"
    )
    x, other = X.copy(), np.empty_like(X)
    evaluate((x,), (x, other))
    np.testing.assert_array_equal(x, -X)
    np.testing.assert_array_equal(other, X + X)


@pytest.mark.parametrize("size", [1000, 100_000])
def test_in_place_of_blocks_and_threads(dtype, size, shares):
    """Vector code would overwrite what it is still to read, and so reads from copies."""
    with np.errstate(all="ignore"):
        x = np.resize(X, size).astype(dtype)
    with sg.use_num_threads(1):
        expected = sg.sigmoid(x, backend="numba")
    for number in (1, 2):
        found = x.copy()
        with sg.use_num_threads(number):
            sg.sigmoid(found, backend="numba", out=found)
        assert same(found, expected).all()
    assert shares == ([2] if size == 100_000 else [])


def test_unsuitable_pairs(backend):
    x, one, memory = np.zeros(3), np.ones(3), np.zeros(4)
    for out, problem, text in (
        (one, TypeError, "out must be 2 arrays"),
        ((one,), TypeError, "out must be 2 arrays"),
        ((one, [0.0] * 3), TypeError, "out must be a NumPy array, not list"),
        ((one, np.ones(2)), ValueError, "out has shape"),
        ((one, np.ones(3, np.float32)), TypeError, "out has dtype float32"),
        ((one, one), ValueError, "overlap"),
        ((memory[1:], memory[:3]), ValueError, "overlap"),
    ):
        with pytest.raises(problem, match=text):
            sg.sigmoid_and_derivative(x, backend=backend, out=out)
    assert (one == 1).all(), "nothing is written"


@pytest.mark.parametrize("size", [3, 5000])
def test_columns_of_a_table_are_memory_of_their_own(backend, dtype, size):
    x, table = np.linspace(-5, 5, size).astype(dtype), np.empty((size, 2), dtype)
    sg.sigmoid_and_derivative(x, backend=backend, out=(table[:, 0], table[:, 1]))
    for column, right in zip(table.T, sg.sigmoid_and_derivative(x, backend=backend), strict=True):
        assert same(np.array(column), right).all()


def test_under_jax():
    x = jnp.asarray(X[np.isfinite(X)], jnp.float32)
    values, pull = jax.vjp(sg.sigmoid_and_derivative, x)
    assert isinstance(values[0], jax.Array)
    (slope,) = pull((jnp.ones_like(x), jnp.zeros_like(x)))
    assert (slope == sg.sigmoid_derivative(x)).all()
    (second,) = pull((jnp.zeros_like(x), jnp.ones_like(x)))
    assert (second == jax.vmap(jax.grad(sg.sigmoid_derivative))(x)).all()
    jitted = jax.jit(sg.sigmoid_and_derivative)(x)
    assert all(
        same(np.asarray(a), np.asarray(b)).all() for a, b in zip(jitted, values, strict=True)
    )
