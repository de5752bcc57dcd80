"""Threads: how many, who is chosen, and that results do not depend on it."""

from __future__ import annotations

import os
import threading
import time
from functools import partial

import numpy as np
import pytest

import cases
import sigmoids as sg
from sigmoids.backends import pool, quota, registry, sharing, threads
from sigmoids.backends.numba import crew, shared
from sigmoids.functions import FUNCTIONS, RESULTS
from test_process import run

SIZE = 2**18 + 12_345
"""From there on threads are woken for sigmoid's float64; no multiple of anything."""


@pytest.fixture(autouse=True)
def _own_choice():
    yield
    sg.set_num_threads(None)


@pytest.fixture(scope="module")
def numbers():
    return np.random.default_rng(1).normal(scale=20, size=SIZE)


def test_choices_in_their_order():
    assert sg.get_num_threads() == threads.processors()
    sg.set_num_threads(5)
    assert sg.get_num_threads() == 5
    with sg.use_num_threads(3):
        assert sg.get_num_threads() == 3
        with sg.use_num_threads(1):
            assert sg.get_num_threads() == 1
        seen = []
        other = threading.Thread(target=lambda: seen.append(sg.get_num_threads()))
        other.start()
        other.join()
        assert seen == [5]
    assert sg.get_num_threads() == 5
    sg.set_num_threads(None)
    assert sg.get_num_threads() == threads.processors()


@pytest.mark.parametrize("number", [0, -1, 1.5, "2", True])
def test_numbers_of_threads_that_are_none(number):
    with pytest.raises(ValueError, match="must be a positive integer, not"):
        sg.set_num_threads(number)
    with (
        pytest.raises(ValueError, match="must be a positive integer, not"),
        sg.use_num_threads(number),
    ):
        pass


def test_the_environment_chooses():
    code = "import sigmoids as sg; print(sg.get_num_threads())"
    assert run(code, SIGMOIDS_NUM_THREADS="7").stdout.strip() == "7"
    code = "import sigmoids as sg\ntry: sg.get_num_threads()\nexcept ValueError as e: print(e)"
    for text in ("many", "0", "-2"):
        said = run(code, SIGMOIDS_NUM_THREADS=text).stdout
        assert "SIGMOIDS_NUM_THREADS must be a positive integer" in said
        assert text in said


def test_no_more_than_openmp_may_use():
    """Dask's workers and joblib's are started with it, so that their threads do not multiply."""
    code = (
        "from sigmoids.backends import threads; threads.processors = lambda: 4; "
        "print(threads.get_num_threads())"
    )
    for text, number in (("1", 1), ("3,2", 3), ("8", 4), ("", 4), ("all", 4), ("0", 1)):
        assert run(code, OMP_NUM_THREADS=text).stdout.strip() == str(number)
    assert run(code, OMP_NUM_THREADS="1", SIGMOIDS_NUM_THREADS="2").stdout.strip() == "2"


V1 = {"cpu.cfs_quota_us": "150000", "cpu.cfs_period_us": "100000"}


@pytest.mark.parametrize(
    ("groups", "folder", "files", "granted"),
    [
        ("0::/", "", {}, np.inf),
        ("0::/", "", {"cpu.max": "max 100000"}, np.inf),
        ("0::/", "", {"cpu.max": "50000 100000"}, 0.5),
        ("0::/a/b", "a/b", {"cpu.max": "250000 100000"}, 2.5),
        ("0::/a/b", "a", {"cpu.max": "250000 100000"}, 2.5),  # the parent's holds too
        ("0::/elsewhere", "", {"cpu.max": "250000 100000"}, 2.5),
        ("4:memory:/a\n2:cpu,cpuacct:/a", "cpu/a", V1, 1.5),
        ("2:cpu,cpuacct:/a", "cpu/a", {**V1, "cpu.cfs_quota_us": "-1"}, np.inf),
        ("0::/", "", {"cpu.max": "not at all"}, np.inf),
    ],
)
def test_quota(tmp_path, monkeypatch, groups, folder, files, granted):
    place = tmp_path / "cgroup" / folder
    place.mkdir(parents=True)
    for name, text in files.items():
        (place / name).write_text(text + "\n")
    (tmp_path / "groups").write_text(groups + "\n")
    monkeypatch.setattr(quota, "CGROUPS", tmp_path / "cgroup")
    monkeypatch.setattr(quota, "OWN_GROUPS", tmp_path / "groups")
    assert quota.quota() == granted
    assert threads.processors() >= 1
    if granted < 1:
        assert threads.processors() == 1


