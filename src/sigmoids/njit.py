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

They take a number and, as a second argument, a literal ``"high"`` (the default) or ``"fast"``.  The
results are the same bits as those of :mod:`sigmoids` on the backend ``numba``: a float32 for a
float32, otherwise a float64; ``sigmoid_and_derivative`` gives a pair.  Called from the interpreter,
they are the functions of :mod:`sigmoids`.

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

import numpy as np

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

    def function(x: Any, accuracy: Accuracy = "high") -> Any:
        return member.function(x, accuracy=accuracy)

    function.__name__ = function.__qualname__ = name
    function.__doc__ = member.function.__doc__

    @overload(function, jit_options=OPTIONS, prefer_literal=True)  # type: ignore[untyped-decorator]
    def typed(x: Any, accuracy: Any = "high") -> Any:
        kernel, real = _kernel(member.spec, x, getattr(accuracy, "literal_value", accuracy))

        def compute(x: Any, accuracy: Any = "high") -> Any:  # noqa: ARG001
            return kernel(real(x))

        return compute

    return function


def _kernel(spec: Function, x: Any, accuracy: Any) -> tuple[Any, Any]:
    """The kernel for a number of that type, and the type to convert it to."""
    if accuracy not in ACCURACIES:
        known = " or ".join(map(repr, ACCURACIES))
        raise TypingError(f"accuracy is to be a literal {known} in compiled code, not {accuracy}")
    if not isinstance(x, types.Float | types.Integer | types.Boolean):
        raise TypingError(f"{spec.name}() takes a real number in compiled code, not {x}")
    dtype = as_dtype(x) if isinstance(x, types.Float) else np.dtype(np.float64)
    return _quiet(spec, dtype, accuracy), types.float32 if x == types.float32 else types.float64


@cache
def _quiet(spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Any:
    return jit(kernels.guarded(spec, dtype, accuracy))
