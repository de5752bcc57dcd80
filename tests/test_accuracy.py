"""Results against the exact values."""

from __future__ import annotations

import cases
import numpy as np
import pytest

from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.measure import correctly_rounded, same, ulp_errors
from sigmoids.accuracy.oracle import Oracle


@pytest.mark.parametrize("dtype", cases.NARROW_DTYPES, ids=cases.dtype_id)
def test_every_16_bit_result_is_correctly_rounded(member, backend, dtype):
    x, expected = cases.rounded_oracle(member.spec.name, dtype)
    y = member.function(x, backend=backend)
    wrong = ~same(y, expected)
    assert not wrong.any(), (x[wrong][:5], y[wrong][:5], expected[wrong][:5])


def test_float32_results_are_correctly_rounded(member, backend):
    x = cases.float32_stride()
    expected = correctly_rounded(member.spec, x)
    y = member.function(x, backend=backend)
    wrong = ~same(y, expected)
    assert not wrong.any(), (x[wrong][:5], y[wrong][:5], expected[wrong][:5])


def test_float64_results_keep_the_declared_bound(member, backend):
    x = cases.float64_points(50_000)
    errors = ulp_errors(member.spec, x, member.function(x, backend=backend))
    worst = int(errors.argmax())
    bound = member.spec.bound(backend, "float64", "high")
    assert errors[worst] <= bound.ulp, x[worst].hex()


def test_float64_against_mpmath(member, backend):
    x = cases.float64_points(200, seed=1)
    y = member.function(x, backend=backend)
    errors = Oracle(member.spec).ulp_errors(x, y, Format.of(np.float64))
    assert errors.max() <= member.spec.bound(backend, "float64", "high").ulp


def test_the_bound_is_that_of_its_witness(member, backend):
    bound = member.spec.bound(backend, "float64", "high")
    x = float.fromhex(bound.witness)
    y = member.function(x, backend=backend)
    error = Oracle(member.spec).ulp_error(x, y, Format.of(np.float64))
    assert 0.75 * bound.ulp <= error <= bound.ulp


def test_the_screen_agrees_with_the_oracle(member):
    x = cases.float64_points(50, seed=2)
    y = member.function(x, backend="numpy")
    exact = Oracle(member.spec).ulp_errors(x, y, Format.of(np.float64))
    assert np.abs(ulp_errors(member.spec, x, y) - exact).max() < 0.02


def test_float32_subnormal_results_are_not_flushed(member, backend):
    x = np.array([-103.9, -100.0, -90.0], np.float32)
    y = member.function(x, backend=backend)
    assert (y > 0).all()
    assert (y < np.finfo(np.float32).tiny).all()


def test_the_slope_stays_alive_where_the_curve_saturates(backend):
    slope = cases.FUNCTIONS["sigmoid_derivative"].function
    assert slope(np.float32(17), backend=backend) == np.float32(4.1399375e-08)
    assert slope(np.float64(37), backend=backend) == pytest.approx(8.533047625744066e-17, rel=1e-15)


def test_the_identity_of_the_slope(backend):
    """σ′(x) = σ(x)·σ(−x), here in exact arithmetic on correctly rounded factors."""
    x = np.linspace(-80, 80, 3001).astype(np.float32)
    sigmoid, slope = (cases.FUNCTIONS[n].function for n in ("sigmoid", "sigmoid_derivative"))
    product = sigmoid(x, backend=backend).astype(np.float64) * sigmoid(-x, backend=backend)
    np.testing.assert_allclose(slope(x, backend=backend), product, rtol=3 * 2.0**-24)
