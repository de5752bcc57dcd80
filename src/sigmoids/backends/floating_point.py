"""The floating-point mode that results are promised in: nearest-even, subnormal numbers kept.

A thread's mode belongs to whoever set it last.  Some libraries switch subnormal numbers off for
speed, in the thread that loads or calls them, and threads started later inherit that.  Compiled
loops set the processor's control word themselves (:mod:`sigmoids.backends.numba.mode`).  What NumPy
computes, such as tables that stay for the life of the process, is led through here.
"""

from __future__ import annotations

import ctypes
import sys
from contextlib import contextmanager
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

SUBNORMAL = 5e-324
"""The smallest number: doubled, it is 0 where subnormal arguments or results are."""

NEGLIGIBLE = 2.0**-60
"""Added to 1 or subtracted from it, it makes a difference where rounding is not to nearest."""

ROOM = 256
"""Bytes for the C library's ``fenv_t``, which takes 32 at most on the systems we know."""


def is_standard() -> bool:
    """Whether this thread computes as IEEE 754 says by default."""
    return 1.0 + NEGLIGIBLE == 1.0 == 1.0 - NEGLIGIBLE and SUBNORMAL * 2.0 != 0.0


@contextmanager
def standard_mode() -> Iterator[None]:
    """Compute in the standard mode, and leave the thread's own as it was."""
    library = None if is_standard() else _library()
    if library is None:
        yield
        return
    saved = ctypes.create_string_buffer(ROOM)
    library.fegetenv(saved)
    library.fesetenv(ctypes.c_void_p(-1))  # FE_DFL_ENV
    try:
        yield
    finally:
        library.fesetenv(saved)


@cache
def _library() -> Any:
    """The C library, where its default environment is known to be that address."""
    return ctypes.CDLL(None) if sys.platform == "linux" else None
