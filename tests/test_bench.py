"""The benchmark harness: fair, and right about what it times."""

from __future__ import annotations

import importlib
import os
import platform
import re
import signal
import subprocess
import sys
import time
from dataclasses import replace
from functools import partial
from itertools import count, groupby
from pathlib import Path

import ml_dtypes
import numpy as np
import pytest
from rich.console import Console
from typer.testing import CliRunner

from sigmoids.bench import cases, comparison, processes, report
from sigmoids.bench.advice import advice
from sigmoids.bench.contenders import (
    FUNCTION_NAMES,
    Contender,
    Listing,
    everyone,
    find,
    guest,
    limits,
    ours,
)
from sigmoids.bench.first_call import NoResultError, measure, peak_memory
from sigmoids.bench.inspection import WrongResultError, check
from sigmoids.bench.results import Case, Results, Timing, fastest
from sigmoids.bench.run import FULL, Effort, Plan, Run
from sigmoids.bench.timing import TURNS, in_turns
from sigmoids.bench.worker import Worker
from sigmoids.choice import DTYPES, Choice, usable_backends
from sigmoids.cli import app
from sigmoids.peers import LIBRARIES, installed, library, plain_peers
from sigmoids.peers.peer import Peer, Prepared, as_arrays
from test_cli import sigmoids
from test_process import run


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


@pytest.fixture
def uncompiled(monkeypatch):
    """``torch.compile`` gives back what it is given: C++ takes a second for every function."""
    torch = pytest.importorskip("torch")
    monkeypatch.setattr(torch, "compile", lambda program, **_: program)
    yield
    importlib.import_module("sigmoids.peers.torch").compiled.cache_clear()


@pytest.mark.parametrize("dtype", DTYPES)
@pytest.mark.parametrize("function", FUNCTION_NAMES)
@pytest.mark.usefixtures("uncompiled")
def test_everyone_computes_the_function(function, dtype):
    inputs = cases.inputs(function, dtype, 1000)
    found = everyone(function, dtype, usable_backends(), ("high", "fast"), peers=True)
    for contender in found:
        check(function, find(function, contender)(*inputs), inputs)
    names = [contender.name for contender in found]
    assert len(set(names)) == len(names)
    has_it = {
        name
        for name in filter(installed, LIBRARIES)
        if dtype in library(name).dtypes and function in library(name).peers
    }
    assert {c.library for c in found if c.kind == "peer"} == has_it


def test_donated_arrays_are_computed_in():
    jax = pytest.importorskip("jax")
    (who,) = (
        who
        for who in everyone("sigmoid", "float32", (), (), peers=True)
        if who.name == "jax.nn.sigmoid, donated"
    )
    prepared = find("sigmoid", who)(*cases.inputs("sigmoid", "float32", 1000))
    (first,) = prepared.call()
    place = first.unsafe_buffer_pointer()
    (second,) = prepared.call()
    assert isinstance(second, jax.Array)
    assert second.unsafe_buffer_pointer() == place
    assert first.is_deleted()


@pytest.mark.parametrize("library", LIBRARIES)
def test_the_plain_call_comes_first(library):
    pytest.importorskip(library)
    (peer,) = (peer for peer in plain_peers("sigmoid", "float32") if peer.library == library)
    x = np.linspace(-5, 5, 11, dtype=np.float32)
    np.testing.assert_allclose(peer(x), 1 / (1 + np.exp(-x)), rtol=1e-6)


@pytest.mark.usefixtures("uncompiled")
def test_calls_do_not_change_their_input():
    for function in FUNCTION_NAMES:
        arrays = cases.inputs(function, "float32", 1000)
        before = [x.copy() for x in arrays]
        for contender in everyone(function, "float32", ("numpy", "numba"), ("high",), peers=True):
            find(function, contender)(*arrays).result()
            np.testing.assert_array_equal(arrays, before, err_msg=contender.name)


@pytest.mark.parametrize("threads", [1, 2])
@pytest.mark.parametrize("size", [10, 2**17 + 1])
def test_limits_copy_everything(size, threads):
    (x,) = cases.inputs("sigmoid", "float64", size)
    found = limits(size, threads)
    assert len(found) == (2 if threads == 2 and size > 10 else 1)
    for limit in found:
        (copied,) = find("sigmoid", limit)(x).result()
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


