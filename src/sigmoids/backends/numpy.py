"""The NumPy engine: always there, in blocks that stay in the cache.

An expression over whole arrays walks through memory once for every operation, with a full-size
temporary each time.  Here the formula runs on a block of a few thousand elements at a time, over
scratch that is reused.  Every block is contiguous and in native byte order, whatever the layout of
the array, so that an element's result cannot depend on which of NumPy's loops its stride selects.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends import narrow, program
from sigmoids.backends.blocks import BLOCK, blocks

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.spec import Accuracy, Spec


class NumpyEngine:
    """Evaluates formulas with NumPy's own loops."""

    name = "numpy"

    def devices(self) -> tuple[str, ...]:
        """NumPy knows one."""
        return ("cpu",)

    def evaluate(
        self, spec: Spec, x: NDArray[Any], accuracy: Accuracy, out: NDArray[Any] | None
    ) -> NDArray[Any]:
        """Evaluate block by block; see :class:`~sigmoids.backends.engine.Engine`."""
        if narrow.has_table(x.dtype):
            return narrow.evaluate(spec, x, out)
        if out is None:
            out = np.empty_like(x)
        wide, steps = x.dtype, program.native(spec)
        if accuracy == "high" and x.dtype == np.float32:
            wide, steps = np.dtype(np.float64), program.narrowing(spec)
        elif accuracy == "high" and x.dtype == np.float64:
            steps = program.paired(spec)
        scratch = steps.scratch(min(x.size, BLOCK), wide)
        with np.errstate(all="ignore"):
            for source, target in blocks(x, out, wide, wide):
                steps.run(source, target, scratch)
        return out


engine = NumpyEngine()
