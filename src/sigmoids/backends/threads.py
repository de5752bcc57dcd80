"""How many threads a call may use: the processors there are, or what was asked for."""

from __future__ import annotations

import math
import os
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from typing import TYPE_CHECKING

from sigmoids.backends.first_use import first_use

if TYPE_CHECKING:
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

LINGER = 50.0
"""Microseconds that a helping thread looks out for more work, if ``SIGMOIDS_LINGER`` is not set."""

_scoped: ContextVar[int | None] = ContextVar("sigmoids_num_threads", default=None)
_chosen: int | None = None


def get_num_threads() -> int:
    """How many threads a call may use.

    Returns
    -------
    int
        What :func:`use_num_threads`, :func:`set_num_threads` or the environment variable
        ``SIGMOIDS_NUM_THREADS`` say, in this order; otherwise the processors that this process
        may use, by its affinity mask and by the CPU quota of its control group, and no more than
        ``OMP_NUM_THREADS`` says, by which Dask and joblib share processors between processes.

    Raises
    ------
    ValueError
        ``SIGMOIDS_NUM_THREADS`` is not a positive integer.

    Examples
    --------
    >>> import sigmoids as sg
    >>> with sg.use_num_threads(1):
    ...     sg.get_num_threads()
    1
    """
    return _scoped.get() or _chosen or _default()


def set_num_threads(number: int | None) -> None:
    """Choose how many threads a call may use, in the whole process.

    One thread means that none but the calling one is used, and none is started.

    Parameters
    ----------
    number : int or None
        At least 1; None for the default.

    Raises
    ------
    ValueError
        ``number`` is not a positive integer.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.set_num_threads(2)
    >>> sg.get_num_threads()
    2
    >>> sg.set_num_threads(None)
    """
    global _chosen
    _chosen = None if number is None else _checked(number)


def use_num_threads(number: int) -> AbstractContextManager[None]:
    """Choose how many threads a call may use, for a block, in this thread or task only.

    Parameters
    ----------
    number : int
        At least 1.

    Raises
    ------
    ValueError
        ``number`` is not a positive integer.

    Examples
    --------
    >>> import sigmoids as sg
    >>> with sg.use_num_threads(1):
    ...     y = sg.sigmoid([0.0])
    """
    return _within(_checked(number))


@contextmanager
def _within(number: int) -> Iterator[None]:
    token = _scoped.set(number)
    try:
        yield
    finally:
        _scoped.reset(token)


@cache
def linger() -> float:
    """Microseconds that a helping thread looks out for more work before it sleeps."""
    text = os.environ.get("SIGMOIDS_LINGER")
    if not text:
        return LINGER
    try:
        microseconds = float(text)
    except ValueError:
        microseconds = -1.0
    if not 0 <= microseconds <= 1e6:
        raise ValueError(
            f"SIGMOIDS_LINGER must be a number of microseconds from 0 to 1000000, not {text!r}"
        )
    return microseconds


def processors() -> int:
    """How many processors this process may use at the same time: affinity and CPU quota."""
    if hasattr(os, "sched_getaffinity"):
        allowed = len(os.sched_getaffinity(0))
    else:
        allowed = os.cpu_count() or 1  # platforms without affinity masks
    with first_use():
        from sigmoids.backends.quota import quota  # reads files, which importing should not prepare

    return max(1, math.floor(min(allowed, quota())))


@cache
def _default() -> int:
    text = os.environ.get("SIGMOIDS_NUM_THREADS")
    if not text:
        return int(min(processors(), _of_openmp()))
    try:
        return _checked(int(text))
    except ValueError:
        raise ValueError(f"SIGMOIDS_NUM_THREADS must be a positive integer, not {text!r}") from None


def _of_openmp() -> float:
    """The threads of OpenMP's outermost level; no limit where nothing is said that is a number."""
    text = os.environ.get("OMP_NUM_THREADS", "").partition(",")[0].strip()
    return max(1, int(text)) if text.isdecimal() else math.inf


def _checked(number: int) -> int:
    if isinstance(number, bool) or not isinstance(number, int) or number < 1:
        raise ValueError(f"the number of threads must be a positive integer, not {number!r}")
    return number
