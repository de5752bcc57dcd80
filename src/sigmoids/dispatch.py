"""The way from a call to a kernel: the argument's container, the chosen engine, and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sigmoids.backends import registry
from sigmoids.containers.registry import container_of, leading
from sigmoids.selection import chosen, environment
from sigmoids.spec import ACCURACIES

if TYPE_CHECKING:
    from sigmoids.containers.container import Route
    from sigmoids.spec import Accuracy, Function

Kind = type | tuple[type, ...]
"""The type of the argument, or the types of several."""

_routes: dict[tuple[Function, Kind, str | None, Accuracy], Route] = {}
"""What was found for a function, a type of argument and a choice: the same for every such call."""


def apply(spec: Function, x: Any, backend: str | None, accuracy: Accuracy, out: Any) -> Any:
    """The function of ``x``, as the kind of array that ``x`` is."""
    choice = (spec, type(x), chosen() if backend is None else backend, accuracy)
    route = _routes.get(choice) or _find(*choice)
    return route(x, out)


def apply_to_several(
    spec: Function, arguments: tuple[Any, ...], backend: str | None, accuracy: Accuracy, out: Any
) -> Any:
    """The function of several arguments, as the kind of array that the leading one is."""
    kinds = tuple(map(type, arguments))
    choice = (spec, kinds, chosen() if backend is None else backend, accuracy)
    route = _routes.get(choice) or _find(*choice)
    return route(arguments, out)


def _find(spec: Function, kind: Kind, backend: str | None, accuracy: Accuracy) -> Route:
    if accuracy not in ACCURACIES:
        known = " and ".join(map(repr, ACCURACIES))
        raise ValueError(f"unknown accuracy {accuracy!r}: there are {known}")
    container = leading(map(container_of, kind if isinstance(kind, tuple) else (kind,)))
    name = environment() if backend is None else backend
    engine = registry.load(container.default_backend() if name is None else name)
    find = container.route_of_several if isinstance(kind, tuple) else container.route
    route = find(engine, spec, accuracy)
    _routes[spec, kind, backend, accuracy] = route
    return route
