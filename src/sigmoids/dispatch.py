"""The way from a call to a kernel: the argument's container, the chosen engine, and go."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any
from weakref import finalize

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


def apply(spec: Function, x: Any, backend: str | None, accuracy: Accuracy, out: Any) -> Any:
    """The function of ``x``, as the kind of array that ``x`` is."""
    return getattr(Routes, _name(spec.formula, type(x), backend, accuracy))(x, out)


def apply_to_several(
    spec: Function, arguments: tuple[Any, ...], backend: str | None, accuracy: Accuracy, out: Any
) -> Any:
    """The function of several arguments, as the kind of array that the leading one is."""
    kinds = tuple(map(type, arguments))
    return getattr(Routes, _name(spec.formula, kinds, backend, accuracy))(arguments, out)


def _name(formula: Any, kind: Kind, backend: str | None, accuracy: Accuracy) -> str:
    options = (backend, chosen() if backend is None else None, accuracy)
    try:
        return _names[formula, kind, options]
    except (KeyError, TypeError):  # not met yet; or an option that is none, such as a list
        with first_use():
            return _kept_or_found(formula.__dict__["spec"], kind, options)


# PyTorch's compiler does not look inside, but calls it once and keeps the answer.  It can do that
# with functions as arguments, and before 2.13 not with objects of ours.
_name.__dict__["_dynamo_marked_constant"] = True


def _kept_or_found(spec: Function, kind: Kind, options: tuple[Any, Any, Any]) -> str:
    backend, _, accuracy = options
    if accuracy not in ACCURACIES:
        known = " and ".join(map(repr, ACCURACIES))
        raise ValueError(f"unknown accuracy {accuracy!r}: there are {known}")
    if backend is not None:
        registry.require(backend)
    kinds = kind if isinstance(kind, tuple) else (kind,)
    passing = [one for one in kinds if not lasts(one)]
    key = (spec.formula, tuple(map(id, kinds)) if passing else kind, options)
    if key not in _names:
        name = f"{spec.name}_{next(_numbers)}"
        setattr(Routes, name, _find(spec, kind, backend, accuracy))
        for one in passing:
            finalize(one, _forget, key).atexit = False
        _names[key] = name
    return _names[key]


def _forget(key: Any) -> None:
    """Give back what was kept for a type that is no more: another may come to be in its place."""
    if name := _names.pop(key, None):
        delattr(Routes, name)


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
