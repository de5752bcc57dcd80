"""A whole run: every case, first calls, accuracy."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from sigmoids.bench import first_call, machine
from sigmoids.bench.cases import inputs
from sigmoids.bench.cases import sizes as parse
from sigmoids.bench.contenders import FUNCTION_NAMES, Contender, everyone, limits
from sigmoids.bench.inspection import WrongResultError, check, largest_error, truths
from sigmoids.bench.results import Case, Error, FirstCall, Results, Timing
from sigmoids.bench.timing import interleaved
from sigmoids.choice import Choice
from sigmoids.functions import parts

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from sigmoids.peers.peer import Arrays, Prepared

SERIES = 4
"""How often calls are prepared anew in a case: where arrays happen to lie in memory matters, by a
third in places, and differs from one process to the next."""

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
        Seconds in which one call is repeated.
    budget : float
        Seconds for the rounds of all cases together.
    """

    functions: tuple[str, ...]
    dtypes: tuple[str, ...]
    sizes: str
    sample: float
    budget: float


QUICK = Effort(("sigmoid",), ("float32", "float64"), "1,100,1e4,1e6", sample=1e-3, budget=16)
FULL = Effort((), (), "1:1e7", sample=2e-3, budget=420)


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
        return cls(choice, numbers, peers, machine.use_threads(threads, peers=peers), effort)

    def cases(self) -> list[Case]:
        """Every case, the sizes of a function and dtype together."""
        return [
            Case(function, dtype, size)
            for function in self.choice.functions
            for dtype in self.choice.dtypes
            for size in self.sizes
        ]

    def contenders(self, case: Case) -> list[Contender]:
        """All who compute in a case, and the limits."""
        return self.computing(case.function, case.dtype) + limits(case.size, self.threads)

    def computing(self, function: str, dtype: str) -> list[Contender]:
        """All who compute a function."""
        choice = self.choice
        return everyone(function, dtype, choice.backends, choice.accuracies, peers=self.peers)

    def first_calls(self) -> list[tuple[str, str, Contender]]:
        """Whose first calls are measured: for one function and dtype, one call of everyone's."""
        function = self.choice.functions[0]
        dtype = "float64" if "float64" in self.choice.dtypes else self.choice.dtypes[0]
        found = self.computing(function, dtype)
        plain = {(c.library, c.name.split()[0] if c.kind == "ours" else ""): c for c in found[::-1]}
        return [(function, dtype, contender) for contender in list(plain.values())[::-1]]


class Run:
    """A run in progress: what was measured, and what was left out and why."""

    def __init__(self, plan: Plan) -> None:
        self.plan = plan
        self.timings: list[Timing] = []
        self.errors: list[Error] = []
        self.first_calls: list[FirstCall] = []
        self.left_out: list[str] = []

    def steps(self) -> list[tuple[str, Callable[[], None]]]:
        """What to do, in order, and how to call it."""
        choice = self.plan.choice
        return [
            *(
                (f"first call of {who.name}", partial(self._first_call, function, dtype, who))
                for function, dtype, who in self.plan.first_calls()
            ),
            *(
                (f"{case.function} {case.dtype} n={case.size:,}", partial(self._time, case))
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
            machine.facts(self.plan.threads), self.timings, self.first_calls, self.errors
        )

    def _first_call(self, function: str, dtype: str, contender: Contender) -> None:
        self.first_calls.append(first_call.measure(function, dtype, contender))

    def _time(self, case: Case) -> None:
        arrays = inputs(case.function, case.dtype, case.size)
        taking_part = [
            who for who in self.plan.contenders(case) if self._is_right(who, case, arrays)
        ]
        effort = self.plan.effort
        budget = effort.budget / len(self.plan.cases()) / SERIES
        rounds: list[list[float]] = [[] for _ in taking_part]
        calls: list[Prepared] = []
        for seed in range(SERIES):
            # The old calls are kept until the new ones have found other places in memory.
            calls = [who.prepare(*arrays) for who in taking_part]
            series = interleaved(calls, sample=effort.sample, budget=budget, seed=seed)
            for seconds, more in zip(rounds, series, strict=True):
                seconds.extend(more)
        moved = arrays[0].nbytes * (len(arrays) + len(parts(case.function)))
        for who, seconds in zip(taking_part, rounds, strict=True):
            bytes_moved = 2 * arrays[0].nbytes if who.kind == "limit" else moved
            self.timings.append(
                Timing(case, who.name, who.library, who.kind, who.accuracy, bytes_moved,
                       tuple(seconds))
            )  # fmt: skip

    def _is_right(self, who: Contender, case: Case, arrays: Arrays) -> bool:
        try:
            if who.kind != "limit":
                check(case.function, who.prepare(*arrays), arrays)
        except WrongResultError as problem:
            self.left_out.append(f"{case}: {who.name} {problem}")
            return False
        return True

    def _measure_errors(self, function: str, dtype: str) -> None:
        arrays = inputs(function, dtype, SAMPLED)
        exact = truths(function, arrays)
        for who in self.plan.computing(function, dtype):
            ulp = largest_error(who.prepare(*arrays).result(), exact)
            self.errors.append(Error(function, dtype, who.name, who.library, who.kind, ulp))
