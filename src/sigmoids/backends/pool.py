"""A few threads that help whoever calls to work through an array.

Work is cut into chunks, and every thread claims the next one when it is done with its last: a
helper that is late, or that the system has stopped, holds up one chunk at most.  The caller works
too, so that a call is done even if no helper ever wakes.  No library's parallel runtime is needed,
calls from many threads share the helpers, and a forked child starts its own.
"""

from __future__ import annotations

import os
import threading
from queue import SimpleQueue
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable


class Job:
    """One call's chunks, and how many of them helpers are at work on."""

    __slots__ = (
        "_chunks",
        "_helping",
        "_lock",
        "_next",
        "_over",
        "_problem",
        "_quiet",
        "_waiting",
        "_work",
    )

    def __init__(self, work: Callable[[int], object], chunks: int) -> None:
        self._work = work
        self._chunks = chunks
        self._next = 0
        self._helping = 0
        self._over = False
        self._problem: BaseException | None = None
        self._lock = threading.Lock()
        self._waiting = False
        self._quiet = threading.Lock()
        self._quiet.acquire()

    def help(self) -> None:
        """As a helper, work until no chunk is left."""
        while (chunk := self._claim(1)) is not None:
            problem: BaseException | None = None
            try:
                self._work(chunk)
            except BaseException as raised:  # the caller's to handle
                problem = raised
            with self._lock:
                self._helping -= 1
                if problem is not None:
                    self._problem = problem
                    self._chunks = self._next
                if self._waiting and not self._helping:
                    self._waiting = False
                    self._quiet.release()

    def complete(self) -> None:
        """As the caller, work until no chunk is left, and wait for the helpers.

        However this ends, by an interrupt from the keyboard too, no helper is at work afterwards.
        """
        try:
            while (chunk := self._claim(0)) is not None:
                self._work(chunk)
        finally:
            self.end()
        if self._problem is not None:
            raise self._problem

    def end(self) -> None:
        """Return when no helper is at work, nor will be."""
        if not self._over:
            self._wait()

    def _claim(self, helping: int) -> int | None:
        with self._lock:
            if self._next >= self._chunks:
                return None
            self._next += 1
            self._helping += helping
            return self._next - 1

    def _wait(self) -> None:
        """Let no chunk be claimed any more, and wait for the helpers, whatever interrupts."""
        interruption: BaseException | None = None
        while True:
            try:
                with self._lock:
                    self._chunks = self._next
                    self._waiting = self._helping > 0
                    if not self._waiting:
                        self._over = True
                        break
                self._quiet.acquire()
            except BaseException as raised:
                interruption = raised
        if interruption is not None:
            raise interruption


class Pool:
    """Helpers that wait for jobs; as many as were ever asked for."""

    def __init__(self) -> None:
        self._jobs: SimpleQueue[Job] = SimpleQueue()
        self._helpers = 0
        self._starting = threading.Lock()

    def run(self, work: Callable[[int], object], chunks: int, threads: int) -> None:
        """Call ``work`` with every number below ``chunks``, on up to so many threads."""
        helpers = min(threads, chunks) - 1
        if helpers > self._helpers:
            self._start(helpers)
        job = Job(work, chunks)
        try:
            for _ in range(min(helpers, self._helpers)):
                self._jobs.put(job)
            job.complete()
        finally:
            job.end()  # an interrupt may come where a function has just been called

    def _start(self, helpers: int) -> None:
        with self._starting:
            while self._helpers < helpers:
                thread = threading.Thread(
                    target=_help, args=(self._jobs,), name="sigmoids", daemon=True
                )
                try:
                    thread.start()
                except RuntimeError:  # no more threads to be had: it works with those there are
                    return
                self._helpers += 1


def _help(jobs: SimpleQueue[Job]) -> None:
    while True:
        job = jobs.get()
        job.help()
        del job  # and with it the arrays, while there is nothing to do


pool = Pool()


def _renew() -> None:
    """Start anew in a forked child, which has none of its parent's threads."""
    global pool
    pool = Pool()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew)
