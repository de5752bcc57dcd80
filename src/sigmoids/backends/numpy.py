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
from sigmoids.backends.blocks import blocks, elements
from sigmoids.backends.engine import results_like

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.engine import Arrays
    from sigmoids.spec import Accuracy, Function


class NumpyEngine:
    """Evaluates formulas with NumPy's own loops."""

    name = "numpy"

    def devices(self) -> tuple[str, ...]:
        """NumPy knows one."""
        return ("cpu",)

    def evaluate(
        self, spec: Function, x: NDArray[Any], accuracy: Accuracy, outs: Arrays | None
    ) -> Arrays:
        """Evaluate block by block; see :class:`~sigmoids.backends.engine.Engine`."""
        if narrow.has_table(x.dtype):
            return narrow.evaluate(spec, x, outs)
        if outs is None:
            outs = results_like(spec, x)
        wide, steps = x.dtype, program.native(spec)
        if accuracy == "high" and x.dtype == np.float32:
            wide, steps = np.dtype(np.float64), program.narrowing(spec)
        elif accuracy == "high" and x.dtype == np.float64:
            steps = program.paired(spec)
        size = min(x.size, elements(wide))
        scratch = steps.scratch(size, wide)
        # A first result is written while the argument is still needed for the second.
        overwritten = len(outs) > 1 and any(np.may_share_memory(x, out) for out in outs)
        with np.errstate(all="ignore"):
            for source, *targets in blocks(x, outs, wide, wide):
                if source.size < size:
                    scratch = steps.scratch(source.size, wide)
                steps.run((source.copy() if overwritten else source, *targets), scratch)
        return outs


engine = NumpyEngine()
