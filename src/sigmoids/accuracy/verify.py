"""Measuring every function on every backend: what ``sigmoids verify`` and the tests run."""

from __future__ import annotations

from collections import deque
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sigmoids.accuracy import bounds, inputs
from sigmoids.accuracy.bounds import CORRECTLY_ROUNDED, Bound, Key
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

    from sigmoids.spec import Spec

INNER = 80.0

POINTS = 1_000_000
"""Seeded float64 points in every region."""


class Worst(NamedTuple):
    """The largest error, in ulps, and the input with that error, in hexadecimal."""

    ulp: float = 0.0
    witness: str = ""

    @classmethod
    def of(cls, errors: NDArray[Any], x: NDArray[Any]) -> Worst:
        """Among the results for an array."""
        place = int(errors.argmax())
        return cls(float(errors[place]), float(x[place]).hex())

    def or_larger(self, other: Worst) -> Worst:
        """The larger of two; the first if they are equal, unless nothing was tried for it."""
        return other if other.ulp > self.ulp or not self.witness else self


NOTHING = Worst()
"""Before anything is tried."""


@dataclass
class Row:
    """What was found of one function as one candidate computes it.

    Attributes
    ----------
    function, computed_by, accuracy, dtype : str
        What was measured; ``computed_by`` is a backend or a peer.
    bound : Bound or None
        What is declared; None for peers.
    tried, misrounded : int
        Inputs, and those whose result is not the correctly rounded one.
    inner_ulp : float
        The largest error for |x| ≤ :data:`INNER`, away from where results underflow.
    worst, but_flushed : Worst
        The largest error, and the largest where results that were flushed are left out.
    flushes : bool
        Whether results are flushed, by what was found and not by what is declared.
    """

    function: str
    computed_by: str
    accuracy: str
    dtype: str
    bound: Bound | None
    tried: int = 0
    misrounded: int = 0
    inner_ulp: float = 0.0
    worst: Worst = NOTHING
    but_flushed: Worst = NOTHING
    flushes: bool = False

    @property
    def largest(self) -> Worst:
        """The largest error of those that the bound is about."""
        return self.but_flushed if self.bound and self.bound.flushes else self.worst

    @property
    def holds(self) -> bool:
        """Whether the declared bound does."""
        return self.bound is None or (
            self.largest.ulp <= self.bound.ulp and (self.bound.ulp > 0.5 or not self.misrounded)
        )

    @property
    def key(self) -> Key:
        """The row of the table of bounds that this is about."""
        engine = registry.machine_code_of(self.computed_by)
        return Key(RESULTS[self.function].spec.name, engine, self.dtype, self.accuracy)

    @property
    def shares(self) -> bool:
        """Whether it is a result of a function that has several."""
        return self.function.partition("[")[0] != self.key.function

    @property
    def new(self) -> bool:
        """Whether no bound was ever declared that a finite error could exceed."""
        return bounds.declared(self.key) is None and self.worst.ulp < np.inf

    def found(self) -> Bound:
        """The bound that follows from what was found.

        That a sample is correctly rounded does not contradict that all is, and does not show it.
        """
        if not self.misrounded:
            everything = self.tried == 2 ** (8 * DTYPES[self.dtype].itemsize)
            if everything or bounds.declared(self.key) == CORRECTLY_ROUNDED:
                return CORRECTLY_ROUNDED
        worst = self.but_flushed if self.flushes else self.worst
        return Bound.of(*worst, flushes=self.flushes)

    def as_dict(self) -> dict[str, Any]:
        """The row as plain data."""
        return {
            "function": self.function,
            "computed_by": self.computed_by,
            "accuracy": self.accuracy,
            "dtype": self.dtype,
            "bound": self.bound.ulp if self.bound else None,
            "tried": self.tried,
            "misrounded": self.misrounded,
            "max_ulp": self.largest.ulp,
            "inner_ulp": self.inner_ulp,
            "witness": self.largest.witness,
            "holds": self.holds,
        }


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
    inner_ulp: float
    worst: Worst
    but_flushed: Worst
    flushes: bool


