"""Which container takes which type.

A library that is not imported cannot have made the argument, so its container is looked for only
when the library is already in ``sys.modules``; the answer is kept by type.
"""

from __future__ import annotations

import importlib
import sys
from functools import cache
from typing import TYPE_CHECKING, cast

import numpy as np

from sigmoids.containers import numpy_kind

if TYPE_CHECKING:
    from sigmoids.containers.container import Container

BUILT_IN: tuple[tuple[type | tuple[type, ...], Container], ...] = (
    (np.ma.MaskedArray, numpy_kind.Masked()),
    (np.ndarray, numpy_kind.Array()),
    (np.generic, numpy_kind.Scalar()),
    ((float, int), numpy_kind.Number()),
    ((list, tuple), numpy_kind.Sequence()),
)
"""Types and their containers, subclasses of a row's type before the row."""

FOREIGN = (("jax", "Array", "sigmoids.containers.jax_arrays"),)
"""Library, the type's name in it, and the module whose ``container`` attribute serves."""


@cache
def container_of(kind: type) -> Container:
    """The container for arguments of that type, or a TypeError."""
    for library, name, module in FOREIGN:
        if library in sys.modules and issubclass(kind, getattr(sys.modules[library], name)):
            return cast("Container", importlib.import_module(module).container)
    for types, container in BUILT_IN:
        if issubclass(kind, types):
            if isinstance(container, numpy_kind.Array) and kind is not np.ndarray:
                return numpy_kind.Subclass()
            return container
    raise TypeError(
        f"cannot take {kind.__module__}.{kind.__qualname__}: pass a number, a list, a NumPy array "
        "or a JAX array"
    )
