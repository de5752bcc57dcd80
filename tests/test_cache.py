"""Machine code on disk: it belongs to what is imported, and no state of it ends in an error."""

from __future__ import annotations

import compileall
import pickle
import shutil
import sys
import textwrap
import zipfile
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

import cases
import sigmoids
from sigmoids.arithmetic import exponential, formats
from sigmoids.arithmetic.numbers import Numbers
from sigmoids.arithmetic.pairs import FusedPairs, Pair
from sigmoids.backends.numba import kernels
from sigmoids.backends.numba.fingerprint import fingerprint
from sigmoids.backends.numba.numbers import NumbaNumbers, Value
from sigmoids.functions import FUNCTIONS
from test_process import run

CALL = "float(sg.sigmoid(np.float32(-40), backend='numba', accuracy='fast'))"
"""What takes the least time to compile."""

VALUE = f"import numpy as np, sigmoids as sg; print({CALL})"
EXPECTED = "4.248354544728966e-18"
EDITED = "1.0"
"""What it is with the formula that :func:`edit` writes."""


def files(folder):
    return {path: path.stat().st_mtime_ns for path in folder.rglob("*.machine-code")}


def edit(source):
    text = source.read_text()
    assert "return p / s" in text
    source.write_text(text.replace("return p / s", "return (s - p) / s"))


def copied(folder):
    package = folder / "sigmoids"
    made = shutil.ignore_patterns("*.machine-code")
    shutil.copytree(Path(sigmoids.__file__).parent, package, ignore=made)
    return package


def test_compiled_code_is_cached_between_processes(tmp_path):
    environment = {"NUMBA_CACHE_DIR": str(tmp_path)}
    assert run(VALUE, **environment).stdout.strip() == EXPECTED
    before = files(tmp_path)
    assert before
    for seed in ("1", "2"):  # of the hashes that sets are ordered by
        assert run(VALUE, PYTHONHASHSEED=seed, **environment).stdout.strip() == EXPECTED
    assert files(tmp_path) == before


FINGERPRINTS = """
import ml_dtypes, numpy as np, sigmoids as sg
from sigmoids.backends.numba import kernels
from sigmoids.functions import FUNCTIONS, JOINT
def noted(function, *_):
    print(*function.__qualname__.rsplit('_', 1))
    raise KeyError
kernels.compile_callback = noted
{before}
for dtype in map(np.dtype, (ml_dtypes.float8_e4m3fn, np.float16)):
    for member in (FUNCTIONS["sigmoid"], JOINT["sigmoid_and_derivative"]):
        try: kernels.segment(member.spec, dtype, "high")
        except KeyError: pass
for member in (FUNCTIONS | JOINT).values():
    for dtype in map(np.dtype, (np.float32, np.float64)):
        for accuracy in ("high", "fast"):
            for make in (lambda: kernels.segment(member.spec, dtype, accuracy),
                         lambda: kernels.ufunc(member.spec, dtype, accuracy)):
                try: make()
                except KeyError: pass
"""


def test_a_fingerprint_is_the_same_in_every_process_and_no_other_function_has_it():
    fresh = run(FINGERPRINTS.format(before=""), PYTHONHASHSEED="1").stdout
    used = (
        "sg.sigmoid(np.ones(10**6), backend='numpy'); sg.set_num_threads(3); import sigmoids.njit"
    )
    assert run(FINGERPRINTS.format(before=used), PYTHONHASHSEED="2").stdout == fresh
    names, found = zip(*map(str.split, fresh.splitlines()), strict=True)
    assert len(set(names)) == len(names)
    assert len(set(found)) == len(found)


def test_a_fingerprint_sees_whatever_is_compiled():
    def made(constant, helper):
        def outer(x):
            return helper(x) + constant

        return outer

    found = {
        fingerprint(function)
        for function in (
            made(1.0, np.sin),
            made(2.0, np.sin),
            made(1.0, np.cos),
            made(1.0, lambda x: x + 1),
            made(1.0, lambda x: x + 2),
            made(np.arange(3), np.sin),
            made(np.arange(1, 4), np.sin),
            made((1.0, np.float32(1)), np.sin),
            made((1.0, np.float64(1)), np.sin),
            lambda x, y=1: x + y,
            lambda x, y=2: x + y,
        )
    }
    assert len(found) == 11
    assert fingerprint(made(1.0, np.sin)) == fingerprint(made(1.0, np.sin))


