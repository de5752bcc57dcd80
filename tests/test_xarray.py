"""xarray: dimensions, coordinates, names and attributes stay, whatever is inside."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sigmoids as sg

xr = pytest.importorskip("xarray")


def labelled(values=((1.0, -2.0), (3.0, 40.0)), dtype=np.float32):
    values = np.asarray(values, dtype) if not isinstance(values, jax.Array) else values
    return xr.DataArray(
        values, dims=("x", "y"), coords={"x": [10, 20]}, name="logits", attrs={"unit": "nat"}
    )


@pytest.fixture(params=["DataArray", "Dataset", "Variable", "GroupBy"])
def kind(request):
    x = labelled()
    dataset = xr.Dataset({"a": x, "b": ("x", [0.5, 1.5])}, attrs={"title": "t"})
    return {
        "DataArray": (x, xr.DataArray),
        "Dataset": (dataset, xr.Dataset),
        "Variable": (x.variable, xr.Variable),
        "GroupBy": (x.groupby("x"), xr.DataArray),
    }[request.param]


def test_labels_stay(typical, backend, kind):
    x, result = kind
    y = typical.function(x, backend=backend)
    assert type(y) is result
    with xr.set_options(keep_attrs=True):
        expected = xr.apply_ufunc(
            lambda values: typical.function(values, backend=backend), labelled(), keep_attrs=True
        )
    if result is xr.Dataset:
        assert y.attrs == {"title": "t"}
        assert y["b"].dtype == np.float64
        y = y["a"].rename("logits")
    if result is xr.Variable:
        expected = expected.variable
    xr.testing.assert_identical(y, expected)
    assert y.dtype == np.float32


@pytest.mark.parametrize("values", [np.zeros((2, 2), int), np.ones((2, 2), bool)], ids=str)
def test_integers_become_float64(typical, values):
    assert typical.function(xr.DataArray(values)).dtype == np.float64


def test_jax_inside_stays_jax_with_live_gradients():
    def total(values):
        return sg.sigmoid(labelled(values)).sum().data

    x = jnp.float32([[17, 40], [80, -80]])
    assert isinstance(sg.sigmoid(labelled(x)).data, jax.Array)
    slopes = jax.grad(total)(x)
    assert (slopes == sg.sigmoid_derivative(x))[:, 0].all()
    assert (slopes > 0).all()
    assert jax.jit(lambda x: sg.sigmoid(labelled(x)).data)(x).tolist() == sg.sigmoid(x).tolist()


def test_dask_inside_stays_lazy(computed):
    pytest.importorskip("dask")
    x = labelled().chunk({"x": 2})
    y, slope = sg.sigmoid_and_derivative(x)
    loss = sg.sigmoid_binary_cross_entropy(x, labelled())
    assert y.chunks == slope.chunks == loss.chunks == x.chunks
    assert computed == []
    xr.testing.assert_identical(y.compute(), sg.sigmoid(labelled()))
    assert computed == ["sigmoid", "sigmoid"], "a chunk, and once without Dask"


def test_arguments_are_aligned_by_their_labels():
    x, labels = labelled(), labelled([[1, 0], [0, 1]]).isel(x=[1, 0])
    loss = sg.sigmoid_binary_cross_entropy(x, labels)
    assert loss.dims == ("x", "y")
    expected = sg.sigmoid_binary_cross_entropy(x.values, np.float32([[1, 0], [0, 1]]))
    assert (loss.sel(x=[10, 20]).values == expected).all()
    row = xr.DataArray(np.float32([0, 1]), dims="y")
    assert sg.sigmoid_binary_cross_entropy(x, row).shape == (2, 2)


def test_trees_are_mapped():
    tree = xr.DataTree(xr.Dataset({"a": labelled()}))
    with pytest.raises(TypeError, match="DataTree"):
        sg.sigmoid(tree)
    y = tree.map_over_datasets(sg.sigmoid)
    assert (y["a"].values == sg.sigmoid(labelled().values)).all()


@pytest.mark.parametrize(
    "values", [["a"], [1j], np.array(["2020"], "M8[ns]")], ids=["str", "complex", "datetime"]
)
def test_what_holds_no_real_numbers_is_refused(typical, values, request):
    said = request.node.callspec.id.split("-")[-1].split("]")[0]
    for x in (xr.DataArray(values), xr.Dataset({"good": 1.0, "bad": ("x", values)})):
        with pytest.raises(TypeError, match=f"takes real numbers, not dtype '{said}"):
            typical.function(x)


def test_out_is_refused_by_xarray():
    with pytest.raises(NotImplementedError, match="xarray objects are not yet supported"):
        sg.sigmoid(labelled(), out=labelled())