def test_no_control_groups(tmp_path, monkeypatch):
    monkeypatch.setattr(quota, "OWN_GROUPS", tmp_path / "missing")
    assert quota.quota() == np.inf


def test_affinity_counts():
    code = (
        "import os, sigmoids as sg; os.sched_setaffinity(0, {min(os.sched_getaffinity(0))});"
        "print(sg.get_num_threads())"
    )
    assert run(code).stdout.strip() == "1"


def test_one_thread_starts_none():
    code = (
        "import threading, numpy as np, sigmoids as sg; sg.set_num_threads(1);"
        "sg.sigmoid(np.zeros(10**6), backend='numba'); print(threading.active_count())"
    )
    assert run(code).stdout.strip() == "1"


@pytest.mark.parametrize("name", cases.sampled(RESULTS, cases.TYPICAL))
def test_threads_do_not_change_a_bit(name, dtype, accuracy, numbers, shares):
    """On Numba: the NumPy engine has none, and XLA its own."""
    member = RESULTS[name]
    in_blocks = dtype.itemsize == 2 and len(FUNCTIONS[member.spec.name].spec.arguments) == 2
    with np.errstate(all="ignore"):
        x = numbers[:60_007].astype(dtype)
    layouts = {
        "flat": x,
        "strided": np.repeat(x, 2)[::2],
        "backwards": x[::-1],
        "Fortran": np.asfortranarray(x[: 200 * 300].reshape(200, 300)),
        "rows": x[: 200 * 300].reshape(200, 300)[:, 3:-1],
        "few rows": x[:60_000].reshape(3, 20_000)[:, ::2],
        "deep": x[: 40 * 30 * 50].reshape(40, 30, 50).transpose(2, 0, 1),
    }
    call = partial(member.function, backend="numba", accuracy=accuracy)
    for kind, layout in layouts.items():
        with sg.use_num_threads(1):
            alone = call(layout)
        for number in (2, 3):
            shares.clear()
            with sg.use_num_threads(number):
                shared = call(layout)
                assert (cases.bits(shared) == cases.bits(alone)).all(), (kind, number)
                out = np.empty_like(layout)
                assert call(layout, out=out) is out
                assert (cases.bits(out) == cases.bits(alone)).all(), (kind, number)
            assert set(shares) == {number}, kind
            assert in_blocks or len(shares) == 2, kind


@pytest.mark.parametrize("shape", [(10,), (7, 3), (1, 1000), (1000, 1), (5, 1, 7)])
@pytest.mark.parametrize("chunk", [1, 7, 64, 10**6])
def test_pieces_cover_everything_once(monkeypatch, shape, chunk):
    monkeypatch.setattr(sharing, "CHUNK", chunk)
    x = np.arange(np.prod(shape), dtype=float).reshape(shape)
    for layout in (x, x.T, x[..., ::-1], np.repeat(x, 2, axis=-1)[..., ::2]):
        out = np.zeros_like(layout)

        def work(arrays):
            x, out = arrays
            out += 1 + x

        sharing.in_pieces(work, (layout, out), 3)
        np.testing.assert_array_equal(out, 1 + layout)


