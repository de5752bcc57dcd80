"""What is done at first use: importing an engine's libraries, compiling.

It is done by one thread at a time, and in the standard floating-point mode: constants are computed
meanwhile, and stay.  A process that forks in the middle would leave its child with locks of the
import system or of the compiler that nobody ever releases; so a fork waits.

What is registered last is asked first at a fork.  ``logging``, which compilers use, takes its own
lock there: were it asked before us, a fork that has that lock would wait for ever for a compiler
that waits for it.  So we register again when ``logging`` surely is imported.
"""

from __future__ import annotations

import os
import sys
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, TypeVar, cast

from sigmoids.backends.floating_point import standard_mode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Result = TypeVar("Result")

_lock = threading.RLock()
_taken = 0
"""How many times the fork that is under way has taken it."""

_before_logging = False


@contextmanager
def first_use() -> Iterator[None]:
    """Do in the ``with`` block what is done once."""
    global _before_logging
    if not _before_logging:
        with _lock:
            import logging

            _register()
        logging.getLogger(__name__)  # waits for a fork that has its lock already, and wants ours
        _before_logging = True
    with _lock, standard_mode():
        yield


def undisturbed(do: Callable[[], Result]) -> Result:
    """Do it without PyTorch's compiler, which reads what runs below a function that it breaks."""
    dynamo = sys.modules.get("torch._dynamo")
    disable = getattr(dynamo, "disable", None)  # not there while it is being imported
    return do() if disable is None else cast("Result", disable(do)())


def _before_fork() -> None:
    global _taken
    _lock.acquire()
    _taken += 1


def _after_fork() -> None:
    """Release all at once: who registers while a fork is under way is asked afterwards only."""
    global _taken
    while _taken:
        _taken -= 1
        _lock.release()


def _register() -> None:
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=_before_fork, after_in_parent=_after_fork, after_in_child=_after_fork
        )


_register()
