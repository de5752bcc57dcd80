"""What the dispatcher asks of a kind of array."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sigmoids.spec import Accuracy, Function


Route = Callable[[Any, Any], Any]
"""``route(x, out)``: a function of ``x``, as the kind of array that ``x`` is.

Where the function has several results, they are a tuple, and so is ``out``.
"""


class Container(Protocol):
    """One kind of array: Python numbers, NumPy arrays, JAX arrays, ..."""

    rank: int
    """Of several arguments the one whose kind has the highest rank leads."""

    def default_backend(self) -> str | None:
        """The backend that serves this kind when nobody chose one; None: the arrays within say."""
        ...

    def can_follow(self, backend: str, kinds: tuple[type, ...]) -> bool:
        """Whether that backend can compute arguments of these types, if somebody prefers it."""
        ...

    def route(self, engine: Any, spec: Function, accuracy: Accuracy) -> Route:
        """The way from an argument of this kind to its results by that engine."""
        ...

    def route_of_several(self, engine: Any, spec: Function, accuracy: Accuracy) -> Route:
        """The way from a tuple of arguments, of which one of this kind leads."""
        ...


def unpacked(out: Any) -> Any:
    """The place of one result, which may be given in a tuple as ufuncs have it."""
    return out[0] if isinstance(out, tuple) and len(out) == 1 else out


def places(out: Any, spec: Function) -> tuple[Any, ...]:
    """Where each of the results is to be written."""
    number = len(spec.parts)
    if number == 1:
        return (out,)
    if not (isinstance(out, tuple | list) and len(out) == number):
        raise TypeError(
            f"out must be {number} arrays for the results of {spec.name}(), not "
            f"{type(out).__name__}"
        )
    return tuple(out)
