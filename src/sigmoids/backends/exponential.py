"""The rational exponential of the compiled engines, in float64: its form and its constants.

With k = round(z/ln 2) and r = z − k·ln 2,

    R(r²) = r·(e^r + 1)/(e^r − 1) = 2 + r²/6 − …,    e^z = 2^k·(R + r)/(R − r).

The power of two is split between numerator and denominator, 2^⌊k/2⌋ above and 2^(⌊k/2⌋−k) below,
so that both stay normal numbers down to the smallest subnormal e^z, and a quotient of their sums
underflows gradually, with one rounding.

Source of form and coefficients: Sun Microsystems, fdlibm 5.3, e_exp.c; |error| < 2^−59 for
|r| ≤ ln(2)/2.
"""

from __future__ import annotations

from typing import Any

LOG2E = 1.4426950408889634
LN2_HIGH = float.fromhex("0x1.62e42fee00000p-1")
"""ln 2 with trailing zeros: its product with any k that occurs is exact."""
LN2_LOW = float.fromhex("0x1.a39ef35793c76p-33")
LOWEST = -746.0
"""Below the logarithm of half the smallest subnormal: e^z rounds to 0."""

P1 = float.fromhex("0x1.555555555553ep-3")
P2 = float.fromhex("-0x1.6c16c16bebd93p-9")
P3 = float.fromhex("0x1.1566aaf25de2cp-14")
P4 = float.fromhex("-0x1.bbd41c5d26bf1p-20")
P5 = float.fromhex("0x1.6376972bea4d0p-25")


def ratio(w: Any) -> Any:
    """R at w = r²; works on whatever has arithmetic."""
    return 2 + w * (P1 + w * (P2 + w * (P3 + w * (P4 + w * P5))))
