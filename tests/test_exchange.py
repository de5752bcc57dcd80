"""Arrays of any other library: by DLPack, by the array API standard, or as NumPy takes them."""

from __future__ import annotations

import array
import sys
import types

import numpy as np
import pytest

import sigmoids as sg
from sigmoids.containers import exchange

VALUES = np.linspace(-5, 5, 7)


# The array API standard


@pytest.fixture
def xp():
    return pytest.importorskip("array_api_strict")


@pytest.mark.parametrize("dtype", ["float32", "float64"])
def test_the_strictest_arrays_stay_what_they_are(typical, backend, dtype, xp):
    x = xp.asarray(VALUES.astype(dtype))
    y = typical.function(x, backend=backend)
    assert type(y) is type(x)
    assert y.dtype == x.dtype
    exact = typical.function(VALUES.astype(dtype), backend=backend)
    assert np.from_dlpack(y).tolist() == exact.tolist()


def test_the_device_stays(typical, xp):
    x = xp.asarray([1.0, 2.0], device=xp.Device("device1"))
    assert typical.function(x).device == x.device


def test_integers_and_no_dimensions(typical, xp):
    assert typical.function(xp.asarray([1, 2])).dtype == xp.float64
    y = typical.function(xp.asarray(0.5))
    assert (type(y), y.shape) == (type(xp.asarray(0.5)), ())


def test_two_arrays(xp):
    function, x = sg.sigmoid_binary_cross_entropy, xp.asarray(VALUES)
    for labels in (xp.ones(7), np.ones(7), 1.0, 7 * [1]):
        y = function(x, labels)
        assert type(y) is type(x)
        assert np.from_dlpack(y).tolist() == function(VALUES, 1.0).tolist()
    assert type(function(np.zeros(7), x)) is type(x)
    masked = np.ma.array(np.ones(7), mask=7 * [True])
    with pytest.raises(TypeError, match=r"a masked array together: np\.ma\.filled\(\) it first"):
        function(x, masked)


def test_complex_and_out_are_refused(typical, xp):
    with pytest.raises(TypeError, match="takes real numbers, not dtype 'complex128'"):
        typical.function(xp.asarray([1j]))
    with pytest.raises(TypeError, match="out= takes NumPy arrays"):
        typical.function(xp.asarray([1.0]), out=np.zeros(1))


# A library without a namespace, and one whose memory is elsewhere


class Lent:
    """An array that lends its memory and says where that is."""

    def __init__(self, values, device=(exchange.CPU, 0)):
        self.values, self.memory = values, device

    def __dlpack__(self, **options):
        return self.values.__dlpack__(**options)

    def __dlpack_device__(self):
        return self.memory


@pytest.fixture
def lent(monkeypatch):
    """The class, in a library of its own."""
    library = types.ModuleType("lent")
    library.from_dlpack = lambda y: Lent(y)
    monkeypatch.setitem(sys.modules, "lent", library)
    monkeypatch.setattr(Lent, "__module__", "lent")


@pytest.mark.usefixtures("lent")
def test_a_library_that_exchanges(typical):
    y = typical.function(Lent(VALUES))
    assert type(y) is Lent
    assert y.values.tolist() == typical.function(VALUES).tolist()


@pytest.mark.usefixtures("lent")
def test_what_cannot_be_lent_is_refused(typical):
    dates = np.ones(3, "M8[s]")
    with pytest.raises(TypeError, match=r"cannot read lent\.Lent: .*; convert it first"):
        typical.function(Lent(dates))


@pytest.mark.usefixtures("lent")
@pytest.mark.parametrize("name", ["jax", "torch"])
def test_other_memory_is_computed_by_who_can_reach_it(monkeypatch, name):
    """No such device is needed: what PyTorch and JAX are asked to read is on the processor."""
    library = pytest.importorskip(exchange.ELSEWHERE[name])
    x = Lent(VALUES.astype(np.float32), device=(2, 0))
    read = []

    def from_dlpack(x, _read=library.from_dlpack):
        read.append(x)
        return _read(x.values)

    monkeypatch.setattr(library, "from_dlpack", from_dlpack)
    y = sg.sigmoid(x, backend=name)
    assert read == [x]
    assert type(y.values) is type(library.zeros(1))
    assert np.asarray(y.values).tolist() == sg.sigmoid(x.values).tolist()


@pytest.mark.usefixtures("lent")
def test_other_memory_that_nobody_can_reach(monkeypatch):
    monkeypatch.setattr(exchange.registry, "installed", lambda _row: False)
    with pytest.raises(ImportError, match=r"the processor cannot read needs PyTorch or JAX: pip"):
        sg.sigmoid(Lent(VALUES, device=(2, 0)))


def test_cupy_is_exchanged_although_it_overrides_ufuncs(monkeypatch):
    """Its override looks for functions of its own, by their names."""

    class Array:
        def __array_ufunc__(self, *_arguments, **_options):
            return NotImplemented

    cupy = types.ModuleType("cupy")
    cupy.ndarray = Array
    monkeypatch.setitem(sys.modules, "cupy", cupy)
    from sigmoids.containers.registry import container_of

    assert container_of(Array) is exchange.container


# What NumPy makes an array of


class Convertible:
    def __init__(self, values):
        self.values = values

    def __array__(self, dtype=None, copy=None):
        return np.array(self.values, dtype)


@pytest.mark.parametrize(
    ("x", "dtype"),
    [
        (Convertible(np.float32([0.5, 1])), np.float32),
        (Convertible([1, 2]), np.float64),
        (memoryview(np.float32([[0.5, 1]])), np.float32),
        (array.array("f", [0.5, 1.0]), np.float32),
        (array.array("i", [1, 2]), np.float64),
        (range(-3, 3), np.float64),
    ],
    ids=lambda x: type(x).__name__,
)
def test_the_results_are_numpy_arrays(typical, backend, x, dtype):
    y = typical.function(x, backend=backend)
    assert type(y) is np.ndarray
    assert y.dtype == dtype
    assert y.tolist() == typical.function(np.asarray(x), backend=backend).tolist()
    out = np.empty_like(y)
    assert typical.function(x, out=out) is out


def test_they_go_with_other_arrays():
    jnp, torch = pytest.importorskip("jax.numpy"), pytest.importorskip("torch")
    function = sg.sigmoid_binary_cross_entropy
    for labels in (range(2), memoryview(np.float32([0, 1])), Convertible([0, 1])):
        for logits in (np.zeros(2), jnp.zeros(2), torch.zeros(2)):
            assert type(function(logits, labels)) is type(logits)


@pytest.mark.parametrize("x", ["1", b"1", None, {}, object(), np.float64, iter([1.0])])
def test_what_holds_no_data_is_refused(typical, x):
    with pytest.raises(TypeError, match=r"cannot take .*: pass a number, a list, a NumPy array"):
        typical.function(x)
    with pytest.raises(TypeError, match="takes real numbers, not dtype"):
        typical.function(Convertible([x]))
