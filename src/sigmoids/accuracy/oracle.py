"""The exact values: mpmath at a precision that leaves no doubt."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from mpmath import MPContext

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.accuracy.formats import Format
    from sigmoids.spec import Spec

PRECISION = 320
"""Bits of the first attempt: ½ + x³/48 shows beside ½ for the smallest float32 that matters."""
MOST_PRECISION = 16 * PRECISION
"""A value that looks like a tie at that many bits is one: σ(0) = ½ and the like."""


class Oracle:
    """A function's exact values, as ``mpf`` numbers with a relative error far below any ulp."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._m = MPContext()

    def number(self, x: float) -> Any:
        """``x`` as an ``mpf``."""
        return self._m.mpf(float(x))

    def exact(self, x: float, precision: int = PRECISION) -> Any:
        """The function of ``x``; NaN for NaN.

        The working precision exceeds ``precision`` by what the textbook form may cancel.
        """
        if np.isnan(x):
            return self._m.nan
        with self._m.workprec(2 * precision):
            return +self.spec.reference(self._m, self.number(x))

    def rounded(self, x: float, fmt: Format) -> float:
        """The function of ``x`` to the nearest number of the format, ties to even.

        The precision is doubled until both ends of the error interval round alike (Ziv's
        strategy), so that values beside a tie are decided and not guessed.
        """
        precision = PRECISION
        while True:
            value = self.exact(x, precision)
            with self._m.workprec(2 * precision):
                slack = self._m.ldexp(value, -precision)
                ends = fmt.round(value - slack), fmt.round(value + slack)
            if ends[0] == ends[1] or np.isnan(x) or precision > MOST_PRECISION:
                return fmt.round(value)
            precision *= 2

    def ulp_error(self, x: float, y: float, fmt: Format) -> float:
        """How far ``y`` is from the function of ``x``, in ulps; infinite for a missed NaN."""
        value = self.exact(x)
        if np.isnan(x) or np.isnan(y):
            return 0.0 if np.isnan(x) and np.isnan(y) else np.inf
        if np.isinf(y):
            return 0.0 if fmt.round(value) == y else np.inf
        with self._m.workprec(PRECISION):
            distance = abs(self.number(y) - value)
            return float(self._m.ldexp(distance, -fmt.quantum(value)))

    def ulp_errors(self, x: NDArray[Any], y: NDArray[Any], fmt: Format) -> NDArray[np.float64]:
        """:meth:`ulp_error` of arrays, element by element."""
        pairs = zip(x.ravel(), y.ravel(), strict=True)
        return np.array([self.ulp_error(float(a), float(b), fmt) for a, b in pairs], np.float64)
