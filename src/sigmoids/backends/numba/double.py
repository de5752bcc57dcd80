"""The vocabulary in float64: compiled formulas receive this module as their ``xp``."""

from __future__ import annotations

import sys
from typing import Any

import numpy as np

from sigmoids.backends import exponential
from sigmoids.backends.numba.scalars import abs, jit, make_split, where  # noqa: A004

__all__ = ["abs", "exp_ratio", "expm1_ratio", "split", "where"]

_HERE = sys.modules[__name__]

split = make_split(np.float64(exponential.LOWEST))
_ratio = jit(exponential.single_ratio)


@jit
def exp_ratio(z: Any) -> Any:
    """Numerator and denominator of e^z."""
    p, q, _, _ = _ratio(_HERE, z)
    return p, q


@jit
def expm1_ratio(z: Any) -> Any:
    """Numerator and denominator of e^z − 1."""
    p, q, k, r = _ratio(_HERE, z)
    return where(k == 0, 2 * r, p - q), q
