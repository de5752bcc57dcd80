"""What the functions must satisfy whatever their error: order, range, symmetry."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cases
from sigmoids.accuracy import inputs
from sigmoids.functions import FUNCTIONS

sigmoid, slope = (FUNCTIONS[n].function for n in ("sigmoid", "sigmoid_derivative"))
FLOATS = [np.dtype(np.float32), np.dtype(np.float64)]


def sorted_values(dtype):
    if dtype.itemsize == 2:
        x = inputs.all_values(dtype)
    elif dtype.itemsize == 4:
        x = inputs.dense_float32(99_991)
    else:
        x = inputs.float64_points(FUNCTIONS["sigmoid"].spec, 10_000)
    with np.errstate(invalid="ignore"):  # signalling NaNs
        x = x[~np.isnan(x)].astype(np.float64)
    return np.sort(x).astype(dtype)


def test_monotonic_and_within_range(backend, dtype):
    x = sorted_values(dtype)
    y = sigmoid(x, backend=backend).astype(np.float64)
    assert (np.diff(y) >= 0).all()
    assert y[0] == 0
    assert y[-1] == 1


def test_the_slope_is_even_and_at_most_a_quarter(backend, dtype, accuracy):
    x = sorted_values(dtype)
    y = slope(x, backend=backend, accuracy=accuracy)
    mirrored = slope(-x, backend=backend, accuracy=accuracy)
    assert (cases.bits(y) == cases.bits(mirrored)).all()
    assert (y >= 0).all()
    if accuracy == "high":
        assert (y <= dtype.type(0.25)).all()
        rising = y[x.astype(np.float64) <= 0].astype(np.float64)
        assert (np.diff(rising) >= 0).all()


def test_the_two_sides_add_up_to_one(backend, dtype):
    x = sorted_values(dtype)
    total = sigmoid(x, backend=backend).astype(np.float64)
    total += sigmoid(-x, backend=backend).astype(np.float64)
    eps = {2: 2.0**-7 if dtype.kind != "f" else 2.0**-10, 4: 2.0**-23, 8: 2.0**-52}
    assert np.abs(total - 1).max() <= eps[dtype.itemsize]


@pytest.mark.parametrize("dtype", FLOATS, ids=cases.dtype_id)
@settings(max_examples=200, deadline=None)
@given(data=st.data())
def test_any_pair_is_in_order(backend, dtype, data):
    numbers = st.floats(width=8 * dtype.itemsize, allow_nan=False)
    low, high = sorted((data.draw(numbers), data.draw(numbers)))
    pair = sigmoid(np.array([low, high], dtype), backend=backend)
    assert 0 <= pair[0] <= pair[1] <= 1
    mirrored = slope(np.array([low, -low], dtype), backend=backend)
    assert mirrored[0] == mirrored[1] <= 0.25
