"""What the harness knows of a peer: how to make a call of it ready."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = tuple[NDArray[Any], ...]
Call = Callable[[], Any]


@dataclass(frozen=True, slots=True)
class Prepared:
    """A call with everything at hand: inputs converted, outputs allocated, programs compiled.

    Attributes
    ----------
    call : callable
        Computes, waits until the result is there, and returns it in the library's own arrays.
    read : callable
        That result as NumPy arrays.
    within : callable
        Makes the context that both need.
    before : callable, optional
        What to do before every call, outside of its time.
    """

    call: Call
    read: Callable[[Any], Arrays]
    within: Callable[[], AbstractContextManager[Any]] = nullcontext
    before: Callable[[], object] | None = None

    def result(self) -> Arrays:
        """What one call computes."""
        with self.within():
            return self.read(self.call())


@dataclass(frozen=True, slots=True)
class Peer:
    """One way to compute one of our functions with another library.

    Attributes
    ----------
    library : str
        The library's name.
    label : str
        What is called, in the library's words.
    prepare : callable
        Makes a call for NumPy arrays ready.
    """

    library: str
    label: str
    prepare: Callable[..., Prepared]

    def __call__(self, *inputs: NDArray[Any]) -> NDArray[Any]:
        """The result for NumPy arrays, as a NumPy array."""
        (result,) = self.prepare(*inputs).result()
        return result


@dataclass(frozen=True, slots=True)
class Library:
    """The peers of one library.

    Attributes
    ----------
    name : str
        The library's name.
    dtypes : tuple of str
        The dtypes that come back as they went in.
    peers : mapping
        By the name of our function, the plain call first.
    use_threads : callable
        Tells the library how many threads to use.
    ours : callable, optional
        ``ours(function, results)``: makes calls of a function of ours on the library's arrays
        ready, as a peer does; ``results`` is how many it has.
    """

    name: str
    dtypes: tuple[str, ...]
    peers: Mapping[str, tuple[Peer, ...]]
    use_threads: Callable[[int], object] = field(default=lambda _threads: None)
    ours: Callable[[Callable[..., Any], int], Callable[..., Prepared]] | None = None


def as_arrays(result: Any) -> Arrays:
    """One NumPy array or several, as a tuple."""
    return result if isinstance(result, tuple) else (np.asarray(result),)


def in_arrays(steps: Callable[..., Any], number: int = 1) -> Callable[..., Call]:
    """Bind steps that take, after their inputs, so many arrays to keep all they compute in."""

    def bind(*inputs: NDArray[Any]) -> Call:
        return partial(steps, *inputs, *(np.empty_like(inputs[0]) for _ in range(number)))

    return bind
