"""The way from a call to a kernel: the argument's container, the chosen engine, and go."""

from __future__ import annotations

from functools import partial, update_wrapper
from itertools import count
from typing import TYPE_CHECKING, Any
from weakref import finalize

from numpy import ndarray

from sigmoids import selection
from sigmoids.arithmetic.grammar import check
from sigmoids.backends import registry
from sigmoids.backends.blocks import CONTIGUOUS
from sigmoids.backends.engine import SMALL, HasUfuncs
from sigmoids.backends.first_use import first_use, undisturbed
from sigmoids.containers.container import unpacked
from sigmoids.containers.numpy_kind import (
    are_alike,
    are_places,
    are_scattered,
    computer_for,
    is_place,
)
from sigmoids.containers.registry import container_of, lasts, leading
from sigmoids.selection import in_context
from sigmoids.spec import Function, require_accuracy

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.containers.container import Route
    from sigmoids.spec import Accuracy

Kind = type | tuple[type, ...]
"""The type of the argument, or the types of several."""

Choice = tuple[Any, ...]
"""What the call says of backend and accuracy, and what context and process prefer."""


class Routes:
    """What was found, each an attribute: the same route for every such call.

    Compilers that read Python, such as PyTorch's, take a name for a constant and look at that one
    attribute alone, while the table of names may grow.
    """


_names: dict[Any, str] = {}
"""The names of the routes by function, type of argument and choice.

Types that may be gone before the process is are there by their identity: what is kept must not hold
them.
"""

_numbers = count()

ByDtype = dict[Any, "Callable[..., Any]"]
"""What computes arrays of a dtype."""

_computers: dict[tuple[Function, Choice], tuple[ByDtype, ByDtype]] = {}
"""Of each function and choice, what computes few elements and what computes many.

They are found when such an array has gone its route.
"""

NOBODY: Choice = (None, None, None, None)
"""What is left to the array."""


def dispatched(spec: Function) -> Callable[[Callable[..., Any]], Callable[..., Any]]:
    """Of a function's name, signature and documentation, the function.

    It is the dispatcher itself: to call one from there would take a tenth of a short call's time.
    """
    return partial(update_wrapper, dispatcher(spec))


def dispatcher(spec: Function) -> Callable[..., Any]:
    """``dispatch(*arguments, backend, accuracy, out)``: the function, as that kind of array."""
    return (_of_several if len(spec.arguments) > 1 else _of_one)(spec)


def _of_one(spec: Function) -> Callable[..., Any]:
    name_of = _namer(spec)
    number = len(spec.parts)
    one = number == 1
    of_few, of_many = _computers.setdefault((spec, NOBODY), ({}, {}))

    def dispatch(x: Any, /, *, backend: Any = None, accuracy: Any = None, out: Any = None) -> Any:
        # With few elements, all that comes before the ufunc should take less time than its call.
        if type(x) is ndarray and (size := x.size) < SMALL and (ndim := x.ndim):
            dtype = x.dtype
            # Nobody has ever chosen, or nobody has here.
            if backend is accuracy is selection.somebody or (
                backend is accuracy is in_context() is selection.of_process
            ):
                compute = of_few.get(dtype)
            else:
                compute = _chosen(spec, dtype, False, backend, accuracy)
            if compute is not None:
                if out is None:
                    return compute(x)
                # What is_place() says of most, which to ask would take as long as SciPy's call.
                plain = type(out) is ndarray and out.dtype is dtype and out.base is None
                if one and plain and out.size == size and out.ndim == ndim == 1:
                    return compute(x, out)
                if one and is_place(out, x):
                    return compute(x, out)
                if not one and are_places(out, x, number):
                    return compute(x, *out)
        elif type(x) is ndarray and size >= SMALL and x.flags.num & CONTIGUOUS == CONTIGUOUS:
            dtype = x.dtype
            if backend is accuracy is selection.somebody or (
                backend is accuracy is in_context() is selection.of_process
            ):
                compute = of_many.get(dtype)
            else:
                compute = _chosen(spec, dtype, True, backend, accuracy)
            if compute is not None:
                if out is None:
                    return compute(x)
                plain = type(out) is ndarray and out.dtype is dtype and out.base is None
                if one and plain and out.size == size and out.ndim == x.ndim == 1:
                    return compute(x, out)
                outs = (out,) if one else out
                if are_places(outs, x, number) and not are_scattered(outs):
                    return compute(x, *outs)
        if one:
            out = unpacked(out)
        return getattr(Routes, name_of(type(x), backend, accuracy))(x, out)

    return dispatch


