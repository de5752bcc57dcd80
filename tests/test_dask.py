"""Dask: nothing is computed before it is asked for, and then one chunk at a time."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import sigmoids as sg
from test_process import run

dask = pytest.importorskip("dask")
da = pytest.importorskip("dask.array")

from dask.array.utils import assert_eq  # noqa: E402
from dask.callbacks import Callback  # noqa: E402

VALUES = np.linspace(-9, 9, 24, dtype=np.float32).reshape(4, 6)


@pytest.fixture
def lazy():
    return da.from_array(VALUES, chunks=(2, 3))


def test_chunks_and_dtype_are_known_before_it_is_computed(typical, backend, lazy, computed):
    y = typical.function(lazy, backend=backend)
    assert computed == []
    assert (type(y), y.chunks, y.dtype) == (da.Array, lazy.chunks, np.float32)
    y = y.compute()
    assert len(computed) == 4, "once for each chunk"
    assert type(y) is np.ndarray
    assert (y == typical.function(VALUES, backend=backend)).all()


def test_what_is_known_is_true(typical, lazy):
    """Dask's own check of shape, dtype, chunks and graph."""
    assert_eq(typical.function(lazy), typical.function(VALUES), check_chunks=True)
    integers = da.arange(4, chunks=2)
    assert_eq(typical.function(integers), typical.function(np.arange(4)))


def test_masks_stay(typical):
    x = np.ma.masked_greater(VALUES, 5)
    y = typical.function(da.from_array(x, chunks=2))
    assert type(y._meta) is np.ma.MaskedArray
    assert (y.compute().mask == x.mask).all()


def test_both_results_and_two_arguments(lazy, computed):
    value, slope = sg.sigmoid_and_derivative(lazy)
    loss = sg.sigmoid_binary_cross_entropy(lazy, da.ones_like(lazy))
    mixed = sg.sigmoid_binary_cross_entropy(np.zeros(6, np.float32), lazy)
    assert computed == []
    assert_eq(value, sg.sigmoid(VALUES))
    assert_eq(slope, sg.sigmoid_derivative(VALUES))
    assert_eq(loss, sg.sigmoid_binary_cross_entropy(VALUES, 1.0))
    assert_eq(mixed, sg.sigmoid_binary_cross_entropy(np.zeros(6, np.float32), VALUES))


def test_out_stays_lazy(lazy, computed):
    out = da.zeros_like(lazy)
    assert sg.sigmoid(lazy, out=out) is out
    assert computed == []
    assert_eq(out, sg.sigmoid(VALUES))


def test_the_choice_is_that_of_the_call(lazy):
    with sg.use_backend("numpy"):
        y = sg.sigmoid(lazy)
    assert (y.compute() == sg.sigmoid(VALUES, backend="numpy")).all()
    assert y.name != sg.sigmoid(lazy).name, "other work has another name"


def test_the_same_work_has_the_same_name_in_every_process():
    code = (
        "import dask, dask.array as da, numpy as np, sigmoids as sg\n"
        "with dask.config.set({'tokenize.ensure-deterministic': True}):\n"
        "    print(sg.sigmoid(da.ones(4, chunks=2)).name)"
    )
    with dask.config.set({"tokenize.ensure-deterministic": True}):
        name = sg.sigmoid(da.ones(4, chunks=2)).name
    assert run(code).stdout.strip() == name
    assert name.startswith("sigmoids.sigmoid-")


def test_graphs_can_be_pickled(lazy):
    assert_eq(pickle.loads(pickle.dumps(sg.sigmoid(lazy))), sg.sigmoid(VALUES))


@pytest.mark.parametrize("dtype", ["complex64", "S1", object])
def test_what_holds_no_real_numbers_is_refused(typical, dtype):
    x = da.from_array(np.array([1, 2], dtype), chunks=1)
    with pytest.raises(TypeError, match=rf"not implemented by dask.* of dtype {x.dtype}: pass"):
        typical.function(x)


def test_memory_that_is_mapped_is_read_by_chunks(tmp_path, typical):
    x = np.memmap(tmp_path / "x", np.float32, "w+", shape=(4, 6))
    x[:] = VALUES
    assert_eq(typical.function(da.from_array(x, chunks=2)), typical.function(VALUES))


def test_zarr_in_and_zarr_out(tmp_path):
    zarr = pytest.importorskip("zarr")
    stored = zarr.create_array(tmp_path / "x.zarr", data=VALUES, chunks=(2, 3))
    y = sg.sigmoid(stored)
    assert type(y) is np.ndarray
    sg.sigmoid(da.from_zarr(tmp_path / "x.zarr")).to_zarr(tmp_path / "y.zarr")
    found = zarr.open_array(tmp_path / "y.zarr", mode="r")
    assert found.chunks == (2, 3)
    assert (found[:] == y).all()
    assert (y == sg.sigmoid(VALUES)).all()


# Data frames


@pytest.fixture
def frame():
    dd, pd = pytest.importorskip("dask.dataframe"), pytest.importorskip("pandas")
    pandas = pd.DataFrame({"a": np.float32([1, 2, 3]), "b": [1, 2, 3]}, index=[10, 20, 30])
    return dd.from_pandas(pandas, npartitions=2)


@pytest.mark.parametrize("part", ["frame", "column", "index"])
def test_frames(frame, part):
    x = {"frame": frame, "column": frame["a"], "index": frame.index}[part]
    runs = []
    with Callback(start=runs.append):
        y = sg.sigmoid(x)
    assert type(y) is type(x)
    assert runs == []
    if part == "frame":
        assert y.dtypes.tolist() == [np.float32, np.float64]
    assert y.compute().equals(sg.sigmoid(x.compute()))


def test_frames_have_both_results(frame):
    for y, function in zip(
        sg.sigmoid_and_derivative(frame), (sg.sigmoid, sg.sigmoid_derivative), strict=True
    ):
        assert y.compute().equals(function(frame.compute()))


def test_frames_of_strings_are_refused(frame):
    with pytest.raises(TypeError, match=r"real numbers|numpy op"):
        sg.sigmoid(frame.assign(c="x")).compute()
