"""Numbers that formulas compute with: the words of formulas, and the primitives under these.

No engine reads a formula: it is called with numbers of the engine, and what happens to these is
computed, recorded, or made machine code of.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sigmoids.arithmetic import arctangent, exponential, logarithm

if TYPE_CHECKING:
    from sigmoids.arithmetic.formats import Coefficients, Format


class Numbers:
    """The words of :class:`~sigmoids.spec.Vocabulary` for an engine's numbers of one format.

    Here stands what needs nothing of an engine but arithmetic.  Its own class adds ``abs``,
    ``copysign``, ``where`` and ``limit``, which are words, and two primitives:

    ``powers(z)``
        n = −round(z/ln 2), two powers of two whose quotient is 2^−n, and whether the first is
        lifted alone.  For moderate arguments the first is 1.
    ``aligned(a, b)``
        k near log₂(a/b), and two powers of two whose product with a is 2^−k·a.

    Parameters
    ----------
    fmt : Format
        That of the numbers.

    Attributes
    ----------
    fused : bool
        Whether ``fma`` rounds once, whatever the processor.
    """

    fused = False

    def __init__(self, fmt: Format) -> None:
        self.fmt = fmt

    exp_ratio, expm1_ratio = exponential.exp_ratio, exponential.expm1_ratio
    log_ratio, log1p_ratio = logarithm.log_ratio, logarithm.log1p_ratio
    arctan_ratio = arctangent.arctan_ratio

    def number(self, value: Any, _rest: float = 0.0) -> Any:
        """As it is."""
        return value

    def plain(self, value: Any) -> Any:
        """As it is."""
        return value

    def itself(self, x: Any) -> Any:
        """As it is."""
        return x

    def squared(self, y: Any) -> Any:
        """The product."""
        return y * y

    def with_tail(self, number: Any, tail: Any) -> Any:
        """The sum."""
        return number + tail

    def rarely(self, condition: Any, a: Any, b: Any) -> Any:
        """A select, or what is the case for all moderate arguments where there are no others."""
        return b if self.fmt.lowest is None else self.where(condition, a, b)

    def fma(self, a: Any, b: Any, c: Any) -> Any:
        """a·b + c: here by two operations, which a compiler may fuse."""
        return a * b + c

    def series(self, coefficients: Coefficients, w: Any) -> Any:
        """The polynomial with these coefficients, the constant one first, by Horner's rule."""
        total, *others = reversed(coefficients)
        for coefficient in others:
            total = self.fma(w, total, coefficient)
        return total

    def scaled(self, number: Any, power: Any) -> Any:
        """The product with a power of two."""
        return number * power

    def whole(self, number: Any) -> Any:
        """Both parts of a pair in one, if the second may be as much as a millionth of it."""
        return number

    def increased(self, u: Any, rise: Any, _slope: Any) -> Any:
        """The sum u + u·rise, for a function of u whose derivative is 1 + slope."""
        return self.fma(u, rise, u)

    def plus(self, high: Any, low: Any, u: Any) -> Any:
        """The two parts of a number, and u, which is smaller."""
        return high + (u + low)

    def rounded(self, y: Any) -> Any:
        """A result in one number."""
        return y

    if TYPE_CHECKING:

        def __getattr__(self, name: str) -> Any: ...
