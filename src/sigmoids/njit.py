"""The family inside code that is compiled with Numba.

Every function of the family is here as a scalar function, for use in ``@njit``, ``@vectorize`` and
``prange`` code of one's own::

    import numpy as np
    import numba
    from sigmoids.njit import sigmoid

    @numba.njit(parallel=True)
    def gate(x, y):
        out = np.empty_like(x)
        for i in numba.prange(x.size):
            out[i] = y[i] * sigmoid(x[i])
        return out

They take a number (``sigmoid_binary_cross_entropy`` two) and, as a last argument, a literal
``"high"`` (the default) or ``"fast"``.  The results are the same bits as those of :mod:`sigmoids`
on the backend ``numba``: a float32 where all numbers are, otherwise a float64;
``sigmoid_and_derivative`` gives a pair.  Called from the interpreter, they are the functions of
:mod:`sigmoids`.

They become a part of the loop that calls them, which can so be vector code.  Ufuncs made by
``@vectorize`` are an exception for float64 with ``"high"``: Numba calls large functions from their
loops, one number at a time.  A ``@njit`` function with a loop is much faster there.

Raises
------
ImportError
    Numba is not installed, or cannot be used.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sigmoids.backends import registry
from sigmoids.functions import FUNCTIONS, JOINT
from sigmoids.spec import ACCURACIES

registry.load("numba")

from numba import types  # noqa: E402
from numba.core.errors import TypingError  # noqa: E402
from numba.extending import overload  # noqa: E402
from numba.np.numpy_support import as_dtype  # noqa: E402

from sigmoids.backends.numba import kernels  # noqa: E402
from sigmoids.backends.numba.scalars import OPTIONS, jit  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from sigmoids.spec import Accuracy, Function

MEMBERS = FUNCTIONS | JOINT


def __dir__() -> list[str]:
    return sorted(MEMBERS)


def __getattr__(name: str) -> Callable[..., Any]:
    if name not in MEMBERS:
        raise AttributeError(f"module 'sigmoids.njit' has no attribute {name!r}")
    return _scalar(name)


@cache
def _scalar(name: str) -> Callable[..., Any]:
    member = MEMBERS[name]
    make = _of_one if len(member.spec.arguments) == 1 else _of_two
    function, typed = make(member.function, member.spec)
    function.__name__ = function.__qualname__ = name
    function.__doc__ = member.function.__doc__
    overload(function, jit_options=OPTIONS, prefer_literal=True)(typed)
    return function


def _of_one(public: Callable[..., Any], spec: Function) -> tuple[Any, Any]:
    def function(x: Any, accuracy: Accuracy = "high") -> Any:
        return public(x, accuracy=accuracy)

    def typed(x: Any, accuracy: Any = "high") -> Any:
        kernel, real = _kernel(spec, accuracy, x)

        def compute(x: Any, accuracy: Any = "high") -> Any:  # noqa: ARG001
            return kernel(real(x))

        return compute

    return function, typed


def _of_two(public: Callable[..., Any], spec: Function) -> tuple[Any, Any]:
    def function(x: Any, y: Any, accuracy: Accuracy = "high") -> Any:
        return public(x, y, accuracy=accuracy)

    def typed(x: Any, y: Any, accuracy: Any = "high") -> Any:
        kernel, real = _kernel(spec, accuracy, x, y)

        def compute(x: Any, y: Any, accuracy: Any = "high") -> Any:  # noqa: ARG001
            return kernel(real(x), real(y))

        return compute

    return function, typed


def _kernel(spec: Function, accuracy: Any, *kinds: Any) -> tuple[Any, Any]:
    """The kernel for numbers of these types, and the type to convert them to."""
    accuracy = getattr(accuracy, "literal_value", accuracy)
    if accuracy not in ACCURACIES:
        known = " or ".join(map(repr, ACCURACIES))
        raise TypingError(f"accuracy is to be a literal {known} in compiled code, not {accuracy}")
    for kind in kinds:
        if not isinstance(kind, types.Float | types.Integer | types.Boolean):
            raise TypingError(f"{spec.name}() takes a real number in compiled code, not {kind}")
    single = all(kind == types.float32 for kind in kinds)
    real = types.float32 if single else types.float64
    return _quiet(spec, as_dtype(real), accuracy), real


@cache
def _quiet(spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Any:
    return jit(kernels.guarded(spec, dtype, accuracy))
