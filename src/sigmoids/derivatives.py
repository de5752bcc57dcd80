"""What derivatives are declared to be, read as facts: which member of the family, and of what.

A declaration is a function of an ``evaluate``.  Where it does nothing but call that, what it asks
for can be seen by calling it with arguments that know of no arithmetic.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cache
from typing import Any

from sigmoids.spec import Joint, Product, Spec, results


@dataclass(frozen=True)
class _Argument:
    """Stands for an argument or its negative, and for nothing else that could be made of it."""

    negated: bool = False

    def __neg__(self) -> _Argument:
        return _Argument(not self.negated)


@dataclass(frozen=True)
class Slope:
    """A member of the family of the arguments, of which the first may be negated."""

    member: Spec
    negated: bool


@cache
def slope_of(spec: Spec | Product) -> Slope | None:
    """The derivative by the first argument; None where it is put together of several members."""

    def asked(member: Spec, first: _Argument, *_others: _Argument) -> Slope:
        return Slope(member, first.negated)

    try:
        slope = results(spec.derivative(asked, *[_Argument() for _ in spec.arguments]))[0]
    except TypeError:  # from arithmetic, which these do not have
        return None
    return slope if isinstance(slope, Slope) else None


@cache
def with_slope(spec: Spec) -> Joint:
    """The function and its derivative by the first argument, in one pass.

    Each is computed by its own formula; what both compute is computed once by engines that compile.

    Raises
    ------
    TypeError
        The derivative is not one member of the family.
    """
    slope = slope_of(spec)
    if slope is None:
        raise TypeError(f"the derivative of {spec.name}() is none of the family's functions")
    member = _mirrored(slope.member) if slope.negated else slope.member
    return Joint(f"{spec.name}_and_slope", _both(spec, member), (spec, member), apart=True)


def _both(*members: Spec) -> Any:
    first, second = (member.formula for member in members)
    return lambda xp, *xs: (first(xp, *xs), second(xp, *xs))


def _mirrored(spec: Spec) -> Spec:
    """The function f(−x) of an f of one argument."""
    formula, reference, beside = spec.formula, spec.reference, spec.beside

    def derivative(evaluate: Any, x: Any) -> Any:
        return -spec.derivative(evaluate, -x)

    return replace(
        spec,
        name=f"mirrored_{spec.name}",
        formula=lambda xp, x: formula(xp, -x),
        reference=lambda m, x: reference(m, -x),
        derivative=derivative,
        edges=tuple((-x, y) for x, y in spec.edges),
        beside=beside and (lambda xp, x: beside(xp, -x)),
        exceptions={-x: y for x, y in spec.exceptions.items()},
    )
