"""A good guest in a process: what an import loads, and a cache that cannot mislead."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from contextlib import contextmanager, suppress
from pathlib import Path

import pytest

import sigmoids

HEAVY = {"numba", "llvmlite", "jax", "torch", "scipy", "matplotlib", "mpmath", "ml_dtypes",
         "typer", "rich", "sklearn"}  # fmt: skip


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


VALUE = "import sigmoids as sg; print(sg.sigmoid(-40.0, backend='numba'))"
EXPECTED = "4.248354255291589e-18"


def test_compiled_code_is_cached_between_processes(tmp_path):
    environment = {"NUMBA_CACHE_DIR": str(tmp_path)}
    assert run(VALUE, **environment).stdout.strip() == EXPECTED
    files = {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nbc")}
    assert files
    assert run(VALUE, **environment).stdout.strip() == EXPECTED
    assert {path: path.stat().st_mtime_ns for path in tmp_path.rglob("*.nbc")} == files


@pytest.mark.parametrize("damage", [b"", b"\x80\x04garbage", None], ids=["empty", "bad", "cut"])
def test_damaged_cache(tmp_path, damage):
    environment = {"NUMBA_CACHE_DIR": str(tmp_path)}
    run(VALUE, **environment)
    for path in [*tmp_path.rglob("*.nbi"), *tmp_path.rglob("*.nbc")]:
        path.write_bytes(path.read_bytes()[:40] if damage is None else damage)
    done = run(VALUE, **environment)
    assert done.stdout.strip() == EXPECTED
    assert done.stderr.count("Warning") <= 1


def test_unusable_cache_folder(tmp_path):
    (tmp_path / "file").write_text("no folder")
    done = run(VALUE, NUMBA_CACHE_DIR=str(tmp_path / "file" / "cache"))
    assert done.stdout.strip() == EXPECTED
    assert done.stderr.count("Warning") <= 1


def test_an_edited_formula_is_compiled_anew(tmp_path):
    """The cache asks for all sources: Numba's own would look at the kernel's file alone."""
    package = tmp_path / "sigmoids"
    shutil.copytree(Path(sigmoids.__file__).parent, package, ignore=lambda *_: ["__pycache__"])
    environment = {"PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    code = "import sigmoids as sg; print(sg.__file__, sg.sigmoid(-40.0, backend='numba'))"
    place, value = run(code, **environment).stdout.split()
    assert (Path(place).parent, value) == (package, EXPECTED)
    formula = package / "functions" / "sigmoid.py"
    text = formula.read_text()
    assert "return p / (q + p)" in text
    formula.write_text(text.replace("return p / (q + p)", "return q / (q + p)"))
    assert run(code, **environment).stdout.split()[1] == "1.0"
