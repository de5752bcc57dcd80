"""Arrow: arrays, chunks and tables, with their nulls."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

import sigmoids as sg
from sigmoids.containers.overriding import Elementwise

pa = pytest.importorskip("pyarrow")

FLOATS = {"float16": np.float16, "float32": np.float32, "float64": np.float64}


@pytest.fixture(params=FLOATS)
def array(request):
    """Numbers and a null, in the middle of memory that holds more of both."""
    values = np.array([7, 0.5, 9, -2, 30, np.nan, 1], FLOATS[request.param])
    return pa.array(values, mask=np.array([0, 0, 1, 0, 0, 0, 1], bool))[1:6]


def values(array):
    return [None if x is None else np.float64(x) for x in array.to_pylist()]


def test_type_and_nulls_stay(typical, backend, array):
    y = typical.function(array, backend=backend)
    y.validate(full=True)
    assert y.type == array.type
    assert y.is_null().to_pylist() == [False, True, False, False, False]
    numbers = np.array([0.5, -2, 30, np.nan], array.type.to_pandas_dtype())
    exact = typical.function(numbers, backend=backend)
    found = [x for x in values(y) if x is not None]
    np.testing.assert_array_equal(found, exact.astype(float))


def test_memory_of_what_has_no_nulls_is_read_where_it_is(monkeypatch):
    read = []
    monkeypatch.setattr(
        Elementwise, "__call__", lambda _self, values: read.append(values.ctypes.data) or values
    )
    x = pa.array(np.linspace(-5, 5, 9))
    y = sg.sigmoid(x)
    assert read == [x.buffers()[1].address] == [y.buffers()[1].address]


@pytest.mark.parametrize("kind", ["int8", "uint64", "bool_", "null", "decimal"])
def test_others_become_float64(typical, kind):
    numbers = {"bool_": [True, None], "null": [None, None], "decimal": [Decimal("0.5"), None]}
    type_ = pa.decimal128(5, 2) if kind == "decimal" else getattr(pa, kind)()
    x = pa.array(numbers.get(kind, [1, None]), type_)
    y = typical.function(x)
    assert y.type == pa.float64()
    assert y.null_count == x.null_count
    if kind != "null":
        assert y[0].as_py() == typical.function(float(x[0].as_py()))


def test_large_integers_are_rounded(typical):
    assert typical.function(pa.array([2**62 + 1])).type == pa.float64()


def test_chunks_stay(typical, array):
    x = pa.chunked_array([array, array[:0], array[2:]])
    y = typical.function(x)
    y.validate(full=True)
    assert [len(chunk) for chunk in y.chunks] == [5, 0, 3]
    assert y.type == x.type
    np.testing.assert_equal(values(y), values(typical.function(x.combine_chunks())))
    empty = typical.function(pa.chunked_array([], array.type))
    assert (len(empty), empty.type) == (0, array.type)


@pytest.mark.parametrize("kind", [pa.Table, pa.RecordBatch])
def test_tables_keep_their_columns(typical, kind, array):
    x = kind.from_arrays([array, pa.array([1, 2, 3, 4, None])], names=["a", "b"])
    y = typical.function(x)
    assert type(y) is kind
    assert y.schema == pa.schema([("a", array.type), ("b", pa.float64())])
    assert y["b"].to_pylist() == typical.function(x["b"]).to_pylist()
    with pytest.raises(TypeError, match="takes a frame beside numbers alone"):
        sg.sigmoid_binary_cross_entropy(x, x)


def test_two_arrays(array):
    function = sg.sigmoid_binary_cross_entropy
    labels = pa.array([1.0, 1.0, None, 0.0, 0.0])
    loss = function(array, labels)
    assert loss.is_null().to_pylist() == [False, True, True, False, False]
    exact = function(np.array([0.5, 30.0]), np.array([1.0, 0.0]))
    assert [loss[0].as_py(), loss[3].as_py()] == exact.tolist()
    chunks = pa.chunked_array([array[:2], array[2:]])
    for other in (labels, pa.chunked_array([labels[:3], labels[3:]])):
        y = function(chunks, other)
        assert [len(chunk) for chunk in y.chunks] == [2, 3]
        np.testing.assert_equal(values(y), values(loss))
    assert function(chunks, np.ones(5, np.float16)).type == array.type
    assert function(chunks, 1.0).type == array.type
    assert function(chunks, [1, 0, 1, 0, 1]).type == pa.float64()
    with pytest.raises(ValueError, match="takes arrays of one length, not of 5 and 4"):
        function(chunks, labels[1:])


@pytest.mark.parametrize("x", [["1"], [[1.0]], [b"a"], [{"a": 1}]], ids=str)
def test_what_holds_no_real_numbers_is_refused(typical, x):
    for column in (pa.array(x), pa.chunked_array([x])):
        with pytest.raises(TypeError, match=r"takes real numbers, not type .*: cast"):
            typical.function(column)


def test_out_is_refused(array):
    with pytest.raises(TypeError, match="out= takes NumPy arrays"):
        sg.sigmoid(array, out=np.zeros(5))
