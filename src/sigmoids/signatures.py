"""What type checkers know of the public functions: which type of result goes with which argument.

Every function of the family takes the same options and keeps the kind of array, so that this is
said once, in the type that a decorator declares its function to be.  The function stays itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypedDict, TypeVar, Unpack, cast, overload

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Accuracy

    Double = np.float64
    Doubles = np.ndarray[Any, np.dtype[np.float64]]
    Whole = np.integer[Any] | np.bool[Any]
    Wholes = np.ndarray[Any, np.dtype[Whole]]
    Items = list[Any] | tuple[Any, ...]


class _WithArray(Protocol):
    def __array__(self, *arguments: Any, **options: Any) -> Any: ...


class _WithUfuncs(Protocol):
    def __array_ufunc__(self, ufunc: Any, method: Any, /, *inputs: Any, **options: Any) -> Any: ...


Number = TypeVar("Number", bound="np.floating[Any]")
"""NumPy's floating scalars."""

Floats = TypeVar("Floats", bound="np.ndarray[Any, np.dtype[np.floating[Any]]]")
"""NumPy's floating arrays and their subclasses."""

Kept = TypeVar("Kept", bound=_WithArray | _WithUfuncs)
"""JAX's and PyTorch's arrays, series, data frames, and whatever else is an array or holds some."""

Place = TypeVar("Place")
Second = TypeVar("Second")


class Options(TypedDict, total=False):
    """What every function takes."""

    backend: Backend | None
    accuracy: Accuracy | None


class OfOne(Protocol):
    """A function of one argument."""

    __name__: str

    @overload
    def __call__(self, x: Any, /, *, out: tuple[Place], **options: Unpack[Options]) -> Place: ...
    @overload
    def __call__(self, x: Any, /, *, out: Place, **options: Unpack[Options]) -> Place: ...
    @overload
    def __call__(self, x: Number, /, *, out: None = None, **options: Unpack[Options]) -> Number: ...
    @overload
    def __call__(self, x: Whole, /, *, out: None = None, **options: Unpack[Options]) -> Double: ...
    @overload
    def __call__(self, x: float, /, *, out: None = None, **options: Unpack[Options]) -> float: ...
    @overload
    def __call__(self, x: Floats, /, *, out: None = None, **options: Unpack[Options]) -> Floats: ...
    @overload
    def __call__(
        self, x: Wholes, /, *, out: None = None, **options: Unpack[Options]
    ) -> Doubles: ...
    @overload
    def __call__(self, x: Kept, /, *, out: None = None, **options: Unpack[Options]) -> Kept: ...
    @overload
    def __call__(self, x: Items, /, *, out: None = None, **options: Unpack[Options]) -> Doubles: ...


class OfOneToTwo(Protocol):
    """A function of one argument with two results."""

    __name__: str

    @overload
    def __call__(
        self, x: Any, /, *, out: tuple[Place, Second], **options: Unpack[Options]
    ) -> tuple[Place, Second]: ...
    @overload
    def __call__(
        self, x: Number, /, *, out: None = None, **options: Unpack[Options]
    ) -> tuple[Number, Number]: ...
    @overload
    def __call__(
        self, x: Whole, /, *, out: None = None, **options: Unpack[Options]
    ) -> tuple[Double, Double]: ...
    @overload
    def __call__(
        self, x: float, /, *, out: None = None, **options: Unpack[Options]
    ) -> tuple[float, float]: ...
    @overload
    def __call__(
        self, x: Floats, /, *, out: None = None, **options: Unpack[Options]
    ) -> tuple[Floats, Floats]: ...
    @overload
    def __call__(
        self, x: Wholes, /, *, out: None = None, **options: Unpack[Options]
    ) -> tuple[Doubles, Doubles]: ...
    @overload
    def __call__(
        self, x: Kept, /, *, out: None = None, **options: Unpack[Options]
    ) -> tuple[Kept, Kept]: ...
    @overload
    def __call__(
        self, x: Items, /, *, out: None = None, **options: Unpack[Options]
    ) -> tuple[Doubles, Doubles]: ...


class OfTwo(Protocol):
    """A function of two arguments: where they are of one kind, or the second is a number."""

    __name__: str

    @overload
    def __call__(
        self, x: Any, y: Any, /, *, out: tuple[Place], **options: Unpack[Options]
    ) -> Place: ...
    @overload
    def __call__(self, x: Any, y: Any, /, *, out: Place, **options: Unpack[Options]) -> Place: ...
    @overload
    def __call__(
        self, x: Number, y: Number, /, *, out: None = None, **options: Unpack[Options]
    ) -> Number: ...
    @overload
    def __call__(
        self, x: float, y: float, /, *, out: None = None, **options: Unpack[Options]
    ) -> float: ...
    @overload
    def __call__(
        self, x: Floats, y: Floats | float, /, *, out: None = None, **options: Unpack[Options]
    ) -> Floats: ...
    @overload
    def __call__(
        self, x: Wholes, y: Wholes | float, /, *, out: None = None, **options: Unpack[Options]
    ) -> Doubles: ...
    @overload
    def __call__(
        self, x: Kept, y: Kept | float, /, *, out: None = None, **options: Unpack[Options]
    ) -> Kept: ...
    @overload
    def __call__(
        self, x: Items, y: Items | float, /, *, out: None = None, **options: Unpack[Options]
    ) -> Doubles: ...
    @overload
    def __call__(
        self, x: Any, y: Any, /, *, out: None = None, **options: Unpack[Options]
    ) -> Any: ...


def of_one(function: Callable[..., Any]) -> OfOne:
    """Declare the types of a function of one argument."""
    return cast("OfOne", function)


def of_one_to_two(function: Callable[..., Any]) -> OfOneToTwo:
    """Declare the types of a function with two results."""
    return cast("OfOneToTwo", function)


def of_two(function: Callable[..., Any]) -> OfTwo:
    """Declare the types of a function of two arguments."""
    return cast("OfTwo", function)
