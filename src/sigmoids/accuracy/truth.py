"""Judging whole arrays: fast where doubt is impossible, the oracle where it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.oracle import Oracle

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.spec import Spec

DOUBT = {np.dtype(np.float64): 2.0**-44, np.dtype(np.longdouble): 2.0**-60}
"""Relative error granted to textbook forms by the type they are evaluated in.

For float64, 2^9 times its eps, it is 2^−20 of a float32 ulp; for the 64-bit ``longdouble``, 8
times its eps, it is 2^−7 of a float64 ulp.
"""


@dataclass(frozen=True, slots=True)
class Truth:
    """The exact values of a function, and the correctly rounded ones.

    Attributes
    ----------
    exact : ndarray
        In a wider type than the inputs, with an error below :data:`DOUBT`.
    rounded : ndarray
        In the inputs' dtype, to nearest, ties to even, without doubt.
    least : ndarray
        The errors of the correctly rounded values, in ulps.
    """

    exact: NDArray[Any]
    rounded: NDArray[Any]
    least: NDArray[np.float64]

    @classmethod
    def of(cls, spec: Spec, x: NDArray[Any]) -> Truth:
        """The function of ``x``.

        The textbook form in a wider type decides, except where a change of it by its possible
        error would change the rounding: these few inputs go to the oracle.
        """
        exact = _textbook(spec, x)
        doubt = DOUBT[exact.dtype]
        low, high = (_narrowed(exact * (1 + sign * doubt), x.dtype) for sign in (-1, 1))
        undecided = np.flatnonzero((low != high) & ~np.isnan(exact))
        oracle, fmt = Oracle(spec), Format.of(x.dtype)
        for i in undecided:
            low.flat[i] = oracle.rounded(float(x.flat[i]), fmt)
        return cls(exact, low, _distances(low, exact))

    def misrounded(self, y: NDArray[Any]) -> NDArray[np.bool_]:
        """Where results are not the correctly rounded ones."""
        return ~same(y, self.rounded)

    def errors(self, y: NDArray[Any]) -> NDArray[np.float64]:
        """How far results are from the exact values, in ulps; infinite for a missed NaN."""
        errors = self.least.copy()
        wrong = np.flatnonzero(self.misrounded(y))
        errors[wrong] = _distances(y.ravel()[wrong], self.exact.ravel()[wrong])
        return errors


def _narrowed(values: NDArray[Any], dtype: np.dtype[Any]) -> NDArray[Any]:
    """Wide numbers rounded once; NumPy's own conversion does so for its own types."""
    with np.errstate(all="ignore"):
        if dtype.kind == "f":
            return values.astype(dtype)
        return Format.of(dtype).round_array(values).astype(dtype)


def _distances(y: NDArray[Any], exact: NDArray[Any]) -> NDArray[np.float64]:
    fmt = Format.of(y.dtype)
    with np.errstate(all="ignore"):
        wide = y.astype(exact.dtype)
        distance = np.ldexp(np.abs(wide - exact), -fmt.quantum_array(exact))
        # Infinities and numbers past the largest one count as what they are rounded to.
        nearest = _narrowed(exact, y.dtype)
        distance[~np.isfinite(distance)] = np.inf
        distance[same(y, nearest) & ~np.isfinite(wide)] = 0
    return distance.astype(np.float64)


def _textbook(spec: Spec, x: NDArray[Any]) -> NDArray[Any]:
    wide = np.dtype(np.float64) if x.dtype.itemsize <= 4 else np.dtype(np.longdouble)
    if wide == np.longdouble and np.finfo(wide).nmant < 63:
        raise NotImplementedError(
            "float64 results are judged with a longdouble of 64 bits or more, which this platform "
            "has not: use sigmoids.accuracy.oracle.Oracle, slower, or another platform"
        )
    with np.errstate(all="ignore"):
        return np.asarray(spec.reference(np, x.astype(wide)))


def tie_distance(spec: Spec, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the exact values are from a midpoint of two float64 numbers, in ulps."""
    exact = _textbook(spec, x)
    scaled = np.ldexp(exact, -Format.of(x.dtype).quantum_array(exact))
    return np.abs(scaled - np.floor(scaled) - 0.5).astype(np.float64)


def same(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.bool_]:
    """Where two arrays hold the same number, or a NaN both; −0 and 0 differ."""
    with np.errstate(invalid="ignore"):  # signalling NaNs are compared too
        equal = (a == b) & (np.signbit(a) == np.signbit(b))
        return np.asarray(equal | (np.isnan(a) & np.isnan(b)))
