"""A good guest: threads, forks, interrupts, exits and failures of the process it lives in."""

from __future__ import annotations

import importlib.util
import os
import signal
import sys
import time
from contextlib import ExitStack
from itertools import product

import pytest

import cases
from test_process import run, started

PRELUDE = """
import os, sys, threading, time
import numpy as np, sigmoids as sg
x = np.linspace(-30, 30, 2**19)
def right(backend="numba"):
    y = sg.sigmoid(x, backend=backend)
    return bool(np.allclose(y, 1 / (1 + np.exp(-x)), rtol=1e-14, atol=0))
def info():  # sg.backends() would import the libraries of all
    from sigmoids.backends.registry import ROWS
    from sigmoids.inventory import _inspect
    return _inspect(ROWS["numba"])
"""

NEEDS_FORK = pytest.mark.skipif(not hasattr(os, "fork"), reason="the system cannot fork")


@NEEDS_FORK
@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
@pytest.mark.parametrize("before", [True, False], ids=["used before", "unused before"])
def test_fork(before):
    code = f"""{PRELUDE}
import warnings; warnings.simplefilter("ignore", DeprecationWarning)
sg.set_num_threads(3)
assert not {before} or right("numpy") and right()
child = os.fork()
if not child:
    # The child has threads of its own, not a queue that nobody reads.
    os._exit(0 if right("numpy") and right() and threading.active_count() == 3 else 1)
assert right("numpy") and right()
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
print("both right")
"""
    assert run(code).stdout.strip() == "both right"


@NEEDS_FORK
def test_fork_while_other_threads_compute():
    code = f"""{PRELUDE}
import warnings; warnings.simplefilter("ignore", DeprecationWarning)
sg.set_num_threads(2)
busy = True
def work():
    while busy:
        assert right()
threads = [threading.Thread(target=work) for _ in range(3)]
for t in threads: t.start()
for _ in range(20):
    child = os.fork()
    if not child:
        os._exit(0 if right() else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
busy = False
for t in threads: t.join()
print("all right")
"""
    assert run(code).stdout.strip() == "all right"


@NEEDS_FORK
def test_fork_while_a_compiler_logs():
    """``logging`` has a lock that forks take too: they must wait for ours before they do."""
    code = """
import os, threading, time, warnings
import sigmoids as sg
from sigmoids.backends.first_use import first_use
warnings.simplefilter("ignore", DeprecationWarning)
entered = threading.Event()
def compiles():
    with first_use():
        import logging
        entered.set()
        time.sleep(0.5)
        logging.getLogger("a compiler's")
thread = threading.Thread(target=compiles)
thread.start()
entered.wait()
child = os.fork()
if not child:
    os._exit(sg.sigmoid(0.0, backend="numpy") != 0.5)
thread.join()
assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
print("both go on")
"""
    assert run(code).stdout.strip() == "both go on"


@pytest.mark.parametrize(
    ("method", "before"),
    cases.sampled(
        product(["fork", "forkserver", "spawn"], [True, False]),
        [("fork", True), ("spawn", False)],
    ),
)
def test_multiprocessing(tmp_path, method, before):
    import multiprocessing

    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} here")
    script = tmp_path / "script.py"
    script.write_text(f"""{PRELUDE}
import multiprocessing, warnings
def task(_):
    return right() and right("numpy")
if __name__ == "__main__":
    warnings.simplefilter("ignore", DeprecationWarning)
    assert not {before} or right()
    with multiprocessing.get_context({method!r}).Pool(2) as workers:
        assert all(workers.map(task, range(4)))
    assert right()
    print("all right")
""")
    with started(str(script)) as child:
        said, complaint = child.communicate()
    assert (child.returncode, said.strip()) == (0, "all right"), complaint


@pytest.mark.skipif(not importlib.util.find_spec("torch"), reason="PyTorch is not installed")
@pytest.mark.parametrize("calls", cases.sampled([30, 100], [30]))
def test_beside_the_threads_of_another_library(calls):
    code = f"""{PRELUDE}
import torch
t = torch.linspace(-30, 30, 2**19)
busy, ours = True, []
def theirs():
    while busy:
        torch.sigmoid(t)
def mine():
    for _ in range({calls}):
        ours.append(right())
crew = [threading.Thread(target=f) for f in (theirs, theirs, *8 * [mine])]
for c in crew: c.start()
for c in crew[2:]: c.join()
busy = False
for c in crew: c.join()
print(len(ours), all(ours))
"""
    assert run(code).stdout.split() == [str(8 * calls), "True"]


