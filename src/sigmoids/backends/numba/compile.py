"""From a Python function to machine code: out of the cache, compiled, or not at all.

Numba promises none of what the cache needs of it.  Where that is not as expected, functions are
compiled without a cache, by what Numba documents.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar

from numba import cfunc
from numba.core.ccallback import CFunc

from sigmoids.backends.notice import warn_once
from sigmoids.backends.numba.cache import Store, folder
from sigmoids.backends.numba.inline import OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

Built = TypeVar("Built")


def compile_callback(function: Callable[..., None], signature: Any) -> Any:
    """The function in machine code, to be called from C: its ``address`` is good while it lives."""

    def with_cache(store: Store) -> Any:
        compiled: Any = CFunc(function, (signature.args, signature.return_type), {}, OPTIONS)
        compiled._cache = store
        compiled.compile()
        return compiled

    return _built(function, with_cache, lambda: cfunc(signature, **OPTIONS)(function))


def _built(
    function: Callable[..., Any],
    with_cache: Callable[[Store], Built],
    without: Callable[[], Built],
) -> Built:
    """What is compiled from a function, which has a name of its own."""
    store = Store(function.__qualname__)
    try:
        built = with_cache(store)
    except Exception as problem:
        store.problem = f"{type(problem).__name__}: {problem}"
        built = without()
    if store.problem is not None:
        _without_cache(store.problem)
    return built


_problem: str | None = None


def problem() -> str | None:
    """Why the cache on disk was not used, where that has happened."""
    return _problem


def _without_cache(problem: str) -> None:
    global _problem
    _problem = _problem or f"compiled without the cache on disk ({problem})"
    warn_once(
        "cache",
        f"sigmoids has {_problem}, which takes seconds; set NUMBA_CACHE_DIR to a folder that can "
        "be written to, or empty the present one, to keep compiled code",
    )


def cache_folder() -> str:
    """Where compiled functions are kept, in words."""
    try:
        return str(folder())
    except OSError as problem:
        return f"no folder ({problem}): set NUMBA_CACHE_DIR to one that can be written to"
