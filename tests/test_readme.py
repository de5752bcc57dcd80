"""The README's code runs as printed, and the numbers beside it are what comes out."""

from __future__ import annotations

import re
from pathlib import Path

import pages

README = (Path(__file__).parents[1] / "README.md").read_text()


def test_code_runs_as_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    printed = list(pages.results(README))
    assert len(printed) == 6
    for said, value in printed:
        assert pages.agrees(said, value), (said, value)


def test_commands_are_those_that_ci_runs():
    script = (Path(__file__).parents[1] / ".ci" / "run").read_text()
    for end in ("sigmoids demo", "python -m pytest"):
        assert re.search(rf"^python -m pip install -e .*&& {end}$", README, flags=re.MULTILINE)
        assert f"readme_command '{end}'" in script
