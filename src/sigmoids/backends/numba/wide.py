"""The vocabulary in float64 for arguments of a narrower type: no power of two needs a lift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends.exponential import LN2_HIGH, LN2_LOW, LOWEST_NARROW, correction
from sigmoids.backends.numba.scalars import abs, jit, make_split, where  # noqa: A004

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["abs", "exp_ratio", "expm1_ratio", "where"]


def make_ratio(split: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """``ratio(z)``: numerator and denominator of e^z, k and r, after that reduction."""

    @jit
    def ratio(z: Any) -> Any:
        z, k, power = split(z)
        r = z - k * LN2_HIGH - k * LN2_LOW
        even = 2 + correction(r * r)
        return (even + r) * power, even - r, k, r

    return ratio


_ratio = make_ratio(make_split(np.float64, LOWEST_NARROW))


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
