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

_context: ContextVar[str | None] = ContextVar("sigmoids_backend", default=None)
_default: str | None = None


@contextmanager
def use_backend(name: str) -> Iterator[None]:
    """Compute with that backend inside a ``with`` block.

    The choice belongs to the current context (:mod:`contextvars`): other threads and other
    asyncio tasks are not affected, and blocks may be nested.

    Parameters
    ----------
    name : str
        ``"numpy"``, ``"numba"`` or ``"jax"``; :func:`backends` lists them.

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
    token = _context.set(registry.require(name).name)
    try:
        yield
    finally:
        _context.reset(token)


def set_default_backend(name: str | None) -> None:
    """Choose the backend for the whole process.

    An argument ``backend=`` and :func:`use_backend` go before it, the environment variable
    ``SIGMOIDS_BACKEND`` comes after it.

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
    return os.environ.get("SIGMOIDS_BACKEND") or None
