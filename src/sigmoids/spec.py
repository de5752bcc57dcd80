"""What a function of the family declares about itself, and the words it is written in.

This is the lowest floor of the package: the standard library alone, so that every engine can
receive a :class:`Spec` without knowing which function it holds.
"""

from __future__ import annotations

import math
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

    def number(self, value: Any, rest: float = 0.0, /) -> Any:
        """A constant or the argument, in the arithmetic that the formula is evaluated in.

        ``rest`` is what is to be added to the constant where numbers are wider than float64.
        """
        ...

    def itself(self, x: Any, /) -> Any:
        """The argument as a result, infinite or not: to be selected, not to be computed with."""
        ...

    def copysign(self, magnitude: T, x: Any, /) -> T:
        """A non-negative number with the sign of the argument, be that ±0."""
        ...

    def where(self, condition: Any, a: T, b: T, /) -> T:
        """``a`` where the condition holds, else ``b``."""
        ...

    def rarely(self, condition: Any, a: T, b: T, /) -> T:
        """``a`` where the condition holds, as it does for no moderate argument; else ``b``."""
        ...

    def limit(self, x: T, low: float, high: float, /) -> T:
        """The argument, or the limit that it is beyond; NaN stays NaN.

        No moderate argument is beyond one.

        Limits of compiled engines are finite: the dtype's largest number at most.
        """
        ...

    def exp_ratio(self, z: T, /) -> tuple[T, T]:
        """Numbers ``(p, q)`` with p/q = e^z; both are positive and p + q is finite.

        Where e^z is so large that 1 + e^z rounds to it, p/q may be another number as large.

        A quotient of sums of the two needs one division where e^z by itself already costs one.
        """
        ...

    def expm1_ratio(self, z: T, /) -> tuple[T, T]:
        """Numbers ``(d, q)`` with d/q = e^z − 1, and the q of :meth:`exp_ratio`."""
        ...

    def with_tail(self, number: T, tail: T, /) -> T:
        """Their sum, where the second vanishes as e^z does and the first need not."""
        ...

    def log_ratio(self, a: T, b: T, difference: T, /) -> T:
        """log(a/b) for positive a and b, and a − b to full relative precision.

        It may be that only a/b down to 2^−1100 and up to 2^100 is taken.
        """
        ...

    def log1p_ratio(self, p: T, q: T, /) -> T:
        """log(1 + p/q) for 0 ≤ p ≤ q and q > 0, to full relative precision."""
        ...

    def arctan_ratio(self, a: T, b: T, /) -> T:
        """arctan(a/b) for finite a ≥ 0 and b > 0, neither of which is beyond 2^±120."""
        ...


Formula = Callable[..., Any]
"""``formula(xp, x)``: the function in the words of a :class:`Vocabulary`; a tuple of several."""

Interval = tuple[float, float]
"""From a number to another, both counted in."""

Ties = tuple[tuple[float, float], ...]
"""Arguments, and how far their exact results are from a midpoint."""

Evaluate = Callable[..., Any]
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
        Whether subnormal results, and products of x and a subnormal number, may be 0 besides.
    """

    ulp: float
    witness: str | None = None
    flushes: bool = False


def beside(distance: float) -> float:
    """The factor that moves a float64 result to its exact value's side of a midpoint."""
    return 1 + math.copysign(2.0**-49, distance)


CORRECTLY_ROUNDED = Bound(0.5)

