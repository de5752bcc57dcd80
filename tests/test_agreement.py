"""The same bits from every backend."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

import cases
from sigmoids.accuracy import inputs
from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.truth import same
from sigmoids.functions import RESULTS


@pytest.mark.parametrize("dtype", [d for d in cases.DTYPES if d.itemsize <= 4], ids=cases.dtype_id)
def test_backends_agree_to_the_bit(member, dtype):
    x = inputs.dense_float32() if dtype.itemsize > 2 else inputs.all_values(dtype)
    first, *others = (member.function(x, backend=b) for b in cases.BACKENDS)
    for other in others:
        assert same(first, other).all()


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        pytest.param(
            name, backend,
            marks=() if backend == "numpy" or name in cases.TYPICAL else pytest.mark.exhaustive,
        )
        for name in RESULTS for backend in cases.BACKENDS
    ],
)  # fmt: skip
def test_edge_values(name, backend, dtype, accuracy):
    """The declared values to the sign of zero, NaN for NaN and outside the domain; no warnings."""
    member = RESULTS[name]
    f, spec = partial(member.function, backend=backend, accuracy=accuracy), member.spec
    largest = Format.of(dtype).largest
    x = np.array([*cases.SPECIAL, largest, -largest]).astype(dtype)
    arguments, values = np.array(spec.edges).T.astype(dtype)
    with np.errstate(all="raise", under="ignore"):
        y, at_edges = np.split(f(np.concatenate([x, arguments])), [x.size])
    low, high = spec.domain
    assert (np.isnan(y) == ~((x >= low) & (x <= high))).all()
    assert same(at_edges, values).all()
    assert all(same(f(x), y) for x, y in zip(arguments, values, strict=True))
    assert {*spec.domain} <= {*arguments.tolist()}


def test_float64_from_jax_does_not_need_the_global_flag(member):
    x = np.linspace(-5, 5, 101)
    y = member.function(x, backend="jax")
    assert y.dtype == np.float64
    np.testing.assert_allclose(y, member.function(x, backend="numpy"), rtol=4e-16)
