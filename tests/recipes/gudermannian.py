"""The Gudermannian function, 2·arctan(tanh(x/2))."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import dispatched
from sigmoids.signatures import of_one
from sigmoids.spec import Accuracy, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Evaluate, Vocabulary


def formula(xp: Vocabulary, x: Any) -> Any:
    """2·arctan((1 − e^−|x|)/(1 + e^−|x|)) with the sign of x."""
    magnitude = xp.abs(x)
    d, _, s = xp.expm1_ratio(-magnitude)
    half = xp.arctan_ratio(-d, s)
    return xp.copysign(xp.where(magnitude < NEAR, xp.itself(magnitude), half + half), x)


NEAR = 2.0**-33
"""Below it x − x³/6 + … rounds to x in every dtype."""


def reference(m: Any, x: Any) -> Any:
    """2·arctan(tanh(x/2))."""
    return 2 * m.arctan(m.tanh(x / 2))


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """1/cosh x."""
    return evaluate(FIRST, x)


def first_formula(xp: Vocabulary, x: Any) -> Any:
    """2y/(1 + y²) with y = e^−|x|."""
    p, q, _ = xp.exp_ratio(-xp.abs(x))
    y = p / q
    return (y + y) / (xp.number(1.0) + y * y)


def first_reference(m: Any, x: Any) -> Any:
    """1/cosh x."""
    return 1 / m.cosh(x)


def second(evaluate: Evaluate, x: Any) -> Any:
    """The second derivative."""
    return evaluate(SECOND, x)


def second_formula(xp: Vocabulary, x: Any) -> Any:
    """−2y/(1 + y²)·(1 − y)(1 + y)/(1 + y²) with y = e^−|x|."""
    z = -xp.abs(x)
    p, q, _ = xp.exp_ratio(z)
    d, _, _ = xp.expm1_ratio(z)
    y, one = p / q, xp.number(1.0)
    sum_of_squares = one + y * y
    return xp.copysign((y + y) / sum_of_squares * (-d / q * (one + y) / sum_of_squares), -x)


def second_reference(m: Any, x: Any) -> Any:
    """−tanh x/cosh x."""
    return -m.tanh(x) / m.cosh(x)


def third(evaluate: Evaluate, x: Any) -> Any:
    """(1 − 2/cosh² x)/cosh x, which closes the chain."""
    y = evaluate(FIRST, x)
    return y * (1 - 2 * y * y)


EDGES = ((-math.inf, -math.pi / 2), (-0.0, -0.0), (0.0, 0.0), (math.inf, math.pi / 2))

RANGE = (-math.pi / 2, math.pi / 2)

SPEC = Spec("gudermannian", formula, reference, derivative, EDGES, range=RANGE)
FIRST = Spec(
    "gudermannian_derivative",
    first_formula,
    first_reference,
    second,
    ((-math.inf, 0.0), (-0.0, 1.0), (0.0, 1.0), (math.inf, 0.0)),
)
SECOND = Spec(
    "gudermannian_second_derivative",
    second_formula,
    second_reference,
    third,
    ((-math.inf, 0.0), (-0.0, 0.0), (0.0, -0.0), (math.inf, -0.0)),
)


@of_one
@dispatched(SPEC)
def gudermannian(
    x: Any,
    /,
    *,
    backend: Backend | None = None,
    accuracy: Accuracy | None = None,
    out: NDArray[Any] | None = None,
) -> Any:
    """2·arctan(tanh(x/2)), a sigmoid from −π/2 to π/2 with slope 1 at 0.

    Notes
    -----
    **Accuracy**, in units in the last place (ulp): {accuracy}
    """
