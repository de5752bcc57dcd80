"""The vocabulary in float64: compiled formulas receive this module as their ``xp``."""

from __future__ import annotations

import numpy as np

from sigmoids.backends import exponential
from sigmoids.backends.numba.scalars import abs, jit, rational_exponential, where  # noqa: A004

__all__ = ["abs", "exp_ratio", "expm1_ratio", "where"]

exp_ratio, expm1_ratio = rational_exponential(
    jit(exponential.ratio),
    (np.float64(exponential.LN2_HIGH), np.float64(exponential.LN2_LOW)),
    np.float64(exponential.LOWEST),
)
