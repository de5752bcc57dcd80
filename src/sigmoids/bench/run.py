"""A whole run: every case, first calls, accuracy."""

from __future__ import annotations

import math
from dataclasses import dataclass
from functools import partial
from subprocess import TimeoutExpired
from typing import TYPE_CHECKING, Any, Self

from sigmoids.bench import first_call, machine
from sigmoids.bench.cases import inputs
from sigmoids.bench.cases import sizes as parse
from sigmoids.bench.contenders import FUNCTION_NAMES, HOST, Contender, guest, limits, ours
from sigmoids.bench.inspection import largest_error, truths
from sigmoids.bench.processes import Processes
from sigmoids.bench.results import Case, Error, FirstCall, Results, Timing
from sigmoids.bench.timing import in_turns
from sigmoids.choice import DTYPES, Choice
from sigmoids.functions import parts
from sigmoids.peers import LIBRARIES, installed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sigmoids.bench.contenders import Listing

SAMPLED = 2**14
"""Results whose error is measured."""


@dataclass(frozen=True, slots=True)
class Effort:
    """How much is measured where nothing is named, and how much time it takes.

    Attributes
    ----------
    functions, dtypes : tuple of str
        By default; all there are where empty.
    sizes : str
        By default.
    sample : float
        Seconds that a burst takes: one call, repeated.
    budget : float
        Seconds for the turns of a case.
    series : int
        How often all cases are gone through, by new processes.  Where arrays happen to lie in
        memory matters, by a third in places, and differs from one process to the next; and what
        others do on the machine may last for minutes.
    """

    functions: tuple[str, ...]
    dtypes: tuple[str, ...]
    sizes: str
    sample: float
    budget: float
    series: int


QUICK = Effort(
    ("sigmoid",), ("float32", "float64"), "1,100,1e4,1e6", sample=1e-3, budget=2, series=2
)
FULL = Effort((), (), "1:1e7", sample=2e-3, budget=12, series=8)


@dataclass(frozen=True, slots=True)
class Plan:
    """What a run measures."""

    choice: Choice
    sizes: tuple[int, ...]
    peers: bool
    threads: int
    effort: Effort

    @classmethod
    def of(
        cls,
        functions: Iterable[str] | None = None,
        backends: Iterable[str] | None = None,
        dtypes: Iterable[str] | None = None,
        accuracies: Iterable[str] | None = None,
        sizes: str | None = None,
        *,
        peers: bool = True,
        threads: int | None = None,
        quick: bool = False,
    ) -> Plan:
        """A checked plan; the process is held to so many threads from now on."""
        effort = QUICK if quick else FULL
        choice = Choice.of(
            functions or effort.functions,
            backends,
            dtypes or effort.dtypes,
            accuracies,
            known=FUNCTION_NAMES,
        )
        numbers = parse(sizes or effort.sizes)
        return cls(choice, numbers, peers, machine.use_threads(threads), effort)

    def cases(self) -> list[Case]:
        """Every case, the sizes of a function and dtype together."""
        return [
            Case(function, dtype, size)
            for function in self.choice.functions
            for dtype in self.choice.dtypes
            for size in self.sizes
        ]


