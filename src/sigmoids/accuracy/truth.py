"""Judging whole arrays: fast where doubt is impossible, the oracle where it is not."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.oracle import Oracle
from sigmoids.accuracy.roots import roots

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from sigmoids.spec import Spec

DOUBT = {np.dtype(np.float64): 2.0**-44, np.dtype(np.longdouble): 2.0**-60}
"""Relative error granted to textbook forms by the type they are evaluated in.

For float64, 2^9 times its eps, it is 2^−20 of a float32 ulp; for the 64-bit ``longdouble``, 8
times its eps, it is 2^−7 of a float64 ulp.
"""

AROUND = {np.dtype(np.float64): 2.0**-6, np.dtype(np.longdouble): 0.25}
"""How near a root the oracle is asked at once: there the textbook form cancels more than that."""


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
    def of(cls, spec: Spec, *inputs: NDArray[Any]) -> Truth:
        """The function of arguments of one shape and dtype.

        The textbook form in a wider type decides, except where a change of it by its possible
        error would change the rounding: these few inputs go to the oracle.
        """
        dtype = inputs[0].dtype
        if _wider(dtype) is None:
            return _TruthByOracle.of(spec, *inputs)
        exact = _textbook(spec, inputs)
        doubt = DOUBT[exact.dtype]
        low, high = (_narrowed(exact * (1 + sign * doubt), dtype) for sign in (-1, 1))
        undecided = np.flatnonzero((low != high) & ~np.isnan(exact))
        oracle, fmt = Oracle(spec), Format.of(dtype)
        for i in undecided:
            low.flat[i] = oracle.rounded(_at(inputs, i), fmt)
        # Half an ulp at most, whatever the error of `exact` makes of it.
        return cls(exact, low, np.minimum(_distances(low, exact), 0.5))

    def misrounded(self, y: NDArray[Any]) -> NDArray[np.bool_]:
        """Where results are not the correctly rounded ones."""
        kind = f"i{y.dtype.itemsize}"
        with np.errstate(invalid="ignore"):  # signalling NaNs
            neither = ~(np.isnan(y) & np.isnan(self.rounded))
        return np.asarray((y.view(kind) != self.rounded.view(kind)) & neither)

    def errors(self, y: NDArray[Any]) -> NDArray[np.float64]:
        """How far results are from the exact values, in ulps; infinite for a missed NaN."""
        wrong = self.misrounded(y)
        if not wrong.any():
            return self.least
        errors = self.least.copy()
        errors[wrong] = _distances(y[wrong], self.exact[wrong])
        return errors


@dataclass(frozen=True, slots=True)
class _TruthByOracle(Truth):
    """The same where no wider type is to be had, as ``longdouble`` is not everywhere: slower.

    Attributes
    ----------
    oracle : Oracle
        Who is asked about every input.
    inputs : tuple of ndarray
        What it was asked.
    """

    oracle: Oracle
    inputs: tuple[NDArray[Any], ...]

    @classmethod
    def of(cls, spec: Spec, *inputs: NDArray[Any]) -> Truth:
        """See :class:`Truth`; ``exact`` is the same as ``rounded``."""
        oracle, fmt = Oracle(spec), Format.of(inputs[0].dtype)
        rounded = np.empty_like(inputs[0])
        for i in range(rounded.size):
            rounded.flat[i] = oracle.rounded(_at(inputs, i), fmt)
        truth = cls(rounded, rounded, np.zeros(rounded.shape), oracle, inputs)
        truth.least[...] = np.minimum(truth._distances(rounded, range(rounded.size)), 0.5)
        return truth

    def errors(self, y: NDArray[Any]) -> NDArray[np.float64]:
        """See :class:`Truth`."""
        errors = self.least.copy()
        wrong = np.flatnonzero(self.misrounded(y))
        errors.flat[wrong] = self._distances(y, wrong)
        return errors

    def _distances(self, y: NDArray[Any], places: Iterable[Any]) -> list[float]:
        fmt = Format.of(y.dtype)
        return [self.oracle.ulp_error(_at(self.inputs, i), float(y.flat[i]), fmt) for i in places]


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
        distance = fmt.in_ulps(np.abs(wide - exact), exact)
        # Infinities and numbers past the largest one count as what they are rounded to.
        endless = np.flatnonzero(~np.isfinite(distance) | ~np.isfinite(wide))
        nearest = _narrowed(exact.flat[endless], y.dtype)
        distance.flat[endless] = np.where(same(y.flat[endless], nearest), 0, np.inf)
    return distance.astype(np.float64)


def _wider(dtype: np.dtype[Any]) -> np.dtype[Any] | None:
    """The type that textbook forms are evaluated in; None where ``longdouble`` is no wider."""
    if dtype.itemsize <= 4:
        return np.dtype(np.float64)
    return np.dtype(np.longdouble) if np.finfo(np.longdouble).nmant >= 63 else None


def _textbook(spec: Spec, inputs: tuple[NDArray[Any], ...]) -> NDArray[Any]:
    x, wide = inputs[0], _wider(inputs[0].dtype)
    assert wide is not None
    low, high = spec.domain
    with np.errstate(all="ignore"):
        exact = np.asarray(spec.reference(np, *(a.astype(wide) for a in inputs)))
        exact[(x < low) | (x > high)] = np.nan
        for *edge, value in spec.edges:
            if np.isinf(edge).any():  # where textbook forms may have ∞ − ∞ or ∞/∞
                exact[np.all([a == e for a, e in zip(inputs, edge, strict=True)], axis=0)] = value
        for root in roots(spec):
            oracle = Oracle(spec)
            for i in np.flatnonzero(np.abs(x - root) < AROUND[wide]):
                exact.flat[i] = oracle.wide(_at(inputs, i), wide)
    return exact


def _at(inputs: tuple[NDArray[Any], ...], i: Any) -> tuple[float, ...]:
    return tuple(float(a.flat[i]) for a in inputs)


def tie_distance(spec: Spec, x: NDArray[np.float64]) -> NDArray[np.float64]:
    """How far the exact values are from a midpoint of two float64 numbers, in ulps.

    Where no wider type can tell, all count as equally far.
    """
    if _wider(x.dtype) is None:
        return np.ones(x.shape)
    exact = _textbook(spec, (x,))
    scaled = np.ldexp(exact, -Format.of(x.dtype).quantum_array(exact))
    return np.abs(scaled - np.floor(scaled) - 0.5).astype(np.float64)


def same(a: NDArray[Any], b: NDArray[Any]) -> NDArray[np.bool_]:
    """Where two arrays hold the same number, or a NaN both; −0 and 0 differ."""
    with np.errstate(invalid="ignore"):  # signalling NaNs are compared too
        equal = (a == b) & (np.signbit(a) == np.signbit(b))
        return np.asarray(equal | (np.isnan(a) & np.isnan(b)))
