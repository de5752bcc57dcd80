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

The functions of :mod:`sigmoids` themselves may be called there too, with ``accuracy=`` as their
only option: ``sg.sigmoid(x[i], accuracy="fast")``.

They become a part of the loop that calls them, which can so be vector code.  Ufuncs made by
``@vectorize`` are an exception for float64 with ``"high"``: Numba calls large functions from their
loops, one number at a time.  A ``@njit`` function with a loop is much faster there.

A function of yours that is compiled with ``cache=True`` keeps the code that it was compiled with,
since Numba looks at your file alone: after an update of sigmoids, delete its cache (the ``.nbi``
and ``.nbc`` files in ``__pycache__`` or ``NUMBA_CACHE_DIR``), or change the file's time.

Where Numba is told not to compile (``NUMBA_DISABLE_JIT=1``), all this is plain Python.

Raises
------
ImportError
    Numba is not installed.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from sigmoids.backends import registry
from sigmoids.functions import FUNCTIONS, JOINT
from sigmoids.spec import ACCURACIES

registry.require("numba")

from numba import types  # noqa: E402
from numba.core.errors import TypingError  # noqa: E402
from numba.extending import overload  # noqa: E402
from numba.np.numpy_support import as_dtype  # noqa: E402

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np

    from sigmoids.spec import Accuracy, Function

    def __getattr__(name: str) -> Callable[..., Any]: ...


MEMBERS = FUNCTIONS | JOINT


def __dir__() -> list[str]:
    return sorted(MEMBERS)


def init() -> None:
    """Numba calls this before it first compiles; that this module is imported is all it needs."""


def _of_one(public: Callable[..., Any], spec: Function) -> Callable[..., Any]:
    def function(x: Any, accuracy: Accuracy = "high") -> Any:
        return public(x, accuracy=accuracy)

    def typed(x: Any, accuracy: Any = "high") -> Any:
        kernel, real = _kernel(spec, accuracy, x)

        def compute(x: Any, accuracy: Any = "high") -> Any:  # noqa: ARG001
            return kernel(real(x))

        return compute

    def typed_public(x: Any, backend: Any = None, accuracy: Any = "high", out: Any = None) -> Any:
        _refuse(spec, backend=backend, out=out)
        kernel, real = _kernel(spec, accuracy, x)

        def compute(x: Any, backend: Any = None, accuracy: Any = "high", out: Any = None) -> Any:  # noqa: ARG001
            return kernel(real(x))

        return compute

    _register(function, typed)
    _register(public, typed_public)
    return function


def _of_two(public: Callable[..., Any], spec: Function) -> Callable[..., Any]:
    def function(x: Any, y: Any, accuracy: Accuracy = "high") -> Any:
        return public(x, y, accuracy=accuracy)

    def typed(x: Any, y: Any, accuracy: Any = "high") -> Any:
        kernel, real = _kernel(spec, accuracy, x, y)

        def compute(x: Any, y: Any, accuracy: Any = "high") -> Any:  # noqa: ARG001
            return kernel(real(x), real(y))

        return compute

    def typed_public(
        x: Any, y: Any, backend: Any = None, accuracy: Any = "high", out: Any = None
    ) -> Any:
        _refuse(spec, backend=backend, out=out)
        kernel, real = _kernel(spec, accuracy, x, y)

        def compute(
            x: Any,
            y: Any,
            backend: Any = None,  # noqa: ARG001
            accuracy: Any = "high",  # noqa: ARG001
            out: Any = None,  # noqa: ARG001
        ) -> Any:
            return kernel(real(x), real(y))

        return compute

    _register(function, typed)
    _register(public, typed_public)
    return function


def _register(function: Callable[..., Any], typed: Callable[..., Any]) -> None:
    """Let compiled code call a function; all of it is to become a part of the caller."""
    options = {"forceinline": True, "no_cpython_wrapper": True, "no_cfunc_wrapper": True}
    overload(function, jit_options=options, prefer_literal=True)(typed)


def _refuse(spec: Function, **options: Any) -> None:
    for name, given in options.items():
        if not (given is None or isinstance(given, types.Omitted | types.NoneType)):
            raise TypingError(f"{spec.name}() takes no {name}= in compiled code: see sigmoids.njit")


def _kernel(spec: Function, accuracy: Any, *kinds: Any) -> tuple[Any, Any]:
    """The kernel for numbers of these types, and the type to convert them to."""
    accuracy = accuracy.value if isinstance(accuracy, types.Omitted) else accuracy
    accuracy = getattr(accuracy, "literal_value", accuracy)
    if accuracy not in ACCURACIES:
        known = " or ".join(map(repr, ACCURACIES))
        raise TypingError(f"accuracy is to be a literal {known} in compiled code, not {accuracy}")
    for kind in kinds:
        if not isinstance(kind, types.Float | types.Integer | types.Boolean):
            raise TypingError(
                f"{spec.name}() takes a real number in compiled code, not {kind}: call it for each "
                "element of an array, or outside of compiled code"
            )
    single = all(kind == types.float32 for kind in kinds)
    real = types.float32 if single else types.float64
    return _quiet(spec, as_dtype(real), accuracy), real


@cache
def _quiet(spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Any:
    registry.load("numba")
    from sigmoids.backends.numba import inline, kernels  # not before code is compiled

    return inline.jit(kernels.guarded(spec, dtype, accuracy))


for _name, _member in MEMBERS.items():
    # Attributes of the module from the beginning, for compilers look at what there is.
    _make = _of_one if len(_member.spec.arguments) == 1 else _of_two
    _function = _make(_member.function, _member.spec)
    _function.__name__ = _function.__qualname__ = _name
    _function.__doc__ = _member.function.__doc__
    globals()[_name] = _function
