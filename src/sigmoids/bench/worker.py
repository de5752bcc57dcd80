"""The program of a contender's process: makes calls ready and times them, as it is asked to."""

from __future__ import annotations

import os
import signal
import sys
from ctypes import CDLL
from multiprocessing import parent_process
from time import perf_counter
from timeit import Timer
from typing import TYPE_CHECKING

import numpy as np

from sigmoids.backends.threads import set_num_threads
from sigmoids.bench.cases import inputs
from sigmoids.bench.contenders import Listing, find
from sigmoids.bench.inspection import check
from sigmoids.peers import library

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from sigmoids.bench.contenders import Contender
    from sigmoids.peers.peer import Arrays, Prepared

WARM_UP = 0.01
"""Seconds of a burst that are not timed; those that are last half as long at least."""

ALLOCATION = 2**25 - 2**16
"""Bytes, just less than glibc's allocator ever keeps after they were freed.  Until a program has
freed as many once, it takes and gives back temporary arrays page by page, which costs a multiple of
what is computed in them."""


def serve(pipe: Connection, log: str, uses: str, threads: int) -> None:
    """Answer what comes down the pipe until it ends: with True and an answer, or False and why not.

    What libraries print goes to a file.  In a group of its own, the process does not hear Ctrl-C:
    who has started it ends it.
    """
    _end_with_the_parent()
    if hasattr(os, "setpgid"):
        os.setpgid(0, 0)
    for stream in (1, 2):
        os.dup2(os.open(log, os.O_WRONLY | os.O_APPEND), stream)
    worker = Worker(uses, threads)
    while True:
        try:
            name, arguments = pipe.recv()
        except EOFError:
            return
        try:
            pipe.send((True, getattr(worker, name)(*arguments)))
        except Exception as problem:
            pipe.send((False, f"{type(problem).__name__}: {problem}"))


def _end_with_the_parent() -> None:
    """Have Linux end this process when its parent ends, even while it stands still.

    Elsewhere one that still runs reads the end of the pipe, and systems wake those that stand still
    when nobody is left to do that.
    """
    parent = parent_process()
    if sys.platform != "linux" or parent is None:
        return
    CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
    if os.getppid() != parent.pid:  # it had ended before
        os._exit(1)


PR_SET_PDEATHSIG = 1
"""Of ``<sys/prctl.h>``."""


class Worker:
    """What can be asked of the process."""

    def __init__(self, uses: str, threads: int) -> None:
        self._uses = uses
        self._threads = threads
        self._prepared: Prepared

    def start(self) -> Listing:
        """Import the library and tell it how many threads to use; the peers it has."""
        bytearray(ALLOCATION)
        set_num_threads(self._threads)
        found = library(self._uses)
        found.use_threads(self._threads)
        return Listing.of(found)

    def prepare(self, who: Contender, function: str, dtype: str, size: int) -> None:
        """Make a call ready; a WrongResultError where it computes otherwise."""
        arrays = inputs(function, dtype, size)
        self._prepared = find(function, who)(*arrays)
        if who.kind != "limit":
            check(function, self._prepared, arrays)

    def results(self) -> Arrays:
        """What the call computes."""
        return self._prepared.result()

    def repeats(self, sample: float) -> int:
        """How often to repeat the call in so many seconds; the calls to find out warm it up."""
        with self._prepared.within():
            if min(self._seconds(1) for _ in range(3)) > 10 * sample:
                return 1
            number = 1
            while (taken := self._seconds(number)) < sample / 2:
                number *= int(np.clip(sample / max(taken, 1e-9), 2, 10))
            return number

    def burst(self, repeats: int) -> float:
        """Seconds per call: the least of several times as many, after some that are not timed.

        These bring the data back into the caches, and give the system the time to spread the
        threads, which it wakes wherever they were when they were stopped.
        """
        with self._prepared.within():
            start = perf_counter()
            while perf_counter() - start < WARM_UP:
                self._seconds(1 + repeats // 4)
            least = self._seconds(repeats)
            while perf_counter() - start < 1.5 * WARM_UP:
                least = min(least, self._seconds(repeats))
            return least / repeats

    def _seconds(self, number: int) -> float:
        """How long so many calls take, what comes before them left out."""
        prepared = self._prepared
        if prepared.before is None:
            return Timer(prepared.call).timeit(number)
        seconds = 0.0
        for _ in range(number):
            prepared.before()
            start = perf_counter()
            prepared.call()
            seconds += perf_counter() - start
        return seconds
