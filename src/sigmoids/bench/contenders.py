"""Who takes part: every backend of ours in every accuracy, the peers, and a memory copy."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends import registry
from sigmoids.functions import FUNCTIONS, JOINT, parts
from sigmoids.peers import library
from sigmoids.peers import peers as peers_of
from sigmoids.peers.peer import Prepared

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from numpy.typing import NDArray

    from sigmoids.bench.results import Kind

FUNCTION_NAMES = (*FUNCTIONS, *JOINT)
"""What can be timed."""

SHARED = 2**17
"""Elements from which a copy is shared among threads; below, waking them costs more."""


@dataclass(frozen=True, slots=True)
class Contender:
    """One way to compute a function, and whose it is.

    Attributes
    ----------
    name, library, kind, accuracy : str
        As in :class:`~sigmoids.bench.results.Timing`.
    prepare : callable
        Makes a call for NumPy arrays ready.
    """

    name: str
    library: str
    kind: Kind
    accuracy: str
    prepare: Callable[..., Prepared]


def ours(function: str, backend: str, accuracy: str) -> Contender:
    """A backend of ours, on arrays of its own, called as these are best computed on."""
    prepare = _on_its_arrays(function, backend, accuracy)
    return Contender(f"{backend} {accuracy}", "sigmoids", "ours", accuracy, prepare)


def others(function: str, dtype: str) -> list[Contender]:
    """The installed peers."""
    return [
        Contender(peer.label, peer.library, "peer", "", peer.prepare)
        for peer in peers_of(function, dtype)
    ]


def limits(size: int, threads: int) -> list[Contender]:
    """Copies of the input in memory, which no function of it can outrun."""
    found = [Contender("memory copy", "numpy", "limit", "", _copy)]
    if threads > 1 and size >= SHARED:
        name = f"memory copy, {threads} threads"
        found.append(Contender(name, "numpy", "limit", "", partial(_shared_copy, threads)))
    return found


def everyone(
    function: str, dtype: str, backends: Iterable[str], accuracies: Iterable[str], *, peers: bool
) -> list[Contender]:
    """All who compute a function."""
    found = [ours(function, backend, accuracy) for backend in backends for accuracy in accuracies]
    return found + others(function, dtype) if peers else found


@cache
def _on_its_arrays(function: str, backend: str, accuracy: str) -> Callable[..., Prepared]:
    make = library(registry.find(backend).arrays).ours
    if make is None:
        raise LookupError(f"nothing says how {backend} is called")
    compute = (FUNCTIONS | JOINT)[function].function
    return make(partial(compute, backend=backend, accuracy=accuracy), len(parts(function)))


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