def test_interrupted_from_the_keyboard():
    code = f"""{PRELUDE}
import signal
signal.signal(signal.SIGINT, signal.default_int_handler)  # a job in the background ignores it
long = np.zeros(2**26, np.float32)
out = np.empty_like(long)
sg.sigmoid(long[:2**20], backend="numba", out=out[:2**20])  # nothing is left to compile
print("ready", flush=True)
try:
    while True:
        sg.sigmoid(long, backend="numba", out=out)
except KeyboardInterrupt:
    out[:] = 7  # nobody writes to it any more
    time.sleep(0.2)
    print("stopped", (out == 7).all(), right())
"""
    with started("-c", code) as child:
        assert child.stdout.readline() == "ready\n"
        time.sleep(0.3)
        child.send_signal(signal.SIGINT)
        said, complaint = child.communicate()
    assert said.split() == ["stopped", "True", "True"], complaint


@pytest.mark.parametrize("times", cases.sampled([1, 3], [1]))
@pytest.mark.parametrize("daemon", [True, False])
def test_exit_while_calls_run(daemon, times):
    code = f"""{PRELUDE}
def work():
    for _ in range(40):
        sg.sigmoid(x, backend="numba")
for _ in range(3):
    threading.Thread(target=work, daemon={daemon}).start()
sg.sigmoid(x, backend="numba")
"""
    for _ in range(times):
        assert run(code).stderr == ""


def test_calls_while_exiting():
    # Numba then loads other libraries' extensions, of which Awkward's says that it is too late.
    code = f"""{PRELUDE}
import atexit, warnings
warnings.filterwarnings("ignore", "Numba extension module 'awkward")
atexit.register(lambda: print(right(), flush=True))
right()
"""
    done = run(code)
    assert (done.stdout.strip(), done.stderr) == ("True", "")
    code = code.replace("\nright()\n", "\n")  # no helper was started before
    done = run(code)
    assert (done.stdout.strip(), done.stderr) == ("True", "")


@pytest.mark.skipif(sys.platform != "linux", reason="limits on memory are Linux's here")
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_out_of_memory(backend):
    code = f"""{PRELUDE}
import resource
big = np.zeros(2**27, np.float64)  # 1 GiB
assert right({backend!r})
used = int(open("/proc/self/statm").read().split()[0]) * resource.getpagesize()
resource.setrlimit(resource.RLIMIT_AS, (used + 2**28, used + 2**28))
try:
    sg.sigmoid(big, backend={backend!r})
except MemoryError:
    print("MemoryError", right({backend!r}))
"""
    assert run(code).stdout.split() == ["MemoryError", "True"]


BROKEN = {
    "raises": "raise RuntimeError('no LLVM here')",
    "incomplete": "__version__ = '0.62.0'",
    "too old": "__version__ = '0.61.2'",
}


@pytest.mark.parametrize(
    ("state", "why"),
    [
        ("raises", "RuntimeError: no LLVM here"),
        ("incomplete", "numba"),
        ("too old", "numba 0.61.2 is installed; 0.62 or newer is needed"),
    ],
)
def test_numba_that_cannot_be_used(tmp_path, state, why):
    (tmp_path / "numba.py").write_text(BROKEN[state])
    code = f"""{PRELUDE}
print(bool(np.allclose(sg.sigmoid(x), 1 / (1 + np.exp(-x)), rtol=1e-14)))
print(info().usable, info().problem)
try:
    sg.sigmoid(x, backend="numba")
except ImportError as problem:
    print(problem)
"""
    done = run(code, PYTHONPATH=str(tmp_path))
    right, told, raised = done.stdout.splitlines()
    assert right == "True"
    assert told.startswith("False")
    assert why in told
    assert why in raised
    assert done.stderr.count("Warning") == 1, "one word about why it is slow"
    assert why in done.stderr


