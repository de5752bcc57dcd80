"""JAX's settings and tools, under which ours behave as its own functions do."""

from __future__ import annotations

import gc
from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from jax.experimental import checkify, jet
from jax.experimental import pallas as pl

import cases
import sigmoids as sg
from sigmoids.accuracy.truth import same
from sigmoids.functions import FUNCTIONS, JOINT

ALL = FUNCTIONS | JOINT
NAMES = [
    pytest.param((name, accuracy), id=f"{name}-{accuracy}", marks=marks)
    for name in ALL
    for accuracy in cases.ACCURACIES
    for marks in [
        () if accuracy == "high" or name in cases.TYPICAL_NAMES else pytest.mark.exhaustive
    ]
]
entropy = sg.sigmoid_binary_cross_entropy


@pytest.fixture(params=NAMES)
def called(request):
    """A function of the family with an accuracy, and arguments for it."""
    name, accuracy = request.param
    function, spec = ALL[name]
    return partial(function, accuracy=accuracy), [jnp.float32(0.25)] * len(spec.arguments)


@pytest.mark.parametrize("t", [0.25, 1])
@pytest.mark.parametrize("name", ["sigmoid", "silu", "logit"])
def test_weak_types_stay_weak(name, t, accuracy):
    function = partial(getattr(sg, name), accuracy=accuracy)

    def f(x, t):
        return x * function(t)

    x = jnp.ones(2, jnp.bfloat16)
    assert f(x, t).dtype == jax.jit(f)(x, t).dtype == (x * jax.nn.softplus(t)).dtype == x.dtype
    assert jax.jit(function)(t).weak_type
    assert not function(x).weak_type
    assert function(jnp.arange(2)).weak_type == jnp.exp(jnp.arange(2)).weak_type


def test_weak_types_of_two_arguments():
    x = jnp.ones(2, jnp.bfloat16)
    assert jax.jit(lambda x, t: x * entropy(t, 0.5))(x, 1.0).dtype == x.dtype
    assert jax.jit(entropy)(1.0, x).dtype == x.dtype
    assert not jax.jit(entropy)(1.0, x).weak_type


@pytest.mark.parametrize("traced", [True, False], ids=["jit", "no jit"])
def test_no_nan_is_made_on_the_way_to_a_number(called, traced):
    f, arguments = called
    if not traced and f.func is sg.logit and f.keywords["accuracy"] == "fast":
        pytest.skip("its constant NaN for arguments outside of [0, 1] is seen")
    with jax.debug_nans(True), jax.disable_jit(not traced):
        f(*arguments)
        jax.grad(lambda *v: jax.tree.leaves(f(*v))[0])(*arguments)


def test_strict_promotion(called):
    f, arguments = called
    with jax.numpy_dtype_promotion("strict"):
        expected = [jnp.asarray(x, jnp.bfloat16) for x in arguments]
        for values in (arguments, expected):
            for y in jax.tree.leaves(jax.jit(f)(*values)):
                assert y.dtype == values[0].dtype


@pytest.fixture
def few_objects():
    """Those that are there already are not gone through, at every trace, in search of leaks."""
    gc.collect()
    gc.freeze()
    yield
    gc.unfreeze()


@pytest.mark.usefixtures("few_objects")
def test_no_tracer_leaks(accuracy):
    jax.clear_caches()
    with jax.checking_leaks():
        for f in (sg.silu, sg.logit):
            jax.jit(jax.vmap(jax.grad(partial(f, accuracy=accuracy))))(jnp.full(2, 0.25))
        both = jax.grad(partial(entropy, accuracy=accuracy), argnums=(0, 1))
        jax.jit(jax.vmap(both))(jnp.full(2, 0.25), jnp.full(2, 0.25))


def test_checkify_finds_nothing_and_says_nothing(called):
    f, arguments = called
    error, _ = checkify.checkify(jax.jit(f), errors=checkify.all_checks)(*arguments)
    assert error.get() is None


def test_jet_is_refused_in_words():
    series = ((jnp.float32(1), jnp.float32(0)),)
    with pytest.raises(jax.errors.UnexpectedTracerError):
        jet.jet(jax.nn.relu, (jnp.float32(1),), series)
    with pytest.raises(TypeError, match=r"nest jax\.jvp"):
        jet.jet(sg.silu, (jnp.float32(1),), series)


def in_a_kernel(f, **options):
    def kernel(x, out):
        out[...] = f(x[...])

    def call(x):
        return pl.pallas_call(kernel, jax.ShapeDtypeStruct(x.shape, x.dtype), **options)(x)

    return jax.jit(call)


X = np.linspace(-9, 9, 1024, dtype=np.float32).reshape(8, 128)


@pytest.mark.parametrize(
    "name", ["sigmoid", "sigmoid_derivative", "log_sigmoid", "softplus", "silu"]
)
def test_fast_lowers_inside_a_kernel_for_tpus(name):
    f = partial(getattr(sg, name), accuracy="fast")
    lowered = in_a_kernel(f).trace(X).lower(lowering_platforms=("tpu",))
    assert "tpu_custom_call" in lowered.as_text()


def test_high_says_what_it_is_inside_a_kernel_for_tpus():
    with pytest.raises(NotImplementedError, match="sigmoids_high_accuracy"):
        in_a_kernel(sg.silu).trace(X).lower(lowering_platforms=("tpu",))


def test_kernels_that_are_interpreted(accuracy):
    f = partial(sg.silu, accuracy=accuracy)
    assert same(np.asarray(in_a_kernel(f, interpret=True)(X)), np.asarray(f(jnp.asarray(X)))).all()


@pytest.mark.parametrize("logit", [np.inf, -np.inf])
def test_directions_of_the_cross_entropy_at_infinity(logit, accuracy):
    f, x, one, zero = partial(entropy, accuracy=accuracy), *map(jnp.float32, (logit, 1, 0))
    toward_label = jax.jvp(f, (x, one), (one, zero))[1]
    assert toward_label == jax.jvp(lambda x: f(x, 1.0), (x,), (one,))[1] == min(np.sign(logit), 0)
    assert jax.jvp(f, (x, one), (one, one))[1] == -logit
    assert jax.jvp(f, (x, one), (zero, one * 1e-37))[1] == -logit
    assert jax.grad(f)(x, 1) == min(np.sign(logit), 0)
    assert jax.grad(f, argnums=1)(x, one) == -logit
    assert jax.grad(jax.grad(f), argnums=1)(x, one) == -1
    assert jax.grad(jax.grad(f, argnums=1))(x, one) == -1