class Study:
    """One function in one dtype, on all candidates at once, so that the truth is found once."""

    def __init__(self, name: str, dtype: str, candidates: Sequence[Candidate]) -> None:
        self.spec: Spec = RESULTS[name].spec
        self.candidates = candidates
        self.rows = [Row(name, c.computed_by, c.accuracy, dtype, c.bound) for c in candidates]

    def judge(self, x: NDArray[Any]) -> list[Finding]:
        """What every candidate gets wrong."""
        truth = Truth.of(self.spec, x)
        return [self._judge(candidate, truth, x) for candidate in self.candidates]

    def _judge(self, candidate: Candidate, truth: Truth, x: NDArray[Any]) -> Finding:
        with np.errstate(all="ignore"):
            y = candidate.call(x)
            errors = truth.errors(y)
            wrong = truth.misrounded(y)
            smallest = 2.0 ** Format.of(x.dtype).lowest
            magnitude = np.abs(truth.exact)
            flushed = (y == 0) & (magnitude < smallest * np.maximum(1, np.abs(x)))
            # Formulas lose some of the smallest subnormal numbers; processors lose all.
            flushes = bool((flushed & (magnitude >= smallest / 2)).any())
        rest = np.where(flushed, 0, errors)
        counted = rest if candidate.bound and candidate.bound.flushes else errors
        with np.errstate(invalid="ignore"):
            inner = counted.max(where=np.abs(x) <= x.dtype.type(INNER), initial=0.0)
        return Finding(
            misrounded=int(np.count_nonzero(wrong)),
            inner_ulp=float(inner),
            worst=Worst.of(errors, x),
            but_flushed=Worst.of(rest, x),
            flushes=flushes,
        )

    def take(self, tried: int, findings: list[Finding]) -> None:
        """Add what :meth:`judge` found to the rows."""
        for row, finding in zip(self.rows, findings, strict=True):
            row.tried += tried
            row.misrounded += finding.misrounded
            row.inner_ulp = max(row.inner_ulp, finding.inner_ulp)
            row.worst = row.worst.or_larger(finding.worst)
            row.but_flushed = row.but_flushed.or_larger(finding.but_flushed)
            row.flushes |= finding.flushes


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

    declared = bounds.bound(member.spec.name, registry.machine_code_of(backend), dtype, accuracy)
    return Candidate(backend, accuracy, call, declared)


def chunks(spec: Spec, dtype: str, *, exhaustive: bool) -> tuple[int, Iterator[NDArray[Any]]]:
    """How many inputs there are, and the inputs in pieces.

    Where they are a sample, all that were ever the worst are among them: what one run found, the
    next one does not miss.
    """
    if dtype in ("float16", "bfloat16"):
        values = inputs.all_values(DTYPES[dtype])
        return values.size, iter([values])
    if dtype == "float32" and exhaustive:
        return 2**32, inputs.every_float32()
    points = inputs.dense_float32() if dtype == "float32" else inputs.float64_points(spec, POINTS)
    pieces = np.array_split(points, -(-points.size // 2**18))
    if (witnesses := _witnesses(spec, DTYPES[dtype])).size:
        pieces.append(witnesses)
    return sum(piece.size for piece in pieces), iter(pieces)


def _witnesses(spec: Spec, dtype: np.dtype[Any]) -> NDArray[Any]:
    """The inputs that were the worst, each as often as vectors have elements.

    XLA's vector code has other errors than its scalar code, in the arctangent of float32.
    """
    rows = bounds.table().items()
    found = {b.witness for key, b in rows if key[::2] == (spec.name, dtype.name)}
    return np.repeat(np.array([float.fromhex(x) for x in sorted(found)], dtype), 16)


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


def found(rows: Iterable[Row]) -> dict[Key, Bound]:
    """The bounds that follow from rows; of peers none, and none from an infinite error.

    A result of a function that has several shares its bounds with the function that has it alone,
    and by itself can only make them larger.
    """
    together: dict[Key, Bound] = {}
    ours = [row for row in rows if row.bound and row.worst.ulp < np.inf]
    for row in sorted(ours, key=lambda row: row.shares):
        least = CORRECTLY_ROUNDED
        if row.shares:
            least = together.get(row.key) or bounds.bound(*row.key)
        together[row.key] = max(least, row.found(), key=lambda b: (b.flushes, b.ulp, b.measured))
    return together