def test_turns_take_everyone_in_an_order_drawn_anew():
    log = []

    def burst(name):
        log.append(name)
        return float(ord(name))

    seconds = in_turns([partial(burst, name) for name in "ABC"], budget=0)
    turns = [log[i : i + 3] for i in range(0, len(log), 3)]
    assert len(turns) == TURNS[0]
    assert all(sorted(names) == ["A", "B", "C"] for names in turns)
    assert seconds == [(65.0,) * TURNS[0], (66.0,) * TURNS[0], (67.0,) * TURNS[0]]
    log.clear()
    in_turns([partial(burst, name) for name in "ABC"], budget=1e9)
    assert len(log) == 3 * TURNS[1]
    assert len({tuple(log[i : i + 3]) for i in range(0, len(log), 3)}) == 6


def worker_on(call, before=None):
    worker = Worker("numpy", 1)
    worker._prepared = Prepared(call, as_arrays, before=before)
    return worker


def test_a_burst_repeats_short_calls():
    calls = []
    worker = worker_on(lambda: calls.append(0))
    repeats = worker.repeats(1e-3)
    assert repeats > 100
    calls.clear()
    assert 0 < worker.burst(repeats) < 1e-4
    assert len(calls) > repeats + repeats // 4
    slow = worker_on(lambda: time.sleep(0.02))
    assert slow.repeats(1e-3) == 1
    assert slow.burst(1) >= 0.02


def test_what_comes_before_a_call_is_not_timed():
    log = []
    worker = worker_on(lambda: log.append("call"), lambda: (log.append("before"), time.sleep(0.01)))
    assert worker.burst(1) < 0.01
    assert log == ["before", "call"] * 2


def test_of_a_burst_the_least_time_counts(monkeypatch):
    times = iter([0, 1e-3, 1e-2, 2e-3, 1e-3, 3e-3])  # two to warm up, and three until time is up
    clock = []
    monkeypatch.setattr("sigmoids.bench.worker.perf_counter", lambda: sum(clock))
    worker = worker_on(lambda: clock.append(next(times)), lambda: None)
    next(times)
    assert worker.burst(1) == pytest.approx(1e-3)
    assert next(times, None) is None


FAULTS = """
import resource
import numpy as np
from sigmoids.bench.worker import Worker
{before}
x = np.ones(10**6, np.float32)
def faults(): return resource.getrusage(resource.RUSAGE_SELF).ru_minflt
for _ in range(3): 1 / (1 + np.exp(-x))
start = faults()
for _ in range(20): 1 / (1 + np.exp(-x))
print(faults() - start)
"""


@pytest.mark.skipif(platform.libc_ver()[0] != "glibc", reason="is about glibc's allocator")
def test_temporary_arrays_are_not_taken_page_by_page():
    fresh, settled = (
        int(run(FAULTS.format(before=before)).stdout)
        for before in ("", "Worker('numpy', 1).start()")
    )
    assert settled < 100 < fresh


def test_a_guest_computes_after_its_host(monkeypatch):
    pytest.importorskip("torch")
    log = []
    host = Peer("torch", "", lambda *_: Prepared(lambda: log.append("torch"), as_arrays))
    monkeypatch.setitem(library("torch").peers, "sigmoid", (host,))
    inputs = cases.inputs("sigmoid", "float32", 1000)
    prepared = find("sigmoid", guest(ours("numba", "high")))(*inputs)
    check("sigmoid", prepared, inputs)
    assert log == []
    prepared.before()
    assert log == ["torch"]


BRIEF = Effort((), (), "", sample=1e-4, budget=0.01, series=1)

NUMEXPR = """
import os, sys, time
import numpy as np
calls = 0
def set_num_threads(number): {at_import}
class NumExpr:
    def __init__(self, expression, signature): pass
    def __call__(self, x, out, **options):
        global calls
        calls += 1
        {in_a_call}
        return np.divide(1, 1 + np.exp(-x), out=out)
"""
"""A library that is in trouble, in numexpr's place."""


def brief_run(monkeypatch, libraries=()):
    monkeypatch.setattr("sigmoids.bench.run.LIBRARIES", libraries)
    monkeypatch.setattr(Run, "_first_call", lambda *_: None)
    choice = Choice(("sigmoid",), ("numpy",), ("float32",), ("high",))
    with Run(Plan(choice, (10,), bool(libraries), 1, BRIEF)) as run:
        for _, step in run.steps():
            step()
    return run


