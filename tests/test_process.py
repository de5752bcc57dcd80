"""A good guest in a process: what an import loads."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

HEAVY = {"numba", "llvmlite", "jax", "torch", "scipy", "matplotlib", "mpmath", "ml_dtypes",
         "typer", "rich", "sklearn"}  # fmt: skip


def run(code, **environment):
    done = subprocess.run(
        [sys.executable, "-W", "default", "-c", code],
        env={**os.environ, **environment},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.parametrize("call", ["pass", "sg.sigmoid(0.5, backend='numpy')"])
def test_import_loads_numpy_and_nothing_else_heavy(call):
    code = f"import sys, sigmoids as sg; {call}; print(*sorted({HEAVY!r} & sys.modules.keys()))"
    assert run(code).stdout.split() == []


def test_import_reads_few_modules_of_its_own():
    code = (
        "import sys, numpy; before = set(sys.modules); import sigmoids;"
        "print(*(m for m in set(sys.modules) - before if not m.startswith('sigmoids')))"
    )
    assert len(run(code).stdout.split()) < 10


def test_the_environment_chooses():
    code = "import sys, sigmoids as sg; sg.sigmoid(1.0); print('numba' in sys.modules)"
    assert run(code, SIGMOIDS_BACKEND="numpy").stdout.strip() == "False"
    assert run(code, SIGMOIDS_BACKEND="numba").stdout.strip() == "True"
