"""Python numbers and lists, NumPy scalars, arrays, and their subclasses."""

from __future__ import annotations

from functools import cache, partial
from operator import itemgetter
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends import registry
from sigmoids.backends.blocks import are_contiguous
from sigmoids.backends.engine import HasUfuncs
from sigmoids.backends.floating_point import standard_mode
from sigmoids.containers.container import places
from sigmoids.containers.overriding import elementwise, override, overrides

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

    rank = 0

    def default_backend(self) -> str:
        """Numba where it can be imported, else NumPy."""
        return registry.fastest_usable()

    def can_follow(self, _backend: str, _kinds: tuple[type, ...]) -> bool:
        """Every backend computes ndarrays."""
        return True

    def route(self, engine: Engine, spec: Function, accuracy: Accuracy) -> Route:
        """See :class:`~sigmoids.containers.container.Container`."""
        return partial(self.apply, engine, spec, accuracy)

    def apply(self, engine: Engine, spec: Function, accuracy: Accuracy, x: Any, out: Any) -> Any:
        """The results as the kind of ``x``, or ``out``."""
        raise NotImplementedError

    def route_of_several(self, engine: Engine, spec: Function, accuracy: Accuracy) -> Route:
        """See :class:`~sigmoids.containers.container.Container`."""

        def route(arguments: tuple[Any, ...], out: Any) -> Any:
            inputs = together(arguments, spec.name)
            results = evaluate(engine, spec, accuracy, inputs, out)
            return out if out is not None else each(partial(self.wrap, arguments), results)

        return route

    def wrap(self, _arguments: tuple[Any, ...], y: Any) -> Any:
        """A result of several arguments as this kind."""
        return np.asarray(y)


class Array(NumpyKind):
    """``numpy.ndarray`` itself."""

    rank = 3

    def apply(self, engine: Engine, spec: Function, accuracy: Accuracy, x: Any, out: Any) -> Any:
        """An array of the same shape and floating dtype, or ``out``."""
        results = evaluate(engine, spec, accuracy, (x,), out)
        return out if out is not None else each(np.asarray, results)


class Subclass(NumpyKind):
    """Subclasses of ``numpy.ndarray``, wrapped again by their own ``__array_wrap__``."""

    rank = 4

    def apply(self, engine: Engine, spec: Function, accuracy: Accuracy, x: Any, out: Any) -> Any:
        """The same subclass, or ``out``."""
        results = evaluate(engine, spec, accuracy, (np.asarray(x),), out)
        return out if out is not None else each(partial(self.wrap, (x,)), results)

    def wrap(self, arguments: tuple[Any, ...], y: Any) -> Any:
        """The subclass of the first argument that is of one."""
        subclasses = (
            x for x in arguments if isinstance(x, np.ndarray) and type(x) is not np.ndarray
        )
        return next(subclasses).__array_wrap__(np.asarray(y))


class Scalar(NumpyKind):
    """NumPy scalars."""

    rank = 1

    def wrap(self, _arguments: tuple[Any, ...], y: Any) -> Any:
        """A NumPy scalar."""
        return y[()]

    def apply(self, engine: Engine, spec: Function, accuracy: Accuracy, x: Any, out: Any) -> Any:
        """A scalar of the same floating dtype, or ``out``."""
        results = evaluate(engine, spec, accuracy, (x,), out)
        return out if out is not None else each(itemgetter(()), results)


class Number(NumpyKind):
    """Python's float, int and bool."""

    def wrap(self, _arguments: tuple[Any, ...], y: Any) -> float:
        """A Python number."""
        return float(y)

    def route(self, engine: Engine, spec: Function, accuracy: Accuracy) -> Route:
        """See :class:`~sigmoids.containers.container.Container`."""
        compute = _of_numbers(engine, spec, accuracy)

        def route(x: float, out: Any) -> Any:
            if out is None:
                return _numbers(compute(float(x)))
            evaluate(engine, spec, accuracy, (np.array(x, DOUBLE),), out)
            return out

        return route

    def route_of_several(self, engine: Engine, spec: Function, accuracy: Accuracy) -> Route:
        """See :class:`~sigmoids.containers.container.Container`."""
        compute = _of_numbers(engine, spec, accuracy)
        with_places = super().route_of_several(engine, spec, accuracy)

        def route(arguments: tuple[float, ...], out: Any) -> Any:
            if out is None:
                return _numbers(compute(*map(float, arguments)))
            return with_places(arguments, out)

        return route