def test_without_compilation():
    """``NUMBA_DISABLE_JIT`` is the user's wish: all works, nothing is compiled, nothing said."""
    code = f"""{PRELUDE}
import numba
import sigmoids.njit as sj
from sigmoids.njit import silu
print(right(None), right("numba"), sg.sigmoid(0.0), sg.tanh(np.zeros(300))[0])
@numba.njit
def f(x):
    return sj.sigmoid(x), silu(x, "fast"), sg.sigmoid(x), sj.sigmoid_and_derivative(x)
print(f(0.0))
print(info().problem)
"""
    done = run(code, NUMBA_DISABLE_JIT="1")
    values, compiled, problem = done.stdout.splitlines()
    assert values == "True True 0.5 0.0"
    assert compiled == "(0.5, 0.0, 0.5, (0.5, 0.25))"
    assert "NUMBA_DISABLE_JIT" in problem
    assert done.stderr == ""


def test_compilation_switched_off_and_on_again():
    code = f"""{PRELUDE}
import numba
print(sg.sigmoid(0.0))
numba.config.DISABLE_JIT = True
print(sg.tanh(0.0), sg.sigmoid(np.zeros(300))[0], sg.sigmoid(0.0), right("numba"))
print(info().problem)
numba.config.DISABLE_JIT = False
print(sg.tanh(0.0), right("numba"), info().problem)
"""
    done = run(code)
    first, off, problem, on = done.stdout.splitlines()
    assert (first, off, on) == ("0.5", "0.0 0.5 0.5 True", "0.0 True None")
    assert "NUMBA_DISABLE_JIT" in problem
    assert done.stderr == ""


def test_two_processes_compile_at_once(tmp_path):
    code = (
        "import numpy as np, sigmoids as sg\n"
        "x = np.linspace(-30, 30, 1000, dtype=np.float32)\n"
        "y = sg.sigmoid(x, backend='numba', accuracy='fast')\n"
        "print(np.allclose(y, 1 / (1 + np.exp(-x)), rtol=1e-5, atol=0))"
    )
    with ExitStack() as stack:
        children = [
            stack.enter_context(started("-c", code, NUMBA_CACHE_DIR=str(tmp_path)))
            for _ in range(3)
        ]
        for child in children:
            assert child.communicate() == ("True\n", "")
    assert run(code, NUMBA_CACHE_DIR=str(tmp_path)).stdout == "True\n"


@pytest.mark.slow
def test_more_than_two_to_the_31_elements():
    """Indices and sizes do not wrap around; 9 GB of memory."""
    code = """
import numpy as np, sigmoids as sg
x = np.zeros(2**31 + 4097, np.float16)
x[[0, 2**31 - 1, 2**31, -1]] = [1, 2, 3, 4]
for number in (1, 2):
    with sg.use_num_threads(number):
        y = sg.sigmoid(x, backend="numba")
    assert y.shape == x.shape
    assert (y[[0, 2**31 - 1, 2**31, -1]] == sg.sigmoid(np.float16([1, 2, 3, 4]))).all()
    assert np.count_nonzero(y == 0.5) == x.size - 4
    del y
print("right")
"""
    assert run(code).stdout.strip() == "right"


@pytest.mark.slow
@pytest.mark.skipif(sys.platform != "linux", reason="limits memory as Linux does")
def test_files_larger_than_memory(tmp_path):
    """Mapped files of 2 GiB go through in a process that may have a third of that for itself."""
    code = f"""
import resource, numpy as np, sigmoids as sg
size = 2**29
x = np.memmap({str(tmp_path / "x")!r}, np.float32, "w+", shape=size)
out = np.memmap({str(tmp_path / "y")!r}, np.float32, "w+", shape=size)
x[[0, -1]] = -200, 200
sg.sigmoid(np.zeros(2**20, np.float32), backend="numba")
resource.setrlimit(resource.RLIMIT_DATA, (700 * 2**20,) * 2)
assert sg.sigmoid(x, backend="numba", out=out) is out
assert (out[0], out[1], out[-1]) == (0, 0.5, 1)
halves = sum(np.count_nonzero(piece == 0.5) for piece in np.split(out, 64))
assert halves == size - 2
try:
    sg.sigmoid(x, backend="numba")
except MemoryError:
    print("right")
"""
    assert run(code).stdout.strip() == "right"
