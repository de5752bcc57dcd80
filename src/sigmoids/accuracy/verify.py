"""Measuring every function on every backend: what ``sigmoids verify`` and the tests run."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.accuracy import inputs
from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.truth import Truth
from sigmoids.backends import registry
from sigmoids.backends.threads import processors
from sigmoids.choice import DTYPES
from sigmoids.functions import RESULTS
from sigmoids.peers import plain_peers

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

    from sigmoids.spec import Bound, Spec

INNER = 80.0

POINTS = 1_000_000
"""Seeded float64 points in every region."""


@dataclass
class Row:
    """What was found of one function as one candidate computes it.

    Attributes
    ----------
    function, computed_by, accuracy, dtype : str
        What was measured; ``computed_by`` is a backend or a peer.
    tried, misrounded : int
        Inputs, and those whose result is not the correctly rounded one.
    max_ulp : float
        The largest error, in ulps.
    inner_ulp : float
        The largest error for |x| ≤ :data:`INNER`, away from where results underflow.
    witness : str
        The input with that error, in hexadecimal.
    bound : float or None
        What is declared; None for peers.
    """

    function: str
    computed_by: str
    accuracy: str
    dtype: str
    bound: float | None
    tried: int = 0
    misrounded: int = 0
    max_ulp: float = 0.0
    inner_ulp: float = 0.0
    witness: str = ""

    @property
    def holds(self) -> bool:
        """Whether the declared bound does."""
        return self.bound is None or (
            self.max_ulp <= self.bound and (self.bound > 0.5 or not self.misrounded)
        )

    def as_dict(self) -> dict[str, Any]:
        """The row as plain data."""
        return {**asdict(self), "holds": self.holds}


@dataclass(frozen=True, slots=True)
class Candidate:
    """Something to be measured: a backend with an accuracy, or a peer."""

    computed_by: str
    accuracy: str
    call: Callable[[NDArray[Any]], NDArray[Any]]
    bound: Bound | None


@dataclass(frozen=True, slots=True)
class Finding:
    """What one candidate got wrong in one piece of the inputs."""

    misrounded: int
    max_ulp: float
    inner_ulp: float
    witness: str


class Study:
    """One function in one dtype, on all candidates at once, so that the truth is found once."""

    def __init__(self, name: str, dtype: str, candidates: Sequence[Candidate]) -> None:
        self.spec: Spec = RESULTS[name].spec
        self.candidates = candidates
        self.rows = [
            Row(name, c.computed_by, c.accuracy, dtype, c.bound.ulp if c.bound else None)
            for c in candidates
        ]

    def judge(self, x: NDArray[Any]) -> list[Finding]:
        """What every candidate gets wrong."""
        truth = Truth.of(self.spec, x)
        return [self._judge(candidate, truth, x) for candidate in self.candidates]

    def _judge(self, candidate: Candidate, truth: Truth, x: NDArray[Any]) -> Finding:
        with np.errstate(all="ignore"):
            y = candidate.call(x)
            errors = truth.errors(y)
            wrong = truth.misrounded(y)
        if candidate.bound is not None and candidate.bound.flushes:
            smallest = 2.0 ** Format.of(x.dtype).lowest
            with np.errstate(all="ignore"):
                flushed = (y == 0) & (np.abs(truth.exact) < smallest * np.maximum(1, np.abs(x)))
            errors = np.where(flushed, 0, errors)
        worst = int(errors.argmax())
        with np.errstate(invalid="ignore"):
            inner = errors.max(where=np.abs(x) <= x.dtype.type(INNER), initial=0.0)
        return Finding(
            misrounded=int(np.count_nonzero(wrong)),
            max_ulp=float(errors[worst]),
            inner_ulp=float(inner),
            witness=float(x[worst]).hex(),
        )

    def take(self, tried: int, findings: list[Finding]) -> None:
        """Add what :meth:`judge` found to the rows."""
        for row, finding in zip(self.rows, findings, strict=True):
            row.tried += tried
            row.misrounded += finding.misrounded
            row.inner_ulp = max(row.inner_ulp, finding.inner_ulp)
            if finding.max_ulp > row.max_ulp or not row.witness:
                row.max_ulp, row.witness = finding.max_ulp, finding.witness


def candidates(
    name: str, dtype: str, backends: Iterable[str], accuracies: Iterable[str], *, others: bool
) -> list[Candidate]:
    """The backends of choice, and the installed peers."""
    found = [
        _ours(name, dtype, backend, accuracy) for backend in backends for accuracy in accuracies
    ]
    if others:
        found += [Candidate(peer.label, "", peer, None) for peer in plain_peers(name, dtype)]
    return found


def _ours(name: str, dtype: str, backend: str, accuracy: Any) -> Candidate:
    member = RESULTS[name]

    def call(x: NDArray[Any]) -> NDArray[Any]:
        return np.asarray(member.function(x, backend=backend, accuracy=accuracy))

    bound = member.spec.bound(registry.machine_code_of(backend), dtype, accuracy)
    return Candidate(backend, accuracy, call, bound)


def chunks(spec: Spec, dtype: str, *, exhaustive: bool) -> tuple[int, Iterator[NDArray[Any]]]:
    """How many inputs there are, and the inputs in pieces."""
    if dtype in ("float16", "bfloat16"):
        values = inputs.all_values(DTYPES[dtype])
        return values.size, iter([values])
    if dtype == "float32" and exhaustive:
        return 2**32, inputs.every_float32()
    points = inputs.dense_float32() if dtype == "float32" else inputs.float64_points(spec, POINTS)
    pieces = np.array_split(points, -(-points.size // 2**18))
    return points.size, iter(pieces)


def run(study: Study, pieces: Iterable[NDArray[Any]], advance: Callable[[int], None]) -> list[Row]:
    """Judge all inputs on all cores, reporting how many are done."""
    workers = processors()
    with ThreadPoolExecutor(workers) as pool:
        pending: deque[tuple[int, Any]] = deque()

        def finish() -> None:
            size, judged = pending.popleft()
            study.take(size, judged.result())
            advance(size)

        for piece in pieces:
            pending.append((piece.size, pool.submit(study.judge, piece)))
            if len(pending) > 2 * workers:
                finish()
        while pending:
            finish()
    return study.rows