@pytest.mark.parametrize(
    ("place", "name", "change"),
    [
        (exponential, "HIGHEST", 61.0),
        (exponential, "_in_pairs", lambda _base, z: z),
        (formats, "PAIRS_MODERATE", replace(formats.PAIRS_MODERATE, exponential=(1.0,))),
        (Numbers, "series", lambda _self, _coefficients, w: w),
        (Pair, "__mul__", lambda a, _b: a),
        (Pair, "nearest", property(lambda pair: pair.hi)),
        (FusedPairs, "whole", lambda _self, pair: pair.lo),
        (NumbaNumbers, "fma", lambda _self, a, b, c: a * b + c),
        (Value, "__add__", lambda a, b: a - b),
    ],
)
def test_a_fingerprint_sees_what_makes_code_of_a_formula(monkeypatch, place, name, change):
    def kernels_of_tanh():
        return fingerprint(kernels._kernels(FUNCTIONS["tanh"].spec, np.dtype(float), "high"))

    before = kernels_of_tanh()
    monkeypatch.setattr(place, name, change)
    assert kernels_of_tanh() != before


EXHAUSTIVE = pytest.mark.exhaustive

DAMAGES = {
    "empty": b"",
    "garbage": b"garbage\n",
    "a function's name": b"cos\nsystem_\n.",
    "a newer pickle": b"\x80\x09N.",
    "a missing module": b"cnumba.foo\nbar\n.",
    "no text": b"\x8c\x02\xff\xfe.",
    "another object": pickle.dumps({"a": 1}),
}


@pytest.fixture(scope="module")
def filled(tmp_path_factory):
    folder = tmp_path_factory.mktemp("cache")
    run(VALUE, NUMBA_CACHE_DIR=str(folder))
    return folder


def a_copy(filled, tmp_path):
    shutil.copytree(filled, tmp_path / "cache")
    (path,) = files(tmp_path)
    return path, {"NUMBA_CACHE_DIR": str(tmp_path / "cache")}


def is_right_with_one_warning(environment, about):
    done = run(VALUE, **environment)
    assert done.stdout.strip() == EXPECTED
    assert done.stderr.count("Warning") == 1, done.stderr
    assert about in done.stderr


@pytest.mark.parametrize(
    "damage",
    [
        pytest.param(name, marks=() if name == "a missing module" else EXHAUSTIVE)
        for name in DAMAGES
    ],
)
def test_damaged_files(filled, tmp_path, damage):
    path, environment = a_copy(filled, tmp_path)
    path.write_bytes(DAMAGES[damage])
    is_right_with_one_warning(environment, "damaged")
    done = run(VALUE, **environment)  # the file was written anew
    assert (done.stdout.strip(), done.stderr) == (EXPECTED, "")


