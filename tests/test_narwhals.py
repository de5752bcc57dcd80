"""Narwhals: series and frames of its own around those of any library."""

from __future__ import annotations

import numpy as np
import pytest

import sigmoids as sg

nw = pytest.importorskip("narwhals")

LIBRARIES = ["pandas", "polars", "pyarrow"]


@pytest.fixture(params=LIBRARIES)
def frame(request):
    library = pytest.importorskip(request.param)
    columns = {"a": np.float32([0.5, -2]), "b": np.array([1, 2])}
    if request.param == "pyarrow":
        return library.table(columns)
    return library.DataFrame(columns)


@pytest.mark.parametrize("interface", ["narwhals", "narwhals.stable.v1"])
@pytest.mark.parametrize("function", [sg.sigmoid, sg.sigmoid_derivative])
def test_it_stays_narwhals(function, frame, interface):
    interface = pytest.importorskip(interface)
    x = interface.from_native(frame)
    y = function(x)
    assert type(y) is type(x)
    assert type(y.to_native()) is type(frame)
    assert y.columns == ["a", "b"]
    column = function(x["a"])
    assert type(column) is type(x["a"])
    assert column.to_list() == y["a"].to_list()
    assert column.to_list() == function(np.float32([0.5, -2])).tolist()


def test_lazy_frames_stay_lazy(computed):
    pl = pytest.importorskip("polars")
    lazy = sg.sigmoid(nw.from_native(pl.LazyFrame({"a": [1.0, 2.0, 3.0]})))
    assert type(lazy) is nw.LazyFrame
    assert computed == []
    assert lazy.collect()["a"].to_list() == sg.sigmoid([1.0, 2.0, 3.0]).tolist()


def test_in_expressions(frame):
    x = nw.from_native(frame)
    y = x.select(nw.col("a").map_batches(sg.sigmoid))
    assert y["a"].to_list() == sg.sigmoid(np.float32([0.5, -2])).tolist()


def test_two_series(frame):
    x = nw.from_native(frame)
    loss = sg.sigmoid_binary_cross_entropy(x["a"], x["b"])
    assert type(loss) is nw.Series
    exact = sg.sigmoid_binary_cross_entropy(np.array([0.5, -2.0]), np.array([1, 2]))
    assert loss.to_list() == exact.tolist()
