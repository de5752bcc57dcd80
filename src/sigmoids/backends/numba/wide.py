"""The vocabulary in float64 for arguments of a narrower type: no power of two needs a lift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends.exponential import LN2_HIGH, LN2_LOW, LOWEST_NARROW
from sigmoids.backends.numba.scalars import abs, fma, jit, make_split, polynomial, where  # noqa: A004

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = ["abs", "exp_ratio", "expm1_ratio", "number", "where"]


@jit
def number(value: Any) -> Any:
    """A constant."""
    return value


def make_ratios(
    split: Callable[[Any], Any], lift: int = 0
) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """``exp_ratio`` and ``expm1_ratio`` of float64 numbers, after a reduction with that lift."""
    scale = 2.0**lift

    @jit
    def ratio(z: Any) -> Any:
        z, k, power = split(z)
        r = fma(-k, LN2_LOW, fma(-k, LN2_HIGH, z))
        w = r * r
        even = fma(w, polynomial(w), 2.0)
        return (even + r) * power, (even - r) * scale, k, r

    @jit
    def exp_ratio(z: Any) -> Any:
        p, q, _, _ = ratio(z)
        return p, q

    @jit
    def expm1_ratio(z: Any) -> Any:
        p, q, k, r = ratio(z)
        return where(k == 0, 2 * scale * r, p - q), q

    return exp_ratio, expm1_ratio


exp_ratio, expm1_ratio = make_ratios(make_split(np.float64, LOWEST_NARROW))
