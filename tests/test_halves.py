"""Numbers of 16 bits in compiled code: all of them, and the midpoints between two."""

from __future__ import annotations

import numba
import numpy as np
import pytest

from cases import DTYPES_BY_NAME, dtype_id
from sigmoids.backends.narrow import round_once
from sigmoids.backends.numba import halves

PATTERNS = np.arange(2**16).astype(np.uint16)


@pytest.fixture(params=[DTYPES_BY_NAME[name] for name in ("float16", "bfloat16")], ids=dtype_id)
def half(request):
    return request.param


def mapped(function, x, kind):
    out = np.empty(x.size, kind)

    @numba.njit
    def loop(x, out):
        for i in range(x.size):
            out[i] = function(x[i])

    loop(x, out)
    return out


@pytest.mark.filterwarnings("ignore:invalid value encountered in cast")
def test_every_number_and_back(half):
    exact = PATTERNS.view(half).astype(np.float64)
    wide = mapped(halves.widened(half), PATTERNS, np.float64)
    numbers = ~np.isnan(exact)
    assert (wide.view(np.uint64) == exact.view(np.uint64))[numbers].all()
    assert np.isnan(wide[~numbers]).all()
    bits = mapped(halves.rounded(half), wide, np.uint16)
    assert (bits == PATTERNS)[numbers].all()
    assert np.isnan(bits.view(half)[~numbers].astype(np.float32)).all()


def test_rounded_once(half):
    """At a midpoint to even, and next to it to the side that it is on."""
    with np.errstate(all="ignore"):
        numbers = PATTERNS.view(half).astype(np.float64)
        numbers = np.sort(numbers[np.isfinite(numbers)])
        midpoints = (numbers[1:] + numbers[:-1]) / 2
        largest = float(numbers[-1])
        rng = np.random.default_rng(0)
        y = np.concatenate(
            [
                midpoints,
                *(np.nextafter(midpoints, end) for end in (-np.inf, np.inf)),
                *(midpoints * (1 + step) for step in (2.0**-40, -(2.0**-30))),
                rng.normal(size=10**5) * 10.0 ** rng.uniform(-50, 50, 10**5),
                largest * np.array([1 + 2.0**-12, 1 + 2.0**-8, 1.5, 1e200, np.inf, -np.inf]),
                [0.0, -0.0, 5e-324, -1e-300],
            ]
        )
        expected = round_once(y, half).view(np.uint16)
    assert (mapped(halves.rounded(half), y, np.uint16) == expected).all()
