"""A function and its derivative in one pass, for all of the family."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import cases
import sigmoids as sg
from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.truth import same
from sigmoids.derivatives import slope_of
from sigmoids.functions import FUNCTIONS

TYPICAL = ("sigmoid", "log_sigmoid", "sigmoid_binary_cross_entropy")
OF_SLOPES = {
    "sigmoid_binary_cross_entropy": cases.BACKENDS,
    "logit": ("numpy", "jax"),
    "tanh_derivative": ("numpy", "jax"),
}
"""Backends on which slopes without a function of their own are tried by default."""
PUBLIC = {member.spec: member.function for member in FUNCTIONS.values()}


def arguments(name, dtype, size=700):
    """Of both kinds that compiled code tells apart: as many as it takes."""
    rng = np.random.default_rng(5)
    x = rng.normal(scale=4, size=size)
    x[-50:] *= 40
    if name == "logit":
        x = rng.random(size)
    return (x.astype(dtype), rng.random(size).astype(dtype))[: len(FUNCTIONS[name].spec.arguments)]


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        pytest.param(
            name, backend,
            marks=() if backend == "numpy" or name in TYPICAL else pytest.mark.exhaustive,
        )
        for name in FUNCTIONS for backend in cases.BACKENDS
    ],
)  # fmt: skip
def test_both_are_the_functions_own(name, backend, accuracy):
    function, spec = FUNCTIONS[name]
    slope = slope_of(spec)
    for dtype in (np.float32, np.float64):
        given = arguments(name, dtype)
        options = {"backend": backend, "accuracy": accuracy}
        value, derivative = sg.value_and_derivative(function, *given, **options)
        exact = accuracy == "high" and dtype == np.float32
        if (backend != "jax" and name != "sigmoid") or exact:
            assert same(value, function(*given, **options)).all()
            if public := PUBLIC.get(slope.member):
                first = -given[0] if slope.negated else given[0]
                assert same(derivative, public(first, *given[1:], **options)).all()
        # Peers' operators may be fused differently beside each other.
        np.testing.assert_allclose(value, function(*given, **options), rtol=4 * np.finfo(dtype).eps)


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        pytest.param(name, backend, marks=() if backend in quick else pytest.mark.exhaustive)
        for name, (_, spec) in FUNCTIONS.items()
        if slope_of(spec).member not in PUBLIC
        for quick in [OF_SLOPES.get(name, ())]
        for backend in cases.BACKENDS
    ],
)
def test_derivatives_that_are_no_function_of_their_own(name, backend):
    """Within 2 ulp, as documented."""
    function, spec = FUNCTIONS[name]
    oracle = cases.remembering_oracle(slope_of(spec).member)
    for dtype in (np.float32, np.float64):
        given = arguments(name, dtype)
        _, derivative = sg.value_and_derivative(function, *given, backend=backend)
        fmt = Format.of(dtype)
        for row in zip(derivative, *given, strict=True):
            y, *xs = map(float, row)
            assert oracle.ulp_error(xs[0] if len(xs) == 1 else tuple(xs), y, fmt) <= 2, xs


def test_kinds_of_arrays_and_places_for_results(accuracy):
    for dtype in cases.DTYPES:
        x = np.linspace(-3, 3, 700).astype(dtype)
        for array in x, jnp.asarray(x):
            found = sg.value_and_derivative(sg.log_sigmoid, array, accuracy=accuracy)
            assert [y.dtype for y in found] == [array.dtype] * 2
    out = np.empty(7), np.empty(7)
    x = np.linspace(-3, 3, 7)
    found = sg.value_and_derivative(sg.log_sigmoid, x, accuracy=accuracy, out=out)
    assert found is out
    assert (out[1] == sg.sigmoid(-x, accuracy=accuracy)).all()
    torch = pytest.importorskip("torch")
    t = torch.linspace(-3, 3, 700, requires_grad=True)
    value, derivative = sg.value_and_derivative(sg.log_sigmoid, t, accuracy=accuracy)
    assert torch.autograd.grad(value.sum(), t, retain_graph=True)[0].equal(derivative)
    assert (torch.autograd.grad(derivative.sum(), t)[0] != 0).all()


def test_under_transformations():
    def both(x):
        return sg.value_and_derivative(sg.log_sigmoid, x)

    x = jnp.linspace(-3.0, 3.0, 7)
    for one, other in zip(jax.jit(both)(x), jax.vmap(both)(x), strict=True):
        assert (one == other).all()
    first = jax.vmap(jax.grad(lambda x: both(x)[0]))(x)
    assert (first == both(x)[1]).all()
    second = jax.vmap(jax.grad(lambda x: both(x)[1]))(x)
    np.testing.assert_allclose(second, -sg.sigmoid_derivative(x), rtol=1e-6)


def test_two_arguments_in_place():
    """The loss and its gradient, where the inputs were."""
    logits, labels = arguments("sigmoid_binary_cross_entropy", np.float64, 5000)
    expected = sg.value_and_derivative(sg.sigmoid_binary_cross_entropy, logits, labels)
    places = logits.copy(), labels.copy()
    sg.value_and_derivative(sg.sigmoid_binary_cross_entropy, *places, out=places)
    for one, other in zip(places, expected, strict=True):
        assert same(one, other).all()


@pytest.mark.parametrize("function", [np.tanh, sg.sigmoid_and_derivative, "sigmoid", []])
def test_what_is_not_of_the_family(function):
    with pytest.raises(TypeError, match="takes one of sigmoid, "):
        sg.value_and_derivative(function, 1.0)


def test_as_many_arguments_as_the_function_has():
    with pytest.raises(TypeError, match="takes logits and labels, not 1 arguments"):
        sg.value_and_derivative(sg.sigmoid_binary_cross_entropy, 1.0)
