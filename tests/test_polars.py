"""polars: columns now, expressions later, with the dtype known before and nulls kept."""

from __future__ import annotations

import pickle

import numpy as np
import pytest

import sigmoids as sg

pl = pytest.importorskip("polars")

from polars.testing import assert_series_equal  # noqa: E402

FLOATS = {"Float32": np.float32, "Float64": np.float64}
if hasattr(pl, "Float16"):
    FLOATS["Float16"] = np.float16

VALUES = [0.5, None, -2.0, 30.0]


@pytest.fixture(params=FLOATS)
def column(request):
    return pl.Series("logits", VALUES, dtype=getattr(pl, request.param))


@pytest.fixture
def frame():
    return pl.DataFrame(
        {
            "a": pl.Series([1.0, None, 2.0], dtype=pl.Float32),
            "b": [1.0, 2.0, 3.0],
            "c": [3, None, 4],
        }
    )


def expected(function, column, **options):
    """A column with what NumPy arrays give for what is not null."""
    y = function(column.fill_null(0.0).to_numpy(), **options)
    values = [None if x is None else v for x, v in zip(column, y.tolist(), strict=True)]
    return pl.Series(column.name, values, dtype=column.dtype)


def test_name_dtype_and_nulls_stay(typical, backend, column):
    y = typical.function(column, backend=backend)
    exact = expected(typical.function, column, backend=backend)
    assert_series_equal(y, exact, check_exact=True)
    assert y.null_count() == 1
    assert column.to_list()[2] == -2.0


def test_nan_is_not_null(typical, column):
    y = typical.function(pl.Series([np.nan, None], dtype=column.dtype))
    assert y.is_nan().to_list() == [True, None]


@pytest.mark.parametrize("dtype", ["Int8", "UInt64", "Boolean", "Decimal", "Int64"])
def test_others_become_float64(typical, dtype):
    dtype = pl.Decimal(10, 2) if dtype == "Decimal" else getattr(pl, dtype)
    x = pl.Series("n", [1, 0, None]).cast(dtype)
    exact = expected(typical.function, x.cast(pl.Float64))
    assert_series_equal(typical.function(x), exact, check_exact=True)
    lazy = pl.LazyFrame({"n": x}).select(typical.function(pl.col("n")))
    assert lazy.collect_schema() == {"n": pl.Float64}
    assert_series_equal(lazy.collect()["n"], exact, check_exact=True)


def test_slices_and_chunks(typical, column):
    x = pl.concat([column, column], rechunk=False)[1:7]
    assert x.n_chunks() == 2
    assert_series_equal(typical.function(x), expected(typical.function, x), check_exact=True)
    assert typical.function(x[:0]).dtype == column.dtype


@pytest.mark.parametrize("engine", ["in-memory", "streaming"])
def test_expressions_are_lazy_and_have_a_schema(typical, column, engine, computed):
    column = pl.concat(20 * [column])  # streams come in pieces
    lazy = column.to_frame().lazy().select(typical.function(pl.col("logits")))
    assert lazy.collect_schema() == {"logits": column.dtype}
    assert computed == []
    y = lazy.collect(engine=engine)["logits"]
    assert computed
    assert_series_equal(y, expected(typical.function, column), check_exact=True)


def test_expressions_go_on(column):
    x = pl.DataFrame({"g": [1, 1, 2, 2], "x": column})
    once = sg.sigmoid(pl.col("x"))
    y = x.select(
        sg.logit(once).alias("back"),
        (once * 2).alias("twice"),
        once.over("g").alias("over"),
        total=once.sum().over("g"),
    )
    exact = expected(sg.sigmoid, column)
    assert_series_equal(y["twice"], exact * 2, check_names=False, check_exact=True)
    assert_series_equal(y["over"], exact, check_names=False, check_exact=True)
    assert y["total"][0] == pytest.approx(exact[0])
    assert y["back"][0] == pytest.approx(0.5, rel=2e-3)
    grouped = x.group_by("g", maintain_order=True).agg(once)
    assert grouped["x"].to_list() == [exact[:2].to_list(), exact[2:].to_list()]
    assert x.select(sg.sigmoid(pl.col("g", "x"))).columns == ["g", "x"]


