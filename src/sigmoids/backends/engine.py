"""What the dispatcher asks of an engine."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.spec import Accuracy, Spec


class Engine(Protocol):
    """Evaluates any :class:`~sigmoids.spec.Spec` on NumPy arrays.

    An engine with arrays of its own kind has further methods, which that kind's container calls.
    """

    name: str

    def devices(self) -> tuple[str, ...]:
        """Where it can compute, in its own words, the default first."""
        ...

    def evaluate(
        self, spec: Spec, x: NDArray[Any], accuracy: Accuracy, out: NDArray[Any] | None
    ) -> NDArray[Any]:
        """The function of ``x``, in the dtype of ``x``.

        Parameters
        ----------
        spec : Spec
            The function.
        x : ndarray
            Any shape and strides; a floating dtype in native byte order, never to be written.
        accuracy : {"high", "fast"}
            Which of the two promises to keep.
        out : ndarray or None
            Where to write: the shape and dtype of ``x``; its memory is that of ``x``, element by
            element, or apart from it.  With None the engine allocates.
        """
        ...
