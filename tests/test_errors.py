"""Bad input gets an error that says what to do, and nothing is written."""

from __future__ import annotations

import datetime

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sigmoids as sg
from sigmoids.backends import registry

X = np.ones(3)


@pytest.mark.parametrize(
    "choose",
    [
        lambda name: sg.sigmoid(X, backend=name),
        lambda name: sg.use_backend(name).__enter__(),
        sg.set_default_backend,
    ],
    ids=["argument", "context", "default"],
)
def test_unknown_backend(choose):
    with pytest.raises(ValueError, match=r"'nunpy'.*'numpy', 'numba', 'jax'; did you mean 'numpy'"):
        choose("nunpy")
    with pytest.raises(ValueError, match="unknown backend ''"):
        choose("")
    with pytest.raises(ValueError, match="unknown backend 3"):
        choose(3)


def test_unknown_backend_in_the_environment(monkeypatch):
    monkeypatch.setenv("SIGMOIDS_BACKEND", "cuda")
    with pytest.raises(ValueError, match="unknown backend 'cuda'"):
        sg.sigmoid(X)


def test_missing_backend(monkeypatch):
    monkeypatch.setattr(registry, "installed", lambda _row: False)
    registry.load.cache_clear()
    with pytest.raises(ImportError, match=r'pip install "sigmoids\[jax\]"'):
        sg.sigmoid(X, backend="jax")
    with pytest.raises(ImportError, match=r'pip install "sigmoids\[jax\]"'):
        sg.set_default_backend("jax")


def test_unknown_accuracy(typical):
    with pytest.raises(ValueError, match="'exact': there are 'high' and 'fast'"):
        typical.function(X, accuracy="exact")


@pytest.mark.parametrize(
    ("x", "dtype"),
    [
        (np.ones(2, complex), "complex128"),
        (np.array([1, None]), "object"),
        (np.array(["a"]), "str"),
        (np.array(["2020-01-01"], "M8[D]"), "datetime64"),
        (np.array([1], "m8[s]"), "timedelta64"),
        (np.zeros(2, [("a", float)]), "void"),
        (["a"], "str"),
        ([1j], "complex128"),
        (np.complex64(1), "complex64"),
        (jnp.ones(2, jnp.complex64), "complex64"),
        (jax.random.key(0), "key"),
    ],
    ids=str,
)
def test_unsuitable_dtypes(typical, backend, x, dtype):
    with pytest.raises(
        TypeError, match=rf"{typical.function.__name__}\(\) takes real numbers.*{dtype}"
    ):
        typical.function(x, backend=backend)


@pytest.mark.parametrize("x", [1j, "1", None, {}, {1.0}, datetime.date(2020, 1, 1), object()])
def test_unsuitable_objects(typical, x):
    with pytest.raises(TypeError, match=r"cannot take .*: pass a number, a list, a NumPy array"):
        typical.function(x)


@pytest.mark.parametrize(
    ("out", "error", "text"),
    [
        (np.zeros(4), ValueError, r"out has shape \(4,\); the result has \(3,\)"),
        (np.zeros((1, 3)), ValueError, "out has shape"),
        (np.zeros(3, np.float32), TypeError, "out has dtype float32; the result has float64"),
        (np.zeros(3, ">f8"), TypeError, "out has dtype >f8; the result has float64"),
        ([0.0, 0.0, 0.0], TypeError, "out must be a NumPy array, not list"),
        (jnp.zeros(3), TypeError, "out must be a NumPy array"),
    ],
)
def test_unsuitable_out(typical, backend, out, error, text):
    before = np.array(out)
    with pytest.raises(error, match=text):
        typical.function(X, backend=backend, out=out)
    assert (np.asarray(out) == before).all()


def test_read_only_out(typical, backend):
    out = np.zeros(3)
    out.flags.writeable = False
    with pytest.raises(ValueError, match="out is read-only"):
        typical.function(X, backend=backend, out=out)
    assert (out == 0).all()


def test_out_for_jax_arrays(typical, backend):
    with pytest.raises(TypeError, match="JAX arrays are immutable"):
        typical.function(jnp.ones(3), backend=backend, out=np.zeros(3, np.float32))


@pytest.mark.parametrize("name", ["numpy", "numba"])
def test_other_backends_refuse_tracers(typical, name):
    with pytest.raises(TypeError, match=f"backend '{name}'.*inside a JAX transformation"):
        jax.jit(lambda x: typical.function(x, backend=name))(jnp.ones(3))
    with sg.use_backend(name), pytest.raises(TypeError, match='use backend="jax" there'):
        jax.grad(typical.function)(1.0)