@pytest.mark.parametrize(
    ("at_import", "in_a_call", "said"),
    [
        ("raise ImportError('not here')", "pass", "^numexpr: ImportError: not here$"),
        ("os._exit(7)", "pass", "^numexpr: its process ended with exit code 7; it takes no part"),
        ("pass", "raise RuntimeError('no')", "n=10: numexpr 1/.*: RuntimeError: no$"),
        ("pass", "x = -x", r"n=10: numexpr 1/.*: WrongResultError: returns 0\."),
        ("pass", "if calls > 99: sys.exit('bad luck')", "ended with exit code 1: bad luck; it"),
        ("pass", "if calls > 99: time.sleep(1e6)", "does not answer within 5 s; it takes no part"),
    ],
)
def test_trouble_is_reported_and_the_others_go_on(
    monkeypatch, tmp_path, at_import, in_a_call, said
):
    (tmp_path / "numexpr.py").write_text(NUMEXPR.format(at_import=at_import, in_a_call=in_a_call))
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(processes, "PATIENCE", 5.0)
    run = brief_run(monkeypatch, ("numexpr",))
    assert [t.contender for t in run.results().timings] == ["numpy high", "memory copy"]
    assert [e.contender for e in run.errors] == ["numpy high"]
    assert re.search(said, run.left_out[0])
    assert len(run.left_out) == 1 + ("pass" in at_import and "calls" not in in_a_call)


def test_a_run_goes_through_all_cases_several_times_by_new_processes(monkeypatch):
    monkeypatch.setattr(Run, "_first_call", lambda *_: None)
    order, times = [], count()

    def burst(_run, case, _who):
        order.append(case.size)
        return next(times)

    monkeypatch.setattr(Run, "_burst", burst)
    choice = Choice(("sigmoid",), ("numpy",), ("float32",), ("high",))
    pids = []
    with Run(Plan(choice, (10, 20), False, 1, replace(BRIEF, series=3, budget=0))) as run:
        for _, step in run.steps():
            step()
            pids.append({p._process.pid for p in run._processes._processes.values()})
    assert [size for size, _ in groupby(order)] == [10, 20] * 3
    everyone = set().union(*pids)
    assert len(everyone) == 3 * max(map(len, pids)), "none of one series in another"
    for timing in run.results().timings:
        assert len(timing.seconds) == 3
    # Two turns a series, two who take them, in numbers that grow: the least are those of the first.
    firsts = sorted(t for timing in run.results().timings for t in timing.seconds)
    assert firsts == [turn + who for turn in range(0, 24, 4) for who in (0, 1)]


def state(pid):
    """The state of a process, as one letter; none of one that has ended."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return ""


def eventually(condition):
    deadline = time.monotonic() + 30
    while not (found := condition()) and time.monotonic() < deadline:
        time.sleep(0.02)
    return found


def children(pid):
    found = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
    commands = {child: Path(f"/proc/{child}/cmdline").read_bytes() for child in found}
    return [child for child, command in commands.items() if b"spawn_main" in command]


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize("can_stop", [True, False])
def test_who_is_not_asked_stands_still(monkeypatch, can_stop):
    monkeypatch.setattr(processes, "CAN_STOP", can_stop)
    everyone = [ours("numpy", "high"), *limits(10, 1)]
    group = processes.Processes(1)
    try:
        assert group.present(everyone) == everyone
        pids = children(os.getpid())
        assert len(pids) == 2
        assert eventually(lambda: set(map(state, pids)) == {"T" if can_stop else "S"})
        asked = group.ask("", {who: ("prepare", who, "sigmoid", "float32", 10) for who in everyone})
        assert list(asked) == everyone
    finally:
        group.close()
    assert set(map(state, pids)) == {""}


INTERRUPTED = """
import signal, sys
from sigmoids.__main__ import main
from sigmoids.bench.run import Run

if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
    time = Run._time

    def announced(self, case, series):
        print(case, flush=True)
        time(self, case, series)

    Run._time, Run._first_call = announced, lambda *_: None
    sys.argv = ["sigmoids", "bench", "sigmoid", "--backend", "numpy", "--no-peers", "--dtype",
                "float32", "--sizes", "10,1e7", "--quick", "--json", "run.json"]
    main()
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="reads /proc")
@pytest.mark.parametrize("end", [signal.SIGINT, signal.SIGKILL])
def test_an_interrupted_run_leaves_no_process_behind(tmp_path, end):
    (tmp_path / "program.py").write_text(INTERRUPTED)
    with subprocess.Popen(
        [sys.executable, "program.py"], cwd=tmp_path, stdout=subprocess.PIPE, text=True
    ) as running:
        assert running.stdout.readline() == "sigmoid float32 n=10\n"
        assert running.stdout.readline() == "sigmoid float32 n=10,000,000\n"
        pids = children(running.pid)
        assert len(pids) >= 3
        assert eventually(lambda: "T" in map(state, pids))
        running.send_signal(end)
        running.communicate(timeout=60)
    assert running.returncode != 0
    assert eventually(lambda: not any(map(state, pids)))
    if end == signal.SIGINT:
        assert [case.size for case in Results.load(tmp_path / "run.json").cases()] == [10]


