"""The primitives on Python's floats, bit for bit what compiled code makes of float64 numbers.

For what is to be known of single numbers before code is compiled.
"""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from typing import TYPE_CHECKING, Any

from sigmoids.arithmetic.exponential import LOG2E
from sigmoids.arithmetic.traced import Traced

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigmoids.arithmetic.base import Compiled
    from sigmoids.arithmetic.formats import Format

SHIFT = 1.5 * 2.0**52
"""Adding it rounds to an integer."""


class Scalars(Traced):
    """Primitives for finite numbers."""

    fused = True
    abs = staticmethod(abs)
    copysign = staticmethod(math.copysign)

    def where(self, condition: bool, a: Any, b: Any) -> Any:
        """One of two."""
        return a if condition else b

    def limit(self, x: float, low: float, high: float) -> float:
        """Within limits."""
        return min(max(x, low), high)

    def fma(self, a: float, b: float, c: float) -> float:
        """Rounded once, as quotients of integers are."""
        return float(Fraction(a) * Fraction(b) + Fraction(c))

    def polynomial(self, coefficients: Sequence[float]) -> Compiled:
        """By Horner's rule."""
        *others, last = coefficients

        def value(w: float) -> float:
            total = last
            for coefficient in reversed(others):
                total = self.fma(w, total, coefficient)
            return total

        return value

    def increased(self, u: float, rise: float, _slope: float) -> float:
        """Fused."""
        return self.fma(u, rise, u)

    def powers(self, fmt: Format) -> Compiled:
        """By the rounding that a sum does."""

        def of(z: float) -> tuple[float, float, float, bool]:
            n = self.fma(z, -LOG2E, SHIFT) - SHIFT
            if fmt.lowest is None:
                return n, 1.0, math.ldexp(1.0, int(n)), False
            return n, math.ldexp(1.0, fmt.lift - int(n)), 2.0**fmt.lift, False

        return of

    def aligned(self, fmt: Format) -> Compiled:
        """By the difference of bits."""
        lift = fmt.logarithm_lift

        def of(a: float, b: float) -> tuple[float, float, float]:
            above, below = struct.unpack("2q", struct.pack("2d", math.ldexp(a, lift), b))
            k = (above - below + 2**51) >> 52
            return float(k - lift), 2.0**lift, math.ldexp(1.0, -k)

        return of
