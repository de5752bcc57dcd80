"""Random calls under the worst that a process can do to a library, compared bit for bit.

::

    python benchmarks/torture.py --minutes 30

Processes take turns, each with eight threads that call at once: random functions, dtypes, layouts,
sizes, containers, backends, numbers of threads, in place and into other arrays, while warnings and
floating-point exceptions are errors, subnormal numbers and rounding are switched, the process forks
and is interrupted, choices are made and taken back, and the folder of compiled code is damaged.
Every result is compared with that of a plain call alone.  The first difference ends it, with the
seed that finds it again.
"""

from __future__ import annotations

import argparse
import contextlib
import ctypes
import faulthandler
import json
import os
import platform
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
import warnings
from collections import Counter
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ml_dtypes
import numpy as np
import numpy.random  # which NumPy would import later, perhaps while the process forks
from rich.console import Console

import sigmoids as sg
from sigmoids.functions import FUNCTIONS, JOINT

if TYPE_CHECKING:
    from collections.abc import Iterator

MEMBERS = FUNCTIONS | JOINT
DTYPES = [np.dtype(t) for t in (np.float16, ml_dtypes.bfloat16, np.float32, np.float64)]
CALLERS = 8
TURN = 45.0
"""Seconds of a process."""

PATIENCE = 300.0
"""Seconds more after which it counts as hanging; compiling takes most of them."""

INPUTS = 2**14
LARGEST = 2**19

MODES = {"flush": 0x8040, "down": 0x2000, "up": 0x4000, "none": 0}
"""Bits of the control word of x86's, which glibc keeps at this place of its ``fenv_t``."""
MXCSR = 28
CAN_SWITCH = sys.platform == "linux" and platform.machine() == "x86_64"


class DifferenceError(Exception):
    """A result is not what it is alone."""


class Interruption(BaseException):
    """What the timer raises in the main thread, as the keyboard would raise its own."""


class Labelled(np.ndarray):
    """A subclass without a say of its own."""


class Wrapped:
    """Something that overrides ufuncs."""

    def __init__(self, inside: Any) -> None:
        self.inside = inside

    def __array_ufunc__(self, ufunc: Any, _method: str, *inputs: Any, **options: Any) -> Any:
        return Wrapped(ufunc(*(getattr(x, "inside", x) for x in inputs), **options))


# What is to be found.


@cache
def numbers(name: str, dtype: np.dtype[Any]) -> tuple[np.ndarray, ...]:
    """Arguments of a function, of all sizes, and special ones."""
    draw = np.random.default_rng(0)
    spec = MEMBERS[name].spec
    special = [0.0, -0.0, np.inf, -np.inf, np.nan, 5e-324, 1e-310, 1e-45, 1e308, -745.0, -103.9]
    with np.errstate(all="ignore"):
        x = np.concatenate([draw.normal(scale=30, size=INPUTS - 1000 - len(special)), special,
                            draw.normal(scale=1e-5, size=1000)])  # fmt: skip
        if name == "logit":
            x = np.concatenate([draw.random(INPUTS - len(special)), special])
        arguments = [x, draw.random(INPUTS)][: len(spec.arguments)]
        return tuple(a.astype(dtype) for a in arguments)


_expected: dict[Any, tuple[np.ndarray, ...]] = {}
_one_at_a_time = threading.Lock()


def expected(name: str, dtype: np.dtype[Any], accuracy: str, backend: str) -> Any:
    """The results of a plain call on one thread, by NumPy where all backends have the same bits."""
    if accuracy == "high" and dtype.itemsize <= 4:
        backend = "numpy"
    key = (name, dtype, accuracy, backend)
    with _one_at_a_time:
        if key not in _expected:
            options: Any = {"accuracy": accuracy, "backend": backend}
            with switched("none"), sg.use_num_threads(1):
                y = MEMBERS[name].function(*numbers(name, dtype), **options)
            _expected[key] = y if isinstance(y, tuple) else (y,)
    return _expected[key]


