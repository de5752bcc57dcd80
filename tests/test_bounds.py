"""The table of the bounds: what it says is so, and the command that writes it."""

from __future__ import annotations

import re
from functools import partial
from pathlib import Path

import jax
import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

import cases
from sigmoids.accuracy import bounds, inputs, report, verify
from sigmoids.accuracy.bounds import CORRECTLY_ROUNDED, Bound, Key
from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.oracle import Oracle
from sigmoids.accuracy.sentence import sentence
from sigmoids.backends.jax import formula
from sigmoids.choice import DTYPES, Choice
from sigmoids.cli import app
from sigmoids.functions import FUNCTIONS, JOINT, RESULTS, SLICED_AT, parts
from test_process import run

BY_SPEC = {member.spec.name: member for member in cases.MEMBERS.values()}
PUBLIC = FUNCTIONS | JOINT
ROWS = [
    pytest.param(key, bound, id=" ".join(key))
    for key, bound in bounds.table().items()
    if key.function in BY_SPEC
]


# What the table says.


@pytest.mark.parametrize(("key", "bound"), ROWS)
def test_a_bound_is_that_of_its_witness(key, bound):
    member, kind = BY_SPEC[key.function], DTYPES[key.dtype].type
    x = kind(float.fromhex(bound.witness))
    assert float(x) == float.fromhex(bound.witness)
    found = [member.function(x, backend=key.backend, accuracy=key.accuracy)]
    if key.backend == "jax" and key.accuracy == "high":  # who computes depends on the platform
        spec = FUNCTIONS.get(key.function, member).spec
        with jax.enable_x64(True):
            inputs = [x, kind(SLICED_AT)][: len(spec.arguments)]
            found += jax.jit(partial(formula, spec))(*inputs)
    oracle, fmt = Oracle(member.spec), Format.of(kind)
    error = max(oracle.ulp_error(float(x), float(y), fmt) for y in found)
    assert error <= bound.ulp
    if key.accuracy == "high":  # the others depend on the exponential of NumPy or XLA
        assert error >= 0.95 * bound.ulp
        assert error == pytest.approx(bound.measured, abs=2.0**-7)  # the measure's own error


def test_every_row_is_of_something_and_holds_what_was_measured():
    hidden = {"sigmoid_second_derivative"}
    assert {key.function for key in bounds.table()} == set(BY_SPEC) | hidden
    for key, bound in bounds.table().items():
        assert key.backend in cases.BACKENDS
        assert key.dtype in DTYPES
        assert key.accuracy in cases.ACCURACIES
        assert bound.ulp > 0.5
        assert bound.measured <= bound.ulp, key
        assert bounds.with_margin(bound.measured) > 0.8 * bound.ulp, key
        # In "high" only float64 is not correctly rounded.
        assert key.accuracy == "fast" or key.dtype == "float64"


def test_the_file_is_as_the_command_would_write_it(table):
    before = table.read_bytes()
    assert bounds.write({}) == []
    assert table.read_bytes() == before


@pytest.mark.parametrize("name", PUBLIC)
def test_docstrings_say_what_is_declared_in_one_sentence(name):
    text = " ".join(PUBLIC[name].function.__doc__.split())
    assert f"**Accuracy**, in units in the last place (ulp): {sentence(*parts(name))}" in text
    assert not re.search("0x[0-9a-f]", text)


@pytest.mark.usefixtures("table")
def test_the_sentence_has_the_largest_bounds():
    says = sentence(FUNCTIONS["sigmoid"].spec)
    rows = bounds.of("sigmoid").items()
    for accuracy in cases.ACCURACIES:
        of_accuracy = [bound.ulp for key, bound in rows if key.accuracy == accuracy]
        assert f"{max(of_accuracy):g})" in says
    bounds.write(
        {Key("sigmoid", "numba", "float64", "high"): Bound.of(6.5, "0x1p0", flushes=False)}
    )
    assert "float64 results within 0.76 ulp (``numba``: 6.7);" in sentence(
        FUNCTIONS["sigmoid"].spec
    )


def test_the_readme_says_what_is_declared():
    text = " ".join((Path(__file__).parents[1] / "README.md").read_text().split())
    names = ("numpy", "numba", "jax")
    numpy, numba, jax = (bounds.bound("sigmoid", name, "float64", "high").ulp for name in names)
    assert f"float64 results are within {numpy} ulp, on Numba and JAX within {numba}." in text
    assert jax == numba


