"""The benchmark harness: fair, and right about what it times."""

from __future__ import annotations

import importlib.util
import os
from contextlib import contextmanager
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from rich.console import Console

from sigmoids.bench import cases, comparison, report
from sigmoids.bench.contenders import FUNCTION_NAMES, Contender, everyone, limits
from sigmoids.bench.first_call import measure, peak_memory
from sigmoids.bench.inspection import WrongResultError, check
from sigmoids.bench.results import Case, Results, Timing, fastest
from sigmoids.bench.run import FULL, QUICK, Plan, Run
from sigmoids.bench.timing import ROUNDS, interleaved
from sigmoids.choice import DTYPES, Choice, usable_backends
from sigmoids.peers import LIBRARIES, libraries, plain_peers
from sigmoids.peers.peer import Prepared, as_arrays
from test_cli import sigmoids


def timing(contender, seconds, *, kind="ours", size=1000, dtype="float32", accuracy=None):
    accuracy = ("high" if kind == "ours" else "") if accuracy is None else accuracy
    library = {"ours": "sigmoids", "peer": contender, "limit": "numpy"}[kind]
    case = Case("sigmoid", dtype, size)
    moved = 2 * size * DTYPES[dtype].itemsize
    return Timing(case, contender, library, kind, accuracy, moved, tuple(seconds))


def results(*timings, **machine):
    return Results(machine, list(timings), [], [])


@pytest.mark.parametrize(
    ("text", "sizes"),
    [
        ("1:1e7", tuple(10**n for n in range(8))),
        ("5:2000", (5, 10, 100, 1000, 2000)),
        ("7", (7,)),
        ("1e3,4,250", (1000, 4, 250)),
    ],
)
def test_sizes(text, sizes):
    assert cases.sizes(text) == sizes


@pytest.mark.parametrize("text", ["", "many", "0", "1:0", "-5", "1.5", "1e10", "1:2:3", "100:1"])
def test_sizes_that_are_none(text):
    with pytest.raises(ValueError, match=r"size|large to small"):
        cases.sizes(text)


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", FUNCTION_NAMES)
def test_everyone_computes_the_function(function, dtype):
    inputs = cases.inputs(function, dtype, 1000)
    found = everyone(function, dtype, usable_backends(), ("high", "fast"), peers=True)
    for contender in found:
        check(function, contender.prepare(*inputs), inputs)
    names = [contender.name for contender in found]
    assert len(set(names)) == len(names)
    installed = {library for library in LIBRARIES if importlib.util.find_spec(library)}
    has_it = {
        library.name
        for library in libraries()
        if dtype in library.dtypes and function in library.peers
    }
    assert {c.library for c in found if c.kind == "peer"} == has_it & installed


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_plain_call_comes_first(library):
    pytest.importorskip(library)
    (peer,) = (peer for peer in plain_peers("sigmoid", "float32") if peer.library == library)
    x = np.linspace(-5, 5, 11, dtype=np.float32)
    np.testing.assert_allclose(peer(x), 1 / (1 + np.exp(-x)), rtol=1e-6)


def test_calls_do_not_change_their_input():
    for function in FUNCTION_NAMES:
        arrays = cases.inputs(function, "float32", 1000)
        before = [x.copy() for x in arrays]
        for contender in everyone(function, "float32", ("numpy", "numba"), ("high",), peers=True):
            contender.prepare(*arrays).result()
            np.testing.assert_array_equal(arrays, before, err_msg=contender.name)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("size", [10, 2**17 + 1])
def test_limits_copy_everything(size, threads):
    (x,) = cases.inputs("sigmoid", "float64", size)
    found = limits(size, threads)
    assert len(found) == (2 if threads == 2 and size > 10 else 1)
    for limit in found:
        (copied,) = limit.prepare(x).result()
        np.testing.assert_array_equal(copied, x)
        assert not np.shares_memory(copied, x)


