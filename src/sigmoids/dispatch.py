"""The way from a call to a kernel: the argument's container, the chosen engine, and go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sigmoids.backends import registry
from sigmoids.containers.registry import container_of
from sigmoids.selection import chosen
from sigmoids.spec import ACCURACIES

if TYPE_CHECKING:
    from sigmoids.spec import Accuracy, Spec


def apply(spec: Spec, x: Any, backend: str | None, accuracy: Accuracy, out: Any) -> Any:
    """The function of ``x``, as the kind of array that ``x`` is."""
    if accuracy not in ACCURACIES:
        known = " and ".join(map(repr, ACCURACIES))
        raise ValueError(f"unknown accuracy {accuracy!r}: there are {known}")
    container = container_of(type(x))  # type: ignore[arg-type]
    name = chosen(backend)
    engine = registry.load(container.default_backend() if name is None else name)
    return container.apply(engine, spec, x, accuracy, out)
