"""Where a function is 0 though its argument is not, and its textbook form cancels."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from sigmoids.spec import Spec

PLACES = np.geomspace(1e-3, 700.0, 4000)
"""Magnitudes between which signs are compared."""


@cache
def roots(spec: Spec) -> tuple[float, ...]:
    """The roots of a function of one argument, to float64, but for those it declares as edges."""
    if len(spec.arguments) > 1:
        return ()
    x = np.concatenate([-PLACES[::-1], PLACES])
    x = x[(x > spec.domain[0]) & (x < spec.domain[1])]
    with np.errstate(all="ignore"):
        signs = np.sign(spec.reference(np, x))
        crossings = np.flatnonzero((signs[:-1] * signs[1:] < 0) & (x[:-1] * x[1:] > 0))
        found = [_between(spec, *x[i : i + 2].tolist()) for i in crossings]
    exact = {edge for edge, value in spec.edges if value == 0}
    return tuple(root for root in found if not any(abs(root - edge) < 1e-9 for edge in exact))


def _between(spec: Spec, low: float, high: float) -> float:
    """By bisection."""
    sign = np.sign(spec.reference(np, np.float64(low)))
    middle = (low + high) / 2
    while low < middle < high:
        if np.sign(spec.reference(np, np.float64(middle))) == sign:
            low = middle
        else:
            high = middle
        middle = (low + high) / 2
    return middle
