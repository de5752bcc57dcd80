"""What a function of the family declares about itself, and the words it is written in.

This is the lowest floor of the package: the standard library alone, so that every engine can
receive a :class:`Spec` without knowing which function it holds.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any, Literal, Protocol, TypeVar, cast, get_args

Accuracy = Literal["high", "fast"]
ACCURACIES: tuple[str, ...] = get_args(Accuracy)


def require_accuracy(accuracy: object) -> Accuracy:
    """The argument, or a ValueError that names what it may be."""
    if not (isinstance(accuracy, str) and accuracy in ACCURACIES):
        known = " and ".join(map(repr, ACCURACIES))
        raise ValueError(f"unknown accuracy {accuracy!r}: there are {known}")
    return cast("Accuracy", accuracy)


T = TypeVar("T")


class Vocabulary(Protocol):
    """The words of formulas, which use these and Python's arithmetic alone.

    Engines call them on what suits them (arrays, tracers, values in code that is being generated),
    so the element type is left open.
    """

    def abs(self, x: T, /) -> T:
        """Magnitude."""
        ...

    def number(self, value: Any, rest: float = 0.0, /) -> Any:
        """A constant or the argument, in the arithmetic that the formula is evaluated in.

        ``rest`` is what is to be added to the constant where numbers are wider than float64.
        """
        ...

    def plain(self, value: Any, /) -> Any:
        """A constant or the argument in its own type, for what an ulp's error does not matter to.

        Such numbers may be infinite; they are taken where the argument is.
        """
        ...

    def itself(self, x: Any, /) -> Any:
        """The argument as a result, infinite or not.  To be selected; arithmetic with it fails."""
        ...

    def squared(self, y: T, /) -> T:
        """The square, be it as small as a subnormal number."""
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

    def exp_ratio(self, z: T, /) -> tuple[T, T, T]:
        """Numbers ``(p, q, s)`` with p/q = e^z and s = p + q, all positive and finite.

        Where e^z is so large that 1 + e^z rounds to it, p/q may be another number as large.

        A quotient of sums of the two needs one division where e^z by itself already costs one.
        """
        ...

    def expm1_ratio(self, z: T, /) -> tuple[T, T, T]:
        """Numbers ``(d, q, s)`` with d/q = e^z − 1, and q and s as in :meth:`exp_ratio`."""
        ...

    def with_tail(self, number: T, tail: T, /) -> T:
        """Their sum; the tail may be as small as e^z is, while the number is not."""
        ...

    def log_ratio(self, a: T, b: T, difference: T, /) -> T:
        """log(a/b) for positive a and b, and a − b to full relative precision.

        Engines may presume that a/b lies between 2^−1100 and 2^100.
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

Exceptions = Mapping[float, float]
"""Arguments with their results."""

Evaluate = Callable[..., Any]
"""``evaluate(spec, x)``: a member of the family, differentiable where the engine can be."""


TIED = 2.0**-14
"""No larger argument than this has a result that a wider type cannot tell from a midpoint, unless
it is among :attr:`Spec.exceptions`."""


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
    beside : callable, optional
        ``beside(xp, x)``: a number by whose sign the exact result of an argument next to 0, nearer
        than :data:`TIED`, is smaller or larger in magnitude than the midpoint of two narrower
        numbers that it lies beside, by less than a wide dtype can tell.
    exceptions : mapping
        The other float32 arguments whose exact results lie within 3 ulps of float64 of a midpoint
        of float32 numbers, with these results, correctly rounded.
    arguments : tuple of str
        Their names; formula, reference and derivative take as many.
    domain : pair of float
        The least and the largest argument; the function of others is NaN.
    range : pair of float
        The least and the largest result, attained or approached; of two arguments for a second one
        from 0 to 1.
    inverse : str, optional
        The name of the member that undoes this one.
    moderate : tuple of pairs of float
        For every argument an interval, of numbers without a sign or symmetric about 0.  For the
        arguments inside, no limit in the formula acts, no condition of ``rarely`` holds, and what
        ``exp_ratio`` is asked for is between 2^−1000 and 2^1000.  None where that is not declared.
    compiled : bool
        Whether compiled loops may compute it wherever an engine can run them.  They are tried on
        all members of the family; what is only a derivative of one may be left to the formula.
    """

    name: str
    formula: Formula
    reference: Callable[..., Any]
    derivative: Callable[..., Any]
    edges: tuple[tuple[float, ...], ...]
    beside: Callable[[Any, Any], Any] | None = None
    exceptions: Exceptions = field(default_factory=dict)
    arguments: tuple[str, ...] = ("x",)
    domain: Interval = (-math.inf, math.inf)
    range: Interval = (-math.inf, math.inf)
    inverse: str | None = None
    moderate: tuple[Interval, ...] = ((-300.0, 300.0),)
    compiled: bool = True

    @property
    def parts(self) -> tuple[Spec, ...]:
        """What describes each of the function's results."""
        return (self,)

    @property
    def formulas(self) -> tuple[Function, ...]:
        """There is one formula."""
        return (self,)


def exceptions(*rows: tuple[str, str]) -> Exceptions:
    """Arguments with their results from pairs of hexadecimal numbers."""
    return {float.fromhex(argument): float.fromhex(result) for argument, result in rows}


def reflected(name: str, spec: Spec, derivative: Callable[..., Any]) -> Spec:
    """The function −f(−x), for an f of one argument that takes any number."""
    reference = spec.reference
    return replace(
        spec,
        name=name,
        formula=_odd(spec.formula),
        reference=lambda m, x: -reference(m, -x),
        derivative=derivative,
        edges=tuple((-x, -y) for x, y in spec.edges),
        range=(-spec.range[1], -spec.range[0]),
        beside=spec.beside and _odd(spec.beside),
        exceptions={-x: -y for x, y in spec.exceptions.items()},
    )


def _odd(function: Formula) -> Formula:
    return lambda xp, x: -function(xp, -x)


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
    apart : bool
        Whether the formula is no more than those of the parts side by side, and may ask for
        exponentials of several exponents.
    """

    name: str
    formula: Formula
    parts: tuple[Spec, ...]
    apart: bool = False

    @property
    def formulas(self) -> tuple[Function, ...]:
        """What is to be evaluated one by one, where a formula may have one exponent only."""
        return self.parts if self.apart else (self,)

    @property
    def arguments(self) -> tuple[str, ...]:
        """Names of the arguments, which all parts share."""
        return self.parts[0].arguments

    @property
    def moderate(self) -> tuple[Interval, ...]:
        """As in :class:`Spec`; those of the part that allows for least."""
        intervals = [part.moderate for part in self.parts]
        return min(intervals, key=lambda each: each[0][1]) if all(intervals) else ()

    @property
    def compiled(self) -> bool:
        """As in :class:`Spec`, for all parts."""
        return all(part.compiled for part in self.parts)


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
