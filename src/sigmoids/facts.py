"""What is known of a function of the family: the answer of :func:`info`."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.backends import registry
from sigmoids.dispatch import dispatcher
from sigmoids.functions import FUNCTIONS, JOINT

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import DTypeLike

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Accuracy, Interval, Spec


@dataclass(frozen=True, slots=True)
class FunctionInfo:
    """One function of the family.

    Attributes
    ----------
    name : str
        Its name.
    formula : str
        The definition, for TeX.
    arguments : tuple of str
        The names of its arguments.
    domain : pair of float
        The least and the largest argument; the function of others is NaN.
    range : pair of float
        The least and the largest result, attained or approached; of the cross-entropy for labels
        from 0 to 1.
    edges : tuple of tuples of float
        Arguments, such as infinities and zeros, with the result, which is exact on every backend.
    inverse : callable or None
        The function that undoes it, if it is of the family.
    """

    name: str
    formula: str
    arguments: tuple[str, ...]
    domain: Interval
    range: Interval
    edges: tuple[tuple[float, ...], ...]
    inverse: Callable[..., Any] | None

    def derivative(self, *arguments: Any) -> Any:
        """The derivative, accurate in both tails; of two arguments a pair, by each of them."""
        return FUNCTIONS[self.name].spec.derivative(_evaluate, *arguments)

    def bound(self, backend: Backend, dtype: DTypeLike, accuracy: Accuracy = "high") -> float:
        """How far from the exact value results are at most, in units in the last place (ulp).

        Half of one, 0.5, is that of correctly rounded results.
        """
        from sigmoids.accuracy import bounds  # which computing needs not

        engine = registry.machine_code_of(registry.find(backend).name)
        return bounds.bound(self.name, engine, np.dtype(dtype).name, accuracy).ulp


def info(function: Callable[..., Any], /) -> FunctionInfo:
    """What is known of a function: formula, domain, range, derivative, inverse, error bounds.

    Parameters
    ----------
    function : callable
        One of this package's functions that have one result, such as :func:`silu`.

    Returns
    -------
    FunctionInfo
        The facts, as attributes and methods.

    Raises
    ------
    TypeError
        Not such a function.

    Examples
    --------
    >>> import sigmoids as sg
    >>> about = sg.info(sg.sigmoid)
    >>> about.range
    (0.0, 1.0)
    >>> about.inverse.__name__
    'logit'
    >>> about.derivative(0.0)
    0.25
    >>> about.bound("numba", "float32")
    0.5
    """
    for name, member in FUNCTIONS.items():
        if function is member.function:
            spec = member.spec
            inverse = None if spec.inverse is None else FUNCTIONS[spec.inverse].function
            return FunctionInfo(
                name,
                _formula(function),
                spec.arguments,
                spec.domain,
                spec.range,
                spec.edges,
                inverse,
            )
    for joint in JOINT.values():
        if function is joint.function:
            parts = " and ".join(part.name for part in joint.spec.parts)
            raise TypeError(f"{joint.spec.name}() is {parts} in one pass: ask for these")
    raise TypeError(f"info() takes one of {', '.join(FUNCTIONS)}; not {function!r}")


def _formula(function: Callable[..., Any]) -> str:
    """What the first line of the docstring says in TeX."""
    first = (function.__doc__ or "").partition("\n")[0]
    found = re.search(":math:`(.*?)`", first)
    return found[1] if found else first


def _evaluate(spec: Spec, *arguments: Any) -> Any:
    return dispatcher(spec)(*arguments)
