"""Bad input gets an error that says what to do, and nothing is written."""

from __future__ import annotations

import datetime

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sigmoids as sg
from conftest import forget_routes
from sigmoids.backends import registry

X = np.ones(3)


@pytest.mark.parametrize(
    "choose",
    [
        lambda name: sg.sigmoid(X, backend=name),
        sg.use_backend,  # without `with`, too
        sg.set_default_backend,
    ],
    ids=["argument", "context", "default"],
)
def test_unknown_backend(choose):
    known = "'numpy', 'numba', 'jax', 'torch'"
    with pytest.raises(ValueError, match=f"'nunpy'.*{known}; did you mean 'numpy'"):
        choose("nunpy")
    with pytest.raises(ValueError, match="unknown backend ''"):
        choose("")
    for other in (3, ["numba"], {"a": 1}, np.ones(2), b"numpy"):
        with pytest.raises(ValueError, match="unknown backend "):
            choose(other)


def test_unknown_backend_in_the_environment(monkeypatch):
    monkeypatch.setenv("SIGMOIDS_BACKEND", "cuda")
    forget_routes()
    for _ in range(2):
        with pytest.raises(ValueError, match="SIGMOIDS_BACKEND: unknown backend 'cuda'"):
            sg.sigmoid(X)
    assert sg.sigmoid(0.0, backend="numpy") == 0.5


def test_missing_backend_in_the_environment(monkeypatch):
    monkeypatch.setenv("SIGMOIDS_BACKEND", "jax")
    monkeypatch.setattr(registry, "installed", lambda _row: False)
    forget_routes()
    with pytest.raises(ImportError, match=r'SIGMOIDS_BACKEND: .*pip install "sigmoids\[jax\]"'):
        sg.sigmoid(X)


def test_missing_backend(monkeypatch):
    monkeypatch.setattr(registry, "installed", lambda _row: False)
    registry.load.cache_clear()
    with pytest.raises(ImportError, match=r'pip install "sigmoids\[jax\]"'):
        sg.sigmoid(X, backend="jax")
    with pytest.raises(ImportError, match=r'pip install "sigmoids\[jax\]"'):
        sg.set_default_backend("jax")


def test_unknown_accuracy(typical):
    for accuracy in ("exact", ["high"], b"high", 1):
        with pytest.raises(ValueError, match=r"unknown accuracy .*: there are 'high' and 'fast'"):
            typical.function(X, accuracy=accuracy)


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
    """Where the argument names them: what is chosen elsewhere is a preference."""
    with pytest.raises(TypeError, match=f"backend '{name}'.*inside a JAX transformation"):
        jax.jit(lambda x: typical.function(x, backend=name))(jnp.ones(3))
    with pytest.raises(TypeError, match='use backend="jax" there'):
        jax.grad(lambda x: typical.function(x, backend=name))(1.0)


STRIDED = np.lib.stride_tricks.as_strided
SHARING = {
    "one place": lambda: STRIDED(np.zeros(1), (8,), (0,)),
    "windows": lambda: STRIDED(np.zeros(9), (2, 8), (8, 8)),
    "partly": lambda: STRIDED(np.zeros(9), (8,), (4,)),
    "columns": lambda: STRIDED(np.zeros(4), (2, 4), (0, 8)),
    "interleaved": lambda: STRIDED(np.zeros(64), (2, 3, 2), (24, 16, 8)),
}


@pytest.mark.parametrize("layout", SHARING)
def test_out_whose_elements_share_memory(typical, backend, layout):
    out = SHARING[layout]()
    with pytest.raises(ValueError, match="elements of out share memory among themselves"):
        typical.function(np.ones(out.shape), backend=backend, out=out)
    assert not out.any()


DISTINCT = {
    "interleaved": lambda: STRIDED(np.zeros(64), (2, 3), (24, 16)),
    "backwards": lambda: STRIDED(np.zeros(64)[40:], (2, 3), (-24, -8)),
    "transposed": lambda: np.zeros((3, 4, 5)).transpose(2, 0, 1),
    "of one element": lambda: STRIDED(np.zeros(1), (1, 1), (0, 0)),
    "empty": lambda: STRIDED(np.zeros(1), (0, 3), (0, 0)),
}


@pytest.mark.parametrize("layout", DISTINCT)
def test_out_of_any_other_layout(typical, backend, layout):
    out = DISTINCT[layout]()
    x = np.linspace(0.1, 0.9, out.size).reshape(out.shape)
    assert typical.function(x, backend=backend, out=out) is out
    assert (out == typical.function(x, backend=backend)).all()
