"""The vocabulary in pairs for arguments of moderate size: e^x needs neither limits nor a lift.

For them the results are the same bits as those of :mod:`sigmoids.backends.numba.paired`, in about
half the time.
"""

from __future__ import annotations

import numpy as np

from sigmoids.backends.numba.paired import (
    arctan_ratio,
    copysign,
    itself,
    limit,
    log1p_ratio,
    log_ratio,
    make_ratios,
    number,
    where,
    with_tail,
)
from sigmoids.backends.numba.scalars import abs, make_split  # noqa: A004

__all__ = [
    "abs",
    "arctan_ratio",
    "copysign",
    "exp_ratio",
    "expm1_ratio",
    "itself",
    "limit",
    "log1p_ratio",
    "log_ratio",
    "number",
    "where",
    "with_tail",
]

NEAR = 300.0
"""Arguments x below it in magnitude are meant: even e^(2x) and its inverse are normal numbers."""

exp_ratio, expm1_ratio = make_ratios(make_split(np.float64))
