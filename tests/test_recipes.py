"""The recipes of docs/contributing.md, followed to the letter.

A function and an engine that are not in the package are added to a copy of it, with the edits that
the recipes name and no other.  Then the suite's tables are run over them.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
RECIPES = Path(__file__).parent / "recipes"

EDITS = {
    "src/sigmoids/functions/__init__.py": [
        ("    log_sigmoid,\n", "    gudermannian,\n    log_sigmoid,\n"),
        ("        log_sigmoid,\n", "        gudermannian,\n        log_sigmoid,\n"),
    ],
    "src/sigmoids/__init__.py": [
        (
            "from sigmoids.functions.log_sigmoid",
            "from sigmoids.functions.gudermannian import gudermannian\n"
            "from sigmoids.functions.log_sigmoid",
        ),
        ('    "log_sigmoid",\n', '    "gudermannian",\n    "log_sigmoid",\n'),
    ],
    "src/sigmoids/backends/registry.py": [
        ('"numba", "jax", "torch"]', '"numba", "toy", "jax", "torch"]'),
        (
            '        Row("jax"',
            '        Row("toy", "sigmoids.backends.toy", "numpy", "2.0", "arrays", "numpy"),\n'
            '        Row("jax"',
        ),
    ],
}
"""Beside the new files: the table's line and the public name, and the engine's row."""


@pytest.fixture(scope="module")
def copy(tmp_path_factory):
    """The package with a function and an engine more, and its tests."""
    copy = tmp_path_factory.mktemp("copy")
    for name in ("src", "tests", "docs"):
        shutil.copytree(ROOT / name, copy / name, ignore=shutil.ignore_patterns("__pycache__"))
    for name in ("pyproject.toml", "README.md", "CHANGELOG.md"):
        shutil.copy(ROOT / name, copy)
    package = copy / "src/sigmoids"
    shutil.copy(RECIPES / "gudermannian.py", package / "functions")
    shutil.copy(RECIPES / "toy.py", package / "backends")
    for name, edits in EDITS.items():
        text = (copy / name).read_text()
        for before, after in edits:
            assert before in text
            text = text.replace(before, after, 1)
        (copy / name).write_text(text)
    return copy


def run(copy, *command):
    """What a command said that succeeded on the copy."""
    environment = {**os.environ, "PYTHONPATH": str(copy / "src"), "COLUMNS": "400"}
    environment.pop("PYTEST_ADDOPTS", None)
    done = subprocess.run(
        [sys.executable, "-m", *command], cwd=copy, env=environment,
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert not done.returncode, done.stdout[-8000:] + done.stderr[-2000:]
    return done.stdout


@pytest.mark.exhaustive
def test_a_function_and_an_engine_are_added_by_the_recipes(copy):
    said = run(copy, "sigmoids", "verify", "gudermannian", "--write")
    run(copy, "sigmoids", "verify", "--backend", "toy", "--write")
    accuracy = re.search(r"docstring of gudermannian should say: (.*)", said)
    source = copy / "src/sigmoids/functions/gudermannian.py"
    source.write_text(source.read_text().replace("{accuracy}", accuracy[1]))
    tests = run(
        copy, "pytest", "tests", "-q", "--numprocesses=2", "-p", "no:cacheprovider",
        "-k", "(gudermannian or toy) and not test_recipes", "-m", "not slow",
    )  # fmt: skip
    assert int(re.search(r"(\d+) passed", tests)[1]) > 2000
