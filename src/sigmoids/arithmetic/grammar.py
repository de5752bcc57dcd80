"""What formulas may do with their arguments and numbers, checked before an engine evaluates them.

The argument is of the user's type; the numbers that a formula computes with may be pairs.  To
square the argument itself would compute, and lose half of the digits without a word.  What an
engine calls a formula with need not have a value yet, so that there is nothing to branch by.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, NoReturn

from sigmoids.spec import results

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.spec import Function


class Truth:
    """What a comparison says."""

    def __and__(self, other: Truth) -> Truth:
        return _expect(Truth, other)

    __or__ = __and__

    def __bool__(self) -> NoReturn:
        raise TypeError(
            "a branch by what is not known yet: select with xp.where, combine with & and |"
        )


class Argument:
    """An argument, or what is made of it without computing."""

    def __neg__(self) -> Argument:
        return type(self)()

    def __lt__(self, other: Argument | float) -> Truth:
        _expect((Argument, float, int), other)
        return Truth()

    __le__ = __gt__ = __ge__ = __eq__ = __ne__ = __lt__  # type: ignore[assignment]
    __hash__ = object.__hash__

    def _refuse(self, _other: object) -> NoReturn:
        raise TypeError(
            "arithmetic with the argument itself, which has no more digits than its type: take "
            "xp.number(x), or xp.plain(x) where an error of an ulp does not matter"
        )

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _refuse
    __truediv__ = __rtruediv__ = __pow__ = _refuse


class Plain(Argument):
    """A number of the argument's type, to be computed with in it."""

    def _compute(self, other: object) -> Plain:
        return _expect(Plain, other)

    __add__ = __sub__ = __mul__ = __truediv__ = _compute  # type: ignore[assignment]


class Number:
    """A number to be computed with."""

    def __neg__(self) -> Number:
        return Number()

    def _compute(self, other: object) -> Number:
        return _expect(Number, other)

    __add__ = __sub__ = __mul__ = __truediv__ = _compute
    __radd__ = __rsub__ = __rmul__ = __rtruediv__ = _compute


def _expect(kind: Any, value: Any) -> Any:
    if not isinstance(value, kind):
        expected = kind.__name__ if isinstance(kind, type) else "an argument or a constant"
        raise TypeError(f"{type(value).__name__} where {expected} belongs")
    return value


def _word(result: Callable[[], Any], *kinds: Any) -> Callable[..., Any]:
    def word(*values: Any) -> Any:
        for value, kind in zip(values, kinds, strict=True):
            _expect(kind, value)
        return result()

    return word


class Words:
    """The vocabulary on kinds."""

    def __init__(self) -> None:
        self.exponent: object = None

    def exp_ratio(self, z: Argument | Number) -> tuple[Number, Number, Number]:
        """Numbers of one and the same exponent, as engines may scale by it."""
        _expect((Argument, Number), z)
        if self.exponent is not None and self.exponent is not z:
            raise TypeError("exponentials of two exponents in one formula: give both words one z")
        self.exponent = z
        return Number(), Number(), Number()

    expm1_ratio = exp_ratio

    def abs(self, x: Argument) -> Argument:
        """Of the same kind."""
        return -_expect(Argument, x)

    def number(self, value: Argument | float, rest: float = 0.0) -> Number:
        """A number."""
        _expect((Argument, float), value)
        _expect(float, rest)
        return Number()

    def limit(self, x: Argument, low: float, high: float) -> Argument:
        """Of the same kind."""
        _expect(float, low)
        _expect(float, high)
        return -_expect(Argument, x)

    def where(self, condition: Truth, a: Any, b: Any) -> Any:
        """One of two numbers, or of two arguments or constants."""
        _expect(Truth, condition)
        if isinstance(a, Number):
            return _expect(Number, b)
        for value in (a, b):
            _expect((Argument, float), value)
        return b if isinstance(a, float) else a

    rarely = where
    plain = staticmethod(_word(Plain, (Argument, float)))
    itself = staticmethod(_word(Number, Argument))
    copysign = staticmethod(_word(Number, Number, Argument))
    log_ratio = staticmethod(_word(Number, Number, Number, Number))
    log1p_ratio = arctan_ratio = with_tail = staticmethod(_word(Number, Number, Number))
    squared = staticmethod(_word(Number, Number))


@cache
def check(spec: Function) -> None:
    """Refuse a formula that computes with what it should not.

    Raises
    ------
    TypeError
        It computes with the argument itself, or mixes what is no number with numbers.
    """
    if len(spec.formulas) > 1:
        for part in spec.formulas:
            check(part)
        return
    try:
        found = results(spec.formula(Words(), *(Argument() for _ in spec.arguments)))
        for result in found:
            _expect(Number, result)
    except TypeError as problem:
        raise TypeError(f"formula of {spec.name!r}: {problem}") from problem
