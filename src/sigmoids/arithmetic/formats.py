"""The floating types that formulas are evaluated in: for each a row of constants and series.

Float32 ``high`` is evaluated in float64, float64 ``high`` in pairs.  Each has a row for any
argument and one for moderate arguments, which need neither limits nor a lift.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from sigmoids.arithmetic import arctangent, exponential, logarithm

Coefficients = tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Format:
    """A floating type, and what computing in it takes.

    Attributes
    ----------
    name : str
        What it is called.
    real : type
        Of the numbers, or of each of the two parts of a pair.
    exponential, logarithm, arctangent : tuple of float
        Coefficients of the series, the constant one first.
    ln2, quarter : pair of float
        ln 2, the first part of which has products with small integers that are exact, and π/4.
    logarithm_lift : int
        The power of two that makes a quotient's numerator a normal number.
    lowest : float or None
        The z below which z·e^z rounds to 0; None where all arguments are moderate.
    lift : int
        The power of two by which e^z is larger on the way, so that it is a normal number.
    log1p : tuple of float
        Coefficients of the series of log(1 + p/q) without a reduction, if it is to be taken.
    paired : bool
        Whether numbers are pairs.
    """

    name: str
    real: Any
    exponential: Coefficients
    logarithm: Coefficients
    arctangent: Coefficients
    ln2: tuple[float, float]
    quarter: tuple[float, float]
    logarithm_lift: int
    lowest: float | None = None
    lift: int = 0
    log1p: Coefficients = ()
    paired: bool = False


FLOAT64 = Format(
    "float64",
    np.float64,
    exponential.COEFFICIENTS,
    logarithm.COEFFICIENTS,
    arctangent.COEFFICIENTS,
    (exponential.LN2_HIGH, exponential.LN2_LOW),
    (arctangent.PI_4, arctangent.PI_4_LOW),
    logarithm_lift=64,
    lowest=-760.0,
    lift=128,
)
NARROWED = replace(FLOAT64, name="narrowed", lowest=-114.0, lift=0)
"""Float64 for arguments of a narrower type: no power of two needs a lift."""

NARROWED_MODERATE = replace(
    NARROWED,
    name="narrowed_moderate",
    exponential=exponential.SHORT,
    logarithm=logarithm.SHORT,
    arctangent=arctangent.SHORT,
    ln2=(exponential.LN2, 0.0),
    lowest=None,
    log1p=logarithm.SHORT_LOG1P,
)
"""Series for a result to be rounded to float32, wrong by up to :data:`ERROR` of it."""

ERROR = 2.0**-46
"""For |z| up to 87, 2^−49.3 of e^z come from the series, 2^−48.3 at most from ln 2 in one part, and
2^−48.8 from a dozen roundings; that makes 2^−47.1, and sums of terms of one sign add nothing."""

PAIRS = replace(FLOAT64, name="pairs", paired=True)
PAIRS_MODERATE = replace(PAIRS, name="pairs_moderate", lowest=None, lift=0)

FLOAT32 = Format(
    "float32",
    np.float32,
    exponential.SINGLE,
    logarithm.SINGLE,
    arctangent.SINGLE,
    (float.fromhex("0x1.62e400p-1"), float.fromhex("0x1.7f7d1cp-20")),
    (float.fromhex("0x1.921fb6p-1"), float.fromhex("-0x1.777a5cp-26")),
    logarithm_lift=32,
    lowest=-114.0,
    lift=40,
)
