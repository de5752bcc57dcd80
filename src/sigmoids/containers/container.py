"""What the dispatcher asks of a kind of array."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from sigmoids.backends.engine import Engine
    from sigmoids.spec import Accuracy, Function


Route = Callable[[Any, Any], Any]
"""``route(x, out)``: a function of ``x``, as the kind of array that ``x`` is.

Where the function has several results, they are a tuple, and so is ``out``.
"""


class Container(Protocol):
    """One kind of array: Python numbers, NumPy arrays, JAX arrays, ..."""

    rank: int
    """Of several arguments the one whose kind has the highest rank leads."""

    def default_backend(self) -> str:
        """The backend that serves this kind when nobody chose one."""
        ...

    def route(self, engine: Engine, spec: Function, accuracy: Accuracy) -> Route:
        """The way from an argument of this kind to its results by that engine."""
        ...

    def route_of_several(self, engine: Engine, spec: Function, accuracy: Accuracy) -> Route:
        """The way from a tuple of arguments, of which one of this kind leads."""
        ...
