"""numexpr: compiled expressions, called without its search for them in a cache."""

from __future__ import annotations

import math
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

SIGMOID = "1 / (1 + exp(-x))"

LOG1P_EXP = "log1p(exp(-abs(x)))"

POSITIVE = "where(x > 0, x, 0)"
"""max(x, 0); numexpr's own ``maximum`` makes float64 of float32."""


def both(x: Array) -> Call:
    """Value and derivative, one after the other: a program has one result."""
    value = _program(SIGMOID, x=x)
    slope = _program("y * (1 - y)", y=value())
    return lambda: (value(), slope())


def _program(expression: str, **variables: Array) -> Call:
    signature = [(name, TYPES[array.dtype.name]) for name, array in variables.items()]
    program = numexpr.NumExpr(expression, signature=signature)
    arrays = tuple(variables.values())
    out = np.empty_like(arrays[0])
    return lambda: program(*arrays, out=out, order="K", casting="safe", ex_uses_vml=False)


def _expression(label: str, expression: str, **constants: float) -> Peer:
    """A function of x and perhaps y; numexpr computes a common subexpression once.

    Constants are variables: a number in the text would make float64 of float32.
    """

    def bind(*inputs: Array) -> Call:
        variables = dict(zip("xy", inputs, strict=False))
        dtype = inputs[0].dtype
        scalars = {name: np.array(value, dtype) for name, value in constants.items()}
        return _program(expression, **variables, **scalars)

    return _peer(label, bind)


def _peer(label: str, bind: Callable[..., Call]) -> Peer:
    return Peer("numexpr", label, lambda *inputs: Prepared(bind(*inputs), as_arrays))


library = Library(
    "numexpr",
    tuple(TYPES),
    {
        "sigmoid": (_expression("numexpr 1/(1+exp(-x))", SIGMOID),),
        "sigmoid_derivative": (_expression("numexpr y*(1-y)", f"{SIGMOID} * (1 - {SIGMOID})"),),
        "sigmoid_and_derivative": (_peer("numexpr y, y*(1-y)", both),),
        "logit": (_expression("numexpr log(p/(1-p))", "log(x / (1 - x))"),),
        "log_sigmoid": (
            _expression("numexpr log1p(exp(-abs(x)))", f"where(x < 0, x, 0) - {LOG1P_EXP}"),
        ),
        "softplus": (_expression("numexpr log1p(exp(-abs(x)))", f"{POSITIVE} + {LOG1P_EXP}"),),
        "silu": (_expression("numexpr x/(1+exp(-x))", "x / (1 + exp(-x))"),),
        "silu_derivative": (
            _expression("numexpr y*(1+x*(1-y))", f"{SIGMOID} * (1 + x * (1 - {SIGMOID}))"),
        ),
        "tanh": (_expression("numexpr tanh(x)", "tanh(x)"),),
        "tanh_derivative": (_expression("numexpr 1-tanh(x)**2", "1 - tanh(x)**2"),),
        "arctan_sigmoid": (
            _expression(
                "numexpr arctan(pi/2*x)/(pi/2)",
                "arctan(half_pi * x) / half_pi",
                half_pi=math.pi / 2,
            ),
        ),
        "arctan_sigmoid_derivative": (
            _expression(
                "numexpr 1/(1+(pi/2*x)**2)", "1 / (1 + (half_pi * x)**2)", half_pi=math.pi / 2
            ),
        ),
        "sigmoid_binary_cross_entropy": (
            _expression("numexpr max(x,0)-x*y+...", f"{POSITIVE} - x * y + {LOG1P_EXP}"),
        ),
    },
    numexpr.set_num_threads,
)
