"""The same bits from every backend, whatever the layout."""

from __future__ import annotations

import cases
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from sigmoids.accuracy.measure import same


@pytest.mark.parametrize("dtype", [d for d in cases.DTYPES if d.itemsize <= 4], ids=cases.dtype_id)
def test_backends_agree_to_the_bit(member, dtype):
    x = cases.float32_stride(99_991).astype(dtype) if dtype.itemsize > 2 else cases.all_of(dtype)
    first, *others = (member.function(x, backend=b) for b in cases.BACKENDS)
    for other in others:
        assert same(first, other).all()


def test_neighbours_and_position_do_not_matter(member, backend, dtype, accuracy):
    x = np.linspace(-20, 20, 4 * 8192 + 77).astype(dtype)
    whole = member.function(x, backend=backend, accuracy=accuracy).view(f"u{dtype.itemsize}")
    for start, stop in ((0, 1), (1, 2), (3, 70), (8190, 8195), (4 * 8192, None)):
        part = member.function(x[start:stop].copy(), backend=backend, accuracy=accuracy)
        assert (part.view(f"u{dtype.itemsize}") == whole[start:stop]).all()


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_layout_does_not_matter(member, backend, data):
    dtype = data.draw(st.sampled_from([np.float32, np.float64]))
    shape = data.draw(arrays.array_shapes(max_dims=4, min_side=0, max_side=12))
    x = data.draw(arrays.arrays(dtype, shape))
    axes = data.draw(st.permutations(range(x.ndim)))
    steps = tuple(
        slice(None, None, data.draw(st.sampled_from([1, 2, -1, -3]))) for _ in range(x.ndim)
    )
    view = x.transpose(axes)[steps]
    y = member.function(view, backend=backend)
    assert y.shape == view.shape
    assert same(y, member.function(np.ascontiguousarray(view), backend=backend)).all()


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