def _of_several(spec: Function) -> Callable[..., Any]:
    """The kind is that of the leading argument."""
    name_of = _namer(spec)
    number = len(spec.parts)
    one = number == 1

    def dispatch(
        *arguments: Any, backend: Any = None, accuracy: Any = None, out: Any = None
    ) -> Any:
        if len(arguments) != len(spec.arguments):
            raise TypeError(_miscounted(spec, len(arguments)))
        x = arguments[0]
        if type(x) is ndarray and x.ndim and are_alike(arguments):
            many = x.size >= SMALL
            compute = _chosen(spec, x.dtype, many, backend, accuracy)
            if compute is not None and not (many and are_scattered(arguments)):
                if out is None:
                    return compute(*arguments)
                if one and not many and is_place(out, x):
                    return compute(*arguments, out)
                outs = (out,) if one else out
                if are_places(outs, x, number) and not (many and are_scattered(outs)):
                    return compute(*arguments, *outs)
        if one:
            out = unpacked(out)
        kinds = tuple(map(type, arguments))
        return getattr(Routes, name_of(kinds, backend, accuracy))(arguments, out)

    return dispatch


def _miscounted(spec: Function, given: int) -> str:
    """What Python says of a function with so many arguments."""
    if given > len(spec.arguments):
        needed = len(spec.arguments)
        return f"{spec.name}() takes {needed} positional arguments but {given} were given"
    missing = spec.arguments[given:]
    plural = "s" if len(missing) > 1 else ""
    names = " and ".join(map(repr, missing))
    return f"{spec.name}() missing {len(missing)} required positional argument{plural}: {names}"


def _chosen(
    spec: Function, dtype: Any, many: bool, backend: Any, accuracy: Any
) -> Callable[..., Any] | None:
    """What computes arrays of so many elements, if it has been found."""
    choice = backend, accuracy, in_context(), selection.of_process
    try:
        return _computers[spec, choice][many].get(dtype)
    except (KeyError, TypeError):  # not met yet; or an option that is none, such as a list
        return None


def _namer(spec: Function) -> Callable[[Kind, Any, Any], str]:
    def name_of(kind: Kind, backend: Any, accuracy: Any) -> str:
        choice = backend, accuracy, in_context(), selection.of_process
        try:
            return _names[spec, kind, choice]
        except (KeyError, TypeError):  # likewise
            with first_use():
                return undisturbed(lambda: _kept_or_found(spec, kind, choice))

    # PyTorch's compiler does not look inside, but calls it once and keeps the answer.  It can do
    # that with types and names as arguments, and before 2.13 not with objects of ours.
    name_of.__dict__["_dynamo_marked_constant"] = True
    return name_of


def _kept_or_found(spec: Function, kind: Kind, choice: Choice) -> str:
    backend, accuracy, *_ = choice
    if accuracy is not None:
        require_accuracy(accuracy)
    if backend is not None:
        registry.require(backend)
    kinds = kind if isinstance(kind, tuple) else (kind,)
    passing = [one for one in kinds if not lasts(one)]
    key = (spec, tuple(map(id, kinds)) if passing else kind, choice)
    if key not in _names:
        name = f"{spec.name}_{next(_numbers)}"
        setattr(Routes, name, _find(spec, kind, choice))
        for one in passing:
            finalize(one, _forget, key).atexit = False
        _names[key] = name
    return _names[key]


def _forget(key: Any) -> None:
    """Give back what was kept for a type that is no more: another may come to be in its place."""
    if name := _names.pop(key, None):
        delattr(Routes, name)


def _find(spec: Function, kind: Kind, choice: Choice) -> Route:
    check(spec)
    backend, accuracy, *_ = choice
    kinds = kind if isinstance(kind, tuple) else (kind,)
    container = leading(map(container_of, kinds))
    name = backend
    if name is None:
        preferred = selection.preferred_backend()
        can_follow = preferred is not None and container.can_follow(preferred, kinds)
        name = preferred if can_follow else container.default_backend()
    engine: Any = None if name is None else registry.load(name)
    find = container.route_of_several if isinstance(kind, tuple) else container.route
    if accuracy is None:
        accuracy = selection.preferred_accuracy()
    route = find(engine, spec, accuracy)
    if kinds[0] is ndarray and isinstance(engine, HasUfuncs):
        return _remembering(route, engine, spec, accuracy, choice)
    return route


def _remembering(
    route: Route, engine: HasUfuncs, spec: Function, accuracy: Accuracy, choice: Choice
) -> Route:
    """The route of NumPy's arrays, which most take but once: then what computes is known."""

    def remembering(given: Any, out: Any) -> Any:
        result = route(given, out)
        arguments = given if isinstance(given, tuple) else (given,)
        x = arguments[0]
        many = x.size >= SMALL
        if x.ndim and are_alike(arguments):
            compute = computer_for(engine, spec, x.dtype, accuracy, many=many)
            if compute is not None:
                _computers.setdefault((spec, choice), ({}, {}))[many][x.dtype] = compute
        return result

    return remembering
