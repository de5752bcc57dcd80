"""Who takes part: every backend of ours in every accuracy, the peers, and a memory copy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends import registry
from sigmoids.functions import FUNCTIONS, JOINT, parts
from sigmoids.peers import LIBRARIES, installed, library
from sigmoids.peers.peer import Prepared
from sigmoids.selection import preferred_accuracy, preferred_backend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from numpy.typing import NDArray

    from sigmoids.bench.results import Kind
    from sigmoids.peers.peer import Library

FUNCTION_NAMES = (*FUNCTIONS, *JOINT)
"""What can be timed."""

HOST = "torch"
"""The library that a guest shares its process with."""

SHARED = 2**17
"""Elements from which a copy is shared among threads; below, waking them costs more."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to compute, and whose it is.

    Attributes
    ----------
    name, library, kind, accuracy : str
        As in :class:`~sigmoids.bench.results.Timing`.
    uses : str
        The library on whose arrays it computes.
    place : int
        Which of its library's calls it is: contenders for different functions that agree in all
        else but the name need one process only.
    """

    name: str
    library: str
    kind: Kind
    accuracy: str
    uses: str
    place: int = 0

    @property
    def process(self) -> tuple[str, ...]:
        """What those who share a process have in common."""
        return (self.library, str(self.place)) if self.kind == "peer" else (self.name,)


@dataclass(frozen=True, slots=True)
class Listing:
    """The peers of a library: their names by function, and the dtypes they return."""

    library: str
    dtypes: tuple[str, ...]
    labels: Mapping[str, tuple[str, ...]]

    @classmethod
    def of(cls, found: Library) -> Listing:
        """What a library has."""
        labels = {name: tuple(p.label for p in group) for name, group in found.peers.items()}
        return cls(found.name, found.dtypes, labels)

    def contenders(self, function: str, dtype: str) -> list[Contender]:
        """Those that compute a function in a dtype."""
        names = self.labels.get(function, ()) if dtype in self.dtypes else ()
        return [
            Contender(name, self.library, "peer", "", self.library, place)
            for place, name in enumerate(names)
        ]


def ours(backend: str, accuracy: str) -> Contender:
    """A backend of ours, on arrays of its own, called as these are best computed on."""
    arrays = registry.find(backend).arrays
    return Contender(f"{backend} {accuracy}", "sigmoids", "ours", accuracy, arrays)


def guest(host: Contender) -> Contender:
    """One of ours in one process with :data:`HOST`, which computes the same before every call."""
    return replace(host, name=f"{host.name}, {HOST} beside it", kind="guest")


def limits(size: int, threads: int) -> list[Contender]:
    """Copies of the input in memory, which no function of it can outrun."""
    found = [Contender("memory copy", "numpy", "limit", "", "numpy", 1)]
    if threads > 1 and size >= SHARED:
        name = f"memory copy, {threads} threads"
        found.append(Contender(name, "numpy", "limit", "", "numpy", threads))
    return found


def everyone(
    function: str, dtype: str, backends: Iterable[str], accuracies: Iterable[str], *, peers: bool
) -> list[Contender]:
    """All who compute a function; the libraries of the peers are imported."""
    found = [ours(backend, accuracy) for backend in backends for accuracy in accuracies]
    for name in filter(installed, LIBRARIES) if peers else ():
        found += Listing.of(library(name)).contenders(function, dtype)
    return found


def find(function: str, contender: Contender) -> Callable[..., Prepared]:
    """What makes a contender's call for NumPy arrays ready; no other library is imported."""
    if contender.kind == "limit":
        return _copy if contender.place == 1 else partial(_shared_copy, contender.place)
    if contender.kind == "peer":
        group = library(contender.library).peers[function]
        return next(peer for peer in group if peer.label == contender.name).prepare
    backend = contender.name.split()[0]
    prepare = _on_its_arrays(function, backend, contender.accuracy)
    return partial(_after_the_host, function, prepare) if contender.kind == "guest" else prepare


@cache
def _on_its_arrays(function: str, backend: str, accuracy: str) -> Callable[..., Prepared]:
    arrays = registry.find(backend).arrays
    make = library(arrays).ours
    if make is None:
        raise LookupError(f"nothing says how {backend} is called")
    compute, options = (FUNCTIONS | JOINT)[function].function, {}
    # What need not be said is left out: to look at it takes time.
    default = registry.fastest_usable() if arrays == "numpy" else arrays
    if backend != default or preferred_backend() is not None:
        options["backend"] = backend
    if accuracy != preferred_accuracy():
        options["accuracy"] = accuracy
    return make(partial(compute, **options) if options else compute, len(parts(function)))


def _after_the_host(
    function: str, prepare: Callable[..., Prepared], *inputs: NDArray[Any]
) -> Prepared:
    host = library(HOST).peers[function][0].prepare(*inputs)

    def call_of_the_host() -> None:
        with host.within():
            host.call()

    return replace(prepare(*inputs), before=call_of_the_host)


def _copy(*inputs: NDArray[Any]) -> Prepared:
    target = np.empty_like(inputs[0])
    return Prepared(lambda: np.copyto(target, inputs[0]), lambda _none: (target,))


def _shared_copy(threads: int, *inputs: NDArray[Any]) -> Prepared:
    target = np.empty_like(inputs[0])
    pieces = list(
        zip(np.array_split(target, threads), np.array_split(inputs[0], threads), strict=True)
    )
    pool = ThreadPoolExecutor(threads)

    def call() -> None:
        # copyto lets other threads run meanwhile.
        list(pool.map(lambda piece: np.copyto(*piece), pieces))

    return Prepared(call, lambda _none: (target,))
