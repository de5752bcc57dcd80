"""The page on the family says what comes out, and leaves nobody out."""

from __future__ import annotations

from pathlib import Path

import pytest

import pages
from sigmoids.functions import FUNCTIONS

PAGE = (Path(__file__).parents[1] / "docs" / "family.md").read_text()


def test_results_are_as_printed():
    printed = list(pages.results(PAGE))
    assert len(printed) > 40
    for said, value in printed:
        assert pages.agrees(said, value), (said, value)


def test_every_function_is_described():
    described = {line.removeprefix("### ") for line in PAGE.splitlines()}
    for name in FUNCTIONS:
        assert f"`{name}`" in PAGE
        assert name.removesuffix("_derivative") in described


def test_only_results_that_round_to_what_is_printed_agree():
    assert pages.agrees("0.25", 0.2549)
    assert not pages.agrees("0.25", 0.256)
    assert pages.agrees("-4.2e-18", -4.248e-18)
    assert not pages.agrees("0.0", 1e-300)
    assert not pages.agrees("True", False)


def test_a_number_beside_no_result_is_noticed():
    (result,) = pages.results("```python\n1 + 1  # 2\n```\n")
    assert result == ("2", 2)
    for code in ("x = 2  # 2", "for x in [2]:\n    x  # 2"):
        with pytest.raises(AssertionError, match="beside no result"):
            list(pages.results(f"```python\n{code}\n```\n"))
