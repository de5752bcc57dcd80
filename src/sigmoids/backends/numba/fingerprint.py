"""What a compiled function is made of, as digits that name it and its file in the cache.

Machine code belongs to the functions that were compiled, wherever they come from: a source file, a
zip, compiled modules without their source, a script beside the package, a file that was edited
after it was imported.  So the functions themselves are read, as they are in memory: their byte
code, the constants and functions that they refer to, and modules of the engines as a whole, whose
operators and overloads are reached through Numba's registries and not by name.
"""

from __future__ import annotations

import dis
import hashlib
import sys
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from itertools import pairwise
from types import CodeType, FunctionType, ModuleType
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterator

OURS = ("sigmoids.backends.", "sigmoids.arithmetic.")

LIBRARIES = {"numba", "llvmlite", "numpy", *sys.stdlib_module_names}
"""Functions of theirs are known by their names, for their versions are asked for elsewhere."""

PLAIN = (bool, int, float, complex, str, bytes, type(None), np.generic, np.dtype)
"""Values whose ``repr`` is all there is to say."""

COLLECTIONS = (tuple, list, set, frozenset, Mapping)
"""Values that may be one object or several equal ones, as the compiler of byte code likes it."""

ATTRIBUTES = ("__name__", "py_func", "targetoptions", "_defn", "__wrapped__", "__func__", "func",
              "fget", "args", "keywords", "dtype", "width")  # fmt: skip
"""Where other objects keep what they are made of: functions that are compiled with Numba, its
intrinsics, functions with a cache, methods, properties, partial functions, NumPy's and LLVM's
types."""


DIGITS = 24


def fingerprint(function: Any) -> str:
    """The same digits in every process for the same function, and others for any other."""
    digest = hashlib.sha256()
    met: dict[int, int] = {}
    kept: list[Any] = []  # so that no identity is given away twice
    waiting: list[Any] = [function]
    while waiting:
        thing = waiting.pop()
        if isinstance(thing, PLAIN):
            digest.update(f"{type(thing).__name__} {thing!r}\n".encode())
        elif isinstance(thing, COLLECTIONS):
            digest.update(f"{type(thing).__name__} {len(thing)}\n".encode())
            waiting.extend(_parts(thing))
        elif id(thing) in met:
            digest.update(f"again {met[id(thing)]}\n".encode())
        else:
            met[id(thing)] = len(met)
            kept.append(thing)
            digest.update(f"{type(thing).__name__}\n".encode())
            if isinstance(thing, np.ndarray):
                digest.update(f"{thing.dtype} {thing.shape}\n".encode() + thing.tobytes())
            waiting.extend(_parts(thing))
    return digest.hexdigest()[:DIGITS]


def _parts(thing: Any) -> Iterator[Any]:
    """What a value consists of, in an order that does not vary."""
    if isinstance(thing, CodeType):
        yield thing.co_code
        yield thing.co_names
        yield thing.co_consts
    elif isinstance(thing, FunctionType | ModuleType | type) and _top(thing) in LIBRARIES:
        yield getattr(thing, "__qualname__", thing.__name__)
    elif isinstance(thing, FunctionType):
        yield thing.__code__
        yield thing.__defaults__
        yield from (cell.cell_contents for cell in thing.__closure__ or ())
        for name, attribute in _looked_up(thing.__code__):
            value = thing.__globals__.get(name)
            yield value
            if isinstance(value, ModuleType) and _top(value) not in LIBRARIES:
                yield vars(value).get(attribute)
    elif isinstance(thing, ModuleType):
        yield thing.__name__
        if thing.__name__.startswith(OURS):
            yield from (vars(thing)[name] for name in sorted(vars(thing)) if name[:2] != "__")
    elif isinstance(thing, tuple | list):
        yield from thing
    elif isinstance(thing, set | frozenset):
        yield from sorted(thing, key=repr)
    elif isinstance(thing, Mapping):
        yield from (part for key in sorted(thing, key=repr) for part in (key, thing[key]))
    elif isinstance(thing, type):
        yield f"{thing.__module__}.{thing.__qualname__}"
        if thing.__module__.startswith(OURS):
            members = sorted(vars(thing).items())
            yield thing.__bases__
            yield from (v for k, v in members if k[:2] != "__" or isinstance(v, FunctionType))
    elif is_dataclass(thing):
        yield type(thing)
        yield from (getattr(thing, field.name) for field in fields(thing))
    else:
        yield from (getattr(thing, name, None) for name in ATTRIBUTES)


def _top(thing: FunctionType | ModuleType | type) -> str:
    """The library that something is of."""
    module = thing.__name__ if isinstance(thing, ModuleType) else thing.__module__
    return module.partition(".")[0]


def _looked_up(code: CodeType) -> list[tuple[str, str]]:
    """The global names that a function looks up, or one within it, and the attributes of these."""
    found = {
        (first.argval, second.argval if second.opname in ATTRIBUTE else "")
        for first, second in pairwise(dis.get_instructions(code))
        if first.opname == "LOAD_GLOBAL"
    }
    for part in code.co_consts:
        if isinstance(part, CodeType):
            found.update(_looked_up(part))
    return sorted(found)


ATTRIBUTE = {"LOAD_ATTR", "LOAD_METHOD"}
