"""numexpr: compiled expressions, called without its search for them in a cache."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numexpr
import numpy as np

from sigmoids.peers.peer import Call, Library, Peer, Prepared, as_arrays

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    Array = NDArray[Any]


TYPES = {"float32": float, "float64": np.float64}
"""Its names for dtypes: Python's type stands for the narrower one."""


def sigmoid(x: Array) -> Call:
    """The expression."""
    return _program("1 / (1 + exp(-x))", x=x)


def slope(x: Array) -> Call:
    """The derivative; numexpr computes a common subexpression once."""
    return _program("1 / (1 + exp(-x)) * (1 - 1 / (1 + exp(-x)))", x=x)


def both(x: Array) -> Call:
    """Value and derivative, one after the other: a program has one result."""
    value = sigmoid(x)
    slope = _program("y * (1 - y)", y=value())
    return lambda: (value(), slope())


def _program(expression: str, **variables: Array) -> Call:
    signature = [(name, TYPES[array.dtype.name]) for name, array in variables.items()]
    program = numexpr.NumExpr(expression, signature=signature)
    arrays = tuple(variables.values())
    out = np.empty_like(arrays[0])
    return lambda: program(*arrays, out=out, order="K", casting="safe", ex_uses_vml=False)


def _peer(label: str, bind: Callable[..., Call]) -> Peer:
    return Peer("numexpr", label, lambda *inputs: Prepared(bind(*inputs), as_arrays))


library = Library(
    "numexpr",
    tuple(TYPES),
    {
        "sigmoid": (_peer("numexpr 1/(1+exp(-x))", sigmoid),),
        "sigmoid_derivative": (_peer("numexpr y*(1-y)", slope),),
        "sigmoid_and_derivative": (_peer("numexpr y, y*(1-y)", both),),
    },
    numexpr.set_num_threads,
)