def described(docstring):
    """The parameters by their names, each with its type and description."""
    section = re.search(r"    Parameters\n    -+\n(.*?)\n\n", docstring, flags=re.DOTALL)[1]
    return {entry.split(" : ")[0]: entry for entry in re.split(r"^    (?! )", section, flags=re.M)}


def test_parameters_are_described_alike_and_nowhere_else():
    found = {name: described(member.function.__doc__) for name, member in PUBLIC.items()}
    assert len({one["backend"] for one in found.values()}) == 1
    assert len({one["accuracy"] for one in found.values()}) == 1
    assert len({one["out"] for name, one in found.items() if name in RESULTS}) == 1
    assert not any("as for :func:" in member.function.__doc__ for member in PUBLIC.values())


# What one measurement makes of a row.


@pytest.mark.parametrize(
    ("error", "bound"),
    [(0.4999, 0.51), (0.5079, 0.51), (0.7524, 0.76), (1.4, 1.42), (2.438, 2.5), (372.6, 381)],
)
def test_the_rule(error, bound):
    assert bounds.with_margin(error) == bound


def test_the_rule_leaves_a_margin_and_not_a_large_one():
    errors = np.exp(np.random.default_rng(0).uniform(np.log(0.4), np.log(1000), 2000))
    for error in errors.tolist():
        found = Bound.of(error, "0x1p0", flushes=False)
        assert error <= found.measured <= error * 1.001
        assert found.measured < found.ulp
        assert max(error, 0.5) + 0.02 * (error - 0.5) < found.ulp <= max(0.51, 1.08 * error)


@pytest.fixture
def table(tmp_path, monkeypatch):
    """A copy of the table, to be written."""
    file = tmp_path / "bounds.csv"
    file.write_bytes(bounds.FILE.read_bytes())
    monkeypatch.setattr(bounds, "FILE", file)
    yield file
    bounds.table.cache_clear()


KEY = Key("sigmoid", "numba", "float64", "high")
WITNESS = "0x1.0000000000000p+1"


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize(
    ("error", "ulp", "verb"),
    [(0.505, 0.51, ""), (0.5099, 0.51, ""), (0.5101, 0.52, "grew"), (3.0, 3.1, "grew")],
)
def test_a_bound_grows_only_where_it_is_exceeded(error, ulp, verb):
    assert bounds.bound(*KEY).ulp == 0.51
    others = {key: row for key, row in bounds.table().items() if key != KEY}
    (change,) = bounds.write({KEY: Bound.of(error, WITNESS, flushes=False)})
    assert (change.verb, change.before.ulp, change.after.ulp) == (verb, 0.51, ulp)
    assert bounds.bound(*KEY) == change.after == Bound(ulp, change.after.measured, WITNESS)
    assert {key: row for key, row in bounds.table().items() if key != KEY} == others


@pytest.mark.usefixtures("table")
def test_a_bound_shrinks_and_a_row_of_what_is_correctly_rounded_goes():
    key = Key("silu", "numpy", "float64", "fast")
    (change,) = bounds.write({key: Bound.of(3.2, WITNESS, flushes=False)})
    assert (change.verb, change.before.ulp, change.after.ulp) == ("shrank", 381, 3.3)
    (change,) = bounds.write({key: CORRECTLY_ROUNDED})
    assert change.verb == "shrank"
    assert key not in bounds.table()
    assert bounds.bound(*key) == CORRECTLY_ROUNDED


@pytest.mark.usefixtures("table")
def test_flushing_is_a_loss():
    key = Key("silu", "numba", "float32", "fast")
    (change,) = bounds.write({key: Bound.of(3.0, WITNESS, flushes=True)})
    assert (change.verb, change.after.flushes) == ("grew", True)
    assert bounds.bound(*key).flushes


