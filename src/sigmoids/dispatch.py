"""The way from a call to a kernel: the argument's container, the chosen engine, and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from sigmoids.arithmetic.grammar import check
from sigmoids.backends import registry
from sigmoids.backends.first_use import first_use
from sigmoids.containers.registry import container_of, lasts, leading
from sigmoids.selection import chosen, preference
from sigmoids.spec import ACCURACIES

if TYPE_CHECKING:
    from sigmoids.containers.container import Route
    from sigmoids.spec import Accuracy, Function

Kind = type | tuple[type, ...]
"""The type of the argument, or the types of several."""

_routes: dict[Any, Route] = {}
"""What was found for a function, a type of argument and a choice: the same for every such call."""

_passing: WeakKeyDictionary[type, dict[Any, Route]] = WeakKeyDictionary()
"""The same for types that may be gone before the process is; what is kept must not hold them."""


def apply(spec: Function, x: Any, backend: str | None, accuracy: Accuracy, out: Any) -> Any:
    """The function of ``x``, as the kind of array that ``x`` is."""
    return _route(spec, type(x), backend, accuracy)(x, out)


def apply_to_several(
    spec: Function, arguments: tuple[Any, ...], backend: str | None, accuracy: Accuracy, out: Any
) -> Any:
    """The function of several arguments, as the kind of array that the leading one is."""
    return _route(spec, tuple(map(type, arguments)), backend, accuracy)(arguments, out)


def _route(spec: Function, kind: Kind, backend: str | None, accuracy: Accuracy) -> Route:
    options = (backend, chosen() if backend is None else None, accuracy)
    try:
        return _routes[spec, kind, options]
    except (KeyError, TypeError):  # not met yet; or an option that is none, such as a list
        with first_use():
            return _kept_or_found(spec, kind, options)


def _kept_or_found(spec: Function, kind: Kind, options: tuple[Any, Any, Any]) -> Route:
    backend, _, accuracy = options
    if accuracy not in ACCURACIES:
        known = " and ".join(map(repr, ACCURACIES))
        raise ValueError(f"unknown accuracy {accuracy!r}: there are {known}")
    if backend is not None:
        registry.require(backend)
    kinds = kind if isinstance(kind, tuple) else (kind,)
    passing = {one for one in kinds if not lasts(one)}
    if not passing:
        _routes[spec, kind, options] = route = _find(spec, kind, backend, accuracy)
        return route
    if len(passing) > 1:
        return _find(spec, kind, backend, accuracy)
    routes = _passing.setdefault(passing.pop(), {})
    key = (spec, tuple(map(id, kinds)), options)
    if key not in routes:
        routes[key] = _find(spec, kind, backend, accuracy)
    return routes[key]


def _find(spec: Function, kind: Kind, backend: str | None, accuracy: Accuracy) -> Route:
    check(spec)
    kinds = kind if isinstance(kind, tuple) else (kind,)
    container = leading(map(container_of, kinds))
    name = backend
    if name is None:
        preferred = preference()
        can_follow = preferred is not None and container.can_follow(preferred, kinds)
        name = preferred if can_follow else container.default_backend()
    engine = None if name is None else registry.load(name)
    find = container.route_of_several if isinstance(kind, tuple) else container.route
    return find(engine, spec, accuracy)
