"""Python numbers and lists, NumPy scalars, arrays, and their subclasses."""

from __future__ import annotations

from functools import cache, partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends import registry
from sigmoids.spec import Joint

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sigmoids.backends.engine import Arrays, Engine, Evaluator
    from sigmoids.containers.container import Route
    from sigmoids.spec import Accuracy, Function


DOUBLE, SINGLE = np.dtype(np.float64), np.dtype(np.float32)
LONG = np.dtype(np.longdouble)


class NumpyKind:
    """What all of these share: they are computed as an ndarray."""

    def default_backend(self) -> str:
        """Numba where it can be imported, else NumPy."""
        return fastest_usable()

    def route(self, engine: Engine, spec: Function, accuracy: Accuracy) -> Route:
        """See :class:`~sigmoids.containers.container.Container`."""
        return partial(self.apply, engine, spec, accuracy)

    def apply(self, engine: Engine, spec: Function, accuracy: Accuracy, x: Any, out: Any) -> Any:
        """The results as the kind of ``x``, or ``out``."""
        raise NotImplementedError


class Array(NumpyKind):
    """``numpy.ndarray`` itself, for which a call has the fewest steps."""

    def route(self, engine: Engine, spec: Function, accuracy: Accuracy) -> Route:
        """See :class:`~sigmoids.containers.container.Container`."""
        double, single = (engine.bind(spec, dtype, accuracy) for dtype in (DOUBLE, SINGLE))
        one = len(spec.parts) == 1

        def route(x: NDArray[Any], out: Any) -> Any:
            dtype = x.dtype
            if x.ndim and (dtype is DOUBLE or dtype is SINGLE):  # most calls
                bound = double if dtype is DOUBLE else single
                if out is None:
                    results = bound(x, None)
                    return results[0] if one else results
                if one and _is_like(out, x):
                    bound(x, (out,))
                    return out
            return self.apply(engine, spec, accuracy, x, out)

        return route

    def apply(self, engine: Engine, spec: Function, accuracy: Accuracy, x: Any, out: Any) -> Any:
        """An array of the same shape and floating dtype, or ``out``."""
        results = evaluate(engine, spec, accuracy, x, out)
        return out if out is not None else each(np.asarray, results)


class Subclass(NumpyKind):
    """Subclasses of ``numpy.ndarray``, wrapped again by their own ``__array_wrap__``."""

    def apply(self, engine: Engine, spec: Function, accuracy: Accuracy, x: Any, out: Any) -> Any:
        """The same subclass, or ``out``."""
        results = evaluate(engine, spec, accuracy, np.asarray(x), out)
        return out if out is not None else each(lambda y: x.__array_wrap__(np.asarray(y)), results)


class Scalar(NumpyKind):
    """NumPy scalars."""

    def apply(self, engine: Engine, spec: Function, accuracy: Accuracy, x: Any, out: Any) -> Any:
        """A scalar of the same floating dtype, or ``out``."""
        results = evaluate(engine, spec, accuracy, np.asarray(x), out)
        return out if out is not None else each(itemgetter(()), results)


class Number(NumpyKind):
    """Python's float, int and bool."""

    def route(self, engine: Engine, spec: Function, accuracy: Accuracy) -> Route:
        """See :class:`~sigmoids.containers.container.Container`."""
        bound = engine.bind(spec, DOUBLE, accuracy)

        def route(x: float, out: Any) -> Any:
            if out is None:
                return each(float, bound(np.float64(x), None))
            evaluate(engine, spec, accuracy, np.array(x, DOUBLE), out)
            return out

        return route


class Sequence(NumpyKind):
    """Lists and tuples."""

    def apply(self, engine: Engine, spec: Function, accuracy: Accuracy, x: Any, out: Any) -> Any:
        """A float64 array, or ``out``."""
        array = np.asarray(x)
        _result_dtype(array.dtype, spec.name)
        results = evaluate(engine, spec, accuracy, array.astype(np.float64), out)
        return out if out is not None else each(np.asarray, results)


