"""Arrays of any library that lends its memory as DLPack has it, or the array API standard.

On the processor the compiled loops read that memory.  On another device PyTorch or JAX computes,
and nothing is copied.
"""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends import registry
from sigmoids.containers.overriding import Holding, refuse_others

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sigmoids.containers.overriding import Elementwise

CPU = 1
"""DLPack's number for memory that the processor reads."""

ELSEWHERE = {"torch": "torch", "jax": "jax.numpy"}
"""Backends for other memory and their modules; JAX last, because it claims most of a device."""


class Exchange(Holding):
    """Whatever has ``__dlpack__``, of a library that has ``from_dlpack``."""

    rank = 11

    def of(self, function: Elementwise, arguments: tuple[Any, ...]) -> Any:
        """An array of the same library, on the same device."""
        leader = next(x for x in arguments if exchanges(type(x)))
        kind = type(leader)
        refuse_others(function, arguments, kind)
        read = _reader(function, leader)
        y = function(*(read(x) if isinstance(x, kind) else x for x in arguments))
        result = _library(leader).from_dlpack(y)
        device = getattr(leader, "device", None)  # a library may have several in one memory
        return result if getattr(result, "device", None) == device else result.to_device(device)


def exchanges(kind: type) -> bool:
    """Whether the memory of such arrays can be read, and others made of memory."""
    return (
        not issubclass(kind, np.ndarray | np.generic)
        and hasattr(kind, "__dlpack__")
        and (hasattr(kind, "__array_namespace__") or hasattr(_module(kind), "from_dlpack"))
    )


def _reader(function: Elementwise, x: Any) -> Callable[[Any], Any]:
    """What makes an array that we compute of the memory of one that we do not."""
    if x.__dlpack_device__()[0] == CPU:
        return _numpy
    names = (function.backend,) if function.backend in ELSEWHERE else ELSEWHERE
    for name in names:
        if registry.installed(registry.find(name)):
            return import_module(ELSEWHERE[name]).from_dlpack
    raise ImportError(
        f"{function.function}() of an array that the processor cannot read needs PyTorch or JAX: "
        'pip install "sigmoids[torch]" or "sigmoids[jax]"'
    )


def _numpy(x: Any) -> NDArray[Any]:
    try:
        return np.from_dlpack(x)
    except (BufferError, RuntimeError) as problem:  # of a dtype that DLPack or NumPy lacks
        kind = f"{type(x).__module__}.{type(x).__qualname__}"
        raise TypeError(f"cannot read {kind}: {problem}; convert it first") from problem


def _library(x: Any) -> Any:
    return x.__array_namespace__() if hasattr(x, "__array_namespace__") else _module(type(x))


def _module(kind: type) -> Any:
    return sys.modules.get(kind.__module__.partition(".")[0])


container = Exchange()
