"""The vocabulary in float64: compiled formulas receive this module as their ``xp``.

Both p and q are 2^LIFT times larger, for p to be a normal number where p/q is not.
"""

from __future__ import annotations

import numpy as np

from sigmoids.backends.exponential import LIFT, LOWEST
from sigmoids.backends.numba.scalars import abs, copysign, make_split, where  # noqa: A004
from sigmoids.backends.numba.wide import (
    arctan_ratio,
    itself,
    limit,
    log1p_ratio,
    log_ratio,
    make_ratios,
    number,
    rarely,
    with_tail,
)

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

exp_ratio, expm1_ratio = make_ratios(make_split(np.float64, LOWEST, LIFT), LIFT)
