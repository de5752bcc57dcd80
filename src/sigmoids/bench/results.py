"""What a run of the harness found, and the file it is kept in."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Literal

import numpy as np
from pydantic import TypeAdapter, ValidationError

Kind = Literal["ours", "guest", "peer", "limit"]
"""A backend of this library; one with another library in its process, which computes between its
calls; another library; or a memory copy: what no function can beat."""


@dataclass(frozen=True, slots=True)
class Case:
    """What the timings that are compared with one another have in common.

    Attributes
    ----------
    function, dtype : str
        What is computed, in which dtype.
    size : int
        How many elements a call computes.
    """

    function: str
    dtype: str
    size: int

    def __str__(self) -> str:
        return f"{self.function} {self.dtype} n={self.size:,}"


@dataclass(frozen=True)
class Timing:
    """How long one contender takes in one case.

    Attributes
    ----------
    case : Case
        What it computed.
    contender : str
        What is called, such as ``"numba high"`` or ``"torch.sigmoid(out=)"``.
    library : str
        Whose it is.
    kind : {"ours", "guest", "peer", "limit"}
        What it is measured for.
    accuracy : str
        The accuracy asked for, of ours; else empty.
    moved : int
        Bytes that have to be read and written in a call.
    seconds : tuple of float
        Time per call, the least in every series of turns.
    """

    case: Case
    contender: str
    library: str
    kind: Kind
    accuracy: str
    moved: int
    seconds: tuple[float, ...]

    @cached_property
    def per_call(self) -> float:
        """Seconds per call: the lower quartile, for what disturbs a series makes it slower."""
        return float(np.quantile(self.seconds, 0.25))

    @cached_property
    def spread(self) -> float:
        """The distance of the quartiles, as a share of the lower one."""
        return float(np.quantile(self.seconds, 0.75)) / self.per_call - 1

    @property
    def nanoseconds(self) -> float:
        """Nanoseconds per element."""
        return self.per_call * 1e9 / self.case.size

    @property
    def bandwidth(self) -> float:
        """Gigabytes per second, read and written."""
        return self.moved / self.per_call / 1e9

    def times_as_fast_as(self, other: Timing) -> float:
        """How many times as fast as another timing of the same case."""
        return other.per_call / self.per_call


@dataclass(frozen=True, slots=True)
class FirstCall:
    """What the first call in a fresh process costs, and what memory a later one takes.

    Attributes
    ----------
    function, dtype, contender, library, kind : str
        As in :class:`Timing`.
    imports : float
        Seconds to import what is called, and what it needs.
    cold, cached : float
        Seconds of the first call, with an empty folder for compiled code, and with what the first
        process left there.
    size : int
        The elements of the call whose memory was measured.
    peak : int or None
        The most bytes the process held beyond what it held before that call; None where the
        system does not tell.
    """

    function: str
    dtype: str
    contender: str
    library: str
    kind: Kind
    imports: float
    cold: float
    cached: float
    size: int
    peak: int | None


@dataclass(frozen=True, slots=True)
class Error:
    """How far from the exact values one contender's results are.

    Attributes
    ----------
    function, dtype, contender, library, kind : str
        As in :class:`Timing`.
    ulp : float
        The largest total error over the sample, in units in the last place.
    """

    function: str
    dtype: str
    contender: str
    library: str
    kind: Kind
    ulp: float


@dataclass(frozen=True, slots=True)
class Results:
    """A run: the machine, and everything measured on it.

    Attributes
    ----------
    machine : dict of str to str
        Facts about the machine, the libraries and the run, in the order to show them.
    timings : list of Timing
        Grouped by case.
    first_calls : list of FirstCall
        First calls and memory.
    errors : list of Error
        Accuracy, to set beside speed.
    """

    machine: dict[str, str]
    timings: list[Timing]
    first_calls: list[FirstCall]
    errors: list[Error]

    def cases(self) -> dict[Case, list[Timing]]:
        """The timings by what they computed."""
        found: dict[Case, list[Timing]] = {}
        for timing in self.timings:
            found.setdefault(timing.case, []).append(timing)
        return found

    def save(self, path: Path) -> None:
        """Write the run to a JSON file."""
        path.write_bytes(_FILE.dump_json(self, indent=1) + b"\n")

    @staticmethod
    def load(path: Path) -> Results:
        """The run in a JSON file, or a ValueError that says what is wrong with the file."""
        try:
            return _FILE.validate_json(path.read_bytes())
        except ValidationError as problem:
            first = problem.errors()[0]
            place = ".".join(map(str, first["loc"])) or "the file"
            raise ValueError(
                f"{path} is not a result file of sigmoids bench --json: {place}: {first['msg']}"
            ) from None


def fastest(timings: list[Timing], kind: Kind, accuracy: str = "") -> Timing | None:
    """The fastest of a kind in one case, and of ours in one accuracy; None where there is none."""
    found = [t for t in timings if t.kind == kind and t.accuracy == accuracy]
    return min(found, key=lambda timing: timing.per_call, default=None)


def focus(sizes: Iterable[int]) -> int:
    """The size for which more than times is shown, the one nearest to 10^6; 0 if there is none."""
    return min(sizes, key=lambda size: abs(math.log10(size) - 6), default=0)


_FILE = TypeAdapter(Results)