def test_what_is_not_in_the_table_is_new_or_promised():
    assert bounds.declared(Key("gudermannian", "numba", "float64", "high")) is None
    assert bounds.declared(Key("sigmoid", "abacus", "float32", "fast")) is None
    for key in (
        Key("gudermannian", "numba", "float32", "high"),
        Key("sigmoid", "abacus", "bfloat16", "high"),
        Key("sigmoid", "numba", "float16", "fast"),
    ):
        assert bounds.declared(key) == CORRECTLY_ROUNDED
    assert bounds.bound("gudermannian", "numba", "float64", "high") == CORRECTLY_ROUNDED
    with pytest.raises(LookupError, match="`sigmoids verify gudermannian --write` measures"):
        bounds.of("gudermannian")


# The command.


@pytest.fixture
def verified(tmp_path, monkeypatch):
    """`sigmoids verify --write` with few float64 points: whether all holds, and what is said."""
    monkeypatch.setattr(verify, "POINTS", 2000)

    def run(name, backends=None, dtypes=None, accuracies=None, write=True):
        choice = Choice.of([name], backends, dtypes, accuracies)
        with (tmp_path / "text").open("w") as text:
            console = Console(file=text, width=400)
            holds = report.run(
                console, choice, exhaustive=False, others=False, json=None, write=write
            )
        return holds, (tmp_path / "text").read_text()

    return run


@pytest.mark.usefixtures("table")
@pytest.mark.parametrize("name", ["sigmoid", "sigmoid_and_derivative[1]"])
def test_writing_what_holds_loosens_nothing(verified, name):
    """The witnesses are among the inputs: a smaller sample finds what a larger one had found."""
    before = dict(bounds.table())
    holds, said = verified(name)
    assert holds
    assert "grew: " not in said
    assert "new: " not in said
    assert bounds.table().keys() == before.keys()
    for key, row in bounds.table().items():
        if key.function == RESULTS[name].spec.name:
            assert row.ulp <= before[key].ulp
            assert row.measured == pytest.approx(before[key].measured, rel=0.02)
        else:
            assert row == before[key]


def test_what_is_exceeded_is_reported_and_written(table, verified):
    text = table.read_text()
    line = next(line for line in text.splitlines() if line.startswith("tanh,numpy,float64,fast"))
    table.write_text(text.replace(line, "tanh,numpy,float64,fast,0.6,0.55,0x1p0,"))
    bounds.table.cache_clear()
    choice = ("tanh", ["numpy"], ["float64"], ["fast"])
    holds, said = verified(*choice, write=False)
    assert (holds, "1 declared bounds are exceeded" in said) == (False, True)
    assert bounds.bound("tanh", "numpy", "float64", "fast").ulp == 0.6
    holds, said = verified(*choice)
    assert (holds, "1 declared bounds are exceeded" in said) == (False, True)
    assert "grew: tanh numpy float64 fast: 0.6 ulp → 2." in said
    assert "1 rows of" in said
    holds, said = verified(*choice)
    assert (holds, "bounds are exceeded" in said) == (True, False)


def test_a_function_without_rows_gets_them(table, verified):
    lines = table.read_text().splitlines(keepends=True)
    table.write_text("".join(line for line in lines if not line.startswith("tanh,")))
    bounds.table.cache_clear()
    holds, said = verified("tanh", write=False)
    assert not holds
    assert 'Nothing is declared of tanh on jax yet: `sigmoids verify "tanh" --backend jax' in said
    assert "bounds are exceeded" not in said
    holds, said = verified("tanh")
    assert holds
    assert "new: tanh numba float64 high: nothing → 0.5" in said
    assert "The docstring of tanh should say: float16, bfloat16 and" in said
    keys = {tuple(line.split(",")[:4]) for line in lines} - {bounds.COLUMNS[:4]}
    assert bounds.table().keys() == keys
    flushing = {key[1:3] for key, row in bounds.of("tanh").items() if row.flushes}
    assert flushing == {("jax", "bfloat16"), ("jax", "float32")}


def test_a_mistake_is_no_bound(table, verified, monkeypatch):
    """Not even of a new backend."""

    def mistaken(x, **_options):
        return np.where(x > 3, np.nan, x)

    monkeypatch.setitem(RESULTS, "sigmoid", RESULTS["sigmoid"]._replace(function=mistaken))
    monkeypatch.setattr(verify.Row, "key", Key("sigmoid", "abacus", "float64", "fast"))
    before = table.read_text()
    holds, said = verified("sigmoid", ["numpy"], ["float64"], ["fast"])
    assert (holds, "1 declared bounds are exceeded" in said) == (False, True)
    assert table.read_text() == before