def _numbers(y: Any) -> Any:
    """Python's own."""
    return tuple(map(float, y)) if isinstance(y, tuple) else float(y)


def _of_numbers(engine: Engine, spec: Function, accuracy: Accuracy) -> Callable[..., Any]:
    """The function of Python's numbers: a number of NumPy's, or a tuple of several."""
    if isinstance(engine, HasUfuncs):
        ufunc = engine.ufunc(spec, DOUBLE, accuracy)
        if ufunc is not None:
            return ufunc
    bound = engine.bind(spec, DOUBLE, accuracy)

    def compute(*numbers: float) -> Any:
        results = bound(tuple(map(np.float64, numbers)), None)
        return results if len(results) > 1 else results[0]

    return compute


class Sequence(NumpyKind):
    """Lists and tuples."""

    rank = 2

    def apply(self, engine: Engine, spec: Function, accuracy: Accuracy, x: Any, out: Any) -> Any:
        """A float64 array, or ``out``."""
        results = evaluate(engine, spec, accuracy, (as_array(x, spec.name),), out)
        return out if out is not None else each(np.asarray, results)


def together(arguments: tuple[Any, ...], name: str) -> Arrays:
    """Arrays of one dtype and shape; Python's numbers take the dtype of the others."""
    arrays = [as_array(x, name) for x in arguments]
    dtypes = [
        array.dtype
        for x, array in zip(arguments, arrays, strict=True)
        if isinstance(x, np.generic) or not isinstance(x, float | int)
    ]
    # Of equal dtypes the byte order stays; promotion would lose it.
    extended = [dtype for dtype in dtypes if _is_extension(dtype, "finfo")]
    if extended:  # NumPy promotes no larger integers with them
        dtypes = [dtype for dtype in dtypes if dtype.kind not in "iub"]
    try:
        dtype = dtypes[0] if len(set(dtypes)) == 1 else np.result_type(*dtypes or (DOUBLE,))
    except np.exceptions.DTypePromotionError:
        both = " and ".join(map(str, dtypes))
        raise TypeError(f"{name}(): no dtype holds both {both}: convert one of them") from None
    dtype = _result_dtype(dtype, name)
    with standard_mode():
        arrays = [array.astype(dtype, copy=False) for array in arrays]
    # Numba looks at whether arrays can be written to, which is deprecated for broadcast_arrays'.
    shape = np.broadcast_shapes(*[array.shape for array in arrays])
    return tuple([a if a.shape == shape else np.broadcast_to(a, shape) for a in arrays])


def as_array(x: Any, name: str) -> NDArray[Any]:
    """The argument as a plain array of real numbers; of a list, float64 ones."""
    if isinstance(x, list | tuple):
        _refuse_overriding(x, name)
    array = np.asarray(x)
    _result_dtype(array.dtype, name)
    return array.astype(np.float64) if isinstance(x, list | tuple) else array


def _refuse_overriding(items: list[Any] | tuple[Any, ...], name: str) -> None:
    """A TypeError where a list holds what has units, labels or the like, which it would lose."""
    for kind in set(map(type, items)):
        if overrides(kind):
            raise TypeError(
                f"{name}() cannot take a list of {kind.__module__}.{kind.__qualname__}: make one "
                "array of it first"
            )
        if issubclass(kind, list | tuple):
            for item in items:
                if isinstance(item, list | tuple):
                    _refuse_overriding(item, name)


def each(wrap: Callable[[Any], Any], results: tuple[Any, ...]) -> Any:
    """The only result wrapped, or a tuple of all of them."""
    return wrap(results[0]) if len(results) == 1 else tuple(map(wrap, results))


def evaluate(
    engine: Engine, spec: Function, accuracy: Accuracy, inputs: Arrays, out: Any
) -> Arrays:
    """The results for ndarrays of one shape, of any dtype and layout, in the contract's dtype.

    For arrays of no dimension they may be NumPy scalars.
    """
    dtype, native = _dtypes(inputs[0].dtype, spec.name)
    outs = None
    if out is not None:
        outs = places(out, spec)
        if any(overrides(type(target)) for target in outs):  # as a ufunc would, ask these
            functions = elementwise(spec, engine.name, accuracy)
            return tuple(map(override, functions, len(functions) * (inputs,), outs))
        inputs = _checked_against(outs, inputs, dtype)
        outs = tuple([np.asarray(target) for target in outs])  # of subclasses the plain array
    if native is LONG:  # which no other engine has
        engine = registry.load("numpy")
    bound = _bound(engine, spec, native, accuracy)  # type: ignore[arg-type]
    if native is dtype:
        if inputs[0].dtype is not dtype:
            inputs = tuple([x.astype(dtype, copy=False) for x in inputs])
        return bound(inputs, outs)
    results = bound(tuple([x.astype(native) for x in inputs]), None)
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