def compare(found: Any, wanted: np.ndarray, what: str) -> None:
    """Bit for bit; of NaNs only that they are."""
    found = np.ascontiguousarray(found).reshape(-1)
    wanted = np.ascontiguousarray(wanted).reshape(-1)
    if found.dtype != wanted.dtype or found.shape != wanted.shape:
        raise DifferenceError(
            f"{what}: {found.dtype}{found.shape} for {wanted.dtype}{wanted.shape}"
        )
    kind = f"u{found.itemsize}"
    wrong = np.flatnonzero(found.view(kind) != wanted.view(kind))
    wrong = wrong[~(np.isnan(found[wrong]) & np.isnan(wanted[wrong]))]
    if wrong.size:
        i = wrong[0]
        raise DifferenceError(f"{what}: {wrong.size} differ; {found[i]!r} for {wanted[i]!r} at {i}")


# What is done to a call.


@contextlib.contextmanager
def switched(mode: str) -> Iterator[None]:
    """This thread's floating-point mode; ``"none"`` is the standard one."""
    if not CAN_SWITCH:
        yield
        return
    library = ctypes.CDLL("libm.so.6")
    saved = ctypes.create_string_buffer(64)
    library.fegetenv(saved)
    changed = ctypes.create_string_buffer(saved.raw, 64)
    changed[MXCSR : MXCSR + 4] = (0x1F80 | MODES[mode]).to_bytes(4, "little")
    library.fesetenv(changed)
    try:
        yield
    finally:
        library.fesetenv(saved)


def laid_out(x: np.ndarray, how: str) -> np.ndarray:
    """An equal array of one dimension, or two, in another layout."""
    if how == "strided":
        return np.repeat(x, 3)[::3]
    if how == "backwards":
        return x[::-1].copy()[::-1]
    if how == "columns" and x.size:
        rows = next(n for n in (7, 5, 3, 2, 1) if x.size % n == 0)
        return np.asfortranarray(x.reshape(rows, -1))
    if how == "unaligned":
        memory = np.empty(x.nbytes + 1, np.uint8)[1:].view(x.dtype)
        memory[...] = x
        return memory
    if how == "read-only":
        x = x.copy()
        x.flags.writeable = False
    return x


