"""Whatever overrides NumPy's ufuncs (NEP 13): arrays with units, data frames, labelled arrays, ...

Such a type knows what a function of numbers means for it: whether its unit may be lost, which
labels stay, when to compute.  So it is handed an object that looks like a ufunc of NumPy's, and is
believed with what it answers.
"""

from __future__ import annotations

import sys
from contextlib import nullcontext
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar

import numpy as np

from sigmoids.containers.container import places
from sigmoids.selection import preferred_backend, use_backend

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from sigmoids.backends.engine import Engine
    from sigmoids.backends.registry import Backend
    from sigmoids.containers.container import Route
    from sigmoids.spec import Accuracy, Function


@dataclass(frozen=True)
class Elementwise:
    """A member of the family with its options, in the likeness of a ufunc.

    Its fields are plain, so that it is equal to any other of the same options, is hashed alike in
    every process, and can be pickled.

    Attributes
    ----------
    module, function : str
        Where the public function is, which is called again with what is inside of the array.
    backend : str or None
        The argument ``backend=``.
    preferred : str or None
        The choice that was in force, for calls that are carried out later or elsewhere.
    accuracy : {"high", "fast"}
        The argument ``accuracy=``.
    nin : int
        Number of arguments.
    """

    module: str
    function: str
    backend: Backend | None
    preferred: Backend | None
    accuracy: Accuracy
    nin: int = 1
    nout: ClassVar[int] = 1
    signature: ClassVar[None] = None
    identity: ClassVar[None] = None
    ntypes: ClassVar[int] = 4

    @property
    def __name__(self) -> str:
        """No library has a function of that name, and takes it for ours."""
        return f"sigmoids.{self.function}"

    @property
    def nargs(self) -> int:
        """Number of arguments and results."""
        return self.nin + self.nout

    @property
    def types(self) -> list[str]:
        """The loops that a ufunc would have."""
        return [f"{self.nin * kind}->{kind}" for kind in "efdg"]

    def resolve_dtypes(self, dtypes: Iterable[Any], **_options: Any) -> tuple[np.dtype[Any], ...]:
        """The dtypes of arguments and result, as ufuncs have it: Python's numbers adapt."""
        given = [d(0) if isinstance(d, type) else d for d in dtypes if d is not None]
        common = np.result_type(*given)
        return (common if common.kind in "fV" else np.dtype(np.float64),) * self.nargs

    def __call__(self, *inputs: Any, out: Any = None, dtype: Any = None, **options: Any) -> Any:
        """The function of what was inside of the arrays."""
        if unknown := {name for name, value in options.items() if value is not IGNORED.get(name)}:
            raise TypeError(f"{self.function}() takes no {', '.join(sorted(unknown))}")
        function = getattr(sys.modules[self.module], self.function)
        if dtype is not None:
            inputs = tuple(np.asarray(x, dtype) for x in inputs)
        with nullcontext() if self.preferred is None else use_backend(self.preferred):
            return function(*inputs, backend=self.backend, accuracy=self.accuracy, out=out)

    def __repr__(self) -> str:
        return self.__name__


IGNORED = {"where": True, "casting": "same_kind", "order": "K", "subok": True}
"""Options of ufuncs that may be passed on at their defaults."""


class Holding:
    """What kinds have in common that hold arrays of others: one call more, of what is inside.

    Those that take few others beside them rank higher: they refuse what would lose its labels.
    """

    rank = 9

    def default_backend(self) -> None:
        """The arrays inside decide."""

    def can_follow(self, _backend: str, _kinds: tuple[type, ...]) -> bool:
        """The arrays inside can or cannot."""
        return False

    def route(self, engine: Engine | None, spec: Function, accuracy: Accuracy) -> Route:
        """See :class:`~sigmoids.containers.container.Container`."""
        of_several = self.route_of_several(engine, spec, accuracy)

        def route(x: Any, out: Any) -> Any:
            return of_several((x,), out)

        return route

    def route_of_several(self, engine: Engine | None, spec: Function, accuracy: Accuracy) -> Route:
        """See :class:`~sigmoids.containers.container.Container`."""
        functions = elementwise(spec, None if engine is None else engine.name, accuracy)

        def route(arguments: tuple[Any, ...], out: Any) -> Any:
            outs = len(functions) * (None,) if out is None else places(out, spec)
            results = tuple(map(self.into, functions, len(functions) * (arguments,), outs))
            return results[0] if len(results) == 1 else results

        return route

    def into(self, function: Elementwise, arguments: tuple[Any, ...], out: Any) -> Any:
        """The function of the arguments, in ``out`` if there is one."""
        if out is not None:
            raise TypeError(f"{function.function}(): out= takes NumPy arrays, for NumPy input")
        return self.of(function, arguments)

    def of(self, function: Elementwise, arguments: tuple[Any, ...]) -> Any:
        """The function of the arguments."""
        raise NotImplementedError


