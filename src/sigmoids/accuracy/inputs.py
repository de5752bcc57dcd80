"""What to try: everything where that is possible, else wherever something could go wrong."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.accuracy.roots import roots
from sigmoids.accuracy.truth import tie_distance

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from sigmoids.spec import Spec

CHUNK = 2**19
"""Inputs that are judged at a time."""

STRIDE = 4093
"""The dense float32 sample takes every bit pattern of this step, a prime."""

PLACES = (
    0.0, 2.0**-149, 2.0**-126, 2.0**-27, 2.0**-24, 2.0**-23, 2.0**-16, 2.0**-12, 0.17328679,
    0.34657359, 0.69314718, 1.0, 2.0, 16.6355, 17.0, 17.32868, 36.7368, 80.0, 87.3365447, 88.0,
    88.7228391, 103.2789293, 103.9720764, 104.0, 650.0, 700.0, 708.3964185, 709.7827129,
    744.4400719, 745.1332191, 746.0, 1e30,
)  # fmt: skip
"""Where formulas or results change their ways: argument reduction, saturation, underflow."""

REGIONS = ((-746.0, -708.0), (-708.0, -650.0), (-650.0, -40.0), (-40.0, -1.0), (-1.0, 1.0),
           (1.0, 40.0), (40.0, 650.0), (650.0, 708.0), (708.0, 746.0))  # fmt: skip


def all_values(dtype: np.dtype[Any]) -> NDArray[Any]:
    """Every bit pattern of a type of 16 bits or fewer."""
    bits = np.dtype(f"u{dtype.itemsize}")
    return np.arange(2 ** (8 * dtype.itemsize)).astype(bits).view(dtype)


def every_float32() -> Iterator[NDArray[np.float32]]:
    """All 2^32 bit patterns, a chunk at a time."""
    for start in range(0, 2**32, CHUNK):
        yield np.arange(start, start + CHUNK, dtype=np.uint64).astype(np.uint32).view(np.float32)


def dense_float32(stride: int = STRIDE) -> NDArray[np.float32]:
    """Every ``stride``-th bit pattern, and all within 64 of :data:`PLACES`."""
    patterns = np.arange(0, 2**32, stride, dtype=np.uint64).astype(np.uint32).view(np.float32)
    return np.concatenate([patterns, _around(np.array(PLACES, np.float32), 64)])


def float64_points(spec: Spec, number: int, seed: int = 0) -> NDArray[np.float64]:
    """Seeded points, hard cases, places ± 1 ulp, and special values.

    There are ``number`` points in every region, as many that are tiny and as many that are large.
    """
    rng = np.random.default_rng(seed)
    regions = REGIONS if math.isinf(spec.domain[1]) else (spec.domain, REGIONS[5])
    points = [rng.uniform(low, high, number) for low, high in regions]
    for low, high in (-745, 0), (0, 709):
        points.append(np.exp(rng.uniform(low, high, number)) * rng.choice([-1.0, 1.0], number))
    near_root = 1 + np.exp(rng.uniform(-36, -3, number // 1000))
    points.extend(root * near_root for root in roots(spec))
    near_ties = rng.uniform(max(spec.domain[0], -40), min(spec.domain[1], 40), number)
    near_ties = near_ties[np.argsort(tie_distance(spec, near_ties))[: number // 100]]
    places = _around(np.array(PLACES, np.float64), 1)
    return np.concatenate([*points, near_ties, places, special_values(np.dtype(np.float64))])


def special_values(dtype: np.dtype[Any]) -> NDArray[Any]:
    """Zeros, infinities, the extremes of the format, and NaNs with signs and payloads."""
    info = np.finfo(dtype)
    numbers = np.array([0.0, np.inf, info.max, info.tiny, info.smallest_subnormal], dtype)
    quiet = {2: 0x7E00, 4: 0x7FC00000, 8: 0x7FF8000000000000}[dtype.itemsize]
    nans = np.array([quiet, quiet + 1, quiet + 99], f"u{dtype.itemsize}").view(dtype)
    values = np.concatenate([numbers, nans])
    return np.concatenate([values, -values])


def _around(places: NDArray[Any], reach: int) -> NDArray[Any]:
    """The numbers within ``reach`` ulps of non-negative places, and their negatives."""
    bits = places.view(f"i{places.itemsize}")[:, None] + np.arange(-reach, reach + 1)
    numbers = np.maximum(bits, 0).astype(f"i{places.itemsize}").ravel().view(places.dtype)
    return np.concatenate([numbers, -numbers])