class Caller:
    """One thread's random calls."""

    def __init__(self, seed: str, backends: list[str]) -> None:
        self.random = random.Random(seed)
        self.backends = backends
        self.counts: Counter[str] = Counter()

    def call(self) -> None:
        """One call, compared."""
        pick = self.random.choice
        name, dtype, accuracy = pick(list(MEMBERS)), pick(DTYPES), pick(["high", "fast"])
        # What XLA has for "fast" may differ by an ulp between the middle of an array and its end.
        backend = pick([b for b in self.backends if b != "jax" or accuracy == "high"])
        sizes = [1, 3, 17, 255, 300, 1000]
        size = pick(sizes) if backend == "jax" else self._size()
        start = self.random.randrange(INPUTS)
        places = (np.arange(size) + start) % INPUTS
        arguments = [a[places] for a in numbers(name, dtype)]
        wanted = [y[places] for y in expected(name, dtype, accuracy, backend)]
        mode = "none" if backend == "jax" else pick(list(MODES))
        with (
            switched(mode),
            np.errstate(all=pick(["raise", "ignore", "warn"])),
            sg.use_num_threads(pick([1, 2, 3, 8])),
        ):
            found, way = self._call(name, arguments, accuracy, backend)
        for result, want in zip(found, wanted, strict=True):
            compare(result, want, f"{name} {dtype} {accuracy} {backend} n={size} {mode} {way}")
        self.counts["calls"] += 1
        self.counts["elements"] += size * len(found)

    def _size(self) -> int:
        return int(LARGEST ** self.random.random()) - self.random.randrange(2)

    def _call(
        self, name: str, arguments: list[np.ndarray], accuracy: str, backend: str
    ) -> tuple[Any, str]:
        function, parts = MEMBERS[name].function, MEMBERS[name].spec.parts
        options: dict[str, Any] = {"accuracy": accuracy}
        within: Any = contextlib.nullcontext()
        if self.random.random() < 0.5:
            options["backend"] = backend
        else:
            within = sg.use_backend(backend)
        x = arguments[0]
        way = self.random.choice(
            ["strided", "backwards", "columns", "unaligned", "read-only", "plain", "out",
             "in place", "overlapping", "number", "list", "masked", "subclass", "wrapped"]
        )  # fmt: skip
        if way == "number" and not (x.size == 1 and x.dtype == np.float64):
            way = "scalar" if x.size == 1 else "plain"
        if way == "list" and (x.dtype != np.float64 or x.size > 1000):
            way = "plain"
        given: list[Any] = [laid_out(a, way) for a in arguments]
        out: Any = None
        if way == "number":
            given = [float(a[0]) for a in given]
        elif way == "scalar":
            given = [a[0] for a in given]
        elif way == "list":
            given = [a.tolist() for a in given]
        elif way == "masked":
            given = [np.ma.array(a, mask=np.signbit(a)) for a in given]
        elif way == "subclass":
            given = [a.view(Labelled) for a in given]
        elif way == "wrapped":
            given[0] = Wrapped(given[0])
            if len(parts) > 1:  # then each is computed by itself, and may differ in its last bit
                way, given = "plain", [*arguments]
        elif way == "out":
            out = tuple(np.empty_like(x) for _ in parts)
        elif way == "in place":
            out = (given[0], *(np.empty_like(x) for _ in parts[1:]))
        elif way == "overlapping":
            memory = np.empty(x.size + 3, x.dtype)
            memory[:-3] = x
            given[0] = memory[:-3]
            out = (memory[3:], *(np.empty_like(x) for _ in parts[1:]))
        with within:
            if out is not None:
                options["out"] = out if len(parts) > 1 else out[0]
            results = function(*given, **options)
        results = results if len(parts) > 1 else (results,)
        if way == "wrapped":
            results = tuple(result.inside for result in results)
        if way == "masked":
            results = tuple(result.data for result in results)
        if way == "number":
            assert all(type(y) is float for y in results)
        return results, way


# What is done to the process.


def fork(caller: Caller) -> None:
    """A child that calls, while other threads of the parent do."""
    with _one_at_a_time:  # or else the child would have it locked by a thread that it has not
        child = os.fork()
    if not child:
        try:
            for _ in range(3):
                caller.call()
            os._exit(0)
        except BaseException as problem:
            os.write(1, f"in a forked child: {problem!r}\n".encode())
            os._exit(1)
    deadline = time.monotonic() + PATIENCE
    while (done := os.waitpid(child, os.WNOHANG)) == (0, 0):
        if time.monotonic() > deadline:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise DifferenceError("a forked child hangs")
        time.sleep(0.005)
    if os.waitstatus_to_exitcode(done[1]):
        raise DifferenceError("a forked child failed")
    caller.counts["forks"] += 1


def interrupt(caller: Caller) -> None:
    """A long call that a signal ends: nobody may write to its output afterwards."""
    x = np.full(2**21, -740.0)
    out = np.empty_like(x)
    signal.setitimer(signal.ITIMER_REAL, caller.random.uniform(1e-4, 0.03))
    try:
        with sg.use_num_threads(caller.random.choice([1, 2, 3])):
            for _ in range(20):
                sg.sigmoid(x, out=out, backend=caller.random.choice(["numpy", "numba"]))
        signal.setitimer(signal.ITIMER_REAL, 0)
    except Interruption:
        caller.counts["interrupts"] += 1
        out[...] = 7
        time.sleep(0.002)
        if not (out == 7).all():
            raise DifferenceError("somebody wrote to an output after the interrupt") from None
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)


def _raise(_number: int, _frame: Any) -> None:
    raise Interruption


