"""Judging whole arrays: fast where doubt is impossible, the oracle where it is not."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.oracle import Oracle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.spec import Spec

DOUBT = 2.0**-44
"""Relative error granted to textbook forms in float64: 2^−20 of a float32 ulp, 2^9 times eps."""


def correctly_rounded(spec: Spec, x: NDArray[np.float32]) -> NDArray[np.float32]:
    """The float32 numbers nearest to the function of float32 numbers, ties to even.

    The textbook form in float64 decides, except where a change of it by :data:`DOUBT` would
    change the rounding; these few inputs go to the oracle.
    """
    with np.errstate(all="ignore"):
        wide = np.asarray(spec.reference(np, x.astype(np.float64)))
        nearest, other = (wide * (1 - DOUBT)).astype(x.dtype), (wide * (1 + DOUBT)).astype(x.dtype)
    oracle, fmt = Oracle(spec), Format.of(x.dtype)
    for i in np.flatnonzero((nearest != other) & ~np.isnan(x)):
        nearest[i] = oracle.rounded(float(x[i]), fmt)
    return nearest


def same(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.bool_]:
    """Where two arrays hold the same number, or a NaN both; −0 and 0 differ."""
    with np.errstate(invalid="ignore"):  # signalling NaNs are compared too
        equal: NDArray[np.bool_] = (a == b) & (np.signbit(a) == np.signbit(b)) | np.isnan(
            a
        ) & np.isnan(b)
    return equal


def ulp_errors(spec: Spec, x: NDArray[Any], y: NDArray[Any]) -> NDArray[np.float64]:
    """How far results are from the exact values, in ulps of the dtype of ``y``.

    Where ``longdouble`` has at least 64 bits it serves as the exact value, which leaves an
    uncertainty of a few thousandths of a float64 ulp; elsewhere the oracle does all the work.
    """
    fmt = Format.of(y.dtype)
    if np.finfo(np.longdouble).nmant < 63:
        return Oracle(spec).ulp_errors(x, y, fmt)
    with np.errstate(all="ignore"):
        exact = np.asarray(spec.reference(np, x.astype(np.longdouble)))
        exponent = np.maximum(np.frexp(exact)[1] - 1, fmt.lowest)
        error = np.ldexp(np.abs(y.astype(np.longdouble) - exact), fmt.bits - 1 - exponent)
    missed = np.isnan(y) != np.isnan(exact)
    error = np.where(np.isnan(y) & np.isnan(exact) | (y == exact), 0, error)
    return np.where(missed, np.inf, error).astype(np.float64)
