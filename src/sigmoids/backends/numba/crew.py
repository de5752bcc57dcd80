"""Threads that help with jobs, without the interpreter's lock from their first to their last.

To wake a thread takes tens of microseconds, which is as long as a call on 10^5 numbers.  So a
helper that is done with a job looks out for the next one for a while before it sleeps, which
``SIGMOIDS_LINGER`` bounds.  Every helper has a box, which says what it does:

* at work, or not there at all;
* waiting: whoever calls may put the address of a job there in one atomic step, and take it back as
  long as the helper has not taken it;
* asleep, until it is woken.

So a caller never waits for a helper that is late; only for the chunk that a helper is at work on.
Helpers are Python's threads, daemons that never return to Python; what they look at is never freed,
so that they may go on while the interpreter ends.
"""

from __future__ import annotations

import ctypes
import os
import threading
from contextlib import suppress
from functools import cache
from time import perf_counter
from typing import TYPE_CHECKING, Any

from numba import types

from sigmoids.backends import threads
from sigmoids.backends.first_use import first_use, undisturbed
from sigmoids.backends.numba.compile import compile_callback
from sigmoids.backends.numba.fingerprint import fingerprint
from sigmoids.backends.numba.inline import jit
from sigmoids.backends.numba.job import HOLDERS, work
from sigmoids.backends.numba.memory import (
    add,
    call,
    call_for,
    exchange,
    give_way,
    load,
    look,
    pause,
)

if TYPE_CHECKING:
    from collections.abc import Callable

LONG = 150.0
"""Microseconds of a call alone from which on it pays to wake threads for it."""

MOST = 255
"""Helpers that there may be."""

PATIENCE = 2**10
"""How often a caller looks whether the last chunks are done before it lets others run."""

AT_WORK, WAITING, ASLEEP = 0, 1, 2
"""What is in a box that has no job in it."""

# A box is what is in it, and the address of the lock that its helper sleeps by.  The first one is
# nobody's: how many helpers there are, how often they look out, and how locks are taken and left.
LOCK, BOX = 8, 128
HELPERS, LOOKS, ACQUIRE, RELEASE = 0, 8, 16, 24


def _serve(crew: Any, box: Any) -> None:
    """What a helper does all its life."""
    exchange(box, AT_WORK, WAITING)
    looks = 0
    while True:
        found = look(box)
        if found > ASLEEP:
            if exchange(box, found, AT_WORK):
                work(found)
                exchange(box, AT_WORK, WAITING)
                add(found + HOLDERS, -1)
            looks = 0
        elif looks < load(crew + LOOKS):
            looks += 1
            pause()
        else:
            if exchange(box, WAITING, ASLEEP):
                call_for(load(crew + ACQUIRE), load(box + LOCK), -1, 0)
            looks = 0


@jit
def share(crew: Any, job: Any, most: Any) -> None:
    """Do a job with the help of those who wait, so many at most; return when nobody is at it."""
    last = crew + BOX * look(crew + HELPERS)
    box, asked = crew, 0
    while box < last and asked < most:
        box += BOX
        if look(box) == WAITING:
            add(job + HOLDERS, 1)
            if exchange(box, WAITING, job):
                asked += 1
            else:
                add(job + HOLDERS, -1)
    work(job)
    while box > crew:
        if look(box) == job and exchange(box, job, WAITING):
            add(job + HOLDERS, -1)
        box -= BOX
    looks = 0
    while look(job + HOLDERS) > 0:
        looks += 1
        if looks > PATIENCE:
            give_way()
        else:
            pause()


def _wake(crew: Any, most: Any) -> None:
    """Wake so many of those who sleep."""
    box, last = crew, crew + BOX * min(look(crew + HELPERS), most)
    while box < last:
        box += BOX
        if look(box) == ASLEEP and exchange(box, ASLEEP, WAITING):
            call(load(crew + RELEASE), load(box + LOCK))


def _look_out(box: Any, looks: Any) -> None:
    """Look as often as that, as a helper does."""
    for _ in range(looks):
        if look(box) > ASLEEP:
            break
        pause()


