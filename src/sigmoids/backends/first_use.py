"""What is done at first use: importing an engine's libraries, compiling.

It is done by one thread at a time, and in the standard floating-point mode: constants are computed
meanwhile, and stay.  A process that forks in the middle would leave its child with locks of the
import system or of the compiler that nobody ever releases; so a fork waits.
"""

from __future__ import annotations

import os
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

from sigmoids.backends.floating_point import standard_mode

if TYPE_CHECKING:
    from collections.abc import Iterator

_lock = threading.RLock()
_forks_wait = False


@contextmanager
def first_use() -> Iterator[None]:
    """Do in the ``with`` block what is done once."""
    if not _forks_wait:
        import logging  # noqa: F401  # whose lock is needed meanwhile: see below

        let_forks_wait()
    with _lock, standard_mode():
        yield


def let_forks_wait() -> None:
    """Let forks wait for this lock before they take those of what was imported so far.

    What is registered last is asked first.  A fork that had taken the lock of ``logging``, which
    compilers use, before it waits for ours would wait for ever.  So this is called again where more
    was imported; our lock may be taken several times by the thread that has it.
    """
    global _forks_wait
    _forks_wait = True
    if hasattr(os, "register_at_fork"):
        os.register_at_fork(
            before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release
        )
