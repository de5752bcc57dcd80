"""Results of a wider type, moved off the midpoints of two narrower numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sigmoids.spec import TIED

if TYPE_CHECKING:
    from sigmoids.arithmetic.numbers import Numbers
    from sigmoids.spec import Spec

STEP = 2.0**-50
"""By which fraction a result is moved to a side: more than float64 arithmetic is wrong by, and less
than a midpoint is away from results that are not as good as on it."""


def settled(base: Numbers, spec: Spec, x: Any, y: Any) -> Any:
    """Results for the arguments x, on the side of a midpoint that the exact values are on.

    They are wrong by a few ulps at most.
    """
    if spec.beside is not None:
        side = base.copysign(STEP, spec.beside(base, x))
        y = base.where(base.abs(x) < TIED, y * (1 - side), y)
    for argument, result in spec.exceptions.items():
        y = base.where(x == argument, result, y)
    return y
