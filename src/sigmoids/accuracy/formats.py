"""Floating formats as number systems: spacing, and rounding to nearest even from any precision."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Format:
    """A binary floating format.

    Attributes
    ----------
    bits : int
        Precision, the leading bit included.
    lowest : int
        Exponent of the smallest normal number.
    largest : float
        The largest finite number.
    """

    bits: int
    lowest: int
    largest: float

    @classmethod
    def of(cls, dtype: Any) -> Format:
        """The format of a floating dtype, those of ``ml_dtypes`` included."""
        dtype = np.dtype(dtype)
        if dtype.kind == "f":
            info: Any = np.finfo(dtype)
        else:
            import ml_dtypes

            info = ml_dtypes.finfo(dtype)
        return cls(int(info.nmant) + 1, int(info.minexp), float(info.max))

    def quantum(self, value: Any) -> int:
        """Exponent q, with 2^q the spacing of the format's numbers at an exact value (an ``mpf``).

        Below the smallest normal number it is the spacing of the subnormals.
        """
        mantissa, exponent = value.man_exp
        leading = int(exponent) + int(mantissa).bit_length() - 1 if mantissa else self.lowest
        return max(leading, self.lowest) - self.bits + 1

    def quantum_array(self, values: NDArray[Any]) -> NDArray[np.intc]:
        """:meth:`quantum` of an array of wider numbers."""
        leading = np.frexp(values)[1] - 1
        leading[values == 0] = self.lowest
        return np.maximum(leading, self.lowest) - np.intc(self.bits - 1)

    def in_ulps(self, distances: NDArray[Any], values: NDArray[Any]) -> NDArray[Any]:
        """Distances from exact values, in the format's spacing there; both of a wider type."""
        if values.dtype != np.float64:
            return np.ldexp(distances, -self.quantum_array(values))
        # The same by bits, in a fraction of the time: 2^−quantum from the exponent of the value.
        exponent = (values.view(np.int64) >> 52) & 0x7FF
        np.maximum(exponent, self.lowest + 1023, out=exponent)
        np.subtract(2 * 1023 + self.bits - 1, exponent, out=exponent)
        exponent <<= 52
        return distances * exponent.view(np.float64)

    def round_array(self, values: NDArray[Any]) -> NDArray[Any]:
        """:meth:`round` of an array of wider numbers, in their type."""
        quantum = self.quantum_array(values)
        nearest = np.ldexp(np.rint(np.ldexp(values, -quantum)), quantum)
        nearest[np.abs(nearest) > self.largest] *= np.inf
        return nearest

    def round(self, value: Any) -> float:
        """An exact value (an ``mpf``) to the nearest number of the format, ties to even."""
        if not value.context.isfinite(value):
            return float(value)
        mantissa, exponent = map(int, value.man_exp)
        quantum = self.quantum(value)
        surplus = quantum - exponent
        if surplus <= 0:
            whole = mantissa << -surplus
        elif surplus > mantissa.bit_length() + 1:
            whole = 0
        else:
            whole, rest = divmod(mantissa, 1 << surplus)
            half = 1 << (surplus - 1)
            whole += rest > half or (rest == half and whole % 2 == 1)
        too_large = whole.bit_length() + quantum > 1024
        nearest = math.inf if too_large else math.ldexp(whole, quantum)
        if nearest > self.largest:
            nearest = math.inf
        return -nearest if value < 0 else nearest
