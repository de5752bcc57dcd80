"""The vocabulary in float32: compiled formulas receive this module as their ``xp``.

The forms are those of :mod:`~sigmoids.backends.exponential`, :mod:`~sigmoids.backends.logarithm`
and :mod:`~sigmoids.backends.arctangent`.  The coefficients of the first are those of FreeBSD's
msun, e_expf.c, |error of R| < 2^−27.7 for |r| ≤ 0.34658.  Those of the others are Chebyshev fits as
in float64, with fewer terms, which make 2^−26.5 of the logarithm and 2^−28 of the arctangent.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sigmoids.backends.exponential import LOWEST_NARROW
from sigmoids.backends.numba.inverses import (
    make_align,
    make_arctan_ratio,
    make_log1p_ratio,
    make_log_ratio,
)
from sigmoids.backends.numba.scalars import (
    abs,  # noqa: A004
    copysign,
    fma,
    jit,
    make_horner,
    make_limit,
    make_split,
    where,
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

TWO = np.float32(2)
P1 = np.float32(float.fromhex("0x1.55551ep-3"))
P2 = np.float32(float.fromhex("-0x1.6aa42ap-9"))
LN2_HIGH = np.float32(float.fromhex("0x1.62e400p-1"))
LN2_LOW = np.float32(float.fromhex("0x1.7f7d1cp-20"))

LOG_COEFFICIENTS = tuple(map(float.fromhex, ("0x1.5555660p-4", "0x1.9962080p-7", "0x1.32d1a80p-9")))
ARCTAN_COEFFICIENTS = tuple(map(float.fromhex, (
    "-0x1.555554p-2", "0x1.999730p-3", "-0x1.242028p-3", "0x1.b80f24p-4", "-0x1.0841e6p-4",
)))  # fmt: skip
PI_4 = float.fromhex("0x1.921fb6p-1"), float.fromhex("-0x1.777a5cp-26")

LIFT = 40
SCALE = np.float32(2.0**LIFT)
"""Both p and q are so much larger, for p to be a normal number where p/q is not."""

_split = make_split(np.float32, LOWEST_NARROW, LIFT)

rarely = where
limit = make_limit(np.float32)
_log_series = make_horner(LOG_COEFFICIENTS)
_ln2 = float(LN2_HIGH), float(LN2_LOW)
log_ratio = make_log_ratio(np.float32, make_align(np.float32, 32), _log_series, _ln2)
log1p_ratio = make_log1p_ratio(np.float32, _log_series, _ln2)
arctan_ratio = make_arctan_ratio(np.float32, make_horner(ARCTAN_COEFFICIENTS), PI_4)


@jit
def with_tail(number: Any, tail: Any) -> Any:
    """The sum."""
    return number + tail


@jit
def itself(x: Any) -> Any:
    """As it is."""
    return x


@jit
def number(value: Any, rest: float = 0.0) -> Any:  # noqa: ARG001
    """A constant or the argument."""
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
