"""Which engines exist.  The rows are strings, so that an engine's libraries load when it does."""

from __future__ import annotations

import importlib
import importlib.util
import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Literal, cast

from sigmoids.backends.first_use import first_use
from sigmoids.backends.notice import warn_once

if TYPE_CHECKING:
    from sigmoids.backends.engine import Engine


Backend = Literal["numpy", "numba", "jax", "torch"]
"""The names in :data:`ROWS`, for type checkers."""


@dataclass(frozen=True, slots=True)
class Row:
    """An engine's entry: where its code is and what it needs."""

    name: Backend
    module: str
    """The module whose ``engine`` attribute serves."""
    requires: str
    """The package that must be importable; the extra of the same name installs it."""
    at_least: str
    """The oldest version of it that serves."""
    computes_on: str
    """The arrays it takes without conversion."""
    arrays: str
    """The library that they are of."""
    runs: str = ""
    """The engine whose machine code it runs on other arrays, and whose error bounds it has."""


ROWS: dict[str, Row] = {
    row.name: row
    for row in (
        Row("numpy", "sigmoids.backends.numpy", "numpy", "2.0", "NumPy arrays", "numpy"),
        Row("numba", "sigmoids.backends.numba", "numba", "0.62", "NumPy arrays", "numpy"),
        Row("jax", "sigmoids.backends.jax", "jax", "0.8.2", "JAX arrays and tracers", "jax"),
        Row(
            "torch", "sigmoids.backends.torch", "torch", "2.6", "PyTorch tensors", "torch", "numba"
        ),
    )
}


def find(name: object) -> Row:
    """The row of that name, or a ValueError that names those that exist."""
    row = ROWS.get(name) if isinstance(name, str) else None
    if row is None:
        import difflib  # for this message only

        near = difflib.get_close_matches(str(name).lower(), ROWS, n=1)
        hint = f"; did you mean {near[0]!r}?" if near else ""
        known = ", ".join(map(repr, ROWS))
        raise ValueError(f"unknown backend {name!r}: the backends are {known}{hint}")
    return row


def machine_code_of(name: str) -> str:
    """The engine whose machine code computes NumPy arrays where that one is asked to."""
    return ROWS[name].runs or name


def installed(row: Row) -> bool:
    """Whether the engine's package is there, without importing it."""
    return importlib.util.find_spec(row.requires) is not None


def require(name: object) -> Row:
    """The row of that name; an ImportError with the line to type where its package is missing."""
    row = find(name)
    if not installed(row):
        raise ImportError(
            f"backend {row.name!r} needs the package {row.requires!r}, which is not installed: "
            f'pip install "sigmoids[{row.name}]"'
        )
    return row


@cache
def load(name: str) -> Engine:
    """The engine of that name, its libraries imported."""
    row = require(name)
    with first_use():
        try:
            package = importlib.import_module(row.requires)
            if _numbers(package.__version__) < _numbers(row.at_least):
                raise ImportError(
                    f"{row.requires} {package.__version__} is installed; {row.at_least} or newer "
                    "is needed"
                )
            return cast("Engine", importlib.import_module(row.module).engine)
        except Exception as problem:
            raise ImportError(
                f"backend {name!r} cannot be used: {type(problem).__name__}: {problem}"
            ) from problem


@cache
def fastest_usable() -> str:
    """The engine for memory: Numba where it can be imported, else NumPy."""
    try:
        return load("numba").name
    except ImportError as problem:
        if installed(find("numba")):
            warn_once("numba", f"sigmoids is slower than it should be: NumPy computes; {problem}")
        return "numpy"


def _numbers(version: str) -> tuple[int, ...]:
    """The leading numbers of a version, to compare by."""
    return tuple(map(int, re.findall(r"\d+", version)[:3]))
