"""The vocabulary in float64 for arguments of a narrower type: no power of two needs a lift."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends import logarithm
from sigmoids.backends.arctangent import PI_4, PI_4_LOW
from sigmoids.backends.exponential import LN2_HIGH, LN2_LOW, LOWEST_NARROW
from sigmoids.backends.numba.inverses import (
    arctan_series,
    log_series,
    make_align,
    make_arctan_ratio,
    make_log1p_ratio,
    make_log_ratio,
)
from sigmoids.backends.numba.scalars import (
    abs,  # noqa: A004
    copysign,
    exp_series,
    fma,
    jit,
    make_limit,
    make_split,
    where,
)

if TYPE_CHECKING:
    from collections.abc import Callable

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

rarely = where
limit = make_limit(np.float64)
align = make_align(np.float64, logarithm.LIFT)
log_ratio = make_log_ratio(np.float64, align, log_series, (LN2_HIGH, LN2_LOW))
log1p_ratio = make_log1p_ratio(np.float64, log_series, (LN2_HIGH, LN2_LOW))
arctan_ratio = make_arctan_ratio(np.float64, arctan_series, (PI_4, PI_4_LOW))


@jit
def number(value: Any, rest: float = 0.0) -> Any:  # noqa: ARG001
    """A constant or the argument."""
    return value


@jit
def with_tail(number: Any, tail: Any) -> Any:
    """The sum."""
    return number + tail


@jit
def itself(x: Any) -> Any:
    """As it is."""
    return x


@jit
def reduced(k: Any, z: Any) -> Any:
    """Z − k·ln 2."""
    return fma(-k, LN2_LOW, fma(-k, LN2_HIGH, z))


def make_ratios(
    split: Callable[[Any], Any],
    lift: int = 0,
    reduced: Callable[[Any, Any], Any] = reduced,
    series: Callable[[Any], Any] = exp_series,
) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """``exp_ratio`` and ``expm1_ratio`` of float64 numbers, after a reduction with that lift."""
    scale = 2.0**lift

    @jit
    def ratio(z: Any) -> Any:
        z, k, power = split(z)
        r = reduced(k, z)
        w = r * r
        even = fma(w, series(w), 2.0)
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