class Crew:
    """The helpers of this process; as many as were ever asked for."""

    def __init__(self) -> None:
        allocate = ctypes.pythonapi.PyMem_RawCalloc
        allocate.restype, allocate.argtypes = ctypes.c_void_p, [ctypes.c_size_t] * 2
        self.address = -(-allocate(MOST + 2, BOX) // BOX) * BOX
        self._words = (ctypes.c_int64 * (BOX // 8 * (MOST + 1))).from_address(self.address)
        self._starting = threading.Lock()
        words = None, ctypes.c_int64, ctypes.c_int64
        self._serve = ctypes.CFUNCTYPE(*words)(_compiled(_serve))
        self._wake = ctypes.PYFUNCTYPE(*words)(_compiled(_wake))
        look_out = ctypes.PYFUNCTYPE(*words)(_compiled(_look_out))
        self._looks = _looks(look_out, self.address)
        self._recent = 0.0
        self._threads: list[threading.Thread] = []
        self._kept_off = -1
        self._processor: Callable[[], int] | None = None
        if hasattr(os, "sched_setaffinity"):
            self._processor = getattr(ctypes.PyDLL(None), "sched_getcpu", None)
        for place, name in ((ACQUIRE, "acquire_lock_timed"), (RELEASE, "release_lock")):
            function = getattr(ctypes.pythonapi, f"PyThread_{name}")
            self._words[place // 8] = ctypes.cast(function, ctypes.c_void_p).value or 0

    def gather(self, helpers: int, alone: float) -> None:
        """See to it that so many are awake, or will be soon, for a call of some microseconds alone.

        If it is too short for that, it may not be the last of its kind: if the one before has just
        ended, they are woken for the one after.
        """
        now, linger = perf_counter(), threads.linger()
        if alone >= LONG or now < self._recent:
            if helpers > self._words[HELPERS]:
                self._start(min(helpers, MOST))
            if self._keep_off_the_caller():
                self._wake(self.address, helpers)
        self._recent = now + 1e-6 * (alone + linger)

    def _keep_off_the_caller(self) -> bool:
        """Let no helper have the processor that this thread has; whether there are others.

        Linux likes to let who is woken run there, and the waker wait.
        """
        if self._processor is None:
            return True
        processor = self._processor()
        if processor == self._kept_off:
            return True
        others = os.sched_getaffinity(0) - {processor}
        if not others:
            return False
        for thread in self._threads:
            with suppress(OSError):
                if thread.native_id:
                    os.sched_setaffinity(thread.native_id, others)
        self._kept_off = processor
        return True

    def renew(self) -> None:
        """Start anew in a forked child, which has none of its parent's threads."""
        self._starting = threading.Lock()
        self._words[HELPERS] = 0
        self._threads.clear()

    def _start(self, helpers: int) -> None:
        make_lock = ctypes.pythonapi.PyThread_allocate_lock
        make_lock.restype = ctypes.c_void_p
        with self._starting:
            self._words[LOOKS // 8] = int(self._looks * threads.linger())
            while self._words[HELPERS] < helpers:
                number = self._words[HELPERS] + 1
                box = self.address + BOX * number
                lock = make_lock()
                if lock is None:
                    return
                self._words[BOX // 8 * number] = AT_WORK
                self._words[(BOX * number + LOCK) // 8] = lock
                _acquire(lock)
                thread = threading.Thread(
                    target=self._serve, args=(self.address, box), name="sigmoids", daemon=True
                )
                # First, so that an interrupt now leaves a box without a helper, and not with two.
                self._words[HELPERS] = number
                self._threads.append(thread)
                self._kept_off = -1
                try:
                    thread.start()
                except RuntimeError:  # no more threads to be had: it works with those there are
                    self._words[HELPERS] = number - 1
                    return


def _acquire(lock: int) -> None:
    acquire = ctypes.pythonapi.PyThread_acquire_lock
    acquire.argtypes = [ctypes.c_void_p, ctypes.c_int]
    acquire(lock, 1)


def _compiled(function: Any) -> Any:
    function.__qualname__ = f"crew{function.__name__}_{fingerprint(function)}"
    compiled = compile_callback(function, types.void(types.int64, types.int64))
    _alive.append(compiled)
    return compiled.address


_alive: list[Any] = []
"""What addresses point to."""


def _looks(look_out: Any, box: int) -> float:
    """How often a helper looks in a microsecond."""
    number = 1000
    times = []
    for _ in range(3):
        start = perf_counter()
        look_out(box, number)
        times.append(perf_counter() - start)
    return 1e-6 * number / min(times)


@cache
def crew() -> Crew:
    """The one there is."""
    with first_use():
        made = undisturbed(Crew)
        if hasattr(os, "register_at_fork"):
            os.register_at_fork(after_in_child=made.renew)
        return made
