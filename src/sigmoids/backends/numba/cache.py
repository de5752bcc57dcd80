"""Machine code on disk, in files that are named for what they hold and know whether they are whole.

A file's name says which functions, types, processor and versions it was compiled from and for, so
that nothing has to be compared when it is read, and none is ever overwritten with something else.
Its first bytes are a digest of the rest: damaged machine code is not run.

The files are pickles: whoever can write to the folder can run code in the processes that read it.
"""

from __future__ import annotations

import hashlib
import os
import pickle
import platform
import re
import sys
import tempfile
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any

import llvmlite
import numba
import numpy as np
from numba.core.compiler import CompileResult
from numba.core.serialize import dumps

from sigmoids.backends.numba.fingerprint import DIGITS

DIGEST = hashlib.sha256

SUFFIX = ".machine-code"

KEPT = 8
"""Files of one function and its options that are kept: code of other versions may be in use too."""


class Store:
    """What Numba asks its caches for, for one function: see ``numba.core.caching``.

    Whatever goes wrong costs the time to compile and is remembered, never raised.

    Parameters
    ----------
    name : str
        What the function is, and, after a last underscore, the fingerprint of what it is made of.
    """

    cache_path = None

    def __init__(self, name: str) -> None:
        self.name = re.sub(r"\W", "_", name)
        self.problem: str | None = None

    def load_overload(self, signature: Any, context: Any) -> Any:
        """The compiled function, or None."""
        context.refresh()  # or else nothing is known yet of what the code refers to
        try:
            return self._load(self._path(signature, context), context)
        except FileNotFoundError:
            return None
        except Exception as problem:
            self._note(problem)
            return None

    def save_overload(self, signature: Any, compiled: Any) -> None:
        """Write the compiled function, all of it or nothing."""
        try:
            self._save(self._path(signature, compiled.target_context), compiled)
        except Exception as problem:
            self._note(problem)

    def flush(self) -> None:
        """Nothing is waiting to be written."""

    def _load(self, path: Path, context: Any) -> Any:
        whole = path.read_bytes()
        size = DIGEST().digest_size
        if DIGEST(whole[size:]).digest() != whole[:size]:
            raise ValueError(f"{path} is damaged")
        return CompileResult._rebuild(context, *pickle.loads(whole[size:]))

    def _save(self, path: Path, compiled: Any) -> None:
        payload = dumps(compiled._reduce())
        incomplete = path.with_name(f"{path.name}.{os.getpid()}")
        try:
            incomplete.write_bytes(DIGEST(payload).digest() + payload)
            incomplete.replace(path)
        finally:
            incomplete.unlink(missing_ok=True)
        same = self.name.rpartition("_")[0]
        siblings = list(path.parent.glob(f"{same}_{'?' * DIGITS}-*{SUFFIX}"))
        for old in sorted(siblings, key=lambda p: p.stat().st_mtime)[:-KEPT]:
            old.unlink()

    def _path(self, signature: Any, context: Any) -> Path:
        versions = (sys.version, numba.__version__, llvmlite.__version__, np.__version__)
        machine = (platform.machine(), *context.codegen().magic_tuple())
        text = repr((str(signature), versions, machine))
        return folder() / f"{self.name}-{DIGEST(text.encode()).hexdigest()[:DIGITS]}{SUFFIX}"

    def _note(self, problem: Exception) -> None:
        self.problem = self.problem or f"{type(problem).__name__}: {problem}"


@cache
def folder() -> Path:
    """Where compiled functions are kept: the first of the possible folders that can be written to.

    Raises
    ------
    OSError
        None can.
    """
    problem: OSError | None = None
    for place in _places():
        try:
            place.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryFile(dir=place):
                return place
        except OSError as refused:
            problem = problem or refused
    raise problem or FileNotFoundError("there is no folder for compiled code")


def _places() -> list[Path]:
    """``NUMBA_CACHE_DIR``, or else beside the package and in the user's own folder for caches."""
    chosen = numba.config.CACHE_DIR
    if chosen:
        return [Path(chosen) / "sigmoids"]
    places = [Path(__file__).parent / "__pycache__"]
    with suppress(RuntimeError):  # a user without a home
        places.append(_users() / "sigmoids")
    return places


def _users() -> Path:
    """The user's folder for caches, where the system has it."""
    if sys.platform == "win32":
        return Path(os.environ.get("LOCALAPPDATA") or Path.home() / "AppData" / "Local")
    if sys.platform == "darwin":
        return Path.home() / "Library" / "Caches"
    return Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
