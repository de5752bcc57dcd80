"""Compiling loops and ufuncs, with a cache on disk that cannot mislead.

Numba's own cache asks only whether the file that defines a function has changed.  What is
compiled here is put together from several files, so the cache is asked for the hash of all of them.
"""

from __future__ import annotations

import hashlib
import pickle
import warnings
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar, cast

from numba import njit
from numba.core.caching import FunctionCache, NullCache
from numba.np.ufunc.dufunc import DUFunc
from numba.np.ufunc.ufuncbuilder import UFuncDispatcher

from sigmoids.backends.numba.scalars import FASTMATH, OPTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

Built = TypeVar("Built")


class SourceCache(FunctionCache):  # type: ignore[misc]
    """A function's cache, keyed by the sources of the whole package."""

    def _index_key(self, signature: Any, codegen: Any) -> tuple[Any, ...]:
        return signature, codegen.magic_tuple(), _source_hash()


class InlineKernel(UFuncDispatcher):  # type: ignore[misc]
    """Compiles kernels that become part of the ufunc's loop, which Numba has no option for."""

    def _compile_core(self, signature: Any, flags: Any, local_types: Any) -> Any:
        flags.forceinline = True
        return super()._compile_core(signature, flags, local_types)


@cache
def _source_hash() -> str:
    root = Path(__file__).parents[2]
    digest = hashlib.sha256()
    for path in sorted(root.rglob("*.py")):
        digest.update(path.read_bytes())
    return digest.hexdigest()


def compile_loop(loop: Callable[..., bool], signature: Any) -> Callable[..., bool]:
    """The loop in machine code, from the cache where it has it."""

    def build(storage: Any) -> Callable[..., bool]:
        compiled = njit(**OPTIONS)(loop)
        compiled._cache = storage
        compiled.compile(signature)
        compiled.disable_compile()
        return cast("Callable[..., bool]", compiled)

    return _cached(loop, build)


def compile_ufunc(kernel: Callable[[Any], Any], signature: str) -> np.ufunc:
    """The ufunc of a scalar kernel, from the cache where it has it."""

    def build(storage: Any) -> np.ufunc:
        loops = DUFunc(kernel, targetoptions={"nopython": True, "fastmath": FASTMATH})
        loops._dispatcher = InlineKernel(kernel, targetoptions=loops._dispatcher.targetoptions)
        loops._dispatcher.cache = storage
        loops.add(signature)
        loops.disable_compile()
        # The ufunc proper: a call of the DUFunc around it costs a microsecond more.
        return cast("np.ufunc", loops.ufunc)

    return _cached(kernel, build)


def _cached(function: Callable[..., Any], build: Callable[[Any], Built]) -> Built:
    """What is built with the function's cache.

    A cache that cannot be used, because its folder is read-only or its files are damaged, costs
    the time to compile and one warning.
    """
    try:
        return build(SourceCache(function))
    except (RuntimeError, OSError, EOFError, pickle.UnpicklingError) as problem:
        _warn_once(str(problem))
        return build(NullCache())


def cache_folder() -> str:
    """Where compiled kernels are kept."""
    try:
        return str(SourceCache(_source_hash.__wrapped__).cache_path)
    except RuntimeError:
        return "no folder: none is writable; set NUMBA_CACHE_DIR to one that is"


@cache
def _warn_once(problem: str) -> None:
    warnings.warn(
        f"sigmoids compiles without its cache on disk ({problem}); set NUMBA_CACHE_DIR to a "
        "writable folder, or empty the present one, to keep compiled code",
        RuntimeWarning,
        stacklevel=2,
    )
