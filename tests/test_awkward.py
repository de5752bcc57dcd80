"""Awkward arrays: nesting, options and what is only traced."""

from __future__ import annotations

import numpy as np
import pytest

import sigmoids as sg

ak = pytest.importorskip("awkward")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_structure_options_and_dtype_stay(typical, dtype):
    x = ak.values_astype(ak.Array([[0.5, None], [], [-30.0]]), dtype)
    y = typical.function(x)
    assert str(y.type) == f"3 * var * ?{dtype}"
    first, last = typical.function(np.array([0.5, -30.0], dtype)).tolist()
    assert y.tolist() == [[first, None], [], [last]]


def test_numbers_beside_take_the_dtype():
    x = ak.values_astype(ak.Array([[0.5], []]), "float32")
    for labels in (1, 1.0):
        loss = sg.sigmoid_binary_cross_entropy(x, labels)
        assert str(loss.type) == "2 * var * float32"
    assert str(sg.sigmoid_binary_cross_entropy(x, np.ones(2)).type) == "2 * var * float64"


def test_integers_become_float64(typical):
    assert str(typical.function(ak.Array([[1], []])).type) == "2 * var * float64"


def test_what_is_traced_is_not_computed(typical, computed):
    traced = ak.Array(ak.Array([[1.0, 2.0, 3.0]]).layout.to_typetracer(forget_length=True))
    assert str(typical.function(traced).type) == "## * var * float64"
    assert computed == []


def test_records_and_strings_are_refused(typical):
    with pytest.raises(ValueError, match=r"cannot broadcast records in sigmoids\.sigmoid"):
        typical.function(ak.Array([{"x": 1.0}]))
    with pytest.raises(TypeError, match="is not implemented for string types"):
        typical.function(ak.Array(["a"]))


def test_a_function_is_not_taken_for_numpys():
    """Awkward looks for functions of some backends by their names."""
    x = ak.Array([np.nextafter(0.5, 1)])
    assert sg.tanh(x)[0] == sg.tanh(np.nextafter(0.5, 1))
