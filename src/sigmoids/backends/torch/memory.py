"""Tensors on the CPU are memory, which the engines of NumPy's arrays compute on."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
import torch

from sigmoids.backends import registry
from sigmoids.backends.engine import multiplied
from sigmoids.spec import Product

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.engine import Evaluator
    from sigmoids.spec import Accuracy, Function

FLOATING = frozenset({torch.float16, torch.bfloat16, torch.float32, torch.float64})
"""The dtypes that results may have."""


def as_array(x: torch.Tensor) -> NDArray[Any]:
    """The memory of a tensor on the CPU."""
    if x.requires_grad:
        x = x.detach()
    if x.dtype is torch.bfloat16:
        return x.view(torch.int16).numpy().view(numpy_dtype(torch.bfloat16))
    return x.numpy()


def as_tensor(y: NDArray[Any], dtype: torch.dtype) -> torch.Tensor:
    """A tensor of that memory."""
    if dtype is torch.bfloat16:
        return torch.from_numpy(y.view(np.int16)).view(dtype)
    return torch.from_numpy(y)


@cache
def numpy_dtype(dtype: torch.dtype) -> np.dtype[Any]:
    """What NumPy calls the dtype; an ImportError where it needs another package for that."""
    if dtype is torch.bfloat16:
        import ml_dtypes

        return np.dtype(ml_dtypes.bfloat16)
    return np.dtype(str(dtype).removeprefix("torch."))


@cache
def evaluator(
    spec: Function | Product, dtype: torch.dtype, accuracy: Accuracy, engine: str
) -> Evaluator:
    """What evaluates that dtype's memory."""
    kind = numpy_dtype(dtype)
    computes = registry.load(registry.fastest_usable() if engine == "torch" else engine)
    if isinstance(spec, Product) and computes.name != registry.machine_code_of("torch"):
        return multiplied(computes.bind(spec.of, kind, accuracy))
    return computes.bind(spec, kind, accuracy)  # type: ignore[arg-type]
