"""A good guest in a process: what an import loads."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress

import pytest

HEAVY = {"numba", "llvmlite", "jax", "torch", "scipy", "matplotlib", "mpmath", "ml_dtypes",
         "typer", "rich", "sklearn", "pandas", "polars", "pyarrow", "xarray", "dask"}  # fmt: skip


def end(child):
    """Kill a process that leads a group, and the processes that it has started."""
    if hasattr(os, "killpg"):
        with suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
    else:
        child.kill()


@contextmanager
def started(*arguments, seconds=120, **environment):
    """A Python process with a group of its own, of which nothing is left at the end."""
    child = subprocess.Popen(
        [sys.executable, *arguments],
        env={**os.environ, **environment},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    timer = threading.Timer(seconds, end, [child])
    timer.start()
    with child:
        try:
            yield child
        finally:
            timer.cancel()
            end(child)


def run(code, **environment):
    """What a process said that executes the code, and does so without an error."""
    with started("-W", "default", "-c", code, **environment) as child:
        out, complaint = child.communicate()
    assert child.returncode == 0, complaint
    return subprocess.CompletedProcess(child.args, child.returncode, out, complaint)


@pytest.mark.parametrize("call", ["pass", "sg.sigmoid(0.5, backend='numpy')"])
def test_import_loads_numpy_and_nothing_else_heavy(call):
    code = f"import sys, sigmoids as sg; {call}; print(*sorted({HEAVY!r} & sys.modules.keys()))"
    assert run(code).stdout.split() == []


def test_import_reads_few_modules_of_its_own():
    """Beside ``inspect`` with its dozen others, which newer versions of NumPy import themselves."""
    code = (
        "import sys, inspect, numpy; before = set(sys.modules); import sigmoids;"
        "print(*(m for m in set(sys.modules) - before if not m.startswith('sigmoids')))"
    )
    assert len(run(code).stdout.split()) < 10


def test_the_environment_chooses():
    code = "import sys, sigmoids as sg; sg.sigmoid(1.0); print('numba' in sys.modules)"
    assert run(code, SIGMOIDS_BACKEND="numpy").stdout.strip() == "False"
    assert run(code, SIGMOIDS_BACKEND="numba").stdout.strip() == "True"
