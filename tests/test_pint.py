"""pint: quantities without dimension, and whatever arrays are in them."""

from __future__ import annotations

import jax
import numpy as np
import pytest

import sigmoids as sg

pint = pytest.importorskip("pint")

units = pint.UnitRegistry()


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_dimensionless_quantities_stay_and_are_converted(typical, backend, dtype):
    x = units.Quantity(np.array([50, -25], dtype), "percent")
    y = typical.function(x, backend=backend)
    assert type(y) is type(x)
    assert (y.units, y.dtype) == (units.dimensionless, dtype)
    exact = typical.function(x.to("").magnitude, backend=backend)
    assert y.magnitude.tolist() == exact.tolist()


def test_the_logistic_function_of_half_is_what_it_is():
    assert sg.sigmoid(units.Quantity(50.0, "percent")).magnitude == sg.sigmoid(0.5)
    assert sg.sigmoid(pint.Quantity(0.5)).magnitude == sg.sigmoid(0.5)
    assert sg.sigmoid(units.Quantity(180.0, "degree")).magnitude == sg.sigmoid(np.pi)


@pytest.mark.parametrize("unit", ["km", "degC", "1/s"])
def test_units_are_not_lost(typical, unit):
    with pytest.raises(pint.DimensionalityError, match="to 'dimensionless'"):
        typical.function(units.Quantity([1.0], unit))


def test_the_functions_are_ours_and_not_numpys_of_that_name():
    x = np.linspace(-20, 20, 2001)
    assert sg.tanh(units.Quantity(x, "")).magnitude.tolist() == sg.tanh(x).tolist()


def test_both_arguments_have_units():
    function = sg.sigmoid_binary_cross_entropy
    logits, labels = units.Quantity([200.0], "percent"), units.Quantity([1.0], "")
    for loss in (function(logits, labels), function(logits, 1.0), function(2.0, labels)):
        assert loss.magnitude == function(2.0, 1.0)
    with pytest.raises(pint.DimensionalityError):
        function([2.0], units.Quantity([1.0], "km"))


def test_other_arrays_inside_stay_what_they_are(computed):
    xr, da = pytest.importorskip("xarray"), pytest.importorskip("dask.array")
    lazy = sg.sigmoid(units.Quantity(da.ones(6, chunks=3), "percent"))
    assert type(lazy.magnitude) is da.Array
    assert computed == []
    assert lazy.magnitude.compute().tolist() == 6 * [sg.sigmoid(0.01)]
    assert isinstance(sg.sigmoid(units.Quantity(jax.numpy.ones(2), "")).magnitude, jax.Array)

    around = xr.DataArray(units.Quantity([50.0], "percent"), dims="x")
    y = sg.sigmoid(around)
    assert type(y) is xr.DataArray
    assert y.data.magnitude == sg.sigmoid(0.5)
    loss = sg.sigmoid_binary_cross_entropy(units.Quantity([0.5], ""), around)
    assert type(loss) is xr.DataArray
    assert loss.data.magnitude == sg.sigmoid_binary_cross_entropy(0.5, 0.5)


def test_out_is_refused():
    with pytest.raises(TypeError, match="out= takes NumPy arrays"):
        sg.sigmoid(units.Quantity([1.0], ""), out=np.zeros(1))
