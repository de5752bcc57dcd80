"""The PyTorch engine: machine code of ours on the CPU, PyTorch's own operators elsewhere."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch

from sigmoids.backends import registry
from sigmoids.backends.engine import HasUfuncs

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from sigmoids.backends.engine import Evaluator
    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Accuracy, Function


class TorchEngine:
    """Evaluates tensors, in :mod:`sigmoids.backends.torch.differentiable`, and memory as Numba."""

    name: Backend = "torch"

    def devices(self) -> tuple[str, ...]:
        """PyTorch's own names for its devices."""
        if not torch.accelerator.is_available():
            return ("cpu",)
        kind = torch.accelerator.current_accelerator().type
        return ("cpu", *(f"{kind}:{i}" for i in range(torch.accelerator.device_count())))

    def problem(self) -> str | None:
        """See :class:`~sigmoids.backends.engine.Engine`."""
        computes = registry.fastest_usable()
        if computes == "numpy":
            return 'NumPy computes on the CPU: pip install "sigmoids[numba]"'
        return registry.load(computes).problem()

    def bind(self, spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Evaluator:
        """What evaluates NumPy arrays; see :class:`~sigmoids.backends.engine.Engine`."""
        return registry.load(registry.fastest_usable()).bind(spec, dtype, accuracy)

    def ufunc(
        self, spec: Function, dtype: np.dtype[Any], accuracy: Accuracy
    ) -> Callable[..., Any] | None:
        """See :class:`~sigmoids.backends.engine.HasUfuncs`."""
        computes = registry.load(registry.fastest_usable())
        return computes.ufunc(spec, dtype, accuracy) if isinstance(computes, HasUfuncs) else None

    def loop(
        self, spec: Function, dtype: np.dtype[Any], accuracy: Accuracy
    ) -> Callable[..., Any] | None:
        """See :class:`~sigmoids.backends.engine.HasUfuncs`."""
        computes = registry.load(registry.fastest_usable())
        return computes.loop(spec, dtype, accuracy) if isinstance(computes, HasUfuncs) else None


engine = TorchEngine()
