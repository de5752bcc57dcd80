"""Type in = type out."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import cases
from sigmoids.accuracy import inputs
from sigmoids.accuracy.oracle import Mathematics
from sigmoids.accuracy.truth import same


def test_a_library_that_is_still_being_imported_is_no_obstacle(monkeypatch):
    """Another thread may be importing JAX: the module is there, its names are not yet."""
    import sys
    import types

    from sigmoids.containers import registry

    class Fresh(float):
        pass

    monkeypatch.setitem(sys.modules, "jax", types.ModuleType("jax"))
    assert type(registry.container_of(Fresh)).__name__ == "Number"


@pytest.mark.parametrize("x", [0.5, 2, True, -3.25], ids=repr)
def test_python_numbers_give_python_floats(typical, backend, x):
    y = typical.function(x, backend=backend)
    assert type(y) is float
    assert y == typical.function(np.array([x], float), backend=backend)[0]


@pytest.mark.parametrize("x", [[0.5, -1], (1, 2), [[True], [False]], [], 3 * [np.float32(1)]])
def test_lists_give_float64_arrays(typical, backend, x):
    y = typical.function(x, backend=backend)
    assert type(y) is np.ndarray
    assert y.dtype == np.float64
    assert y.shape == np.shape(x)


def test_numpy_scalars_stay_scalars(typical, backend, dtype):
    y = typical.function(dtype.type(0.5), backend=backend)
    assert type(y) is dtype.type
    assert y == typical.function(np.full(3, 0.5, dtype), backend=backend)[1]
    assert type(typical.function(np.int32(1), backend=backend)) is np.float64


@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (1,), (2, 3, 4)], ids=str)
def test_shape_and_dtype_stay(typical, backend, dtype, shape):
    x = np.linspace(-3, 3, int(np.prod(shape))).reshape(shape).astype(dtype)
    y = typical.function(x, backend=backend)
    assert type(y) is np.ndarray
    assert (y.shape, y.dtype) == (shape, dtype)
    assert y.flags.writeable
    assert not np.shares_memory(x, y) or not x.size


@pytest.mark.parametrize("kind", ["?", "i1", "u1", "i2", "u2", "i4", "u4", "i8", "u8"])
def test_integers_and_booleans_become_float64(typical, backend, kind):
    x = np.array([0, 1, 1], kind)
    y = typical.function(x, backend=backend)
    assert y.dtype == np.float64
    assert same(y, typical.function(x.astype(float), backend=backend)).all()


def test_extension_integers_become_float64(typical, backend):
    x = np.array([-2, 0, 1], ml_dtypes.int4)
    assert typical.function(x, backend=backend).dtype == np.float64


SMALL_FLOATS = [
    np.dtype(getattr(ml_dtypes, name))
    for name in dir(ml_dtypes)
    if name.startswith("float") and name != "float8_e8m0fnu"
]


@pytest.mark.parametrize("small", SMALL_FLOATS, ids=str)
def test_every_small_float_keeps_its_dtype(typical, backend, small):
    x = inputs.all_values(small)
    y = typical.function(x, backend=backend)
    assert y.dtype == small
    with np.errstate(all="ignore"):
        exact = typical.function(x.astype(np.float64), backend="numba")
    assert same(y, exact.astype(small)).all()


@pytest.mark.parametrize("order", ["=", "S"], ids=["native", "swapped"])
def test_longdouble_is_computed_as_longdouble(typical, backend, order):
    x = np.linspace(-5, 5, 11).astype(np.dtype(np.longdouble).newbyteorder(order))
    y = typical.function(x, backend=backend)
    assert y.dtype == x.dtype
    exact = typical.spec.reference(np, x)
    assert (np.abs(y - exact) <= 6 * np.finfo(np.longdouble).eps * exact).all()


LONG = np.longdouble
FAR_OUT = [LONG(2) ** n for n in (-16_000, -1100, -34, -31, -12)] + [LONG(v) for v in (
    0.3, 1.28, 3, 20, 40.5, 49, 104, 745, 800, 5000, 11_000, 1e30, 1e300)]  # fmt: skip


@pytest.mark.skipif(np.finfo(LONG).nmant < 63, reason="no wider than float64")
def test_longdouble_has_its_own_precision_and_range(member):
    spec = member.spec
    magnitudes = np.array(FAR_OUT)
    x = np.concatenate([magnitudes, -magnitudes])
    if np.isfinite(spec.domain[1]):
        x = np.concatenate([magnitudes[:6], 1 / (1 + magnitudes[2:10])])
    y = member.function(x)
    assert y.dtype == LONG
    m = Mathematics()

    def exactly(number):
        fraction, exponent = np.frexp(number)
        upper = float(fraction)
        return m.ldexp(m.mpf(upper) + float(fraction - LONG(upper)), int(exponent))

    with m.workprec(500):
        for value, result in zip(x, y, strict=True):
            exact = spec.reference(m, exactly(value))
            limit = 8 * float(np.finfo(LONG).eps) * abs(exact)
            limit += exactly(np.finfo(LONG).smallest_subnormal)
            assert abs(exactly(result) - exact) <= limit, (value, result)


def test_byte_order_stays(typical, backend):
    for kind in ("<f4", ">f4", "<f8", ">f8", ">f2"):
        x = np.linspace(-5, 5, 7).astype(kind)
        y = typical.function(x, backend=backend)
        assert y.dtype == x.dtype
        assert y.tolist() == typical.function(x.astype(kind[1:]), backend=backend).tolist()


def test_input_is_never_written(typical, backend, dtype):
    x = np.linspace(-5, 5, 10_001).astype(dtype)
    x.flags.writeable = False
    before = x.copy()
    typical.function(x, backend=backend)
    assert (x == before).all()


def test_memmap(typical, backend, tmp_path):
    x = np.memmap(tmp_path / "x", np.float32, "w+", shape=(50, 3))
    x[:] = np.linspace(-9, 9, 150).reshape(50, 3)
    y = typical.function(x, backend=backend)
    assert type(y) is np.ndarray
    assert (y == typical.function(np.array(x), backend=backend)).all()
    assert typical.function(x, backend=backend, out=x) is x
    assert (x == y).all()


def test_order_of_memory_stays(typical):
    for backend in ("numpy", "numba"):
        x = np.asfortranarray(np.ones((40, 30)))
        assert typical.function(x, backend=backend).flags.f_contiguous


@pytest.mark.parametrize("mask", [np.ma.nomask, [True, False, True]], ids=["nomask", "mask"])
def test_masks_stay(typical, backend, mask):
    x = np.ma.array([1e3, 0.5, np.nan], mask=mask, fill_value=7.0)
    y = typical.function(x, backend=backend)
    assert type(y) is np.ma.MaskedArray
    assert (np.ma.getmaskarray(y) == np.ma.getmaskarray(x)).all()
    assert y.fill_value == 7.0
    assert y[1] == typical.function(0.5, backend=backend)
    y[0] = 0.25
    assert x.data[0] == 1e3
    if mask is not np.ma.nomask:
        assert bool(x.mask[0]), "the mask is a copy"
    assert typical.function(np.ma.masked, backend=backend) is np.ma.masked


def test_masked_out(typical):
    x = np.ma.array([0.0, 1.0], mask=[True, False])
    out = np.ma.zeros(2)
    assert typical.function(x, out=out) is out
    assert out.mask.tolist() == [True, False]


def test_subclasses_stay(typical, backend):
    x = np.linspace(-1, 1, 6).reshape(2, 3).view(cases.Labelled)
    x.label = "kept"
    y = typical.function(x, backend=backend)
    assert type(y) is cases.Labelled
    assert y.label == "kept"


@pytest.mark.parametrize("kind", [jnp.float16, jnp.bfloat16, jnp.float32, jnp.float8_e4m3fn])
def test_jax_arrays_stay_jax_arrays(typical, backend, kind):
    x = jnp.linspace(-5, 5, 12).reshape(3, 4).astype(kind)
    y = typical.function(x, backend=backend)
    assert isinstance(y, jax.Array)
    assert (y.shape, y.dtype, y.sharding) == (x.shape, x.dtype, x.sharding)
    assert same(np.asarray(y), typical.function(np.asarray(x), backend="numpy")).all()


def test_jax_float64_arrays_stay_float64_without_the_flag(typical, backend):
    with jax.enable_x64(True):
        x = jnp.linspace(-5.0, 5.0, 12)
    assert x.dtype == np.float64
    assert typical.function(x, backend=backend).dtype == np.float64


def test_jax_integers_become_jax_default_float(typical, backend):
    for x in (jnp.arange(3), jnp.array([True, False])):
        y = typical.function(x, backend=backend)
        assert isinstance(y, jax.Array)
        assert y.dtype == jnp.result_type(float)


@pytest.mark.parametrize("case", ["fresh", "itself", "ahead", "behind", "strided", "reversed"])
def test_out(typical, backend, dtype, case):
    memory = np.linspace(-8, 8, 20_000).astype(dtype)
    x, out = {
        "fresh": (memory[:9_000], np.empty(9_000, dtype)),
        "itself": (memory, memory),
        "ahead": (memory[:-3], memory[3:]),
        "behind": (memory[3:], memory[:-3]),
        "strided": (memory[:9_000], memory[::2][:9_000]),
        "reversed": (memory, memory[::-1]),
    }[case]
    expected = typical.function(x.copy(), backend=backend)
    assert typical.function(x, backend=backend, out=out) is out
    assert same(out, expected).all()


def test_out_for_scalars_and_lists(typical, backend):
    out = np.empty(())
    assert typical.function(0.5, backend=backend, out=out) is out
    assert out == typical.function(0.5, backend=backend)
    out = np.empty(2)
    assert typical.function([0.5, 1], backend=backend, out=out) is out
    subclass = np.zeros(2).view(cases.Labelled)
    assert typical.function(np.ones(2), backend=backend, out=subclass) is subclass
    assert (np.asarray(subclass) == typical.function(1.0, backend=backend)).all()


@settings(max_examples=50, deadline=None)
@given(x=st.floats(width=32))
def test_numbers_scalars_and_arrays_agree(typical, x):
    array = typical.function(np.full(9, x, np.float32))
    assert same(typical.function(np.float32(x)), array).all()