class Overriding(Holding):
    """Every type whose ``__array_ufunc__`` is its own."""

    def into(self, function: Elementwise, arguments: tuple[Any, ...], out: Any) -> Any:
        """What the arguments say that it is."""
        return override(function, arguments, out)


def elementwise(
    spec: Function, backend: Backend | None, accuracy: Accuracy
) -> tuple[Elementwise, ...]:
    """A ufunc for each result of a function of the family."""
    preferred = preferred_backend() if backend is None else None
    return tuple(
        Elementwise(
            part.derivative.__module__, part.name, backend, preferred, accuracy, len(part.arguments)
        )
        for part in spec.parts
    )


def overrides(kind: type) -> bool:
    """Whether a type has an ``__array_ufunc__`` of its own."""
    method = getattr(kind, "__array_ufunc__", np.ndarray.__array_ufunc__)
    return method is not np.ndarray.__array_ufunc__


def override(function: Elementwise, arguments: tuple[Any, ...], out: Any = None) -> Any:
    """What the arguments and ``out``, asked as NEP 13 has it, say that the result is."""
    outs = () if out is None else (out,)
    operands = (*arguments, *outs)
    asked = operands if len(operands) == 1 else in_their_order(operands)
    for x in asked:
        method = type(x).__array_ufunc__
        if method is None:
            raise TypeError(f"{function.function}(): {_name(x)} takes no part in ufuncs")
        introduce(function, type(x))
        options = {"out": outs} if outs else {}
        result = method(x, function, "__call__", *arguments, **options)
        if result is not NotImplemented:
            return result if out is None else out
    kinds = " and ".join(map(_described, asked))
    raise TypeError(
        f"{function.function}() is not implemented by {kinds}: pass the plain array within"
    )


def in_their_order(operands: tuple[Any, ...]) -> Sequence[Any]:
    """One of each type that overrides, from left to right, but subclasses before their bases."""
    asked: list[Any] = []
    for x in operands:
        kinds = [type(other) for other in asked]
        if overrides(type(x)) and type(x) not in kinds:
            bases = (place for place, kind in enumerate(kinds) if issubclass(type(x), kind))
            asked.insert(next(bases, len(asked)), x)
    return asked


def introduce(function: Elementwise, kind: type) -> None:
    """Tell a library what it wants to know about a ufunc before it meets it."""
    units = sys.modules.get("astropy.units")
    if units is not None and issubclass(kind, units.Quantity):
        astropy = sys.modules["astropy.units.quantity_helper"]  # which the other has imported
        if function not in astropy.UFUNC_HELPERS:
            helpers: dict[int, Callable[..., Any]] = {
                1: astropy.helpers.helper_dimensionless_to_dimensionless,
                2: astropy.helpers.helper_two_arg_dimensionless,
            }
            astropy.UFUNC_HELPERS[function] = helpers[function.nin]


def refuse_others(
    function: Elementwise, arguments: tuple[Any, ...], kinds: type | tuple[type, ...]
) -> None:
    """A TypeError where there is, beside a kind, anything but numbers, lists and NumPy arrays."""
    leader = next(x for x in arguments if isinstance(x, kinds))
    for x in arguments:
        numpy = isinstance(x, float | int | list | tuple | np.generic | np.ndarray)
        if isinstance(x, np.ma.MaskedArray):
            raise TypeError(
                f"{function.function}() cannot take {_name(leader)} and a masked array together: "
                "np.ma.filled() it first"
            )
        if not isinstance(x, kinds) and (not numpy or overrides(type(x))):
            raise TypeError(
                f"{function.function}() cannot take {_name(leader)} and {_name(x)} together: "
                "convert one of them"
            )


def is_number(x: Any) -> bool:
    """Whether it is Python's, and takes the dtype of what it is beside."""
    return isinstance(x, float | int) and not isinstance(x, np.generic)


def only_frame(function: Elementwise, arguments: tuple[Any, ...]) -> Any:
    """The frame among the arguments, beside which there may be numbers alone."""
    others = [x for x in arguments if not is_number(x)]
    if len(others) > 1:
        raise TypeError(
            f"{function.function}() takes a frame beside numbers alone: pass columns instead"
        )
    return others[0]


def _described(x: Any) -> str:
    """Its type, and its dtype if that is no number's."""
    dtype = getattr(x, "dtype", None)
    return _name(x) if dtype is None else f"{_name(x)} of dtype {dtype}"


def _name(x: Any) -> str:
    return f"{type(x).__module__}.{type(x).__qualname__}"
