"""Functions with their options fixed, as values: to be a part of models and of data pipelines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sigmoids.backends import registry
from sigmoids.functions import FUNCTIONS, JOINT
from sigmoids.spec import require_accuracy

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Accuracy


@dataclass(frozen=True, slots=True, weakref_slot=True, repr=False)
class WithOptions:
    """A function of the family with its options fixed; see :func:`with_options`.

    Attributes
    ----------
    function : callable
        The function.
    backend : str or None
        Its argument ``backend=``.
    accuracy : {"high", "fast"} or None
        Its argument ``accuracy=``.
    """

    function: Callable[..., Any]
    backend: Backend | None
    accuracy: Accuracy | None

    def __call__(self, *arguments: Any, out: NDArray[Any] | None = None) -> Any:
        """The function of the arguments."""
        options: dict[str, Any] = {"backend": self.backend, "accuracy": self.accuracy}
        return self.function(*arguments, out=out, **options)

    @property
    def __name__(self) -> str:
        """That of the function."""
        return self.function.__name__

    def __repr__(self) -> str:
        options = (("backend", self.backend), ("accuracy", self.accuracy))
        given = [f"{name}={value!r}" for name, value in options if value is not None]
        return f"with_options({', '.join([self.__name__, *given])})"


def with_options(
    function: Callable[..., Any],
    /,
    *,
    backend: Backend | None = None,
    accuracy: Accuracy | None = None,
) -> WithOptions:
    """A function of the family with its options fixed, equal to any other with the same ones.

    Two equal ``functools.partial`` objects are different keys: a program that ``jax.jit`` has
    compiled for a model with one of them is compiled again for a model with the other.  These are
    the same key, and so the same model.

    Parameters
    ----------
    function : callable
        One of this package's functions, such as :func:`sigmoid`.
    backend : str, optional
        The library that computes, by one of the names that :func:`backends` lists; by default it is
        chosen at each call, as by the function itself.
    accuracy : {"high", "fast"}, optional
        ``"high"`` computes with more digits than the dtype has and rounds once; ``"fast"`` computes
        in the dtype itself.

    Returns
    -------
    WithOptions
        To be called with what the function is called with, and ``out`` where it takes that.  It can
        be compared, hashed, copied and pickled, and does not change.

    Raises
    ------
    ValueError
        Unknown backend or accuracy.
    TypeError
        Not a function of this package.

    Examples
    --------
    >>> import sigmoids as sg
    >>> activation = sg.with_options(sg.silu, accuracy="fast")
    >>> activation
    with_options(silu, accuracy='fast')
    >>> activation == sg.with_options(sg.silu, accuracy="fast")
    True
    >>> activation(0.0)
    0.0
    """
    members = FUNCTIONS | JOINT
    if not any(function is member.function for member in members.values()):
        raise TypeError(f"with_options() takes one of {', '.join(members)}; not {function!r}")
    if accuracy is not None:
        require_accuracy(accuracy)
    if backend is not None:
        registry.find(backend)
    return WithOptions(function, backend, accuracy)
