"""The tables in the documentation say what the functions' files declare."""

from __future__ import annotations

import re
from itertools import product
from pathlib import Path

import pytest

import cases
from sigmoids.functions import RESULTS

DOCS = Path(__file__).parents[1] / "docs"
ROW = re.compile(
    r"^ *(?:(?P<function>[a-z_]+(?:\[[^]]+\])?) +(?P<dtype>b?float\d+) +)?"
    r"(?P<backend>numpy|numba|jax) (?P<accuracy>high|fast) +[\d,]+ +"
    r"(?P<misrounded>\S+) +(?P<ulp>\S+) +\S+ +(?P<bound>\S+) "
)


@pytest.mark.parametrize("name", ["verify.txt", "verify-float32.txt"])
def test_tables_show_the_declared_bounds(name):
    function, dtype, found = "", "", set()
    for line in (DOCS / name).read_text().splitlines():
        if match := ROW.match(line):
            function, dtype = match["function"] or function, match["dtype"] or dtype
            backend, accuracy = match["backend"], match["accuracy"]
            bound = RESULTS[function].spec.bound(backend, dtype, accuracy)
            assert float(match["bound"]) == bound.ulp, line
            assert float(match["ulp"]) <= bound.ulp, line
            if accuracy == "high" and dtype != "float64":
                assert match["misrounded"] == "0", line
            found.add((function, dtype, backend, accuracy))
    dtypes = ("float32",) if "float32" in name else cases.DTYPES_BY_NAME
    wanted = set(product(cases.MEMBERS, dtypes, cases.BACKENDS, cases.ACCURACIES))
    wanted |= set(product(RESULTS, dtypes, cases.BACKENDS, ("high",)))
    assert found >= wanted
