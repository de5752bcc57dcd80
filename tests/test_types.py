"""Type checkers infer what the functions return, and what is declared is what is there."""

from __future__ import annotations

import importlib.util
import inspect
import re
import subprocess
import sys
from pathlib import Path
from typing import get_args, get_origin

import numpy as np
import pytest
from numpy.typing import NDArray

import types_of_results
from sigmoids import signatures
from sigmoids.backends import registry
from sigmoids.functions import FUNCTIONS, JOINT

ROOT = Path(__file__).parent.parent
CASES = ROOT / "tests" / "types_of_results.py"


CHECKERS = {
    "mypy": ("mypy", "--no-incremental"),
    "basedpyright": ("basedpyright", "--level=error", "--pythonpath", sys.executable),
}


@pytest.mark.parametrize("checker", CHECKERS)
def test_the_types_of_results(checker, tmp_path):
    """A checker agrees with every line, and not with lines that are wrong."""
    if importlib.util.find_spec(checker) is None:
        pytest.skip(f"needs {checker}")
    wrong = tmp_path / "wrong.py"
    wrong.write_text(
        "import numpy as np\n"
        "from typing import assert_type\n"
        "import sigmoids as sg\n"
        "assert_type(sg.sigmoid(0.5), int)\n"
        "sg.sigmoid(0.5, backend='nunpy')\n"
        "sg.sigmoid(0.5, accuracy='exact')\n"
        "sg.use_accuracy('exact')\n"
        "sg.sigmoid(object())\n"
        "sg.sigmoid(0.5, 1.0)\n"
    )
    command = [sys.executable, "-m", *CHECKERS[checker], str(CASES), str(wrong)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    text = done.stdout + done.stderr
    assert done.returncode, text
    found = re.findall(r"(\w+\.py):(\d+)(?::\d+)?(?: -|:) error", text)
    assert set(found) == {("wrong.py", str(line)) for line in range(4, 10)}, text


def test_what_is_inferred_is_what_comes(monkeypatch):
    """The same lines, run."""
    checked = []

    def check(value, kind):
        if isinstance(kind, str):
            kind = eval(kind, {"NDArray": NDArray, "np": np})
        origin = get_origin(kind) or kind
        assert isinstance(value, origin)
        if issubclass(origin, np.ndarray):
            assert value.dtype == get_args(get_args(kind)[1])[0]
        checked.append(kind)

    monkeypatch.setattr(types_of_results, "assert_type", check)
    types_of_results.run()
    assert len(checked) > 30


def test_backends_have_their_names_in_the_type():
    assert get_args(registry.Backend) == tuple(registry.ROWS)


@pytest.mark.parametrize("name", FUNCTIONS | JOINT)
def test_the_declared_options_are_those_of_the_function(name):
    function, spec = (FUNCTIONS | JOINT)[name]
    parameters = inspect.signature(function).parameters
    assert tuple(parameters) == (*spec.arguments, *signatures.Options.__annotations__, "out")
    assert inspect.isfunction(function)
