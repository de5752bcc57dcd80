"""The vocabulary in float64: compiled formulas receive this module as their ``xp``."""

from __future__ import annotations

from typing import Any

import numpy as np

from sigmoids.backends.exponential import LIFTED_BELOW, LOWEST, TINY
from sigmoids.backends.numba.scalars import abs, jit, make_lower, make_split, where  # noqa: A004
from sigmoids.backends.numba.wide import make_ratio

__all__ = ["abs", "exp_ratio", "expm1_ratio", "lower", "where"]

lower = make_lower(np.float64, LIFTED_BELOW, TINY)
_ratio = make_ratio(make_split(np.float64, LOWEST, LIFTED_BELOW))


@jit
def exp_ratio(z: Any) -> Any:
    """Numerator and denominator of e^z."""
    p, q, _, _ = _ratio(z)
    return p, q


@jit
def expm1_ratio(z: Any) -> Any:
    """Numerator and denominator of e^z − 1."""
    p, q, k, r = _ratio(z)
    return where(k == 0, 2 * r, p - q), q
