"""The vocabulary in float64: compiled formulas receive this module as their ``xp``."""

from __future__ import annotations

import numpy as np

from sigmoids.backends.exponential import LIFTED_BELOW, LOWEST, TINY
from sigmoids.backends.numba.scalars import abs, make_lower, make_split, where  # noqa: A004
from sigmoids.backends.numba.wide import make_ratios

__all__ = ["abs", "exp_ratio", "expm1_ratio", "lower", "where"]

lower = make_lower(np.float64, LIFTED_BELOW, TINY)
exp_ratio, expm1_ratio = make_ratios(make_split(np.float64, LOWEST, LIFTED_BELOW))
