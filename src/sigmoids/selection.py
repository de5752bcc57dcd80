"""Who computes where the caller does not say: the choice of context, process or environment."""

from __future__ import annotations

import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING

from sigmoids.backends import registry

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

_context: ContextVar[str | None] = ContextVar("sigmoids_backend", default=None)
_default: str | None = None


def use_backend(name: str) -> AbstractContextManager[None]:
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
    return _within(registry.require(name).name)


@contextmanager
def _within(name: str) -> Iterator[None]:
    token = _context.set(name)
    try:
        yield
    finally:
        _context.reset(token)


def set_default_backend(name: str | None) -> None:
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
    global _default
    _default = None if name is None else registry.require(name).name


def chosen() -> str | None:
    """The choice of context or process; None where neither chose, and the environment may have."""
    return _context.get() or _default


@cache
def environment() -> str | None:
    """What ``SIGMOIDS_BACKEND`` says when it is first asked for: reading it takes its time."""
    name = os.environ.get("SIGMOIDS_BACKEND")
    if not name:
        return None
    try:
        return registry.require(name).name
    except (ValueError, ImportError) as problem:
        raise type(problem)(f"the environment variable SIGMOIDS_BACKEND: {problem}") from None


def preference() -> str | None:
    """The choice of context, process or environment, which arrays follow that can."""
    return chosen() or environment()


def in_force() -> tuple[str, str] | None:
    """The choice of context, process or environment, and who made it; None where nobody did."""
    if name := _context.get():
        return name, "use_backend"
    if _default:
        return _default, "set_default_backend"
    if name := environment():
        return name, "SIGMOIDS_BACKEND"
    return None
