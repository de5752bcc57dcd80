"""The code on pages runs as printed, and what is said to be the same as another library's is."""

from __future__ import annotations

import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
import torch
from scipy import special
from torch import nn

import pages
import sigmoids as sg
import sigmoids.torch

DOCS = Path(__file__).parents[1] / "docs"
EXECUTED = {"index": 2, "choosing": 3, "numba": 3, "migration": 2}
"""Pages, and how many results they print at least."""


@pytest.mark.parametrize("name", EXECUTED)
def test_code_runs_as_printed(name):
    printed = list(pages.results((DOCS / f"{name}.md").read_text()))
    assert len(printed) >= EXECUTED[name]
    for said, value in printed:
        assert pages.agrees(said, value), (said, value)


def test_a_list_gives_what_the_page_prints(capsys):
    text = (DOCS / "migration.md").read_text()
    (said,) = re.findall(r"print\(function\(numbers\)\)  # (.*)", text)
    list(pages.results(text))
    assert capsys.readouterr().out.splitlines() == [said] * 3


ROWS = re.findall(
    r"^\| `([^`]+)` \| `([^`]+)` \|", (DOCS / "migration.md").read_text(), flags=re.MULTILINE
)


@pytest.mark.parametrize(("theirs", "ours"), ROWS, ids=[theirs for theirs, _ in ROWS])
def test_rows_of_the_migration_page(theirs, ours):
    x = np.linspace(-8, 8, 101)
    y = sg.sigmoid(x)
    known = {
        "np": np, "jax": jax, "jnp": jnp, "torch": torch, "nn": nn, "F": nn.functional,
        "special": special, "sg": sg, "sigmoids": sigmoids, "x": x, "y": y,
        "p": np.linspace(0.01, 0.99, 101), "labels": (x > 1).astype(float),
        "t": torch.from_numpy(x.astype(np.float32)), "j": jnp.asarray(x, jnp.float32),
    }  # fmt: skip
    if "optax" in theirs:
        known["optax"] = pytest.importorskip("optax")
    expected, found = eval(theirs, known), eval(ours, known)  # the page's own text
    assert type(found) is type(expected)
    assert found.dtype == expected.dtype
    a, b = (np.asarray(one, np.float64) for one in (expected, found))
    digits = 1e-13 if expected.dtype in (np.float64, torch.float64) else 1e-5
    np.testing.assert_allclose(b, a, rtol=digits, atol=digits * np.abs(a).max())


def test_the_page_has_every_function_and_library():
    assert len(ROWS) > 30
    ours = " ".join(ours for _, ours in ROWS)
    missing = {name for name in sg.functions.FUNCTIONS if f"sg.{name}(" not in ours}
    assert missing == {"arctan_sigmoid_derivative", "silu_derivative"}, "nobody has these"