TIED = 2.0**-14
"""No smaller argument than this has a result that a wider type cannot tell from a midpoint, unless
:attr:`Spec.ties` has it; the smaller ones are what :attr:`Spec.break_ties` is for."""


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
        differentiation of a formula.  For several arguments a tuple, by each.
    edges : tuple of tuples of float
        Arguments, such as infinities and zeros, with the result, which is exact everywhere.
    bounds : mapping
        The largest errors by (dtype, accuracy) and backend, where results are not correctly
        rounded anyway.
    break_ties : callable, optional
        ``break_ties(xp, x)``: moves a wide argument, and so its result off the midpoint of two
        narrower numbers, where the exact value lies beside it by less than the wide dtype can tell.
        It allows for any arithmetic with errors of a few ulps, and leaves alone what is 0 or not
        below :data:`TIED`.
    ties : tuple of pairs of float
        The other float32 arguments whose exact results lie within 3 ulps of float64 of a midpoint
        of float32 numbers, and by how many ulps; positive is away from 0.
    nudge : callable, optional
        ``nudge(xp, x)``: moves the wide result instead, by that fraction of it, which is less than
        its error and costs less.  It is for arithmetic that is the same on all processors, so that
        it can be seen to settle all narrower numbers.
    near_zero : {"constant", "linear", "logarithmic"}
        What the function is for subnormal arguments, for processors that take these to be 0: it
        does not depend on them, or is proportional to them, or to their logarithm plus a constant.
    vanishes_as_square : bool
        Whether it falls as 1/x² far out, for processors that take subnormal results to be 0.
    arguments : tuple of str
        Their names; formula, reference and derivative take as many.
    domain : pair of float
        The least and the largest argument; the function of others is NaN.
    root : float or None
        A zero away from 0, around which the textbook form cancels.
    moderate : tuple of pairs of float
        For every argument an interval, of numbers without a sign or symmetric about 0.  For the
        arguments inside, no limit in the formula acts, no condition of ``rarely`` holds, and what
        ``exp_ratio`` is asked for is between 2^−1000 and 2^1000.
    """

    name: str
    formula: Formula
    reference: Callable[..., Any]
    derivative: Callable[..., Any]
    edges: tuple[tuple[float, ...], ...]
    bounds: Mapping[tuple[str, Accuracy], Mapping[str, Bound]]
    break_ties: Callable[[Any, Any], Any] | None = None
    nudge: Callable[[Any, Any], Any] | None = None
    near_zero: Literal["constant", "linear", "logarithmic"] = "constant"
    vanishes_as_square: bool = False
    arguments: tuple[str, ...] = ("x",)
    domain: tuple[float, float] = (-math.inf, math.inf)
    ties: Ties = ()
    root: float | None = None
    moderate: tuple[Interval, ...] = ((-300.0, 300.0),)

    def __post_init__(self) -> None:
        _belongs_to(self.formula, self)

    @property
    def parts(self) -> tuple[Spec, ...]:
        """What describes each of the function's results."""
        return (self,)

    def bound(self, backend: str, dtype: str, accuracy: Accuracy) -> Bound:
        """The declared bound of one backend, dtype and accuracy."""
        return self.bounds.get((dtype, accuracy), {}).get(backend, CORRECTLY_ROUNDED)


def _belongs_to(formula: Formula, spec: Function) -> None:
    """Let a formula know whose it is: the first that it is given to."""
    formula.__dict__.setdefault("spec", spec)


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

    def __post_init__(self) -> None:
        _belongs_to(self.formula, self)

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the arguments, which all parts share."""
        return self.parts[0].arguments

    @property
    def moderate(self) -> tuple[Interval, ...]:
        """As in :class:`Spec`; those of the part that allows for least."""
        return min((part.moderate for part in self.parts), key=lambda intervals: intervals[0][1])


@dataclass(frozen=True, slots=True, eq=False)
class Product:
    """A function of the family times a factor, element by element, in one pass.

    It is what a chain rule asks for.  The function's result is rounded before it is multiplied, so
    that the product is the same number as one of two passes.

    Attributes
    ----------
    of : Spec
        The function, of one argument.
    """

    of: Spec

    @property
    def name(self) -> str:
        """A name of its own."""
        return f"{self.of.name}_times"

    @property
    def arguments(self) -> tuple[str, str]:
        """That of the function, and the factor."""
        return (*self.of.arguments, "factor")  # type: ignore[return-value]

    @property
    def parts(self) -> tuple[Product]:
        """There is one result."""
        return (self,)

    def derivative(self, evaluate: Evaluate, x: Any, factor: Any) -> tuple[Any, Any]:
        """By the argument and by the factor."""
        return self.of.derivative(evaluate, x) * factor, evaluate(self.of, x)


Function = Spec | Joint
"""What is called, and what engines evaluate."""


def results(of_formula: Any) -> tuple[Any, ...]:
    """What a formula returned, as a tuple, be it one result or several."""
    return of_formula if isinstance(of_formula, tuple) else (of_formula,)
