"""The code on pages runs as printed, and what is said to be the same as another library's is."""

from __future__ import annotations

import re
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest
from scipy import special

import pages
import sigmoids as sg

DOCS = Path(__file__).parents[1] / "docs"
EXECUTED = {"index": 3, "choosing": 3, "numba": 3, "migration": 2}
"""Pages, and how many results they print at least."""


def text_of(page):
    text = (DOCS / f"{page}.md").read_text(encoding="utf-8")
    if "import torch" in text:
        pytest.importorskip("torch")
    return text


@pytest.mark.parametrize("page", EXECUTED)
def test_code_runs_as_printed(page):
    printed = list(pages.results(text_of(page)))
    assert len(printed) >= EXECUTED[page]
    for said, value in printed:
        assert pages.agrees(said, value), (said, value)


def test_a_list_gives_what_the_page_prints(capsys):
    text = text_of("migration")
    (said,) = re.findall(r"print\(function\(numbers\)\)  # (.*)", text)
    list(pages.results(text))
    assert capsys.readouterr().out.splitlines() == [said] * 3


ROW = re.compile(r"^\| `([^`]+)` \| `([^`]+)` \|", flags=re.MULTILINE)
ROWS = ROW.findall((DOCS / "migration.md").read_text(encoding="utf-8"))


def names(row):
    """What the page says that the names in its rows stand for."""
    x = np.linspace(-8, 8, 101)
    found = {
        "np": np, "jax": jax, "jnp": jnp, "special": special, "sg": sg,
        "x": x, "y": sg.sigmoid(x), "p": np.linspace(0.01, 0.99, 101),
        "labels": (x > 1).astype(float), "j": jnp.asarray(x, jnp.float32),
    }  # fmt: skip
    if "optax" in row:
        found["optax"] = pytest.importorskip("optax")
    if re.search(r"\bt\b", row):
        found["torch"] = torch = pytest.importorskip("torch")
        found |= {
            "nn": torch.nn,
            "F": torch.nn.functional,
            "t": torch.tensor(x, dtype=torch.float32),
        }
        import sigmoids.torch

        found["sigmoids"] = sigmoids
    return found


@pytest.mark.parametrize(("theirs", "ours"), ROWS, ids=[theirs for theirs, _ in ROWS])
def test_rows_of_the_migration_page(theirs, ours):
    known = names(theirs)
    expected, found = eval(theirs, known), eval(ours, known)  # the page's own text
    assert type(found) is type(expected)
    assert found.dtype == expected.dtype
    a, b = (np.asarray(one, np.float64) for one in (expected, found))
    digits = 1e-13 if "64" in str(expected.dtype) else 1e-5
    np.testing.assert_allclose(b, a, rtol=digits, atol=digits * np.abs(a).max())


def test_the_migration_page_has_everyone_whom_others_have():
    ours = " ".join(ours for _, ours in ROWS)
    missing = {name for name in sg.functions.FUNCTIONS if f"sg.{name}(" not in ours}
    assert missing == {"arctan_sigmoid_derivative", "silu_derivative"}
