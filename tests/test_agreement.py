"""The same bits from every backend."""

from __future__ import annotations

import numpy as np
import pytest

import cases
from sigmoids.accuracy import inputs
from sigmoids.accuracy.truth import same


@pytest.mark.parametrize("dtype", [d for d in cases.DTYPES if d.itemsize <= 4], ids=cases.dtype_id)
def test_backends_agree_to_the_bit(member, dtype):
    x = inputs.dense_float32() if dtype.itemsize > 2 else inputs.all_values(dtype)
    first, *others = (member.function(x, backend=b) for b in cases.BACKENDS)
    for other in others:
        assert same(first, other).all()


def test_edge_values(member, backend, dtype, accuracy):
    """At ±∞ and far out the limits exactly, at ±0 the exact centre, NaN for NaN; no warnings."""
    f = member.function
    x = cases.SPECIAL.astype(dtype)
    with np.errstate(all="raise", under="ignore"):
        y = f(x, backend=backend, accuracy=accuracy)
    assert (np.isnan(y) == np.isnan(x)).all()
    ends = f(np.array([-np.inf, np.inf], dtype), backend=backend, accuracy=accuracy)
    low, high = {"sigmoid": (0, 1), "sigmoid_derivative": (0, 0)}[member.spec.name]
    assert ends.tolist() == [low, high]
    assert not np.signbit(ends).any()
    centre = f(np.array([-0.0, 0.0], dtype), backend=backend, accuracy=accuracy)
    assert set(centre.tolist()) == {{"sigmoid": 0.5, "sigmoid_derivative": 0.25}[member.spec.name]}


def test_float64_from_jax_does_not_need_the_global_flag(member):
    x = np.linspace(-5, 5, 101)
    y = member.function(x, backend="jax")
    assert y.dtype == np.float64
    assert np.abs(y - member.function(x, backend="numpy")).max() < 1e-15