@pytest.mark.parametrize("seed", [0, *(pytest.param(n, marks=EXHAUSTIVE) for n in (1, 2)), 3])
def test_damaged_machine_code_is_not_run(filled, tmp_path, seed):
    path, environment = a_copy(filled, tmp_path)
    whole = bytearray(path.read_bytes())
    draw = np.random.default_rng(seed)
    for place in draw.integers(len(whole), size=1 if seed else 64):
        whole[place] ^= 1 << draw.integers(8)
    path.write_bytes(whole if seed < 3 else whole[: len(whole) // 2])
    is_right_with_one_warning(environment, "damaged")


def test_a_whole_file_of_what_cannot_be_read(filled, tmp_path):
    """Its digest is right: Numba's private parts have changed."""
    import hashlib

    path, environment = a_copy(filled, tmp_path)
    payload = pickle.dumps(("nothing", "that", "Numba", "knows"))
    path.write_bytes(hashlib.sha256(payload).digest() + payload)
    is_right_with_one_warning(environment, "compiled without the cache")


CHANGED = {
    "no _reduce": "del numba.core.compiler.CompileResult._reduce",
    "no _rebuild": "del numba.core.compiler.CompileResult._rebuild",
    "no magic_tuple": "del numba.core.codegen.CPUCodegen.magic_tuple",
    "no attribute _cache": """
import numba.core.ccallback
class Sealed(numba.core.ccallback.CFunc):
    def __setattr__(self, name, value):
        assert name != "_cache" or type(value) is numba.core.caching.NullCache
        super().__setattr__(name, value)
numba.core.ccallback.CFunc = Sealed""",
}


@pytest.mark.parametrize("change", cases.sampled(CHANGED, ["no _reduce", "no attribute _cache"]))
def test_changes_of_private_parts(filled, tmp_path, change):
    _, environment = a_copy(filled, tmp_path)
    code = f"import numba, numba.core.codegen, numba.core.compiler\n{CHANGED[change]}\n{VALUE}"
    done = run(
        f"{code}; print(sg.tanh(np.float32(0), backend='numba', accuracy='fast'))\n"
        "from sigmoids.backends import registry; print(registry.load('numba').problem())",
        **environment,
    )
    value, zero, problem = done.stdout.splitlines()
    assert (value, zero) == (EXPECTED, "0.0")
    assert problem.startswith("compiled without the cache on disk (")
    assert done.stderr.count("Warning") == 1, done.stderr


def test_where_numba_cannot_compile_numpy_does():
    code = """
import numpy as np, sigmoids as sg
from sigmoids.backends.numba import kernels
def broken(*_): raise AttributeError("moved in this version")
kernels.compile_callback = broken
for size in (1, 1000, 10**6):
    x = np.linspace(-5, 5, size)
    assert (sg.sigmoid(x, backend="numba") == sg.sigmoid(x, backend="numpy")).all()
    assert (sg.sigmoid(x.copy(), out=x) == x).all()
from sigmoids.backends import registry
print(registry.load("numba").problem())
print(sg.tanh(0.0))
"""
    done = run(code)
    problem, zero = done.stdout.splitlines()
    assert "moved in this version" in problem
    assert zero == "0.0"
    assert done.stderr.count("Warning") == 1, done.stderr
    assert "NumPy computes what Numba cannot compile" in done.stderr


@pytest.mark.parametrize("stage", ["cache", "numba"])
def test_where_warnings_are_errors_the_next_call_works(tmp_path, stage):
    (tmp_path / "file").write_text("no folder")
    code = {
        "cache": "",
        "numba": """
from sigmoids.backends.numba import kernels
def broken(*_): raise AttributeError
kernels.compile_callback = broken
""",
    }[stage]
    done = run(
        f"""
import warnings, sigmoids as sg
warnings.simplefilter("error", RuntimeWarning)
sg.set_default_accuracy("fast")  # what takes the least time to compile
{code}
try:
    sg.sigmoid(-40.0)
except RuntimeWarning as warning:
    print("raised once")
print(sg.sigmoid(-40.0))
print(sg.sigmoid([-40.0] * 300)[0], sg.tanh(0.0), sg.silu(0.0))
""",
        NUMBA_CACHE_DIR=str(tmp_path / "file" / "cache"),
    )
    first, value, others = done.stdout.splitlines()
    assert first == "raised once"
    assert abs(float(value) / 4.248354255291589e-18 - 1) < 1e-15
    assert others.split()[1:] == ["0.0", "0.0"]


def test_a_folder_that_disappears(tmp_path):
    code = f"""
import shutil, numpy as np, sigmoids as sg
print({CALL})
shutil.rmtree({str(tmp_path)!r})
print(sg.tanh(np.float32(0), accuracy="fast"))
"""
    done = run(code, NUMBA_CACHE_DIR=str(tmp_path))
    assert done.stdout.split() == [EXPECTED, "0.0"]
    assert done.stderr.count("Warning") == 1, done.stderr


@pytest.mark.skipif(sys.platform == "win32", reason="folders have no such permissions")
def test_the_users_own_folder_serves_where_the_package_is_read_only(tmp_path):
    """As root may write anywhere, the package's folder for caches is a file here."""
    package = copied(tmp_path)
    folder = package / "backends" / "numba" / "__pycache__"
    shutil.rmtree(folder, ignore_errors=True)
    folder.write_text("no folder")
    environment = {"PYTHONPATH": str(tmp_path), "PYTHONDONTWRITEBYTECODE": "1"}
    home = tmp_path / "home"
    run(VALUE, **environment, NUMBA_CACHE_DIR="", XDG_CACHE_HOME=str(home))
    assert len(files(home)) == 1


def test_old_files_are_not_kept_forever(filled, tmp_path):
    path, environment = a_copy(filled, tmp_path)
    name = path.name.partition("-")[0].rpartition("_")[0]
    for number in range(20):
        old = path.with_name(f"{name}_{number:024}-{number:024}.machine-code")
        old.write_bytes(b"old")
    path.unlink()
    run(VALUE, **environment)
    assert path in files(tmp_path)
    assert len(files(tmp_path)) == 8


# What is compiled belongs to what is imported.


def test_an_edited_formula(tmp_path):
    package = copied(tmp_path)
    environment = {"PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    code = f"import numpy as np, sigmoids as sg; print(sg.__file__, {CALL})"
    place, value = run(code, **environment).stdout.split()
    assert (Path(place).parent, value) == (package, EXPECTED)
    edit(package / "functions" / "sigmoid.py")
    assert run(code, **environment).stdout.split()[1] == EDITED


def test_a_formula_that_is_edited_after_its_import(tmp_path):
    """What the process has imported is what it compiles, and what it keeps that under."""
    package = copied(tmp_path)
    environment = {"PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    formula = package / "functions" / "sigmoid.py"
    code = f"""
import numpy as np, pathlib, sigmoids as sg
path = pathlib.Path({str(formula)!r})
path.write_text(path.read_text().replace("return p / s", "return (s - p) / s"))
print({CALL})
"""
    assert run(code, **environment).stdout.strip() == EXPECTED
    assert run(VALUE, **environment).stdout.strip() == EDITED


def zipped(folder, archive):
    with zipfile.ZipFile(archive, "w") as file:
        for path in sorted(folder.rglob("*")):
            file.write(path, path.relative_to(folder.parent))


@pytest.mark.parametrize(
    "sources",
    [
        pytest.param(True, id="sources"),
        pytest.param(False, id="compiled modules", marks=EXHAUSTIVE),
    ],
)
def test_a_zip_that_is_built_anew(tmp_path, sources):
    package, archive = copied(tmp_path / "build"), tmp_path / "package.zip"
    environment = {"PYTHONPATH": str(archive), "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    formula = package / "functions" / "sigmoid.py"
    for expected in (EXPECTED, EXPECTED, EDITED):
        if expected == EDITED:
            edit(formula)
        built = tmp_path / "built" / "sigmoids"
        shutil.copytree(package, built)
        if not sources:
            compileall.compile_dir(built, quiet=1, legacy=True)
            for path in built.rglob("*.py"):
                path.unlink()
        zipped(built, archive)
        shutil.rmtree(built)
        done = run(f"import sigmoids; print(sigmoids.__file__); {VALUE}", **environment)
        place, value = done.stdout.split()
        assert place.startswith(str(archive))
        assert value == expected
    assert len(files(tmp_path / "cache")) == 2


def test_modules_without_their_sources(tmp_path):
    package = copied(tmp_path)
    source = (package / "functions" / "sigmoid.py").read_text()
    environment = {"PYTHONPATH": str(tmp_path), "NUMBA_CACHE_DIR": str(tmp_path / "cache")}
    compileall.compile_dir(package, quiet=1, legacy=True)
    for path in package.rglob("*.py"):
        path.unlink()
    assert run(VALUE, **environment).stdout.strip() == EXPECTED
    formula = package / "functions" / "sigmoid.py"
    formula.write_text(source)
    edit(formula)
    compileall.compile_file(formula, quiet=1, legacy=True, force=True)
    formula.unlink()
    assert run(VALUE, **environment).stdout.strip() == EDITED


def test_a_formula_beside_the_package(tmp_path):
    """A new function in a script that follows the recipe, or in a notebook."""
    script = textwrap.dedent("""
        import math
        import numpy as np
        from dataclasses import replace
        from sigmoids.backends import registry
        from sigmoids.functions import sigmoid
        FACTOR = {factor}
        def formula(xp, x):
            p, q, _ = xp.exp_ratio(x)
            return {result}
        spec = replace(sigmoid.SPEC, formula=formula)
        evaluate = registry.load("numba").bind(spec, np.dtype("f4"), "fast")
        print(evaluate((np.zeros(1000, "f4"),), None)[0][0])
    """)
    environment = {"NUMBA_CACHE_DIR": str(tmp_path)}
    for factor, result, expected in (
        (1.0, "FACTOR * p / (q + p)", "0.5"),
        (1.0, "FACTOR * p / q", "1.0"),
        (3.0, "FACTOR * p / q", "3.0"),
        (1.0, "FACTOR * p / (q + p)", "0.5"),
    ):
        code = script.format(factor=factor, result=result)
        assert run(code, **environment).stdout.strip() == expected
    of_functions = [path for path in files(tmp_path) if path.name.startswith("sigmoid_")]
    assert len(of_functions) == 3


def test_two_formulas_of_one_name_in_one_process():
    """Machine code is found by its name, which says what it was made from."""
    from dataclasses import replace

    spec = FUNCTIONS["sigmoid"].spec

    def other(xp, x):
        p, q, _ = xp.exp_ratio(x)
        return q / (q + p)

    x = np.full(4, 3.0, np.float32)
    mine = kernels.ufunc(spec, x.dtype, "fast")
    theirs = kernels.ufunc(replace(spec, formula=other), x.dtype, "fast")
    np.testing.assert_allclose(mine(x), 0.95257413, rtol=1e-6)
    np.testing.assert_allclose(theirs(x), 0.04742587, rtol=1e-6)
