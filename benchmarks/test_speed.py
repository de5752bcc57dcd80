"""Time per call of everyone in every case; see README.md beside this file."""

from __future__ import annotations

import pytest

from sigmoids.backends.threads import processors
from sigmoids.bench.cases import inputs, sizes
from sigmoids.bench.contenders import FUNCTION_NAMES, everyone, find, limits
from sigmoids.bench.inspection import check
from sigmoids.bench.run import QUICK
from sigmoids.choice import DTYPES, usable_backends
from sigmoids.spec import ACCURACIES

ENTRIES = [
    pytest.param(function, dtype, size, contender, id=f"{function}-{dtype}-{size}-{contender.name}")
    for function in FUNCTION_NAMES
    for dtype in DTYPES
    for size in sizes(QUICK.sizes)
    for contender in (
        everyone(function, dtype, usable_backends(), ACCURACIES, peers=True)
        + limits(size, processors())
    )
]


@pytest.mark.parametrize(("function", "dtype", "size", "contender"), ENTRIES)
def test_call(benchmark, function, dtype, size, contender):
    arrays = inputs(function, dtype, size)
    prepared = find(function, contender)(*arrays)
    if contender.kind != "limit":
        check(function, prepared, arrays)
    with prepared.within():
        benchmark(prepared.call)