@pytest.mark.parametrize(
    ("wrong", "message"),
    [
        (lambda x: (1 / (1 + np.exp(x)),), "returns .* for"),
        (lambda x: (np.zeros_like(x),), "returns 0.0 for"),
        (lambda x: (np.full_like(x, np.nan),), "returns nan for"),
        (lambda x: (1 / (1 + np.exp(-x.astype(np.float64))),), "returns float64"),
        (lambda x: (1 / (1 + np.exp(-x[1:])),), r"returns float32\(99,\)"),
    ],
)
def test_wrong_results_are_found(wrong, message):
    inputs = cases.inputs("sigmoid", "float32", 100)
    with pytest.raises(WrongResultError, match=message):
        check("sigmoid", Prepared(lambda: wrong(*inputs), as_arrays), inputs)


def test_wrong_contenders_are_left_out_and_named(monkeypatch):
    def broken(*inputs):
        return Prepared(lambda: inputs[0] * 2, as_arrays)

    plan = Plan(Choice(("sigmoid",), ("numpy",), ("float32",), ("high",)), (100,), False, 1, QUICK)
    honest = plan.computing("sigmoid", "float32")
    culprit = Contender("doubling", "other", "peer", "", broken)
    monkeypatch.setattr(Plan, "computing", lambda *_: [*honest, culprit])
    monkeypatch.setattr("sigmoids.bench.run.first_call.measure", lambda *_: None)
    run = Run(plan)
    for description, step in run.steps():
        if not description.startswith("errors"):
            step()
    assert [t.contender for t in run.timings] == ["numpy high", "memory copy"]
    (line,) = run.left_out
    assert "doubling returns" in line
    assert "size=100" in line


def test_rounds_are_interleaved():
    log = []

    def prepared(name):
        @contextmanager
        def within():
            log.append(name)
            yield

        return Prepared(lambda: None, as_arrays, within)

    seconds = interleaved([prepared(name) for name in "ABC"], sample=1e-5, budget=0)
    rounds = [log[i : i + 3] for i in range(0, len(log), 3)]
    assert len(rounds) == 1 + ROUNDS[0]  # the first one finds out how often to repeat
    assert all(sorted(names) == ["A", "B", "C"] for names in rounds)
    assert len({tuple(names) for names in rounds}) > 1
    assert [len(times) for times in seconds] == [ROUNDS[0]] * 3


def test_a_sample_repeats_short_calls_and_a_budget_bounds_the_rounds():
    calls = []
    seconds = interleaved([Prepared(lambda: calls.append(0), as_arrays)], sample=1e-3, budget=1e9)
    assert len(seconds[0]) == ROUNDS[1]
    assert len(calls) > 100 * ROUNDS[1]
    assert 0 < np.median(seconds[0]) < 1e-3


def test_ratios_are_taken_pair_by_pair():
    drift = np.array([1, 1, 1, 5, 9, 9, 9])
    ours, theirs = timing("numba high", 2e-6 * drift), timing("torch", 3e-6 * drift[::-1])
    same_drift = timing("torch", 3e-6 * drift, kind="peer")
    assert ours.times_as_fast_as(same_drift) == pytest.approx(1.5)
    assert ours.times_as_fast_as(theirs) == pytest.approx(1.5)
    assert ours.spread == pytest.approx(8 / 5)
    assert ours.nanoseconds == pytest.approx(10)
    assert ours.bandwidth == pytest.approx(8000 / 10e-6 / 1e9)


def test_fastest_of_a_kind():
    found = [
        timing("numba high", [3.0]),
        timing("numba fast", [1.0], accuracy="fast"),
        timing("torch", [2.0], kind="peer"),
    ]
    assert fastest(found, "ours", "high").contender == "numba high"
    assert fastest(found, "ours", "fast").contender == "numba fast"
    assert fastest(found, "peer").contender == "torch"
    assert fastest(found, "limit") is None