def work(seed: str, seconds: float, backends: list[str]) -> Counter[str]:
    """All that one process does; the counts of it."""
    warnings.simplefilter("error")
    warnings.filterwarnings("ignore", message="sigmoids has compiled without", append=False)
    warnings.filterwarnings("ignore", message=".*fork.*", category=DeprecationWarning)
    faulthandler.dump_traceback_later(seconds + PATIENCE, exit=True)
    signal.signal(signal.SIGALRM, _raise)
    for backend in backends:  # what an interrupted import leaves is not for us to mend
        sg.sigmoid(0.0, backend=backend)
    end = time.monotonic() + seconds
    problems: list[BaseException] = []
    callers = [Caller(f"{seed} {number}", backends) for number in range(CALLERS)]

    def calls(caller: Caller) -> None:
        try:
            while time.monotonic() < end and not problems:
                caller.call()
        except BaseException as problem:
            problems.append(problem)

    threads = [threading.Thread(target=calls, args=(caller,)) for caller in callers]
    for thread in threads:
        thread.start()
    main = Caller(f"{seed} main", backends)
    try:
        while time.monotonic() < end and not problems:
            if "jax" not in backends:  # which does not survive a fork
                fork(main)
            interrupt(main)
            sg.set_default_backend(main.random.choice([*backends, None]))
            sg.set_num_threads(main.random.choice([1, 2, 5, None]))
            main.counts["switches"] += 2
            main.call()
    except BaseException as problem:
        problems.append(problem)
    for thread in threads:
        thread.join()
    if problems:
        raise problems[0]
    return sum((caller.counts for caller in callers), main.counts)


def damage(folder: Path, draw: random.Random) -> int:
    """Do something to a file of compiled code, if there is any."""
    files = list(folder.rglob("*.machine-code"))
    if not files:
        return 0
    path = draw.choice(files)
    with contextlib.suppress(OSError):
        whole = bytearray(path.read_bytes())
        harm = draw.choice(["flip", "cut", "garbage", "empty", "delete"])
        if harm == "delete":
            path.unlink()
        elif harm == "flip" and whole:
            whole[draw.randrange(len(whole))] ^= 1 << draw.randrange(8)
            path.write_bytes(whole)
        else:
            kept = draw.randrange(len(whole) + 1) if harm == "cut" else 0
            path.write_bytes(whole[:kept] or (b"\x80\x09N." if harm == "garbage" else b""))
        return 1
    return 0


def main() -> int:
    """Let processes take turns, and say what was tried."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").split("\n", 1)[0])
    parser.add_argument("--minutes", type=float, default=2.0)
    parser.add_argument("--seed", type=int, default=None, help="of a run that is to be repeated")
    parser.add_argument("--turn", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.turn:
        seed, seconds, backends = options.turn.split("/")
        sys.stdout.write(json.dumps(work(seed, float(seconds), backends.split(","))))
        return 0
    seed = options.seed if options.seed is not None else random.SystemRandom().randrange(2**32)
    say = Console(width=200, markup=False, highlight=False).print
    say(f"seed {seed}")
    draw = random.Random(seed)
    counts: Counter[str] = Counter()
    end = time.monotonic() + 60 * options.minutes
    with tempfile.TemporaryDirectory() as folder:
        environment = {**os.environ, "NUMBA_CACHE_DIR": folder}
        turn = 0
        while time.monotonic() < end:
            backends = "jax,numba,numpy" if turn % 3 == 2 else "numba,numpy"
            seconds = max(1.0, min(TURN, end - time.monotonic()))
            arguments = ["--turn", f"{seed}-{turn}/{seconds}/{backends}"]
            with tempfile.TemporaryFile("w+") as said:
                process = subprocess.Popen(
                    [sys.executable, __file__, *arguments],
                    env=environment, stdout=said, stderr=subprocess.STDOUT,
                )  # fmt: skip
                while process.poll() is None:
                    time.sleep(draw.uniform(1, 6))
                    counts["damages"] += damage(Path(folder), draw)
                said.seek(0)
                text = said.read()
            if process.returncode:
                say(text)
                say(f"turn {turn} of seed {seed} ended with status {process.returncode}")
                return 1
            counts += Counter(json.loads(text.splitlines()[-1]))
            counts["processes"] += 1
            turn += 1
    say(", ".join(f"{number:,} {what}" for what, number in sorted(counts.items())))
    say("no difference")
    return 0


if __name__ == "__main__":
    sys.exit(main())
