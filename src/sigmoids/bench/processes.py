"""The processes of a run: each computes for one contender, and stands still while others do."""

from __future__ import annotations

import os
import signal
import tempfile
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sigmoids.bench.worker import serve

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sigmoids.bench.contenders import Contender, Listing

    Request = tuple[Any, ...]

PATIENCE = 300.0
"""Seconds in which a process has to answer.  Compiling takes the longest."""

CAN_STOP = hasattr(signal, "SIGSTOP")
"""Whether processes can be made to stand still.  Where not, they wait for their turn, and only
threads that go on spinning after a call disturb the others."""


class LostError(Exception):
    """A process that was asked has ended, or does not answer."""


class FailedError(Exception):
    """What was asked for has failed; the process goes on."""


class Process:
    """A process of its own, with a fresh interpreter, which stands still unless it is asked."""

    def __init__(self, uses: str, threads: int, log: Path) -> None:
        context = get_context("spawn")
        log.touch()
        self._log = log
        self._pipe, theirs = context.Pipe()
        self._process = context.Process(
            target=serve, args=(theirs, str(log), uses, threads), daemon=True
        )
        self._process.start()
        theirs.close()

    def send(self, request: str, *arguments: Any) -> None:
        """Ask for a method of :class:`~sigmoids.bench.worker.Worker`, and let it run."""
        with suppress(OSError):  # it has ended; there will be no answer
            self._pipe.send((request, arguments))
        self._signal("SIGCONT")

    def answer(self) -> Any:
        """What it answers; then it stands still."""
        try:
            if not self._pipe.poll(PATIENCE):
                raise LostError(f"does not answer within {PATIENCE:g} s")
            well, answer = self._pipe.recv()
        except (EOFError, ConnectionError):
            self._process.join(PATIENCE)
            raise LostError(self._last_words()) from None
        self._signal("SIGSTOP")
        if not well:
            raise FailedError(answer)
        return answer

    def kill(self) -> None:
        """End it at once, standing still or not, and what it may have started."""
        self._signal("SIGKILL")
        self._process.kill()

    def wait(self) -> None:
        """Wait for its end."""
        self._process.join()
        self._pipe.close()

    def _signal(self, name: str) -> None:
        if CAN_STOP and self._process.pid is not None:
            with suppress(ProcessLookupError):  # it has ended, or has not made its group yet
                os.killpg(self._process.pid, getattr(signal, name))

    def _last_words(self) -> str:
        lines = self._log.read_text(errors="replace").split("\n")
        said = next((f": {line.strip()}" for line in reversed(lines) if line.strip()), "")
        return f"its process ended with exit code {self._process.exitcode}{said}"


class Processes:
    """The processes of a run, started when they are first needed.

    One that is lost stays out for the rest of the run.

    Attributes
    ----------
    left_out : list of str
        Who was left out, where, and why.
    """

    def __init__(self, threads: int) -> None:
        self.left_out: list[str] = []
        self._threads = threads
        self._folder = tempfile.TemporaryDirectory(prefix="sigmoids-bench-")
        self._processes: dict[tuple[str, ...], Process] = {}
        self._lost: set[tuple[str, ...]] = set()

    def close(self) -> None:
        """End them all."""
        self.end()
        self._folder.cleanup()

    def end(self) -> None:
        """End them, until they are needed anew."""
        for process in self._processes.values():
            process.kill()
        for process in self._processes.values():
            process.wait()
        self._processes.clear()

    def start(self, contenders: Iterable[Contender]) -> dict[Contender, Listing]:
        """Start the processes that are not there yet, and import what they need; what they have."""
        known = self._processes.keys() | self._lost
        new = {who.process: who for who in contenders if who.process not in known}
        for who in new.values():
            log = Path(self._folder.name) / f"{len(self._processes)}.txt"
            self._processes[who.process] = Process(who.uses, self._threads, log)
        answers = self.ask("", dict.fromkeys(new.values(), ("start",)))
        self._lost.update(who.process for who in new.values() if who not in answers)
        return answers

    def present(self, contenders: Iterable[Contender]) -> list[Contender]:
        """Those whose processes are not lost, started."""
        contenders = list(contenders)
        self.start(contenders)
        return [who for who in contenders if who.process not in self._lost]

    def ask(self, where: str, requests: Mapping[Contender, Request]) -> dict[Contender, Any]:
        """The answers of all who give one.  They work at the same time."""
        answers = {}
        asked = [who for who in requests if who.process not in self._lost]
        for who in asked:
            self._processes[who.process].send(*requests[who])
        for who in asked:
            try:
                answers[who] = self._processes[who.process].answer()
            except FailedError as problem:
                self._leave_out(where, who, str(problem))
            except LostError as problem:
                self._processes[who.process].kill()
                self._lost.add(who.process)
                self._leave_out(where, who, f"{problem}; it takes no part any more")
        return answers

    def _leave_out(self, where: str, who: Contender, why: str) -> None:
        self.left_out.append(": ".join(filter(None, (where, who.name, why))))
