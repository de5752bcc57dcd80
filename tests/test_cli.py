"""The command line, as a person uses it."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from contextlib import suppress
from importlib.metadata import version

import numpy as np
import pytest
from typer.testing import CliRunner

import sigmoids as sg
from conftest import forget_routes
from sigmoids.accuracy.bounds import bound
from sigmoids.backends import registry
from sigmoids.cli import app
from sigmoids.demo import family, report, study
from sigmoids.functions import RESULTS

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


def test_without_a_command_it_greets(tmp_path):
    done = sigmoids(cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout.startswith(f"sigmoids {sg.__version__}")
    for row in filter(registry.installed, registry.ROWS.values()):
        assert f"  {row.name:6} {version(row.requires)}\n" in done.stdout
    commands = re.findall(r"^  (sigmoids .*?)  ", done.stdout, re.MULTILINE)
    assert len(commands) == 3
    known = sigmoids("--help", cwd=tmp_path).stdout
    assert all(command.split()[1] in known for command in commands)


def test_version(tmp_path):
    done = sigmoids("--version", cwd=tmp_path)
    assert (done.returncode, done.stdout) == (0, f"sigmoids {sg.__version__}\n")


def test_greeting_what_is_missing(monkeypatch):
    monkeypatch.setattr(registry, "installed", lambda row: row.name != "torch")
    said = CliRunner().invoke(app).stdout
    assert '  torch  not installed: pip install "sigmoids[torch]"\n' in said


def test_info(tmp_path):
    done = sigmoids("info", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    for word in ("numpy", "numba", "jax", np.__version__, "processors", "compiled code is kept in"):
        assert word in done.stdout
    assert "nobody has chosen a backend" in done.stdout


@pytest.mark.parametrize(
    ("name", "status", "said"),
    [
        ("numpy", 0, "preferred: numpy, by SIGMOIDS_BACKEND"),
        ("tensorflow", 2, "SIGMOIDS_BACKEND: unknown backend 'tensorflow'"),
    ],
)
def test_info_says_who_computes(monkeypatch, name, status, said):
    monkeypatch.setenv("SIGMOIDS_BACKEND", name)
    forget_routes()
    done = CliRunner().invoke(app, ["info"])
    assert done.exit_code == status
    assert said in done.stdout


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


ANSWERS = {
    "sixel": {b"\x1b[c": b"\x1b[?62;4c"},
    "kitty": {b"\x1b_G": b"\x1b_Gi=1;OK\x1b\\"},
    "none": {},
}
"""What terminals say to the questions whether they can show pictures."""


@pytest.mark.skipif(sys.platform == "win32", reason="needs a pseudo-terminal")
@pytest.mark.parametrize("terminal", ANSWERS)
def test_plot_in_a_terminal(tmp_path, terminal):
    pytest.importorskip("textual_image")
    import pty
    import termios

    mine, its = pty.openpty()
    termios.tcsetwinsize(its, (40, 120))
    command = [sys.executable, "-m", "sigmoids", "plot", "tanh"]
    with subprocess.Popen(command, cwd=tmp_path, stdin=its, stdout=its, stderr=its) as running:
        os.close(its)
        seen, answered = b"", 0
        with suppress(OSError):  # it has closed the terminal
            while data := os.read(mine, 4096):
                seen += data
                for question, answer in ANSWERS[terminal].items():
                    if not answered and question in seen:
                        answered = os.write(mine, answer)
    os.close(mine)
    assert running.returncode == 0, seen
    assert (b"\x1bP" in seen) == (terminal == "sixel")
    assert ("\U0010eeee".encode() in seen) == (terminal == "kitty")
    assert (tmp_path / "sigmoid.png").exists() == (terminal == "none")


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
    rows = [line for line in done.stdout.splitlines() if line.startswith("│ ")]
    rows = rows[-2 * len(sg.backends()) :]
    assert sum("the reference" in row for row in rows) == 2
    others = [row for row in rows if "the reference" not in row]
    assert all("every bit" in row for row in others if "float32" in row or "numpy" not in row)
    promised = bound("sigmoid", "numpy", "float64", "high").ulp
    assert f"numpy within the promised {promised:g} ulp. float32: the same bits from" in done.stdout
    assert (tmp_path / "demo.png").read_bytes().startswith(PNG)


def test_demo_of_the_whole_family(monkeypatch):
    monkeypatch.setattr(family, "POINTS", 201)
    few = {name: RESULTS[name] for name in ("sigmoid", "logit")}
    monkeypatch.setattr(family, "RESULTS", few)
    found = list(family.differences())
    others = len(family.installed()) - 1
    assert len(found) == 2 * others * len(few)
    assert all(d.agrees and d.compared == 201 for d in found)
    assert {str(d) for d in found if d.dtype == "float32"} == {"every bit"}


def test_demo_fails_when_backends_disagree(tmp_path, monkeypatch):
    from rich.console import Console

    honest = sg.sigmoid

    def drifting(x, **options):
        y = honest(x, **options)
        return np.nextafter(y, 1) if options.get("backend") == "jax" else y

    monkeypatch.setattr(study.sg, "sigmoid", drifting)
    sigmoid = RESULTS["sigmoid"]._replace(function=drifting)
    monkeypatch.setitem(RESULTS, "sigmoid", sigmoid)
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
