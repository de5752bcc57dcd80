"""Python's floats as numbers, bit for bit what compiled code makes of moderate float64 numbers.

For what is to be known of single numbers before code is compiled.
"""

from __future__ import annotations

import math
import struct
from fractions import Fraction
from typing import Any

from sigmoids.arithmetic.exponential import LOG2E
from sigmoids.arithmetic.numbers import Numbers

SHIFT = 1.5 * 2.0**52
"""Adding it rounds to an integer."""


class Scalars(Numbers):
    """Moderate numbers."""

    fused = True
    abs = staticmethod(abs)
    copysign = staticmethod(math.copysign)

    def where(self, condition: bool, a: Any, b: Any) -> Any:
        """One of two."""
        return a if condition else b

    def limit(self, x: float, _low: float, _high: float) -> float:
        """Within limits it is."""
        return x

    def fma(self, a: float, b: float, c: float) -> float:
        """Rounded once, as quotients of integers are."""
        return float(Fraction(a) * Fraction(b) + Fraction(c))

    def powers(self, z: float) -> tuple[float, float, float, bool]:
        """By the rounding that a sum does."""
        n = self.fma(z, -LOG2E, SHIFT) - SHIFT
        return n, 1.0, math.ldexp(1.0, int(n)), False

    def aligned(self, a: float, b: float) -> tuple[float, float, float]:
        """By the difference of bits."""
        lift = self.fmt.logarithm_lift
        above, below = struct.unpack("2q", struct.pack("2d", math.ldexp(a, lift), b))
        k = (above - below + 2**51) >> 52
        return float(k - lift), 2.0**lift, math.ldexp(1.0, -k)
