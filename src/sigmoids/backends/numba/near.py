"""The vocabulary in pairs for arguments of moderate size: e^x needs neither limits nor a lift.

For them the results are the same bits as those of :mod:`sigmoids.backends.numba.paired`, in about
half the time.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sigmoids.backends.numba.paired import make_ratios, number, where
from sigmoids.backends.numba.scalars import abs, jit, make_split  # noqa: A004

__all__ = ["abs", "exp_ratio", "expm1_ratio", "number", "rounded", "where"]

NEAR = 300.0
"""Arguments x below it in magnitude are meant: even e^(2x) and its inverse are normal numbers."""

exp_ratio, expm1_ratio = make_ratios(make_split(np.float64))


@jit
def rounded(_x: Any, y: Any) -> Any:
    """The number nearest to the result."""
    return y.hi + y.lo