def test_what_disturbs_some_series_does_not_count():
    calm, disturbed = np.array([1.1, 1, 1, 1, 1, 1, 1]), np.array([9, 1, 5, 9, 9, 9, 1])
    ours, theirs = timing("numba high", 2e-6 * calm), timing("torch", 3e-6 * disturbed)
    assert ours.times_as_fast_as(theirs) == pytest.approx(1.5 * 3)  # between two of them
    assert ours.times_as_fast_as(timing("torch", 3e-6 * disturbed[1:])) == pytest.approx(1.5 * 2)
    assert (ours.spread, theirs.spread) == pytest.approx((0, 2))
    assert ours.nanoseconds == pytest.approx(2)
    assert ours.bandwidth == pytest.approx(8000 / 2e-6 / 1e9)


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
    for size, numba, torch, scipy in ((1, 9, 8, 3), (10**4, 2, 5, 6), (10**6, 2, 4, 9)):
        found += [
            timing("numba high", [numba], size=size),
            timing("torch", [torch], kind="peer", size=size),
            timing("scipy", [scipy], kind="peer", size=size),
        ]
    assert report.summary(results(*found)) == [
        "sigmoid float32 high: at 1 scipy, 3 × sigmoids on numba; "
        "from 10⁴ to 10⁶ sigmoids on numba, 2 to 2.5 × torch"
    ]
    alone = results(timing("numba high", [1.0], size=5))
    assert report.summary(alone) == ["sigmoid float32 high: at 5 sigmoids on numba"]


def test_advice():
    found = [
        timing("numba high", [2.0]),
        timing("numba fast", [1.0], accuracy="fast"),
        timing("numpy high", [9.0]),
        timing("jax high", [1.5]),  # on arrays of its own
    ]
    assert advice(results(*found)) == (
        "On this machine: leave NumPy arrays to numba, the fastest in 1 of 1 cases; "
        'accuracy="fast" is 2 times as fast at 1,000 elements.'
    )
    slow = [timing("numba high", [2.0]), timing("numpy high", [1.0])]
    assert advice(results(*slow)) == (
        "On this machine: ask for numpy, the fastest in 1 of 1 cases."
    )
    even = [timing("numba high", [1.0]), timing("numba fast", [1.0], accuracy="fast")]
    assert 'accuracy="fast" gains nothing' in advice(results(*even))
    assert 'pip install "sigmoids[numba]"' in advice(results(found[2], numba="not installed"))
    assert advice(results()) is None


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


def test_compare_on_the_command_line(monkeypatch, tmp_path):
    before, after = run_pair(1.5)
    before.save(tmp_path / "a.json")
    after.save(tmp_path / "b.json")
    done = sigmoids("bench", "--compare", "a.json", "b.json", cwd=tmp_path)
    assert done.returncode == 1, done.stderr
    assert "1.5" in done.stdout
    assert "1 slower and 0 faster" in done.stdout
    monkeypatch.chdir(tmp_path)
    for arguments in (["a.json", "a.json"], ["a.json", "b.json", "--threshold", "0.8"]):
        assert CliRunner().invoke(app, ["bench", "--compare", *arguments]).exit_code == 0


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
def test_files_that_cannot_be_compared(monkeypatch, tmp_path, content, message):
    (tmp_path / "a.json").write_text(content)
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["bench", "--compare", "a.json", "a.json"])
    assert done.exit_code == 2
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
def test_mistakes_are_answered_in_one_line(monkeypatch, tmp_path, arguments, message):
    monkeypatch.chdir(tmp_path)
    done = CliRunner().invoke(app, ["bench", *arguments])
    assert done.exit_code == 2
    assert message in done.stderr
    assert len(done.stderr.splitlines()) == 1


