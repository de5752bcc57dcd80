"""What the dispatcher asks of an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.spec import Accuracy, Function, Product

Arrays = tuple["NDArray[Any]", ...]


class Engine(Protocol):
    """Evaluates any :class:`~sigmoids.spec.Spec` or :class:`~sigmoids.spec.Joint` on NumPy arrays.

    An engine with arrays of its own kind has further methods, which that kind's container calls.
    """

    name: str

    def devices(self) -> tuple[str, ...]:
        """Where it can compute, in its own words, the default first."""
        ...

    def problem(self) -> str | None:
        """What keeps it from computing as it should, and who does instead; None if nothing does."""
        ...

    def bind(self, spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Evaluator:
        """What evaluates the function on arrays of one floating dtype in native byte order.

        The engines of NumPy's arrays take a :class:`~sigmoids.spec.Product` too.

        Parameters
        ----------
        spec : Spec or Joint
            The function.
        dtype : dtype
            That of the arguments and of the results.
        accuracy : {"high", "fast"}
            Which of the two promises to keep.
        """
        ...


class Evaluator(Protocol):
    """A function of the family on arrays of one dtype."""

    def __call__(self, inputs: tuple[Any, ...], outs: Arrays | None, /) -> Arrays:
        """The results for the arguments.

        Parameters
        ----------
        inputs : tuple of ndarray or NumPy scalar
            The arguments, of one shape and dtype and any strides; never to be written.
        outs : tuple of ndarray, or None
            Where to write each result: that shape and dtype.  The memory of one may be that of an
            argument, element by element; otherwise all are apart.  With None the engine
            allocates, and may return NumPy scalars for an array of no dimension.
        """
        ...


def results_like(spec: Function | Product, x: NDArray[Any]) -> Arrays:
    """Arrays for the results of the function of ``x``."""
    return tuple(np.empty_like(x) for _ in spec.parts)
