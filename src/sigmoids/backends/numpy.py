"""The NumPy engine: always there, in blocks that stay in the cache.

An expression over whole arrays walks through memory once for every operation, with a full-size
temporary each time.  Here the formula runs on a block of a few thousand elements at a time, over
scratch that is reused.  Every block is contiguous and in native byte order, whatever the layout of
the array, so that an element's result cannot depend on which of NumPy's loops its stride selects.
"""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends import narrow, program
from sigmoids.backends.blocks import blocks, elements
from sigmoids.backends.engine import results_like
from sigmoids.backends.floating_point import standard_mode

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.backends.engine import Arrays, Evaluator
    from sigmoids.spec import Accuracy, Function


class NumpyEngine:
    """Evaluates formulas with NumPy's own loops."""

    name = "numpy"

    def devices(self) -> tuple[str, ...]:
        """NumPy knows one."""
        return ("cpu",)

    def problem(self) -> None:
        """There is none."""

    def bind(self, spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Evaluator:
        """See :class:`~sigmoids.backends.engine.Engine`."""
        if narrow.has_table(dtype):
            return partial(narrow.evaluate, spec)
        if accuracy == "high" and dtype == np.float32:
            return partial(_evaluate, spec, program.narrowing, np.dtype(np.float64))
        if accuracy == "high" and dtype == np.float64:
            return partial(_evaluate, spec, program.paired, dtype)
        trace = program.native if dtype.itemsize <= 8 else program.extended
        return partial(_evaluate, spec, trace, dtype)


def _evaluate(
    spec: Function,
    trace: Callable[[Function], program.Program],
    wide: np.dtype[Any],
    inputs: Arrays,
    outs: Arrays | None,
) -> Arrays:
    """Evaluate block by block, in the dtype ``wide``."""
    if outs is None:
        outs = results_like(spec, inputs[0])
    steps = trace(spec)
    size = min(outs[0].size, elements(wide))
    # A first result is written while the argument is still needed for the second.
    overwritten = len(outs) > 1 and any(np.may_share_memory(inputs[0], out) for out in outs)
    with np.errstate(all="ignore"), standard_mode():
        scratch = steps.scratch(size, wide)
        for sources, targets in blocks(inputs, outs, wide, wide):
            if targets[0].size < size:
                scratch = steps.scratch(targets[0].size, wide)
            if overwritten:
                sources = tuple(source.copy() for source in sources)
            steps.run((*sources, *targets), scratch)
    return outs


engine = NumpyEngine()