def test_jobs_are_done_once_by_several_threads():
    done, who = [], set()
    both = threading.Barrier(2, timeout=30)

    def work(chunk):
        if chunk < 2:
            both.wait()  # two threads at once, or never
        done.append(chunk)
        who.add(threading.get_ident())

    pool.Pool().run(work, 100, threads=2)
    assert sorted(done) == list(range(100))
    assert len(who) == 2
    assert threading.get_ident() in who


def test_a_call_needs_no_helper():
    done = []
    lonely = pool.Pool()
    lonely._starting = None
    lonely._helpers = 7  # none of which exists
    lonely.run(done.append, 10, threads=8)
    assert done == list(range(10))


def test_no_more_threads_to_be_had(monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    done = []
    pool.Pool().run(done.append, 10, threads=8)
    assert done == list(range(10))


@pytest.mark.parametrize("culprit", ["caller", "helper"])
def test_exceptions_arrive_and_leave_nobody_at_work(culprit):
    crew = pool.Pool()
    both = threading.Barrier(2, timeout=30)
    at_work = []

    def work(chunk):
        at_work.append(chunk)
        mine = threading.current_thread() is threading.main_thread()
        if chunk < 2:
            both.wait()
            if mine == (culprit == "caller"):
                raise ZeroDivisionError(chunk)
            time.sleep(0.05)
        at_work.remove(chunk)

    with pytest.raises(ZeroDivisionError):
        crew.run(work, 1000, threads=2)
    assert len(at_work) == 1  # the one that raised
    done = []
    crew.run(done.append, 10, threads=2)
    assert sorted(done) == list(range(10))


@pytest.mark.parametrize("name", ["complete", "_wait"])
def test_an_interrupt_as_a_function_is_called_leaves_nobody_at_work(monkeypatch, name):
    """Where Python looks for signals: before any of the function's own precautions."""
    original, raised, at_work = getattr(pool.Job, name), [], []

    def interrupted(job):
        if not raised:
            raised.append(True)
            raise KeyboardInterrupt
        return original(job)

    monkeypatch.setattr(pool.Job, name, interrupted)

    def work(chunk):
        at_work.append(chunk)
        time.sleep(0.02)
        at_work.remove(chunk)

    crew = pool.Pool()
    for _ in range(3):
        raised.clear()
        with pytest.raises(KeyboardInterrupt):
            crew.run(work, 50, threads=3)
        assert not at_work
        time.sleep(0.05)
        assert not at_work


@pytest.fixture
def helping(monkeypatch):
    """A crew of no helpers yet, which calls on Numba have from now on."""
    born = crew.crew.__wrapped__()
    monkeypatch.setattr(shared, "crew", lambda: born)
    monkeypatch.setattr(born, "_keep_off_the_caller", lambda: True)
    monkeypatch.setattr(registry.load("numba"), "_loops", {})
    yield born
    born.renew()


def box(helping, helper=1):
    """What is in a helper's box."""
    return helping._words[helper * crew.BOX // 8]


def until(condition):
    """Wait for something that is to happen soon."""
    end = time.monotonic() + 30
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.001)


def test_a_crew_needs_no_helper(helping, numbers):
    """One that is awake, as far as is known, and never comes."""
    with sg.use_num_threads(1):
        expected = sg.sigmoid(numbers, backend="numba")
    helping._words[crew.HELPERS] = 1
    helping._words[crew.BOX // 8] = crew.WAITING
    with sg.use_num_threads(2):
        assert (sg.sigmoid(numbers, backend="numba") == expected).all()
    assert box(helping) == crew.WAITING, "the job was taken back"


def test_no_more_threads_for_a_crew(helping, numbers, monkeypatch):
    def refuse(_thread):
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refuse)
    expected = sg.sigmoid(numbers, backend="numba")
    with sg.use_num_threads(3):
        assert (sg.sigmoid(numbers, backend="numba") == expected).all()
    assert helping._words[crew.HELPERS] == 0


def test_helpers_sleep_when_there_is_nothing_to_do(helping):
    helping.gather(1, 1e6)
    until(lambda: box(helping) == crew.ASLEEP)
    before = time.process_time()
    time.sleep(0.3)
    assert time.process_time() - before < 0.1
    looks = helping._words[crew.LOOKS // 8]
    helping._words[crew.LOOKS // 8] = 2**60
    helping.gather(1, 1e6)
    assert box(helping) == crew.WAITING
    helping._words[crew.LOOKS // 8] = looks
    until(lambda: box(helping) == crew.ASLEEP)


def test_short_calls_wake_helpers_where_others_came_just_before(helping, numbers):
    x = numbers[:16_384]
    with sg.use_num_threads(2):
        sg.sigmoid(x, backend="numba")
        (loop,) = registry.load("numba")._loops.values()
        loop.cost = 2 * shared.SHARED / x.size
        helping._recent = 0.0
        sg.sigmoid(x, backend="numba")
        assert helping._words[crew.HELPERS] == 0
        helping._recent = time.perf_counter() + 60
        sg.sigmoid(x, backend="numba")
        assert helping._words[crew.HELPERS] == 1


@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="the system cannot pin threads")
def test_no_helper_is_woken_where_there_is_one_processor():
    code = """
import os, time, numpy as np, sigmoids as sg
from sigmoids.backends.numba import crew
sg.set_num_threads(2)
x = np.zeros(2**19)
sg.sigmoid(x[:1000], backend="numba")
os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
sg.sigmoid(x, backend="numba")
box = crew.BOX // 8
while crew.crew()._words[box] != crew.ASLEEP:
    time.sleep(0.01)
sg.sigmoid(x, backend="numba")
print(crew.crew()._words[box] == crew.ASLEEP)
"""
    assert run(code).stdout.strip() == "True"


@pytest.mark.parametrize("times", cases.sampled([1, 3], [1]))
@pytest.mark.parametrize("microseconds", ["0", "0.5", "1000000"])
def test_exit_while_helpers_linger(microseconds, times):
    code = """
import numpy as np, sigmoids as sg
x = np.linspace(-30, 30, 2**19)
with sg.use_num_threads(1):
    expected = sg.sigmoid(x, backend="numba")
sg.set_num_threads(3)
print(all((sg.sigmoid(x, backend="numba") == expected).all() for _ in range(20)))
"""
    for _ in range(times):
        done = run(code, SIGMOIDS_LINGER=microseconds)
        assert (done.stdout.strip(), done.stderr) == ("True", "")


def test_lingering_that_is_none():
    code = """
import os, numpy as np, sigmoids as sg
sg.set_num_threads(2)
for text in "long", "-1", "nan", "1e9":
    os.environ["SIGMOIDS_LINGER"] = text
    try: sg.sigmoid(np.zeros(10**6), backend="numba")
    except ValueError as problem: print(problem)
"""
    said = run(code).stdout.splitlines()
    assert said == [
        f"SIGMOIDS_LINGER must be a number of microseconds from 0 to 1000000, not {text!r}"
        for text in ("long", "-1", "nan", "1e9")
    ]


def test_many_callers(numbers):
    expected = sg.sigmoid(numbers, backend="numba")
    wrong = []

    def call(seed):
        draw = np.random.default_rng(seed)
        for _ in range(30):
            size = int(draw.integers(1, SIZE))
            if not (sg.sigmoid(numbers[:size], backend="numba") == expected[:size]).all():
                wrong.append(size)

    callers = [threading.Thread(target=call, args=(seed,)) for seed in range(8)]
    for caller in callers:
        caller.start()
    for caller in callers:
        caller.join()
    assert not wrong


def test_an_idle_pool_keeps_no_array_alive(numbers):
    import gc
    import weakref

    class Tracked(np.ndarray):
        pass

    x = numbers.copy().view(Tracked)
    watch = weakref.ref(x)
    with sg.use_num_threads(2):
        sg.sigmoid(x, backend="numba")
    del x
    for _ in range(100):
        gc.collect()
        if watch() is None:
            break
        time.sleep(0.02)
    assert watch() is None
