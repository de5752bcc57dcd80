"""What a function of the family declares about itself, and the words it is written in.

This is the lowest floor of the package: the standard library alone, so that every engine can
receive a :class:`Spec` without knowing which function it holds.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol, TypeVar, get_args

Accuracy = Literal["high", "fast"]
ACCURACIES: tuple[str, ...] = get_args(Accuracy)

T = TypeVar("T")


class Vocabulary(Protocol):
    """The primitives an engine supplies; formulas use these and Python's arithmetic alone.

    Engines compute on what suits them (arrays, tracers, single numbers in compiled loops), so
    the element type is left open.  An engine's module may serve as its vocabulary.
    """

    def abs(self, x: T, /) -> T:
        """Magnitude."""
        ...

    def number(self, value: float, /) -> Any:
        """A constant, in the arithmetic that the formula is evaluated in."""
        ...

    def where(self, condition: Any, a: T, b: T, /) -> T:
        """``a`` where the condition holds, else ``b``."""
        ...

    def exp_ratio(self, z: T, /) -> tuple[T, T]:
        """Numbers ``(p, q)`` with p/q = e^z; both are positive and p + q is finite.

        Where e^z is so large that 1 + e^z rounds to it, p/q may be another number as large.

        A quotient of sums of the two needs one division where e^z by itself already costs one.
        """
        ...

    def expm1_ratio(self, z: T, /) -> tuple[T, T]:
        """Numbers ``(d, q)`` with d/q = e^z − 1, for z ≤ 0, and the q of :meth:`exp_ratio`."""
        ...


Formula = Callable[[Any, Any], Any]
"""``formula(xp, x)``: the function in the words of a :class:`Vocabulary`; a tuple of several."""

Evaluate = Callable[["Spec", Any], Any]
"""``evaluate(spec, x)``: a member of the family, differentiable where the engine can be."""


@dataclass(frozen=True, slots=True)
class Bound:
    """A declared limit of the total error, in units in the last place of the result.

    Attributes
    ----------
    ulp : float
        No result is further from the exact value; the half ulp of the final rounding counts in.
    witness : str or None
        The input, in hexadecimal, with the largest error found; None where rounding is correct
        for every input.
    flushes : bool
        Whether subnormal results may be 0 besides.
    """

    ulp: float
    witness: str | None = None
    flushes: bool = False


CORRECTLY_ROUNDED = Bound(0.5)


@dataclass(frozen=True, slots=True, eq=False)
class Spec:
    """One function of the family: its mathematics, once, for every engine.

    Attributes
    ----------
    name : str
        The public name.
    formula : Formula
        The function in a vocabulary's words, evaluated in the result's dtype or a wider one.
    reference : callable
        ``reference(m, x)``: the definition in textbook form, over a module ``m`` with ``exp``
        and the like (mpmath, or NumPy on ``longdouble``).  What results are judged by.
    derivative : callable
        ``derivative(evaluate, x)``: the derivative in terms of members of the family, closed
        under differentiation, so that every order is declared and none is left to automatic
        differentiation of a formula.
    bounds : mapping
        The largest errors by (dtype, accuracy) and backend, where results are not correctly
        rounded anyway.
    break_ties : callable, optional
        ``break_ties(xp, x)``: moves a wide argument, and so its result off the midpoint of two
        narrower numbers, where the exact value lies beside it by less than the wide dtype can tell.
        It allows for any arithmetic with errors of a few ulps.
    nudge : callable, optional
        ``nudge(xp, x, y)``: moves the wide result instead, by less than its error, which costs
        less.  It is for arithmetic that is the same on all processors, so that it can be seen to
        settle all narrower numbers.
    """

    name: str
    formula: Formula
    reference: Callable[[Any, Any], Any]
    derivative: Callable[[Evaluate, Any], Any]
    bounds: Mapping[tuple[str, Accuracy], Mapping[str, Bound]]
    break_ties: Callable[[Any, Any], Any] | None = None
    nudge: Callable[[Any, Any, Any], Any] | None = None

    @property
    def parts(self) -> tuple[Spec, ...]:
        """What describes each of the function's results."""
        return (self,)

    def bound(self, backend: str, dtype: str, accuracy: Accuracy) -> Bound:
        """The declared bound of one backend, dtype and accuracy."""
        return self.bounds.get((dtype, accuracy), {}).get(backend, CORRECTLY_ROUNDED)


@dataclass(frozen=True, slots=True, eq=False)
class Joint:
    """Several functions of the family in one pass.

    Attributes
    ----------
    name : str
        The public name.
    formula : Formula
        All results, as a tuple.
    parts : tuple of Spec
        What each of the results is.
    break_ties : callable, optional
        As in :class:`Spec`, for all results.
    """

    name: str
    formula: Formula
    parts: tuple[Spec, ...]
    break_ties: Callable[[Any, Any], Any] | None = None


Function = Spec | Joint
"""What engines evaluate."""


def results(of_formula: Any) -> tuple[Any, ...]:
    """What a formula returned, as a tuple, be it one result or several."""
    return of_formula if isinstance(of_formula, tuple) else (of_formula,)