def computer_for(
    engine: HasUfuncs, spec: Function, dtype: np.dtype[Any], accuracy: Accuracy, *, many: bool
) -> Callable[..., Any] | None:
    """What is as good as :func:`evaluate` for arrays of that dtype and one shape.

    They have few elements, or many and are contiguous.
    """
    result, native = _dtypes(dtype, spec.name)
    if native is not result or native is LONG or not (dtype is native or dtype.kind in "iub"):
        return None
    if not many:
        return engine.ufunc(spec, native, accuracy)
    return engine.loop(spec, native, accuracy) if dtype is native else None


def are_alike(arguments: tuple[Any, ...]) -> bool:
    """Whether all are like the first, or Python numbers, which take its dtype."""
    x = arguments[0]
    for y in arguments[1:]:
        like = type(y) is np.ndarray and y.dtype is x.dtype and y.shape == x.shape
        if not (like or type(y) is float):
            return False
    return True


def are_scattered(arguments: tuple[Any, ...]) -> bool:
    """Whether any is no array in C order."""
    return not (all(type(x) is np.ndarray for x in arguments) and are_contiguous(arguments))


def is_place(out: Any, x: NDArray[Any]) -> bool:
    """Whether ``out`` plainly is suitable for a ufunc, so that there is nothing to look into.

    Ufuncs see to it themselves where it overlaps the argument or is read-only.
    """
    return (
        type(out) is np.ndarray
        and (out is x or (out.dtype is x.dtype and out.shape == x.shape))
        and (out.base is None or out.flags.c_contiguous)
    )


def are_places(outs: Any, x: NDArray[Any], number: int) -> bool:
    """The same for the places of so many results, which must be apart."""
    if not (type(outs) is tuple and len(outs) == number):
        return False
    for out in outs:
        if not (is_place(out, x) and out.base is None):
            return False
    return len(set(map(id, outs))) == number


def _checked_against(outs: Arrays, inputs: Arrays, dtype: np.dtype[Any]) -> Arrays:
    """The inputs, or copies where writing to ``outs`` would change what is still to be read."""
    for out in outs:
        if not isinstance(out, np.ndarray):
            raise TypeError(f"out must be a NumPy array, not {type(out).__name__}")
    shape = inputs[0].shape
    for out in outs:
        if out.dtype is not dtype and out.dtype != dtype:
            raise TypeError(f"out has dtype {out.dtype}; the result has {dtype}")
        if out.shape != shape:
            raise ValueError(f"out has shape {out.shape}; the result has {shape}")
        if not out.flags.writeable:
            raise ValueError("out is read-only")
        if _overlaps_itself(out):
            raise ValueError("elements of out share memory among themselves")
    if len(outs) > 1 and np.shares_memory(outs[0], outs[1]):
        raise ValueError("the arrays of out overlap: each result needs memory of its own")
    return tuple([x.copy() if any(_is_ahead(out, x) for out in outs) else x for x in inputs])


def _overlaps_itself(out: NDArray[Any]) -> bool:
    """Whether two elements of an array are in the same place, or partly so."""
    axes = [(abs(step), size) for step, size in zip(out.strides, out.shape, strict=True)]
    reach = out.itemsize
    for step, size in sorted(axis for axis in axes if axis[1] > 1):
        if step < reach:
            break
        reach += step * (size - 1)
    else:
        return False  # every axis steps over all that smaller steps reach
    starts = np.zeros(1, np.intp)
    for step, size in axes:
        starts = np.add.outer(starts, step * np.arange(size)).reshape(-1)
    starts.sort()
    return bool((np.diff(starts) < out.itemsize).any())


def _is_ahead(out: NDArray[Any], x: NDArray[Any]) -> bool:
    """Whether writing to one could change what is still to be read of the other."""
    return out is not x and (out.base is not None or x.base is not None) and _overlap(out, x)


def _overlap(out: NDArray[Any], x: NDArray[Any]) -> bool:
    """Whether two arrays share memory, but not element by element."""
    same = (
        out.__array_interface__["data"] == x.__array_interface__["data"]
        and out.strides == x.strides
        and out.dtype == x.dtype
    )
    return not same and np.may_share_memory(x, out)
