"""The command line, as a person uses it."""

from __future__ import annotations

import os
import subprocess
import sys

import numpy as np
import pytest

import sigmoids as sg
from sigmoids.demo import report, study

PNG = b"\x89PNG\r\n\x1a\n"


def sigmoids(*arguments, cwd, **environment):
    return subprocess.run(
        [sys.executable, "-m", "sigmoids", *arguments],
        cwd=cwd,
        env={**os.environ, "COLUMNS": "140", **environment},
        capture_output=True,
        text=True,
        timeout=180,
        check=False,
    )


def test_info(tmp_path):
    done = sigmoids("info", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for word in ("numpy", "numba", "jax", np.__version__, "processors", "compiled code is kept in"):
        assert word in done.stdout


def test_info_says_who_computes(tmp_path):
    assert "nobody has chosen a backend" in sigmoids("info", cwd=tmp_path).stdout
    done = sigmoids("info", cwd=tmp_path, SIGMOIDS_BACKEND="numpy")
    assert (done.returncode, "preferred: numpy, by SIGMOIDS_BACKEND" in done.stdout) == (0, True)
    done = sigmoids("info", cwd=tmp_path, SIGMOIDS_BACKEND="tensorflow")
    assert done.returncode == 2
    assert "SIGMOIDS_BACKEND: unknown backend 'tensorflow'" in done.stdout


def test_info_without_a_cache_folder(tmp_path):
    (tmp_path / "file").write_text("no folder")
    cache = str(tmp_path / "file" / "cache")
    done = sigmoids("info", cwd=tmp_path, NUMBA_CACHE_DIR=cache)
    assert done.returncode == 0, done.stderr
    assert "compiled code is kept in" in done.stdout


@pytest.mark.parametrize("name", ["figure.png", "figure.svg"])
def test_plot(tmp_path, name):
    done = sigmoids("plot", "sigmoid", "sigmoid_derivative", "-o", name, cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    start = (tmp_path / name).read_bytes()
    assert start.startswith(PNG) if name.endswith("png") else b"<svg" in start


def test_plot_of_the_whole_family(tmp_path):
    done = sigmoids("plot", "--sheet", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    assert (tmp_path / "family.png").read_bytes().startswith(PNG)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["plot", "sigmoidal"], "unknown function 'sigmoidal'"),
        (["plot", "--sheet", "tanh"], "--sheet draws the whole family"),
        (["plot", "-o", "figure.bmp"], "the file's suffix must be .png or .svg"),
        (["plot", "-o", "missing/figure.png"], "missing/figure.png"),
        (["demo", "-o", "missing/figure.png"], "there is no folder"),
    ],
)
def test_mistakes_are_answered_in_one_line(tmp_path, arguments, message):
    done = sigmoids(*arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_demo(tmp_path):
    done = sigmoids("demo", "-o", "demo.png", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    rows = [line for line in done.stdout.splitlines() if "float32" in line or "float64" in line]
    assert len(rows) == 2 * len(sg.backends())
    assert all("every bit" in row for row in rows if "float32" in row and "numpy" not in row)
    assert "agree within the contract" in done.stdout
    assert (tmp_path / "demo.png").read_bytes().startswith(PNG)


def test_demo_fails_when_backends_disagree(tmp_path, monkeypatch):
    from rich.console import Console

    honest = sg.sigmoid

    def drifting(x, **options):
        y = honest(x, **options)
        return np.nextafter(y, 1) if options.get("backend") == "jax" else y

    monkeypatch.setattr(study.sg, "sigmoid", drifting)
    with (tmp_path / "text").open("w") as text:
        assert not report.run(Console(file=text, width=140), tmp_path / "demo.png")
    assert "disagree beyond the contract" in (tmp_path / "text").read_text()


@pytest.mark.parametrize("missing", ["typer", "rich"])
def test_without_the_extra_it_says_what_to_install(tmp_path, missing):
    (tmp_path / f"{missing}.py").write_text("raise ImportError")
    done = sigmoids("info", cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 1
    assert done.stderr.strip() == (
        'the command line needs typer and rich: pip install "sigmoids[cli]"'
    )


@pytest.mark.parametrize(("command", "missing"), [("plot", "matplotlib"), ("demo", "sklearn")])
def test_commands_say_what_to_install(tmp_path, command, missing):
    (tmp_path / f"{missing}.py").write_text(f"raise ImportError(name={missing!r})")
    done = sigmoids(command, cwd=tmp_path, PYTHONPATH=str(tmp_path))
    assert done.returncode == 2
    extra = {"plot": "plot", "demo": "demo"}[command]
    assert f'pip install "sigmoids[{extra}]"' in done.stderr
