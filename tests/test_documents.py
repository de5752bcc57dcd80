"""The tables in the documentation say what the functions' files declare."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

import cases
from sigmoids.functions import FUNCTIONS, JOINT, RESULTS

DOCS = Path(__file__).parents[1] / "docs"
ROW = re.compile(
    r"^ *(?:(?P<function>[a-z_]+(?:\[[^]]+\])?) +(?P<dtype>b?float\d+) +)?"
    r"(?P<backend>numpy|numba|jax) (?P<accuracy>high|fast) +[\d,]+ +"
    r"(?P<misrounded>\S+) +(?P<ulp>\S+) +\S+ +(?P<bound>\S+) "
)


def measured_exhaustively():
    alone = [name for name in FUNCTIONS if name in RESULTS]
    yield from product(alone, ("float32",), cases.BACKENDS, cases.ACCURACIES)
    joint = [name for name in RESULTS if name.partition("[")[0] in JOINT]
    yield from product(joint, ("float32",), cases.BACKENDS, ("high",))


def measured():
    yield from product(cases.MEMBERS, cases.DTYPES_BY_NAME, cases.BACKENDS, cases.ACCURACIES)
    yield from product(RESULTS, cases.DTYPES_BY_NAME, cases.BACKENDS, ("high",))


@pytest.mark.parametrize(
    ("names", "wanted"), [("verify.txt", measured), ("verify-float32*.txt", measured_exhaustively)]
)
def test_tables_show_the_declared_bounds(names, wanted):
    function, dtype, found = "", "", set()
    for line in "\n".join(path.read_text() for path in DOCS.glob(names)).splitlines():
        if match := ROW.match(line):
            function, dtype = match["function"] or function, match["dtype"] or dtype
            backend, accuracy = match["backend"], match["accuracy"]
            bound = RESULTS[function].spec.bound(backend, dtype, accuracy)
            assert float(match["bound"]) == bound.ulp, line
            assert float(match["ulp"]) <= bound.ulp, line
            if accuracy == "high" and dtype != "float64":
                assert match["misrounded"] == "0", line
            found.add((function, dtype, backend, accuracy))
    expected = set(wanted())
    assert len(expected) > 12
    assert found >= expected