def test_summary_says_from_where_to_where():
    found = []
    for size, ours, torch, scipy in ((1, 9, 8, 3), (10**4, 2, 5, 6), (10**6, 2, 4, 9)):
        found += [
            timing("numba high", [ours], size=size),
            timing("torch", [torch], kind="peer", size=size),
            timing("scipy", [scipy], kind="peer", size=size),
        ]
    assert report.summary(results(*found)) == [
        "sigmoid float32 high: at 1 scipy, 3 × sigmoids on numba; "
        "from 10⁴ to 10⁶ sigmoids on numba, 2 to 2.5 × torch"
    ]
    alone = results(timing("numba high", [1.0], size=5))
    assert report.summary(alone) == ["sigmoid float32 high: at 5 sigmoids on numba"]


def test_summary_tells_our_numpy_from_numpy():
    found = [timing("numpy high", [2.0]), timing("numpy", [1.0], kind="peer")]
    assert report.summary(results(*found)) == [
        "sigmoid float32 high: at 1,000 numpy, 2 × sigmoids on numpy"
    ]


def noisy(median, seed, spread=0.01, rounds=40):
    return median * np.random.default_rng(seed).normal(1, spread, rounds)


def run_pair(factor, *, drift=1.0, spread=0.01, rivals=True):
    before = [timing("numba high", noisy(1e-3, 0, spread))]
    after = [timing("numba high", noisy(1e-3 * factor * drift, 1, spread))]
    if rivals:
        before += [timing("torch", noisy(2e-3, 2), kind="peer")]
        after += [timing("torch", noisy(2e-3 * drift, 3), kind="peer")]
    return results(*before), results(*after)


@pytest.mark.parametrize(
    ("pair", "slower", "faster"),
    [
        (run_pair(1.3), True, False),
        (run_pair(0.6), False, True),
        (run_pair(1.05), False, False),  # below the threshold
        (run_pair(1.0, drift=2.0), False, False),  # the machine, not the code
        (run_pair(1.3, drift=0.5), True, False),
        (run_pair(1.3, rivals=False), True, False),
        (run_pair(1.2, spread=0.8), False, False),  # noise
    ],
)
def test_comparison(pair, slower, faster):
    (change,) = comparison.changes(*pair)
    assert (change.slower(0.1), change.faster(0.1)) == (slower, faster)
    with Path(os.devnull).open("w") as nowhere:
        assert comparison.run(Console(file=nowhere), *pair, 0.1) is not slower


