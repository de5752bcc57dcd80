"""What the dispatcher asks of an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

from sigmoids.spec import Function, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.spec import Accuracy

Arrays = tuple["NDArray[Any]", ...]


class Engine(Protocol):
    """Evaluates any :class:`~sigmoids.spec.Spec` or :class:`~sigmoids.spec.Joint` on NumPy arrays.

    An engine with arrays of its own kind has further methods, which that kind's container calls.
    """

    name: str

    def devices(self) -> tuple[str, ...]:
        """Where it can compute, in its own words, the default first."""
        ...

    def evaluate(
        self, spec: Function, x: NDArray[Any], accuracy: Accuracy, outs: Arrays | None
    ) -> Arrays:
        """The results of the function of ``x``, in the dtype of ``x``.

        Parameters
        ----------
        spec : Spec or Joint
            The function.
        x : ndarray
            Any shape and strides; a floating dtype in native byte order, never to be written.
        accuracy : {"high", "fast"}
            Which of the two promises to keep.
        outs : tuple of ndarray, or None
            Where to write each result: the shape and dtype of ``x``.  The memory of one may be
            that of ``x``, element by element; otherwise all are apart.  With None the engine
            allocates, and may return NumPy scalars for an array of no dimension.
        """
        ...


def results_like(spec: Function, x: NDArray[Any]) -> Arrays:
    """Arrays for the results of the function of ``x``."""
    if isinstance(spec, Spec):
        return (np.empty_like(x),)
    return tuple(np.empty_like(x) for _ in spec.parts)
