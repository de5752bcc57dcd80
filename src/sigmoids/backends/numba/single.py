"""The vocabulary in float32: compiled formulas receive this module as their ``xp``.

The form is that of :mod:`sigmoids.backends.exponential`; the coefficients are those of FreeBSD's
msun, e_expf.c, |error of R| < 2^−27.7 for |r| ≤ 0.34658.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sigmoids.backends.exponential import LOWEST_NARROW
from sigmoids.backends.numba.scalars import abs, fma, jit, make_split, where  # noqa: A004

__all__ = ["abs", "exp_ratio", "expm1_ratio", "number", "where"]

TWO = np.float32(2)
P1 = np.float32(float.fromhex("0x1.55551ep-3"))
P2 = np.float32(float.fromhex("-0x1.6aa42ap-9"))
LN2_HIGH = np.float32(float.fromhex("0x1.62e400p-1"))
LN2_LOW = np.float32(float.fromhex("0x1.7f7d1cp-20"))

LIFT = 32
SCALE = np.float32(2.0**LIFT)
"""Both p and q are so much larger, for p to be a normal number where p/q is not."""

_split = make_split(np.float32, LOWEST_NARROW, LIFT)


@jit
def number(value: Any) -> Any:
    """A constant."""
    return np.float32(value)


@jit
def _ratio(z: Any) -> Any:
    z, k, power = _split(z)
    r = fma(-k, LN2_LOW, fma(-k, LN2_HIGH, z))
    w = r * r
    even = fma(w, fma(w, P2, P1), TWO)
    return (even + r) * power, (even - r) * SCALE, k, r


@jit
def exp_ratio(z: Any) -> Any:
    """Numerator and denominator of e^z."""
    p, q, _, _ = _ratio(z)
    return p, q


@jit
def expm1_ratio(z: Any) -> Any:
    """Numerator and denominator of e^z − 1."""
    p, q, k, r = _ratio(z)
    return where(k == 0, TWO * SCALE * r, p - q), q
