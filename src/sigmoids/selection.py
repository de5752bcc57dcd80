"""What is preferred where a call does not say: the choice of context, process or environment."""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING, Any, NamedTuple

from sigmoids.backends import registry
from sigmoids.spec import require_accuracy

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Accuracy


class Preferences(NamedTuple):
    """What somebody prefers, None where that is left to others."""

    backend: Backend | None = None
    accuracy: Accuracy | None = None


_context: ContextVar[Preferences | None] = ContextVar("sigmoids_preferences", default=None)
in_context = _context.get
"""The preferences of the current context, None where it has none."""

of_process: Preferences | None = None
"""Those of the process, None where it has none."""

somebody: bool | None = None
"""None until the first choice of a context or of the process: calls that find this need not look
for more, which would take longer."""

NONE = Preferences()


def use_backend(name: Backend) -> AbstractContextManager[None]:
    """Compute with that backend inside a ``with`` block.

    The choice belongs to the current context (:mod:`contextvars`): other threads and other
    asyncio tasks are not affected, and blocks may be nested.  It is a preference: what that backend
    cannot compute, such as JAX's tracers anywhere but in JAX, is computed as if nobody had chosen.
    An argument ``backend=`` is none, and refuses.

    Parameters
    ----------
    name : str
        ``"numpy"``, ``"numba"``, ``"jax"`` or ``"torch"``; :func:`backends` lists them.

    Raises
    ------
    ValueError
        No backend has that name.
    ImportError
        The backend's package is not installed.

    Examples
    --------
    >>> import sigmoids as sg
    >>> with sg.use_backend("numpy"):
    ...     sg.sigmoid(0.0)
    0.5
    """
    return _within(backend=registry.require(name).name)


def use_accuracy(accuracy: Accuracy) -> AbstractContextManager[None]:
    """Compute with that accuracy inside a ``with`` block, where calls do not say.

    The choice belongs to the current context (:mod:`contextvars`): other threads and other
    asyncio tasks are not affected, and blocks may be nested.  Programs that JAX or PyTorch compile
    keep the accuracy that was chosen when they were traced.

    Parameters
    ----------
    accuracy : {"high", "fast"}
        What ``accuracy=`` takes.

    Raises
    ------
    ValueError
        Neither of the two.

    Examples
    --------
    >>> import sigmoids as sg
    >>> with sg.use_accuracy("fast"):
    ...     sg.sigmoid(0.0)
    0.5
    """
    return _within(accuracy=require_accuracy(accuracy))


@contextmanager
def _within(**choice: Any) -> Iterator[None]:
    global somebody
    somebody = True
    token = _context.set((in_context() or NONE)._replace(**choice))
    try:
        yield
    finally:
        _context.reset(token)


def set_default_backend(name: Backend | None) -> None:
    """Choose the backend for the whole process.

    An argument ``backend=`` and :func:`use_backend` go before it, the environment variable
    ``SIGMOIDS_BACKEND`` comes after it.  Like :func:`use_backend` it is a preference, which leaves
    alone what that backend cannot compute.

    Parameters
    ----------
    name : str or None
        The backend; None takes an earlier choice back.

    Raises
    ------
    ValueError
        No backend has that name.
    ImportError
        The backend's package is not installed.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.set_default_backend("numpy")
    >>> sg.set_default_backend(None)
    """
    _prefer(backend=None if name is None else registry.require(name).name)


def set_default_accuracy(accuracy: Accuracy | None) -> None:
    """Choose the accuracy for the whole process.

    An argument ``accuracy=`` and :func:`use_accuracy` go before it, the environment variable
    ``SIGMOIDS_ACCURACY`` comes after it; if nobody chooses, it is ``"high"``.

    Parameters
    ----------
    accuracy : {"high", "fast"} or None
        What ``accuracy=`` takes; None takes an earlier choice back.

    Raises
    ------
    ValueError
        Neither of the two.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.set_default_accuracy("fast")
    >>> sg.set_default_accuracy(None)
    """
    _prefer(accuracy=None if accuracy is None else require_accuracy(accuracy))


def _prefer(**choice: Any) -> None:
    global of_process, somebody
    somebody = True
    preferences = (of_process or NONE)._replace(**choice)
    of_process = None if preferences == NONE else preferences


@cache
def environment(variable: str) -> Any:
    """What an environment variable says when it is first asked for: reading it takes its time."""
    value = os.environ.get(variable)
    if not value:
        return None
    try:
        return _CHECKS[variable](value)
    except (ValueError, ImportError) as problem:
        raise type(problem)(f"the environment variable {variable}: {problem}") from None


_CHECKS: dict[str, Callable[[str], str]] = {
    "SIGMOIDS_BACKEND": lambda name: registry.require(name).name,
    "SIGMOIDS_ACCURACY": require_accuracy,
}


def preferred_backend() -> Backend | None:
    """The choice of context, process or environment, which arrays follow that can."""
    found = backend_in_force()
    return None if found is None else found[0]


def backend_in_force() -> tuple[Backend, str] | None:
    """The choice of context, process or environment, and who made it; None where nobody did."""
    if name := (in_context() or NONE).backend:
        return name, "use_backend"
    if name := (of_process or NONE).backend:
        return name, "set_default_backend"
    if name := environment("SIGMOIDS_BACKEND"):
        return name, "SIGMOIDS_BACKEND"
    return None


def preferred_accuracy() -> Accuracy:
    """The choice of context, process or environment, or else "high"."""
    chosen = (in_context() or NONE).accuracy or (of_process or NONE).accuracy
    return chosen or environment("SIGMOIDS_ACCURACY") or "high"