def test_compare_on_the_command_line(tmp_path):
    before, after = run_pair(1.5)
    before.save(tmp_path / "a.json")
    after.save(tmp_path / "b.json")
    done = sigmoids("bench", "--compare", "a.json", "b.json", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "1.5" in done.stdout
    assert "1 slower and 0 faster" in done.stdout
    done = sigmoids("bench", "--compare", "a.json", "a.json", cwd=tmp_path)
    assert done.returncode == 0
    done = sigmoids("bench", "--compare", "a.json", "b.json", "--threshold", "0.8", cwd=tmp_path)
    assert done.returncode == 0


def test_comparison_names_what_differs(tmp_path):
    before, after = run_pair(1.0)
    with (tmp_path / "text").open("w") as text:
        comparison.run(
            Console(file=text, width=120),
            Results({"CPU": "A", "date": "1"}, before.timings, [], []),
            Results({"CPU": "B", "date": "2"}, after.timings, [], []),
            0.1,
        )
    said = (tmp_path / "text").read_text()
    assert "CPU differs: A, then B" in said
    assert "date" not in said


@pytest.mark.parametrize(
    ("content", "message"),
    [
        ("", "is not a result file"),
        ('{"machine": {}}', "timings: Field required"),
        ('{"machine": {}, "timings": [], "first_calls": [], "errors": []}', "in common"),
    ],
)
def test_files_that_cannot_be_compared(tmp_path, content, message):
    (tmp_path / "a.json").write_text(content)
    done = sigmoids("bench", "--compare", "a.json", "a.json", cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["sigmoidal"], "unknown function 'sigmoidal'"),
        (["--backend", "cuda"], "unknown backend 'cuda'"),
        (["--sizes", "some"], "'some' is no size"),
        (["--threads", "999"], "threads must be from 1 to"),
        (["--quick", "--json", "missing/a.json"], "there is no folder missing"),
        (["--compare", "missing.json", "missing.json"], "missing.json"),
    ],
)
def test_mistakes_are_answered_in_one_line(tmp_path, arguments, message):
    done = sigmoids("bench", *arguments, cwd=tmp_path)
    assert done.returncode == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_run(tmp_path):
    done = sigmoids(
        "bench", "sigmoid", "--dtype", "float32", "--sizes", "1,1000", "--threads", "1", "--quick",
        "--json", "run.json", "--html", "run.html", cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for word in ("numba high", "1/(1+np.exp(-x))", "memory copy", "Who is fastest", "n=1,000"):
        assert word in done.stdout
    found = Results.load(tmp_path / "run.json")
    assert found.machine["threads"] == "1"
    assert found.machine["numpy"] == np.__version__
    assert [case.size for case in found.cases()] == [1, 1000]
    for timings in found.cases().values():
        assert {t.contender for t in timings} >= {"numpy high", "numba fast", "jax high"}
        assert len({len(t.seconds) for t in timings}) == 1
    assert {e.ulp <= 0.5 for e in found.errors if e.contender.endswith("high")} == {True}
    assert {call.contender for call in found.first_calls} >= {"numba high", "jax high"}
    assert (tmp_path / "run.html").read_text().lstrip().lower().startswith("<!doctype html>")


@pytest.mark.parametrize("problem", [KeyboardInterrupt, NotImplementedError, MemoryError])
def test_whatever_ends_a_run_it_is_saved(monkeypatch, tmp_path, problem):
    def fails(*_):
        raise problem

    monkeypatch.setattr(Run, "_measure_errors", fails)
    monkeypatch.setattr(Run, "_first_call", lambda *_: None)
    choice = Choice.of(["sigmoid"], ["numpy"], ["float32"], ["high"], known=FUNCTION_NAMES)
    plan = Plan(choice, (10,), peers=False, threads=1, effort=QUICK)
    path = tmp_path / "run.json"
    with pytest.raises(problem):
        report.run(Console(quiet=True), plan, json=path, html=None)
    assert next(t.contender for t in Results.load(path).timings) == "numpy high"


def test_plans():
    every = Choice.of(None, None, None, None, known=FUNCTION_NAMES)
    assert every.functions == FUNCTION_NAMES
    plan = Plan(every, cases.sizes(FULL.sizes), True, 1, FULL)
    assert len(plan.cases()) == len(FUNCTION_NAMES) * len(DTYPES) * 8
    function, dtype, _ = plan.first_calls()[0]
    assert (function, dtype) == ("sigmoid", "float64")
    names = [contender.name for _, _, contender in plan.first_calls()]
    assert names[:3] == ["numpy high", "numba high", "jax high"]


def test_first_calls_are_fresh():
    (numba,) = everyone("sigmoid", "float32", ("numba",), ("high",), peers=False)
    call = measure("sigmoid", "float32", numba)
    assert call.cold > call.cached > 0  # the second process finds what the first has compiled
    assert call.imports > 0


def test_peak_memory():
    peak = peak_memory(lambda: np.ones(10**7).sum())
    if peak is None:
        pytest.skip("this system does not tell")
    assert 75e6 < peak < 85e6
    assert peak_memory(lambda: None) < 2e6


def test_memory_of_a_call():
    contenders = everyone("sigmoid", "float64", ("numpy",), ("high",), peers=True)
    peaks = {c.name: measure("sigmoid", "float64", c).peak for c in contenders[:3]}
    if None in peaks.values():
        pytest.skip("this system does not tell")
    assert peaks["numpy high"] < 4e6  # a block's scratch, on every thread
    assert peaks["1/(1+np.exp(-x))"] > 7e6  # whole arrays
    assert peaks["1/(1+np.exp(-x)), out="] < 1e6


def test_inputs_are_the_same_each_time():
    for dtype in DTYPES:
        (x,), (again,) = (cases.inputs("sigmoid", dtype, 1000) for _ in range(2))
        assert x.dtype == DTYPES[dtype]
        assert x.tobytes() == again.tobytes()
    assert cases.inputs("sigmoid", "bfloat16", 3)[0].dtype == ml_dtypes.bfloat16
