"""JAX's transformations, and derivatives that stay alive."""

from __future__ import annotations

from functools import partial

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from sigmoids.accuracy import inputs
from sigmoids.accuracy.bounds import bound
from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.oracle import Oracle
from sigmoids.accuracy.truth import Truth, same
from sigmoids.functions import FUNCTIONS
from sigmoids.functions.sigmoid_derivative import SECOND

sigmoid, slope = FUNCTIONS["sigmoid"], FUNCTIONS["sigmoid_derivative"]
X32 = inputs.dense_float32(999_983)
X32 = X32[np.isfinite(X32)]
TINY = np.finfo(np.float32).tiny


def elementwise(f):
    return jax.jit(jax.vmap(f))


def normal(values):
    return np.abs(values) >= TINY


def test_jit_and_vmap_change_no_bit(member):
    expected = member.function(X32, backend="numpy")
    for transformed in (jax.jit(member.function), jax.vmap(member.function),
                        elementwise(member.function)):  # fmt: skip
        assert same(np.asarray(transformed(jnp.asarray(X32))), expected).all()


def test_first_derivative_is_correctly_rounded():
    expected = Truth.of(slope.spec, X32).rounded
    gradient = np.asarray(elementwise(jax.grad(sigmoid.function))(X32))
    kept = normal(expected)
    assert same(gradient, expected)[kept].all()


def test_second_derivative():
    """−σ′(x)·tanh(x/2), in both tails and down to the zero at 0."""
    for second in (jax.grad(jax.grad(sigmoid.function)), jax.grad(slope.function)):
        y = np.asarray(elementwise(second)(X32))
        truth = Truth.of(SECOND, X32)
        kept = normal(truth.rounded) & normal(X32)
        assert same(y, truth.rounded)[kept].all()


def test_third_derivative():
    """σ′·(1 − 6σ′), from the declared chain; automatic differentiation of |x| would lose it."""
    x = np.linspace(-30, 30, 2001).astype(np.float32)
    y = np.asarray(elementwise(jax.grad(jax.grad(jax.grad(sigmoid.function))))(x))
    exact = slope.spec.reference(np, x.astype(np.longdouble))
    assert np.abs(y - exact * (1 - 6 * exact)).max() < 1e-7
    assert (y[np.abs(x) > 20] > 0).all()


def test_derivatives_in_float64():
    x = inputs.float64_points(slope.spec, 20_000)
    x = np.concatenate([x, 2.0 ** np.random.default_rng(0).uniform(-30, -20, 20_000)])
    x = x[(np.abs(x) < 700) & (np.abs(x) > 1e-300)]
    with jax.enable_x64(True):
        first = np.asarray(elementwise(jax.grad(sigmoid.function))(x))
        second = np.asarray(elementwise(jax.grad(jax.grad(sigmoid.function)))(x))
    for spec, y in ((slope.spec, first), (SECOND, second)):
        assert Truth.of(spec, x).errors(y).max() <= bound(spec.name, "jax", "float64", "high").ulp


def test_the_bound_of_the_second_derivative_is_that_of_its_witness():
    declared = bound(SECOND.name, "jax", "float64", "high")
    assert f"within {declared.ulp} ulp in float64" in " ".join(slope.function.__doc__.split())
    x = float.fromhex(declared.witness)
    with jax.enable_x64(True):
        y = jax.grad(slope.function)(x)
    error = Oracle(SECOND).ulp_error(x, float(y), Format.of(np.float64))
    assert 0.95 * declared.ulp <= error <= declared.ulp
    assert error == pytest.approx(declared.measured, abs=1e-3)


def test_the_sign_of_the_second_derivative_around_zero():
    for x, negative in ((0.0, False), (-0.0, False), (1e-30, True), (-1e-30, False)):
        assert bool(jnp.signbit(jax.grad(slope.function)(x))) is negative


@pytest.mark.parametrize("name", ["float16", "bfloat16", "float32"])
def test_dtypes_under_grad(member, name):
    x = jnp.asarray(1.5, name)
    for f in (member.function, partial(member.function, accuracy="fast")):
        assert jax.eval_shape(jax.grad(f), x).dtype == x.dtype


def test_jvp_vjp_and_hessian():
    x, v = jnp.linspace(-3, 3, 5), jnp.linspace(1, 2, 5)
    y, dy = jax.jvp(sigmoid.function, (x,), (v,))
    assert (y == sigmoid.function(x)).all()
    np.testing.assert_allclose(dy, slope.function(x) * v, rtol=1e-6)
    _, pullback = jax.vjp(sigmoid.function, x)
    np.testing.assert_allclose(pullback(v)[0], slope.function(x) * v, rtol=1e-6)
    hessian = jax.hessian(lambda x: sigmoid.function(x).sum())(x)
    expected = jnp.diag(jax.vmap(jax.grad(slope.function))(x))
    np.testing.assert_allclose(hessian, expected, rtol=1e-6, atol=1e-9)


def test_control_flow_and_checkpoint(typical):
    f = typical.function

    def scanned(x):
        return jax.lax.scan(lambda c, _: (f(c), f(c)), x, None, length=3)[0]

    def conditional(x):
        return jax.lax.cond(x > 0, f, lambda x: x, x)

    for g in (scanned, conditional, jax.checkpoint(f), jax.jit(jax.checkpoint(scanned))):
        value, gradient = jax.value_and_grad(g)(jnp.float32(0.75))
        step = (g(jnp.float32(0.75 + 1e-2)) - g(jnp.float32(0.75 - 1e-2))) / 2e-2
        assert value.dtype == jnp.float32
        assert gradient == pytest.approx(float(step), abs=2e-4)


def test_shard_map_keeps_the_sharding(member):
    mesh = jax.make_mesh((1,), ("x",), axis_types=(jax.sharding.AxisType.Auto,))
    spec = jax.sharding.PartitionSpec("x")
    x = jax.device_put(jnp.linspace(-4, 4, 8), jax.sharding.NamedSharding(mesh, spec))
    mapped = jax.shard_map(member.function, mesh=mesh, in_specs=spec, out_specs=spec)
    y = jax.jit(mapped)(x)
    assert y.sharding == x.sharding
    assert same(np.asarray(y), np.asarray(member.function(x))).all()
    assert member.function(x, backend="numpy").sharding == x.sharding


def test_numpy_arrays_are_constants_inside_a_trace(member):
    constant = np.linspace(-1, 1, 4)

    @jax.jit
    def f(x):
        for backend in (None, "numpy", "jax"):
            assert type(member.function(constant, backend=backend)) is np.ndarray
        return member.function(x)

    f(jnp.ones(2))


def test_nothing_wide_reaches_the_user(member):
    """Under jit with x64 off, what goes out of a traced function is float32."""
    jaxpr = jax.make_jaxpr(member.function)(jnp.ones(3, jnp.float32))
    assert [v.aval.dtype for v in jaxpr.jaxpr.outvars] == [jnp.float32]
    assert not jax.config.jax_enable_x64


def test_export(member):
    exported = jax.export.export(jax.jit(member.function))(jax.ShapeDtypeStruct((4,), jnp.float32))
    x = jnp.linspace(-2, 2, 4)
    assert same(np.asarray(exported.call(x)), np.asarray(member.function(x))).all()


def test_fast_in_float32_is_native(member):
    text = str(jax.make_jaxpr(partial(member.function, accuracy="fast"))(jnp.ones(3)))
    assert "f64" not in text
