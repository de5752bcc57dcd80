"""Python numbers and lists, NumPy scalars, arrays, and their subclasses."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends import registry

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.engine import Engine
    from sigmoids.spec import Accuracy, Spec


class NumpyKind:
    """What all of these share: they are computed as an ndarray."""

    def default_backend(self) -> str:
        """Numba where it can be imported, else NumPy."""
        return fastest_usable()


class Array(NumpyKind):
    """``numpy.ndarray`` itself."""

    def apply(self, engine: Engine, spec: Spec, x: Any, accuracy: Accuracy, out: Any) -> Any:
        """An array of the same shape and floating dtype, or ``out``."""
        return evaluate(engine, spec, x, accuracy, out)


class Subclass(NumpyKind):
    """Subclasses of ``numpy.ndarray``, wrapped again by their own ``__array_wrap__``."""

    def apply(self, engine: Engine, spec: Spec, x: Any, accuracy: Accuracy, out: Any) -> Any:
        """The same subclass, or ``out``."""
        y = evaluate(engine, spec, np.asarray(x), accuracy, out)
        return x.__array_wrap__(y) if out is None else out


class Scalar(NumpyKind):
    """NumPy scalars."""

    def apply(self, engine: Engine, spec: Spec, x: Any, accuracy: Accuracy, out: Any) -> Any:
        """A scalar of the same floating dtype, or ``out``."""
        y = evaluate(engine, spec, np.asarray(x), accuracy, out)
        return y[()] if out is None else out


class Number(NumpyKind):
    """Python's float, int and bool."""

    def apply(self, engine: Engine, spec: Spec, x: Any, accuracy: Accuracy, out: Any) -> Any:
        """A Python float, or ``out``."""
        y = evaluate(engine, spec, np.asarray(float(x)), accuracy, out)
        return float(y) if out is None else out


class Sequence(NumpyKind):
    """Lists and tuples."""

    def apply(self, engine: Engine, spec: Spec, x: Any, accuracy: Accuracy, out: Any) -> Any:
        """A float64 array, or ``out``."""
        array = np.asarray(x)
        _result_dtype(array.dtype, spec.name)
        return evaluate(engine, spec, array.astype(np.float64), accuracy, out)


def evaluate(
    engine: Engine, spec: Spec, x: NDArray[Any], accuracy: Accuracy, out: Any
) -> NDArray[Any]:
    """The function of an ndarray of any dtype and layout, in the dtype that the contract says."""
    if x.dtype is DOUBLE or x.dtype is SINGLE:
        if out is not None:
            x = _checked_against(out, x, x.dtype)
        elif x.ndim == 0:
            out = np.empty((), x.dtype)  # a ufunc would make it a scalar
        return engine.evaluate(spec, x, accuracy, out)
    return _convert_and_evaluate(engine, spec, x, accuracy, out)


DOUBLE, SINGLE = np.dtype(np.float64), np.dtype(np.float32)
"""The dtypes of most calls, which need nothing but the engine."""


def _convert_and_evaluate(
    engine: Engine, spec: Spec, x: NDArray[Any], accuracy: Accuracy, out: Any
) -> NDArray[Any]:
    dtype = _result_dtype(x.dtype, spec.name)
    if out is not None:
        x = _checked_against(out, x, dtype)
    elif x.ndim == 0:
        out = np.empty((), dtype)
    if dtype == np.longdouble and dtype != np.float64:
        engine = registry.load("numpy")
    native = dtype.newbyteorder("=")
    if native == dtype:
        return engine.evaluate(spec, x.astype(dtype, copy=False), accuracy, out)
    y = engine.evaluate(spec, x.astype(native), accuracy, None)
    if out is None:
        return y.astype(dtype)
    out[...] = y
    return out


@cache
def _result_dtype(dtype: np.dtype[Any], name: str) -> np.dtype[Any]:
    """The floating dtype of the result, or a TypeError for what has none."""
    if dtype.kind == "f":
        return dtype
    if dtype.kind in "iub" or _is_extension(dtype, "iinfo"):
        return np.dtype(np.float64)
    if _is_extension(dtype, "finfo"):
        return dtype
    raise TypeError(
        f"{name}() takes real numbers, not dtype {dtype.name!r}: convert to a floating dtype first"
    )


def _is_extension(dtype: np.dtype[Any], info: str) -> bool:
    """Whether ``ml_dtypes`` knows it as a floating type (``finfo``) or an integer (``iinfo``)."""
    if dtype.type.__module__ != "ml_dtypes":
        return False
    import ml_dtypes

    try:
        getattr(ml_dtypes, info)(dtype)
    except ValueError:
        return False
    return True


def _checked_against(out: Any, x: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """``x``, or a copy where writing to ``out`` would change what is still to be read."""
    if not isinstance(out, np.ndarray):
        raise TypeError(f"out must be a NumPy array, not {type(out).__name__}")
    if out.dtype != dtype:
        raise TypeError(f"out has dtype {out.dtype}; the result has {dtype}")
    if out.shape != x.shape:
        raise ValueError(f"out has shape {out.shape}; the result has {x.shape}")
    if not out.flags.writeable:
        raise ValueError("out is read-only")
    if out is x or (out.base is None and x.base is None):
        return x  # either the same, or each with memory of its own
    same = (
        out.__array_interface__["data"] == x.__array_interface__["data"]
        and out.strides == x.strides
        and out.dtype == x.dtype
    )
    return x if same or not np.may_share_memory(x, out) else x.copy()


@cache
def fastest_usable() -> str:
    """Numba where it can be imported, else NumPy."""
    try:
        return registry.load("numba").name
    except ImportError:
        return "numpy"
