r"""Time per call: function × backend × dtype × size.

python -m pytest benchmarks --benchmark-only \
    --benchmark-group-by=param:name,param:dtype,param:size
"""

from __future__ import annotations

import ml_dtypes
import numpy as np
import pytest

from sigmoids.backends import registry
from sigmoids.functions import FUNCTIONS

SIZES = (1, 100, 10_000, 1_000_000)


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("dtype", ["float16", "bfloat16", "float32", "float64"])
@pytest.mark.parametrize("accuracy", ["high", "fast"])
@pytest.mark.parametrize("backend", registry.ROWS)
@pytest.mark.parametrize("name", FUNCTIONS)
def test_call(benchmark, name, backend, accuracy, dtype, size):
    kind = ml_dtypes.bfloat16 if dtype == "bfloat16" else dtype
    x = np.random.default_rng(0).normal(scale=4, size=size).astype(kind)
    out = np.empty_like(x)
    result = benchmark(FUNCTIONS[name].function, x, backend=backend, accuracy=accuracy, out=out)
    assert result is out
