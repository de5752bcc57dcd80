"""The exact values: mpmath at a precision that leaves no doubt."""

from __future__ import annotations

import math
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


class Mathematics(MPContext):  # type: ignore[misc]
    """mpmath with NumPy's names for what textbook forms use."""

    arctan = property(lambda self: self.atan)
    maximum = staticmethod(max)

    @staticmethod
    def where(condition: Any, a: Any, b: Any) -> Any:
        """``a`` if the condition holds, else ``b``."""
        return a if condition else b


Arguments = float | tuple[float, ...]
"""The argument of a function, or all of several."""


class Oracle:
    """A function's exact values, as ``mpf`` numbers with a relative error far below any ulp."""

    def __init__(self, spec: Spec) -> None:
        self.spec = spec
        self._m = Mathematics()
        self._edges = {_key(tuple(x)): y for *x, y in spec.edges}

    def number(self, x: float) -> Any:
        """``x`` as an ``mpf``."""
        return self._m.mpf(float(x))

    def exact(self, x: Arguments, precision: int = PRECISION) -> Any:
        """The function of ``x``; NaN for NaN and outside the domain.

        The working precision exceeds ``precision`` by what the textbook form may cancel.
        """
        arguments = _tuple(x)
        low, high = self.spec.domain
        if not low <= arguments[0] <= high or any(a != a for a in arguments):
            return self._m.nan
        edge = self._edges.get(_key(arguments))
        if edge is not None:
            return self._m.mpf(edge)
        with self._m.workprec(2 * precision):
            return +self.spec.reference(self._m, *map(self.number, arguments))

    def rounded(self, x: Arguments, fmt: Format) -> float:
        """The function of ``x`` to the nearest number of the format, ties to even.

        At the declared edges it is what is declared, the sign of zero included.  Elsewhere the
        precision is doubled until both ends of the error interval round alike (Ziv's strategy), so
        that values beside a tie are decided and not guessed.
        """
        edge = self._edges.get(_key(_tuple(x)))
        if edge is not None:
            return edge
        precision = PRECISION
        while True:
            value = self.exact(x, precision)
            with self._m.workprec(2 * precision):
                slack = self._m.ldexp(value, -precision)
                ends = fmt.round(value - slack), fmt.round(value + slack)
            if ends[0] == ends[1] or value != value or precision > MOST_PRECISION:
                return fmt.round(value)
            precision *= 2

    def wide(self, x: Arguments, dtype: np.dtype[Any]) -> Any:
        """The function of ``x`` in float64 or longdouble, to its last bits."""
        value = self.exact(x)
        leading = float(value)
        with self._m.workprec(PRECISION):
            return dtype.type(leading) + dtype.type(float(value - self._m.mpf(leading)))

    def ulp_error(self, x: Arguments, y: float, fmt: Format) -> float:
        """How far ``y`` is from the function of ``x``, in ulps; infinite for a missed NaN."""
        value = self.exact(x)
        if value != value or np.isnan(y):
            return 0.0 if value != value and np.isnan(y) else np.inf
        if np.isinf(y):
            return 0.0 if fmt.round(value) == y else np.inf
        with self._m.workprec(PRECISION):
            distance = abs(self.number(y) - value)
            return float(self._m.ldexp(distance, -fmt.quantum(value)))

    def ulp_errors(self, x: NDArray[Any], y: NDArray[Any], fmt: Format) -> NDArray[np.float64]:
        """:meth:`ulp_error` of arrays, element by element."""
        pairs = zip(x.ravel(), y.ravel(), strict=True)
        return np.array([self.ulp_error(float(a), float(b), fmt) for a, b in pairs], np.float64)


def _tuple(x: Arguments) -> tuple[float, ...]:
    return x if isinstance(x, tuple) else (x,)


def _key(arguments: tuple[float, ...]) -> tuple[tuple[float, float], ...]:
    """The arguments, zeros told apart by their signs."""
    return tuple((a, math.copysign(1, a)) for a in arguments)