def test_a_table_that_cannot_be_written_is_noticed_before_the_work(verified, tmp_path, monkeypatch):
    monkeypatch.setattr(bounds, "FILE", tmp_path / "archive.zip" / "bounds.csv")
    monkeypatch.setattr(report, "_measure", None)
    with pytest.raises(OSError, match=r"cannot write .*bounds\.csv.*--write is for a checkout"):
        verified("sigmoid")


def sigmoids(*arguments):
    return CliRunner().invoke(app, ["verify", "tanh", "--backend", "numpy", *arguments])


def test_the_command_line(table, monkeypatch):
    options = ("--dtype", "float64", "--accuracy", "fast", "--write")
    monkeypatch.setattr(verify, "POINTS", 2000)
    assert sigmoids(*options).exit_code == 0
    table.write_text(re.sub("(?m)^(tanh,numpy,float64,fast),[^,]*", r"\1,0.6", table.read_text()))
    bounds.table.cache_clear()
    done = sigmoids(*options)
    assert done.exit_code == 1
    assert "grew: tanh numpy float64 fast: 0.6 ulp → 2." in done.stdout
    monkeypatch.setattr(bounds, "FILE", table / "bounds.csv")
    done = sigmoids(*options)
    assert done.exit_code == 2
    assert done.stderr.startswith("sigmoids: cannot write")
    assert len(done.stderr.splitlines()) == 1


def test_a_write_that_fails_leaves_the_table(table, monkeypatch):
    before = table.read_bytes()
    monkeypatch.setattr(bounds, "COLUMNS", ["\ud800"])  # cannot be encoded
    with pytest.raises(UnicodeEncodeError):
        bounds.write({})
    assert table.read_bytes() == before
    assert [path.name for path in table.parent.iterdir()] == [table.name]


def test_witnesses_are_tried(monkeypatch):
    monkeypatch.setattr(inputs, "dense_float32", lambda: np.zeros(3, np.float32))
    spec = FUNCTIONS["silu"].spec
    total, pieces = verify.chunks(spec, "float32", exhaustive=False)
    tried = np.concatenate(list(pieces)).tolist()
    assert len(tried) == total
    for key, bound in bounds.of("silu").items():
        if key.dtype == "float32":
            assert float.fromhex(bound.witness) in tried


def test_computing_reads_no_table():
    code = "import sigmoids, sys; sigmoids.sigmoid(1.0); print(*sys.modules)"
    assert not [name for name in run(code).stdout.split() if name.startswith("sigmoids.accuracy")]


def test_a_sample_does_not_show_that_all_is_correctly_rounded():
    def found(function, dtype, tried, accuracy="fast"):
        row = verify.Row(function, "numba", accuracy, dtype, CORRECTLY_ROUNDED, tried=tried)
        row.worst = row.but_flushed = verify.Worst(0.4999, WITNESS)
        return row.found().ulp

    assert found("tanh", "float64", 2**32) == 0.51
    assert found("tanh", "float32", 10**6) == 0.51
    assert found("tanh", "float32", 2**32) == 0.5
    assert found("tanh", "float32", 10**6, "high") == 0.5  # as is promised
    assert found("tanh", "float16", 2**16) == 0.5


@pytest.mark.parametrize(("least", "flushes"), [(2.0**-126, True), (2.0**-140, False)])
def test_flushing_is_told_from_other_losses(least, flushes):
    """All results below the normal numbers, or only the smallest, as NumPy's e^x loses some."""
    x = np.linspace(-110, 0, 5000).astype(np.float32)
    y = np.asarray(FUNCTIONS["sigmoid"].function(x))
    y[y < least] = 0

    def row(declared):
        candidate = verify.Candidate("numba", "fast", lambda _: y, declared)
        study = verify.Study("sigmoid", "float32", [candidate])
        return verify.run(study, [x], lambda _done: None)[0]

    assert not row(Bound(2.5)).holds
    assert row(Bound(2.5, flushes=True)).holds
    found = row(Bound(2.5)).found()
    assert found.flushes is flushes
    assert row(found).holds
    assert (found.ulp < 1) is flushes
