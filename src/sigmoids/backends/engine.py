"""What the dispatcher asks of an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, runtime_checkable

import numpy as np

from sigmoids.backends.floating_point import standard_mode

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Accuracy, Function, Product

Arrays = tuple["NDArray[Any]", ...]

SMALL = 256
"""Elements below which a ufunc is called, where an engine has one, because its calls cost less."""


class Engine(Protocol):
    """Evaluates any :class:`~sigmoids.spec.Spec` or :class:`~sigmoids.spec.Joint` on NumPy arrays.

    An engine with arrays of its own kind has further methods, which that kind's container calls.
    """

    name: Backend

    def devices(self) -> tuple[str, ...]:
        """Where it can compute, in its own words, the default first."""
        ...

    def problem(self) -> str | None:
        """What keeps it from computing as it should, and who does instead; None if nothing does."""
        ...

    def bind(self, spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Evaluator:
        """What evaluates the function on arrays of one floating dtype in native byte order.

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


@runtime_checkable
class HasUfuncs(Protocol):
    """An engine that has ufuncs for arrays of few elements, and the like for those of many."""

    def ufunc(
        self, spec: Function, dtype: np.dtype[Any], accuracy: Accuracy
    ) -> Callable[..., Any] | None:
        """A ufunc for arrays of that dtype alone, with the results of :meth:`Engine.bind`.

        None where there is none.
        """
        ...

    def loop(
        self, spec: Function, dtype: np.dtype[Any], accuracy: Accuracy
    ) -> Callable[..., Any] | None:
        """What is called like a ufunc with contiguous arrays of more elements.

        None where there is none.
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


def multiplied(evaluate: Evaluator) -> Evaluator:
    """What evaluates a :class:`~sigmoids.spec.Product`, in two passes, with a function's evaluator.

    The factor may not be where the result is to be written.
    """

    def evaluate_product(inputs: tuple[Any, ...], outs: Arrays | None) -> Arrays:
        x, factor = inputs
        results = evaluate((x,), (np.empty_like(x),) if outs is None else outs)
        with np.errstate(all="ignore"), standard_mode():
            np.multiply(results[0], factor, out=results[0])
        return results

    return evaluate_product
