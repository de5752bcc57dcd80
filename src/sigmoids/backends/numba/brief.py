"""The vocabulary in float64 for moderate arguments of type float32: short series and no limits.

A result is wrong by up to :data:`ERROR` of it, a hundred times as much as with the full series.
That it rounds to the same float32 number was tried for every argument of the functions of one.

Coefficients: Chebyshev fits, ``mpmath.chebyfit``, rounded to float64.  Those of R make 2^−49.3 of
e^z, those of L 2^−53.9 of a logarithm and 2^−52.2 of log(1 + p/q), those of A 2^−52.7 of the
arctangent.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sigmoids.backends import logarithm
from sigmoids.backends.arctangent import PI_4, PI_4_LOW
from sigmoids.backends.exponential import LN2_HIGH, LN2_LOW
from sigmoids.backends.numba.inverses import make_align, make_arctan_ratio, make_log_ratio
from sigmoids.backends.numba.scalars import (
    abs,  # noqa: A004
    copysign,
    fma,
    jit,
    make_horner,
    make_split,
    where,
)
from sigmoids.backends.numba.scalars import first as limit
from sigmoids.backends.numba.scalars import second as rarely
from sigmoids.backends.numba.wide import itself, make_ratios, number, with_tail

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

ERROR = 2.0**-46
"""For |z| up to 87, 2^−49.3 of e^z come from the series, 2^−48.3 at most from ln 2 in one part, and
2^−48.8 from a dozen roundings; that makes 2^−47.1, and sums of terms of one sign add nothing."""

W_MAX = 0.1202
"""Above (ln(2)/2)², the largest square of what the reduction of e^z leaves."""

P_MAX = 0.447
"""Above (2/3)², the largest square of u in log(1 + p/q) without a reduction."""

LN2 = 0.6931471805599453

EXP_COEFFICIENTS = tuple(map(float.fromhex, (
    "0x1.5555555554bcfp-3", "-0x1.6c16c144768d8p-9", "0x1.1565dd9a822d5p-14",
    "-0x1.b92892e65c1a9p-20",
)))  # fmt: skip
LOG_COEFFICIENTS = tuple(map(float.fromhex, (
    "0x1.555555555556ep-4", "0x1.999999997bed9p-7", "0x1.249249529dd5cp-9",
    "0x1.c71c3c49cff06p-12", "0x1.746bd7ec3f49dp-14", "0x1.38ffd7ff2ea9cp-16",
    "0x1.35b99f3a4cd26p-18",
)))  # fmt: skip
LOG1P_COEFFICIENTS = tuple(map(float.fromhex, (
    "0x1.5555555555572p-4", "0x1.999999998549dp-7", "0x1.2492493771a98p-9",
    "0x1.c71c6450a1026p-12", "0x1.745f7cba69bd1p-14", "0x1.3ad6b1bf3d349p-16",
    "0x1.1498cde74138ap-18", "0x1.a5ffd0c199c03p-21", "0x1.5a7dd99a4269ap-22",
)))  # fmt: skip
ARCTAN_COEFFICIENTS = tuple(map(float.fromhex, (
    "-0x1.5555555555546p-2", "0x1.9999999990a6fp-3", "-0x1.2492491dd2b46p-3",
    "0x1.c71c6dd0c74efp-4", "-0x1.745c7f6370d7ap-4", "0x1.3b068cadba7f1p-4",
    "-0x1.105e2879e082ep-4", "0x1.d5ea6ffbc6ff9p-5", "-0x1.6f427ef5b98a3p-5",
    "0x1.74b41a052a60ap-6",
)))  # fmt: skip

DECIDED = frozenset(map(float.fromhex, (
    "0x1.47f110p+2", "-0x1.47f110p+2",  # softplus, log_sigmoid
    "0x1.22d570p-65", "0x1.10d8d0p-11", "0x1.917748p-100",  # logit
    "0x1.cd125ep-7", "-0x1.cd125ep-7",  # arctan_sigmoid
    "0x1.9a2230p-7", "-0x1.9a2230p-7",  # its slope
)))  # fmt: skip
"""Arguments whose results are within an ulp of a midpoint, but on the side of the exact value."""


@jit
def _reduced(k: Any, z: Any) -> Any:
    """Z − k·ln 2, for small k."""
    return fma(-k, LN2, z)


exp_ratio, expm1_ratio = make_ratios(
    make_split(np.float64), 0, _reduced, make_horner(EXP_COEFFICIENTS)
)
log_ratio = make_log_ratio(
    np.float64,
    make_align(np.float64, logarithm.LIFT),
    make_horner(LOG_COEFFICIENTS),
    (LN2_HIGH, LN2_LOW),
)
arctan_ratio = make_arctan_ratio(np.float64, make_horner(ARCTAN_COEFFICIENTS), (PI_4, PI_4_LOW))
_log1p_series = make_horner(LOG1P_COEFFICIENTS)


@jit
def log1p_ratio(p: Any, q: Any) -> Any:
    """The logarithm of 1 + p/q; more terms cost less than a reduction."""
    u = (p + p) / fma(q, 2.0, p)
    v = u * u
    return fma(u, v * _log1p_series(v), u)
