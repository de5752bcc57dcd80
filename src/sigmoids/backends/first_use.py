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

if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_lock.release
    )


@contextmanager
def first_use() -> Iterator[None]:
    """Do in the ``with`` block what is done once."""
    with _lock, standard_mode():
        yield
