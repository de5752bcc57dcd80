"""The one table behind the tests: functions × backends × dtypes, and inputs for them."""

from __future__ import annotations

from functools import cache

import ml_dtypes
import numpy as np

from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.oracle import Oracle
from sigmoids.backends import registry
from sigmoids.functions import FUNCTIONS
from sigmoids.functions.sigmoid_derivative import SECOND

FUNCTION_NAMES = tuple(FUNCTIONS)
BACKENDS = tuple(registry.ROWS)
BFLOAT16 = np.dtype(ml_dtypes.bfloat16)
DTYPES = (np.dtype(np.float16), BFLOAT16, np.dtype(np.float32), np.dtype(np.float64))
NARROW_DTYPES = DTYPES[:2]
ACCURACIES = ("high", "fast")

SPECS = {name: member.spec for name, member in FUNCTIONS.items()}
ALL_SPECS = {**SPECS, SECOND.name: SECOND}

FLOAT64_REGIONS = ((-745.0, -708.0), (-708.0, -40.0), (-40.0, -1.0), (-1.0, 1.0), (1.0, 40.0),
                   (40.0, 708.0))  # fmt: skip


def dtype_id(dtype):
    return np.dtype(dtype).name


def all_of(dtype):
    """Every value of a type of 16 bits or fewer."""
    bits = np.dtype(f"u{dtype.itemsize}")
    return np.arange(2 ** (8 * dtype.itemsize)).astype(bits).view(dtype)


def float32_stride(step=9973):
    """Every step-th bit pattern of float32, and all within 64 of the places where things change."""
    patterns = np.arange(0, 2**32, step, dtype=np.uint64).astype(np.uint32).view(np.float32)
    places = [0.0, 2.0**-24, 2.0**-23, 2.0**-16, 1.0, 17.0, 87.3365, 88.7228, 103.2789, 103.9720,
              104.0, 3.4028235e38, np.inf]  # fmt: skip
    centres = np.array(places, np.float32).view(np.int32)
    near = np.clip(centres[:, None] + np.arange(-64, 65), 0, 0x7F80_0000).astype(np.int32).ravel()
    near = near.view(np.float32)
    return np.concatenate([patterns, near, -near])


def float64_points(number, seed=0):
    """Seeded points in every region, and neighbours of the places where things change."""
    rng = np.random.default_rng(seed)
    points = [rng.uniform(low, high, number) for low, high in FLOAT64_REGIONS]
    points.append(np.exp(rng.uniform(-700, 0, number)) * rng.choice([-1, 1], number))
    places = np.array([1e-300, 2.0**-16, np.log(2) / 2, 1.0, 36.7, 708.39, 709.78, 744.44, 745.13])
    near = np.concatenate([places, np.nextafter(places, 0), np.nextafter(places, np.inf)])
    return np.concatenate([*points, near, -near, [0.0, -0.0, 1e308, -1e308]])


SPECIAL = np.array(
    [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, -np.nan, 1e-8, -1e-8, 20.0, -20.0, 88.0, -88.0,
     104.5, -104.5, 746.0, -746.0, 6e4, -6e4]
)  # fmt: skip


@cache
def rounded_oracle(name, dtype):
    """Correctly rounded results for every value of a narrow dtype, from mpmath."""
    oracle, fmt = Oracle(ALL_SPECS[name]), Format.of(dtype)
    x = all_of(dtype)
    return x, np.array([oracle.rounded(float(v), fmt) for v in x]).astype(dtype)
