"""pandas: index, name and dtype stay, and what is missing stays missing."""

from __future__ import annotations

import numpy as np
import pytest

import sigmoids as sg

pd = pytest.importorskip("pandas")

VALUES = [0.5, -2.0, 30.0]

EXTENDED = ["Float32", "Float64", "float[pyarrow]", "double[pyarrow]"]
"""Dtypes with values that are missing."""


def series(dtype):
    return pd.Series(VALUES, index=list("abc"), name="logits", dtype=dtype)


@pytest.mark.parametrize("dtype", ["float16", "float32", "float64"])
def test_index_name_and_dtype_stay(typical, backend, dtype):
    x = series(dtype)
    x.attrs["unit"] = "nat"
    y = typical.function(x, backend=backend)
    expected = pd.Series(typical.function(x.to_numpy(), backend=backend), x.index, name="logits")
    expected.attrs["unit"] = "nat"
    pd.testing.assert_series_equal(y, expected, check_exact=True)
    assert y.attrs == expected.attrs


@pytest.mark.parametrize("dtype", EXTENDED)
def test_missing_values_stay_missing(typical, dtype):
    if "pyarrow" in dtype:
        pytest.importorskip("pyarrow")
    x = series(dtype)
    x["b"] = pd.NA
    y = typical.function(x)
    assert y.dtype == x.dtype
    assert y.isna().tolist() == [False, True, False]
    single = np.float32 if dtype in ("Float32", "float[pyarrow]") else np.float64
    assert y.dropna().tolist() == typical.function(np.array([0.5, 30.0], single)).tolist()


@pytest.mark.parametrize("dtype", ["int8", "bool", "Int64", "boolean", "int64[pyarrow]"])
def test_integers_and_booleans_become_float64(typical, dtype):
    if "pyarrow" in dtype:
        pytest.importorskip("pyarrow")
    y = typical.function(pd.Series([1, 0], dtype=dtype))
    kept = {"int8": "float64", "bool": "float64", "int64[pyarrow]": "double[pyarrow]"}
    assert y.dtype == kept.get(dtype, "Float64")
    assert y.tolist() == typical.function(np.array([1.0, 0.0])).tolist()


@pytest.mark.parametrize("function", [sg.sigmoid, sg.sigmoid_derivative, sg.silu])
def test_sparse_columns_stay_sparse(function):
    x = pd.Series(pd.arrays.SparseArray([0.0, 0.0, 2.0], fill_value=0.0))
    y = function(x)
    at_0, at_2 = function(np.array([0.0, 2.0])).tolist()
    assert y.dtype == pd.SparseDtype(np.float64, at_0)
    assert y.tolist() == [at_0, at_0, at_2]
    assert y.sparse.npoints == 1


def test_frames_keep_every_column_and_its_dtype():
    x = pd.DataFrame(
        {"a": np.float32([1, 2]), "b": [1.0, 2.0], "c": pd.array([1, None], "Int64")},
        index=pd.Index([10, 20], name="row"),
    )
    for y in (sg.sigmoid(x), *sg.sigmoid_and_derivative(x)):
        assert list(map(str, y.dtypes)) == ["float32", "float64", "Float64"]
        assert y.index.equals(x.index)
        assert y.index.name == "row"
        assert y["c"].isna().tolist() == [False, True]
    y = sg.sigmoid(x)
    for name in x:
        pd.testing.assert_series_equal(y[name], sg.sigmoid(x[name]), check_exact=True)


def test_an_index_stays_one(typical):
    y = typical.function(pd.Index([1.0, 2.0], name="i"))
    assert y.equals(pd.Index(typical.function(np.array([1.0, 2.0])), name="i"))
    assert y.name == "i"
    assert typical.function(pd.RangeIndex(2)).dtype == np.float64


def test_arguments_are_aligned_by_their_labels():
    logits = pd.Series([1.0, 2.0], index=["a", "b"])
    labels = pd.Series([0.0, 1.0, 0.0], index=["b", "a", "c"])
    loss = sg.sigmoid_binary_cross_entropy(logits, labels)
    expected = sg.sigmoid_binary_cross_entropy(np.array([1.0, 2.0]), np.array([1.0, 0.0]))
    assert loss[["a", "b"]].tolist() == expected.tolist()
    assert np.isnan(loss["c"])
    assert type(sg.sigmoid_binary_cross_entropy(logits, [0, 1])) is pd.Series
    assert type(sg.sigmoid_binary_cross_entropy(np.zeros(2), logits)) is pd.Series


def test_out():
    x, out = series("float64"), series("float64") * 0
    assert sg.sigmoid(x, out=out) is out
    assert out.tolist() == sg.sigmoid(VALUES).tolist()


@pytest.mark.parametrize(
    ("x", "said"),
    [
        (pd.Series(["a"], dtype=object), "object"),
        (pd.Series([1j]), "complex128"),
        (pd.Series([1, 2], dtype="category"), "category"),
        (pd.Series(pd.date_range("2020", periods=2)), "datetime64"),
        (pd.Series(pd.to_timedelta([1, 2])), "timedelta64"),
        (pd.DataFrame({"a": [1.0], "b": pd.Series(["x"], dtype=object)}), "object"),
        (pd.Timestamp("2020"), "Timestamp"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_what_holds_no_real_numbers_is_refused(typical, x, said):
    with pytest.raises(TypeError, match=said):
        typical.function(x)
