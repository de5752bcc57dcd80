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
    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Accuracy, Function


class NumpyEngine:
    """Evaluates formulas with NumPy's own loops."""

    name: Backend = "numpy"

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
            return partial(_narrow, spec)
        if accuracy == "high" and dtype == np.float64:
            return partial(_evaluate, spec, program.paired)
        trace = program.native if dtype.itemsize <= 8 else program.extended
        return partial(_evaluate, spec, trace)


def _evaluate(
    spec: Function,
    trace: Callable[[Function], program.Program],
    inputs: Arrays,
    outs: Arrays | None,
) -> Arrays:
    """Evaluate block by block."""
    if outs is None:
        outs = results_like(spec, inputs[0])
    steps, dtype = trace(spec), outs[0].dtype
    size = min(outs[0].size, elements(dtype))
    # A first result is written while the argument is still needed for the second.
    overwritten = len(outs) > 1 and any(np.may_share_memory(inputs[0], out) for out in outs)
    with np.errstate(all="ignore"), standard_mode():
        scratch = steps.scratch(size, dtype)
        for sources, targets in blocks(inputs, outs, dtype, dtype):
            if targets[0].size < size:
                scratch = steps.scratch(targets[0].size, dtype)
            if overwritten:
                sources = tuple(source.copy() for source in sources)
            steps.run((*sources, *targets), scratch)
    return outs


MARGIN = 2.0**-45
"""A relative error far beyond that of formulas in float64, whatever exponential and logarithm NumPy
has for a processor: its own tests ask for 1 ulp of them.  One float32 result in a million is that
near to a midpoint."""

ABOVE, BELOW = np.array(1 + MARGIN), np.array(1 - MARGIN)


def _narrow(spec: Function, inputs: Arrays, outs: Arrays | None) -> Arrays:
    """Evaluate in float64 block by block, and see that rounding to float32 cannot be wrong.

    It cannot where a little more than the result rounds to the same number as a little less.  The
    few others are evaluated again, with care for what float64 does not tell from a midpoint, where
    a function has such arguments.
    """
    if outs is None:
        outs = results_like(spec, inputs[0])
    steps, careful = program.native(spec), program.narrowing(spec)
    size, dtype = -1, outs[0].dtype
    with np.errstate(all="ignore"), standard_mode():
        for sources, targets in blocks(inputs, outs, dtype, dtype):
            if targets[0].size != size:
                size = targets[0].size
                xs, ys = ([np.empty(size) for _ in arrays] for arrays in (sources, targets))
                spare, other = np.empty(size), np.empty(size, dtype)
                scratch = steps.scratch(size, spare.dtype)
            for x, source in zip(xs, sources, strict=True):
                np.copyto(x, source)
            steps.run((*xs, *ys), scratch)
            for number, (y, target) in enumerate(zip(ys, targets, strict=True)):
                if careful is steps:
                    np.copyto(target, y, casting="same_kind")
                    continue
                np.copyto(target, np.multiply(y, ABOVE, out=spare), casting="same_kind")
                np.copyto(other, np.multiply(y, BELOW, out=spare), casting="same_kind")
                doubtful = target.view(np.int32) != other.view(np.int32)
                if doubtful.any():
                    places = np.flatnonzero(doubtful)
                    again = careful.evaluate(*(x[places] for x in xs))
                    target[places] = again[number]
    return outs


engine = NumpyEngine()