def test_expressions_can_be_pickled(frame):
    expression = pickle.loads(pickle.dumps(sg.sigmoid(pl.col("b"))))
    assert frame.select(expression)["b"].to_list() == sg.sigmoid(frame["b"]).to_list()


def test_frames_keep_every_column(typical, frame, computed):
    lazy = typical.function(frame.lazy())
    assert type(lazy) is pl.LazyFrame
    assert computed == []
    assert lazy.collect_schema() == {"a": pl.Float32, "b": pl.Float64, "c": pl.Float64}
    y = typical.function(frame)
    assert type(y) is pl.DataFrame
    assert lazy.collect().equals(y)
    for name in frame.columns:
        assert_series_equal(y[name], typical.function(frame[name]), check_exact=True)


def test_both_results_of_two(column):
    value, slope = sg.sigmoid_and_derivative(column)
    assert_series_equal(value, sg.sigmoid(column), check_exact=True)
    assert_series_equal(slope, sg.sigmoid_derivative(column), check_exact=True)


def test_two_columns(column):
    labels = pl.Series("labels", [1, 1, None, 0])
    function = sg.sigmoid_binary_cross_entropy
    loss = function(column, labels)
    wide = column.cast(pl.Float64)
    exact = function(wide.fill_null(0).to_numpy(), labels.fill_null(0).to_numpy())
    assert loss.to_list() == [exact[0], None, None, exact[3]]
    assert (loss.name, loss.dtype) == ("logits", pl.Float64)
    frame = pl.LazyFrame({"x": column, "y": labels})
    lazy = frame.select(function(pl.col("x"), pl.col("y")))
    assert lazy.collect_schema() == {"x": pl.Float64}
    assert lazy.collect()["x"].to_list() == loss.to_list()
    beside = frame.select(function(pl.col("x"), labels.to_numpy()), y=function(0.0, pl.col("y")))
    assert beside.collect()["x"].dtype == pl.Float64
    assert beside.collect()["y"].to_list() == function(0.0, labels).to_list()
    assert function(column, 1.0).dtype == column.dtype
    assert function(column, np.float64(1)).dtype == pl.Float64
    for other in (1.0, np.float64(1)):
        lazy = frame.select(function(pl.col("x"), other))
        assert lazy.collect().schema == lazy.collect_schema()


def test_frames_stand_alone(frame):
    for other in (frame, frame["b"], np.ones(3)):
        with pytest.raises(TypeError, match="takes a frame beside numbers alone: pass columns"):
            sg.sigmoid_binary_cross_entropy(frame, other)
    assert sg.sigmoid_binary_cross_entropy(frame, 1.0).columns == frame.columns


@pytest.mark.parametrize(
    "x",
    [
        pl.Series(["a"]),
        pl.Series([[1.0]]),
        pl.Series([1]).cast(pl.Duration),
        pl.Series([1]).cast(pl.Date),
        pl.Series([{"a": 1.0}]),
        pl.Series([object()]),
    ],
    ids=lambda x: str(x.dtype),
)
def test_what_holds_no_real_numbers_is_refused(typical, x):
    with pytest.raises(TypeError, match=r"takes real numbers, not dtype .*: convert"):
        typical.function(x)


def test_strings_are_refused_before_anything_is_computed(typical):
    lazy = pl.LazyFrame({"a": ["x"]}).select(typical.function(pl.col("a")))
    with pytest.raises(pl.exceptions.InvalidOperationError, match="not allowed"):
        lazy.collect_schema()


def test_out_is_refused(column):
    with pytest.raises(TypeError, match="out= takes NumPy arrays"):
        sg.sigmoid(column, out=np.zeros(4))