def test_a_run(tmp_path):
    done = sigmoids(
        "bench", "sigmoid", "--dtype", "float32", "--sizes", "1000", "--threads", "1", "--quick",
        "--backend", "numba", "--no-peers", "--json", "run.json", "--html", "run.html",
        cwd=tmp_path,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    for word in (
        "numba high",
        "memory copy",
        "Who is fastest",
        "n=1,000",
        "stand still",
        "On this machine",
    ):
        assert word in done.stdout
    found = Results.load(tmp_path / "run.json")
    assert found.machine["threads"] == "1"
    assert found.machine["numpy"] == np.__version__
    assert [case.size for case in found.cases()] == [1000]
    for timings in found.cases().values():
        assert {t.contender for t in timings} == {"numba high", "numba fast", "memory copy"}
        assert len({len(t.seconds) for t in timings}) == 1
    assert [e.ulp <= 0.5 for e in found.errors if e.contender == "numba high"] == [True]
    (call,) = found.first_calls
    assert call.contender == "numba high"
    assert call.cold > call.cached > 0  # the second process finds what the first has compiled
    assert call.imports > 0
    assert (tmp_path / "run.html").read_text().lstrip().lower().startswith("<!doctype html>")


def test_a_run_with_everyone(monkeypatch):
    pytest.importorskip("torch")
    monkeypatch.setattr(Run, "_first_call", lambda *_: None)
    monkeypatch.setenv("TORCHDYNAMO_DISABLE", "1")  # torch.compile, which takes many seconds
    choice = Choice.of(["sigmoid"], ["numba"], ["float32"], ["high"], known=FUNCTION_NAMES)
    with Run(Plan(choice, (1000,), True, 1, BRIEF)) as run:
        steps = run.steps()
        first = [(function, dtype, who.name) for function, dtype, who in run.whose_first_calls()]
        for _, step in steps:
            step()
    assert run.left_out == []
    (timings,) = run.results().cases().values()
    names = {t.contender for t in timings}
    assert names >= {
        "numba high", "numba high, torch beside it", "1/(1+np.exp(-x)), out=",
        "torch.sigmoid(out=)", "torch.compile(torch.sigmoid)", "jax.nn.sigmoid, donated",
        "scipy.special.expit(out=)", "numexpr 1/(1+exp(-x))", "memory copy",
    }  # fmt: skip
    measured = {e.contender for e in run.errors}
    assert measured == {t.contender for t in timings if t.kind in ("ours", "peer")}
    assert first[:2] == [
        ("sigmoid", "float32", "numba high"), ("sigmoid", "float32", "1/(1+np.exp(-x))")
    ]  # fmt: skip
    assert len(first) == 1 + len(LIBRARIES)


@pytest.mark.parametrize("problem", [KeyboardInterrupt, NotImplementedError, MemoryError])
def test_whatever_ends_a_run_it_is_saved(monkeypatch, tmp_path, problem):
    def fails(*_):
        raise problem

    monkeypatch.setattr(Run, "_measure_errors", fails)
    monkeypatch.setattr(Run, "_first_call", lambda *_: None)
    choice = Choice.of(["sigmoid"], ["numpy"], ["float32"], ["high"], known=FUNCTION_NAMES)
    plan = Plan(choice, (10,), peers=False, threads=1, effort=BRIEF)
    path = tmp_path / "run.json"
    with pytest.raises(problem):
        report.run(Console(quiet=True), plan, json=path, html=None)
    assert next(t.contender for t in Results.load(path).timings) == "numpy high"


def test_plans():
    every = Choice.of(None, None, None, None, known=FUNCTION_NAMES)
    assert every.functions == FUNCTION_NAMES
    plan = Plan(every, cases.sizes(FULL.sizes), True, 1, FULL)
    assert len(plan.cases()) == len(FUNCTION_NAMES) * len(DTYPES) * 8


def test_peak_memory():
    peak = peak_memory(lambda: np.ones(10**7).sum())
    if peak is None:
        pytest.skip("this system does not tell")
    assert 75e6 < peak < 85e6
    assert peak_memory(lambda: None) < 2e6


def test_a_first_call_that_fails(monkeypatch, tmp_path):
    (tmp_path / "numexpr.py").write_text("raise ImportError('not here')")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path), prepend=os.pathsep)
    who = Contender("numexpr 1/(1+exp(-x))", "numexpr", "peer", "", "numexpr")
    with pytest.raises(NoResultError, match=r"^ImportError: not here$"):
        measure("sigmoid", "float64", who)


def test_memory_of_a_call():
    found = [ours("numpy", "high"), *Listing.of(library("numpy")).contenders("sigmoid", "float64")]
    peaks = {who.name: measure("sigmoid", "float64", who).peak for who in found}
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
