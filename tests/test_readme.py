"""The README's code runs as printed, and the numbers beside it are what comes out."""

from __future__ import annotations

import re
from pathlib import Path

import numpy as np

README = (Path(__file__).parents[1] / "README.md").read_text()
NUMBER = re.compile(r"^(?P<code>\S.*?)\s+# (?P<value>-?\d[\d.e+-]*)$")


def test_code_runs_as_printed(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    scope = {}
    blocks = re.findall(r"```python\n(.*?)```", README, flags=re.DOTALL)
    assert blocks
    checked = 0
    for block in blocks:
        exec(block, scope)  # the README's own text
        for line in block.splitlines():
            if match := NUMBER.match(line):
                value = eval(match["code"], scope)
                assert np.float32(value) == np.float32(match["value"])
                checked += 1
    assert checked == 2


def test_commands_are_those_that_ci_runs():
    script = (Path(__file__).parents[1] / ".ci" / "run").read_text()
    for end in ("sigmoids demo", "python -m pytest"):
        assert re.search(rf"^python -m pip install -e .*&& {end}$", README, flags=re.MULTILINE)
        assert f"readme_command '{end}'" in script
