"""The vocabulary in float32: compiled formulas receive this module as their ``xp``.

The form is that of :mod:`sigmoids.backends.exponential`; the coefficients are those of FreeBSD's
msun, e_expf.c, |error| < 2^−27.7 for |r| ≤ ln(2)/2.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from sigmoids.backends.numba.scalars import abs, jit, rational_exponential, where  # noqa: A004

__all__ = ["abs", "exp_ratio", "expm1_ratio", "where"]

TWO = np.float32(2)
P1 = np.float32(float.fromhex("0x1.55554ap-3"))
P2 = np.float32(float.fromhex("-0x1.6aa42ap-9"))
LN2 = (
    np.float32(float.fromhex("0x1.62e400p-1")),
    np.float32(float.fromhex("0x1.7f7d1cp-20")),
)


@jit
def _ratio(w: Any) -> Any:
    return TWO + w * (P1 + w * P2)


exp_ratio, expm1_ratio = rational_exponential(_ratio, LN2, np.float32(-104))
