"""The vocabulary in pairs for moderate arguments: e^z needs neither limits nor a lift.

For them the results are the same bits as those of :mod:`sigmoids.backends.numba.paired`, in about
half the time.
"""

from __future__ import annotations

import numpy as np

from sigmoids.backends.numba.paired import (
    arctan_ratio,
    copysign,
    itself,
    log1p_ratio,
    log_ratio,
    make_ratios,
    number,
    where,
    with_tail,
)
from sigmoids.backends.numba.scalars import abs, make_split  # noqa: A004
from sigmoids.backends.numba.scalars import first as limit
from sigmoids.backends.numba.scalars import second as rarely

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
    "rarely",
    "where",
    "with_tail",
]

exp_ratio, expm1_ratio = make_ratios(make_split(np.float64))