class Run:
    """A run in progress: what was measured, and what was left out and why."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.errors: list[Error] = []
        self.first_calls: list[FirstCall] = []
        self._processes = Processes(plan.threads)
        self._listings: list[Listing] = []
        self._seconds: dict[Case, dict[Contender, list[float]]] = {}
        self._series = 0
        self._repeats: dict[tuple[Case, Contender], int] = {}

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._processes.close()

    @property
    def left_out(self) -> list[str]:
        """Who was left out, where, and why."""
        return self._processes.left_out

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        """What to do, in order, and how to call it; libraries are asked what they have."""
        choice = self.plan.choice
        names = filter(installed, LIBRARIES) if self.plan.peers else ()
        asked = self._processes.start(Contender(name, name, "peer", "", name) for name in names)
        self._listings = list(asked.values())
        return [
            *(
                (f"first call of {who.name}", partial(self._first_call, function, dtype, who))
                for function, dtype, who in self.whose_first_calls()
            ),
            *(
                (str(case), partial(self._time, case, series))
                for series in range(self.plan.effort.series)
                for case in self.plan.cases()
            ),
            *(
                (f"errors of {function} {dtype}", partial(self._measure_errors, function, dtype))
                for function in choice.functions
                for dtype in choice.dtypes
            ),
        ]

    def results(self) -> Results:
        """What was measured so far."""
        return Results(
            machine.facts(self.plan.threads), self._timings(), self.first_calls, self.errors
        )

    def _timings(self) -> list[Timing]:
        found = []
        for case, seconds in self._seconds.items():
            width = DTYPES[case.dtype].itemsize * case.size
            arguments, results = len(parts(case.function)[0].arguments), len(parts(case.function))
            for who, times in seconds.items():
                moved = width * (2 if who.kind == "limit" else arguments + results)
                found.append(
                    Timing(case, who.name, who.library, who.kind, who.accuracy, moved, tuple(times))
                )
        return found

    def computing(self, function: str, dtype: str) -> list[Contender]:
        """All who compute a function."""
        choice = self.plan.choice
        found = [ours(backend, how) for backend in choice.backends for how in choice.accuracies]
        for listing in self._listings:
            found += listing.contenders(function, dtype)
        return found

    def contenders(self, case: Case) -> list[Contender]:
        """All who compute in a case, one of ours as a guest, and the limits."""
        found = self.computing(case.function, case.dtype)
        if any(who.library == HOST for who in found):
            found += [guest(who) for who in found if who.name.startswith("numba ")][:1]
        return found + limits(case.size, self.plan.threads)

    def whose_first_calls(self) -> list[tuple[str, str, Contender]]:
        """Whose first calls are measured: for one function and dtype, one call of everyone's."""
        choice = self.plan.choice
        function = choice.functions[0]
        dtype = "float64" if "float64" in choice.dtypes else choice.dtypes[0]
        plain: dict[tuple[str, str], Contender] = {}
        for who in self.computing(function, dtype):
            plain.setdefault((who.library, who.name.split()[0] if who.kind == "ours" else ""), who)
        return [(function, dtype, who) for who in plain.values()]

    def _first_call(self, function: str, dtype: str, who: Contender) -> None:
        try:
            self.first_calls.append(first_call.measure(function, dtype, who))
        except (first_call.NoResultError, TimeoutExpired) as problem:
            self.left_out.append(f"first call: {who.name}: {problem}")

    def _time(self, case: Case, series: int) -> None:
        """One series of turns; who is lost on the way has no times in this case."""
        if series != self._series:
            self._processes.end()
            self._series = series
        before = self._seconds.get(case)
        taking_part = self.contenders(case) if before is None else before
        ready = self._prepare(case, self._processes.present(taking_part))
        for who in ready if before is None else ():
            for repeats in self._ask(case, who, "repeats", self.plan.effort.sample).values():
                self._repeats[case, who] = repeats
        present = [who for who in ready if (case, who) in self._repeats]
        bursts = [partial(self._burst, case, who) for who in present]
        effort = self.plan.effort
        turns = in_turns(bursts, budget=effort.budget / effort.series, seed=series)
        self._seconds[case] = {
            who: [*(before or {}).get(who, ()), min(more)]
            for who, more in zip(present, turns, strict=True)
            if all(map(math.isfinite, more))
        }

    def _prepare(self, case: Case, present: Iterable[Contender]) -> list[Contender]:
        """Those who are ready for the case, their results looked at."""
        requests = {who: ("prepare", who, case.function, case.dtype, case.size) for who in present}
        return list(self._processes.ask(str(case), requests))

    def _burst(self, case: Case, who: Contender) -> float:
        """Seconds per call; not a number of one who does not answer."""
        repeats = self._repeats[case, who]
        return float(self._ask(case, who, "burst", repeats).get(who, math.nan))

    def _ask(self, case: Case, who: Contender, *request: Any) -> dict[Contender, Any]:
        return self._processes.ask(str(case), {who: request})

    def _measure_errors(self, function: str, dtype: str) -> None:
        case = Case(function, dtype, SAMPLED)
        present = self._processes.present(self.computing(function, dtype))
        ready = self._prepare(case, present)
        results = self._processes.ask(str(case), dict.fromkeys(ready, ("results",)))
        exact = truths(function, inputs(function, dtype, SAMPLED))
        for who, arrays in results.items():
            ulp = largest_error(arrays, exact)
            self.errors.append(Error(function, dtype, who.name, who.library, who.kind, ulp))
