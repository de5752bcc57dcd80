"""Which container takes which type.

A library that is not imported cannot have made the argument, so its container is looked for only
when the library is already in ``sys.modules``.  What overrides NumPy's ufuncs needs no row.
"""

from __future__ import annotations

import importlib
import sys
from array import array
from operator import attrgetter
from typing import TYPE_CHECKING, cast

import numpy as np

from sigmoids.containers import exchange, numpy_kind, overriding

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sigmoids.containers.container import Container

BUILT_IN: tuple[tuple[type | tuple[type, ...], Container], ...] = (
    (np.ndarray, numpy_kind.Subclass()),
    (np.generic, numpy_kind.Scalar()),
    ((float, int), numpy_kind.Number()),
    ((list, tuple, range, array, memoryview), numpy_kind.Sequence()),
)
"""Types and their containers; np.float64 is a float too, so NumPy's scalars come first."""

FOREIGN = (
    ("numpy.ma", ("MaskedArray",), "sigmoids.containers.masked"),
    ("jax", ("Array", "core.Tracer"), "sigmoids.containers.jax_arrays"),
    ("torch", ("Tensor",), "sigmoids.containers.torch_tensors"),
    (
        "polars",
        ("Series", "DataFrame", "Expr", "LazyFrame"),
        "sigmoids.containers.polars_columns",
    ),
    (
        "pyarrow",
        ("Array", "ChunkedArray", "RecordBatch", "Table"),
        "sigmoids.containers.arrow_arrays",
    ),
    ("pint", ("registry.Quantity",), "sigmoids.containers.pint_quantities"),
    ("scipy.sparse", ("sparray", "spmatrix"), "sigmoids.containers.scipy_sparse"),
    ("narwhals", ("Series", "DataFrame", "LazyFrame"), "sigmoids.containers.narwhals_series"),
    ("cupy", ("ndarray",), "sigmoids.containers.exchange"),
)
"""Library, its types' names, and the module whose ``container`` attribute serves them."""


def container_of(kind: type) -> Container:
    """The container for arguments of that type, or a TypeError."""
    if kind is np.ndarray:
        return numpy_kind.Array()
    for library, names, module in FOREIGN:
        if any(issubclass(kind, found) for found in _types(library, names)):
            return _load(module)
    if hasattr(kind, "__narwhals_series__"):  # of a class that is not public
        return _load("sigmoids.containers.narwhals_series")
    if overriding.overrides(kind):
        return overriding.Overriding()
    for types, container in BUILT_IN:
        if issubclass(kind, types):
            return container
    if exchange.exchanges(kind):
        return exchange.container
    if hasattr(kind, "__array__"):
        return numpy_kind.Sequence()
    raise TypeError(
        f"cannot take {kind.__module__}.{kind.__qualname__}: pass a number, a list, a NumPy array "
        "or one of another library"
    )


LASTING = {"builtins", "numpy", "ml_dtypes", "jax", "jaxlib", "torch"}
"""Libraries whose types are there as long as the process."""


def lasts(kind: type) -> bool:
    """Whether a type is there to stay: others may be forgotten while a program runs."""
    return kind.__module__.partition(".")[0] in LASTING


def leading(containers: Iterable[Container]) -> Container:
    """Whose kind the results of several arguments are of."""
    return max(containers, key=lambda container: container.rank)


def _load(module: str) -> Container:
    return cast("Container", importlib.import_module(module).container)


def _types(library: str, names: tuple[str, ...]) -> tuple[type, ...]:
    """A library's types, none while it is not imported or another thread is importing it."""
    try:
        return tuple(attrgetter(name)(sys.modules[library]) for name in names)
    except (KeyError, AttributeError):
        return ()
