"""Functions that become a part of the compiled function that calls them."""

from __future__ import annotations

from numba import njit

FASTMATH = {"nsz"}
"""Zeros may lose their sign on the way.  Nothing else: multiplications and additions are fused
where the source says so and nowhere else, so that the bits are the same on every processor."""

OPTIONS = {"fastmath": FASTMATH, "error_model": "numpy", "forceinline": True}
"""Functions become a part of what calls them, whatever their size: a call in a loop would keep the
vectoriser out.  Besides, only the outermost has a name that no other function has."""

INNER = OPTIONS | {"no_cpython_wrapper": True, "no_cfunc_wrapper": True}
"""Of functions that compiled code alone calls.  What others would call them through is left out: it
takes half the time to compile."""

jit = njit(**INNER)