def each(wrap: Callable[[Any], Any], results: tuple[Any, ...]) -> Any:
    """The only result wrapped, or a tuple of all of them."""
    return wrap(results[0]) if len(results) == 1 else tuple(map(wrap, results))


def evaluate(
    engine: Engine, spec: Function, accuracy: Accuracy, x: NDArray[Any], out: Any
) -> Arrays:
    """The results for an ndarray of any dtype and layout, in the dtype that the contract says.

    For an array of no dimension they may be NumPy scalars.
    """
    dtype, native = _dtypes(x.dtype, spec.name)
    outs = None
    if out is not None:
        outs = _pair(out, spec) if isinstance(spec, Joint) else (out,)
        x = _checked_against(outs, x, dtype)
        outs = tuple([np.asarray(target) for target in outs])  # of subclasses the plain array
    if native is LONG:  # which no other engine has
        engine = registry.load("numpy")
    if native is dtype:
        bound = _bound(engine, spec, dtype, accuracy)  # type: ignore[arg-type]
        return bound(x if x.dtype is dtype else x.astype(dtype, copy=False), outs)
    bound = _bound(engine, spec, native, accuracy)  # type: ignore[arg-type]
    results = bound(x.astype(native), None)
    if outs is None:
        return tuple(y.astype(dtype) for y in results)
    for target, y in zip(outs, results, strict=True):
        target[...] = y
    return outs


@cache
def _bound(engine: Engine, spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Evaluator:
    return engine.bind(spec, dtype, accuracy)


@cache
def _dtypes(dtype: np.dtype[Any], name: str) -> tuple[np.dtype[Any], np.dtype[Any]]:
    """The dtype of the result, and the same in native byte order: one object if they are equal."""
    result = _result_dtype(dtype, name)
    native = np.dtype(result.type)
    return native if native == result else result, native


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


def _is_like(out: Any, x: NDArray[Any]) -> bool:
    """Whether ``out`` plainly is suitable, so that there is nothing to look into."""
    return (
        type(out) is np.ndarray
        and out.dtype is x.dtype
        and out.shape == x.shape
        and (out is x or (out.base is None and x.base is None))
        and out.flags.writeable
    )


def _pair(out: Any, spec: Joint) -> Arrays:
    if not (isinstance(out, tuple | list) and len(out) == len(spec.parts)):
        raise TypeError(
            f"out must be {len(spec.parts)} NumPy arrays for the results of {spec.name}(), not "
            f"{type(out).__name__}"
        )
    return tuple(out)


def _checked_against(outs: Arrays, x: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """``x``, or a copy where writing to ``outs`` would change what is still to be read."""
    for out in outs:
        if not isinstance(out, np.ndarray):
            raise TypeError(f"out must be a NumPy array, not {type(out).__name__}")
    for out in outs:
        if out.dtype is not dtype and out.dtype != dtype:
            raise TypeError(f"out has dtype {out.dtype}; the result has {dtype}")
        if out.shape != x.shape:
            raise ValueError(f"out has shape {out.shape}; the result has {x.shape}")
        if not out.flags.writeable:
            raise ValueError("out is read-only")
        if out is not x and (out.base is not None or x.base is not None) and _overlap(out, x):
            x = x.copy()
    if len(outs) > 1 and np.may_share_memory(outs[0], outs[1]):
        raise ValueError("the arrays of out overlap: each result needs memory of its own")
    return x


def _overlap(out: NDArray[Any], x: NDArray[Any]) -> bool:
    """Whether two arrays share memory, but not element by element."""
    same = (
        out.__array_interface__["data"] == x.__array_interface__["data"]
        and out.strides == x.strides
        and out.dtype == x.dtype
    )
    return not same and np.may_share_memory(x, out)


@cache
def fastest_usable() -> str:
    """Numba where it can be imported, else NumPy."""
    try:
        return registry.load("numba").name
    except ImportError:
        return "numpy"
