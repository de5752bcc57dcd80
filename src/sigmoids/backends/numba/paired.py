"""The vocabulary in pairs of float64 numbers: compiled formulas receive this module as ``xp``.

A pair is a structure of its own type.  Its operations are those of :mod:`sigmoids.backends.pairs`
with fused multiply-adds, which give a product's error in one instruction, so that no number has to
be kept short.

Where e^z is so small that its lower part would be subnormal, it is 2^LIFT times larger, and says
so: what is proportional to it does too, and :func:`rounded` takes the lift back.
"""

from __future__ import annotations

import operator
from typing import TYPE_CHECKING, Any

import numpy as np
from numba import boolean, float64, types
from numba.core import cgutils
from numba.extending import intrinsic, make_attribute_wrapper, models, overload, register_model

from sigmoids.backends.arctangent import PI_4, PI_4_LOW, TAN
from sigmoids.backends.exponential import LIFT, LN2_HIGH, LN2_LOW, LOWEST, THIRD
from sigmoids.backends.logarithm import HALFWAY
from sigmoids.backends.numba import scalars
from sigmoids.backends.numba.inverses import arctan_series, log_series
from sigmoids.backends.numba.scalars import (
    OPTIONS,
    abs,  # noqa: A004
    exp_series,
    fma,
    jit,
    least,
    make_split,
)
from sigmoids.backends.numba.wide import align, limit, with_tail

if TYPE_CHECKING:
    from collections.abc import Callable

__all__ = [
    "abs",
    "arctan_ratio",
    "copysign",
    "exp_ratio",
    "expm1_ratio",
    "itself",
    "limit",
    "log1p_ratio",
    "log_ratio",
    "number",
    "rarely",
    "where",
    "with_tail",
]


DOWN = 2.0**-LIFT


class PairType(types.Type):  # type: ignore[misc]
    """The type of a pair."""

    def __init__(self) -> None:
        super().__init__(name="sigmoids.Pair")


PAIR = PairType()


@register_model(PairType)
class PairModel(models.StructModel):  # type: ignore[misc]
    """Two numbers side by side, and whether they are lifted."""

    def __init__(self, manager: Any, kind: Any) -> None:
        members = [("hi", float64), ("lo", float64), ("lifted", boolean)]
        super().__init__(manager, kind, members)


for member in ("hi", "lo", "lifted"):
    make_attribute_wrapper(PairType, member, member)


@intrinsic
def lifted_pair(_typing: Any, _hi: Any, _lo: Any, _lifted: Any) -> Any:
    """The pair hi + lo, which may be lifted."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        structure = cgutils.create_struct_proxy(PAIR)(context, builder)
        structure.hi, structure.lo, structure.lifted = arguments
        return structure._getvalue()

    return PAIR(float64, float64, boolean), code


@jit
def pair(hi: Any, lo: Any) -> Any:
    """The pair hi + lo."""
    return lifted_pair(hi, lo, False)


@jit
def number(value: Any, rest: float = 0.0) -> Any:
    """A constant or the argument as a pair."""
    return pair(value, rest)


@jit
def itself(x: Any) -> Any:
    """As it is."""
    return pair(x, 0.0)


@jit
def copysign(magnitude: Any, x: Any) -> Any:
    """A non-negative pair with the sign of a number."""
    sign = scalars.copysign(1.0, x)
    return lifted_pair(scalars.copysign(magnitude.hi, x), magnitude.lo * sign, magnitude.lifted)


@jit
def add(a: Any, a_lo: Any, b: Any, b_lo: Any) -> Any:
    """(a + a_lo) + (b + b_lo), with Knuth's sum of the leading parts."""
    total = a + b
    of_b = total - a
    error = (a - (total - of_b)) + (b - of_b)
    return total, error + (a_lo + b_lo)


@jit
def multiply(a: Any, a_lo: Any, b: Any, b_lo: Any) -> Any:
    """(a + a_lo)·(b + b_lo), with the exact product of the leading parts."""
    product = a * b
    error = fma(a, b, -product)
    return product, fma(a, b_lo, fma(a_lo, b, error))


@jit
def divide(a: Any, a_lo: Any, b: Any, b_lo: Any) -> Any:
    """(a + a_lo)/(b + b_lo): a quotient, and its remainder divided."""
    inverse = 1.0 / b
    quotient = a * inverse
    remainder = fma(-quotient, b_lo, fma(-quotient, b, a) + a_lo)
    return quotient, remainder * inverse


def _overload(operation: Any, compiled: Any) -> None:
    def parts(a: Any, b: Any) -> Any:
        hi, lo = compiled(a.hi, a.lo, b.hi, b.lo)
        return lifted_pair(hi, lo, a.lifted | b.lifted)

    @overload(operation, jit_options=OPTIONS)
    def typed(a: Any, b: Any) -> Any:
        return parts if a == PAIR and b == PAIR else None


@overload(operator.add, jit_options=OPTIONS)
def _sum(a: Any, b: Any) -> Any:
    def parts(a: Any, b: Any) -> Any:
        # Beside a number that is not lifted, one that is counts as what it stands for.
        of_a = DOWN if a.lifted and not b.lifted else 1.0
        of_b = DOWN if b.lifted and not a.lifted else 1.0
        hi, lo = add(a.hi * of_a, a.lo * of_a, b.hi * of_b, b.lo * of_b)
        return lifted_pair(hi, lo, a.lifted & b.lifted)

    return parts if a == PAIR and b == PAIR else None


_overload(operator.mul, multiply)
_overload(operator.truediv, divide)


@overload(operator.neg, jit_options=OPTIONS)
def _negative(a: Any) -> Any:
    def parts(a: Any) -> Any:
        return lifted_pair(-a.hi, -a.lo, a.lifted)

    return parts if a == PAIR else None


@overload(operator.sub, jit_options=OPTIONS)
def _difference(a: Any, b: Any) -> Any:
    def parts(a: Any, b: Any) -> Any:
        return a + (-b)

    return parts if a == PAIR and b == PAIR else None


def where(condition: Any, a: Any, b: Any) -> Any:
    """A select between pairs, part by part, or between numbers."""
    raise NotImplementedError("for compiled code only")


@overload(where, jit_options=OPTIONS)
def _where(condition: Any, a: Any, b: Any) -> Any:  # noqa: ARG001
    def parts(condition: Any, a: Any, b: Any) -> Any:
        return lifted_pair(
            scalars.where(condition, a.hi, b.hi),
            scalars.where(condition, a.lo, b.lo),
            scalars.where(condition, a.lifted, b.lifted),
        )

    def number(condition: Any, a: Any, b: Any) -> Any:
        return scalars.where(condition, a, b)

    return parts if a == PAIR else number


rarely = where


def parts(z: Any) -> tuple[Any, Any]:
    """Both parts of a pair; a number and nothing."""
    raise NotImplementedError("for compiled code only")


@overload(parts, jit_options=OPTIONS)
def _parts(z: Any) -> Any:
    def pair(z: Any) -> Any:
        return z.hi, z.lo

    def number(z: Any) -> Any:
        return z, 0.0

    return pair if z == PAIR else number


def bend(z: Any, r: Any) -> Any:
    """What the lower part of a pair adds to the correction of e^r; nothing for a number."""
    raise NotImplementedError("for compiled code only")


@overload(bend, jit_options=OPTIONS)
def _bend(z: Any, r: Any) -> Any:  # noqa: ARG001
    def pair(z: Any, r: Any) -> Any:
        return r * (z.lo * THIRD)

    def number(z: Any, r: Any) -> Any:  # noqa: ARG001
        return 0.0

    return pair if z == PAIR else number


@jit
def log_ratio(a: Any, b: Any, difference: Any) -> Any:
    """The logarithm of a quotient."""
    k, up, power = align(a.hi, b.hi)
    scaled = pair((a.hi * up) * power, (a.lo * up) * power)
    n = where(k == 0, difference, scaled - b)
    u = lifted_pair(2 * n.hi, 2 * n.lo, n.lifted) / (scaled + b)
    return log_of(k, u)


@jit
def log1p_ratio(p: Any, q: Any) -> Any:
    """The logarithm of 1 and a quotient, with Dekker's sums: p is the smaller number."""
    large = p.hi > q.hi * HALFWAY
    less, less_lo = scalars.where(large, q.hi, 0.0), scalars.where(large, q.lo, 0.0)
    n = p.hi - less
    n_lo = (p.hi - (n + less)) + (p.lo - less_lo)
    times = scalars.where(large, 3.0, 2.0)
    several = times * q.hi
    several_lo = fma(times, q.lo, fma(times, q.hi, -several))
    m = several + p.hi
    m_lo = ((several - m) + p.hi) + (several_lo + p.lo)
    u = lifted_pair(2 * n, 2 * n_lo, p.lifted) / pair(m, m_lo)
    return log_of(scalars.where(large, 1.0, 0.0), u)


@jit
def log_of(k: Any, u: Any) -> Any:
    """k·ln 2 + 2·atanh(u/2); the series is small enough for float64."""
    v = u.hi * u.hi
    low = fma(u.lo, 0.25 * v, u.lo)  # with the derivative, 1/(1 − v/4)
    rest = fma(k, LN2_LOW, fma(u.hi, v * log_series(v), low))
    whole = k * LN2_HIGH  # exact, and 0 or larger than what is added
    hi = whole + u.hi
    return lifted_pair(hi, ((whole - hi) + u.hi) + rest, u.lifted)


@jit
def arctan_ratio(a: Any, b: Any) -> Any:
    """The arctangent of a quotient; the series is small enough for float64."""
    flipped = a.hi > b.hi
    n, m = where(flipped, b, a), where(flipped, a, b)
    large = n.hi > m.hi * TAN
    u = where(large, n - m, n) / where(large, n + m, m)
    w = u.hi * u.hi
    low = fma(u.lo, -w, u.lo)  # with the derivative, 1/(1 + w)
    angle = pair(u.hi, fma(u.hi, w * arctan_series(w), low))
    angle = where(large, pair(PI_4, PI_4_LOW) + angle, angle)
    return where(flipped, pair(2 * PI_4, 2 * PI_4_LOW) - angle, angle)


@jit
def rounded(y: Any) -> Any:
    """The number nearest to a result, the lift taken back where there is one."""
    total = y.hi + y.lo
    # A subnormal result is a whole number of the smallest ones; adding SHIFT rounds to these, or to
    # twice them.  Infinite results must not come near a subtraction.
    sign = scalars.copysign(1.0, y.hi)
    magnitude = least(abs(y.hi), 2 * TINY)
    whole = (magnitude + SHIFT) - SHIFT
    rest = (((magnitude - whole) + y.lo * sign) + SHIFT) - SHIFT
    lowered = scalars.where(abs(total) >= NORMAL, total, (whole + rest) * sign) * DOWN
    return scalars.where(y.lifted & (abs(total) < TINY), lowered, total)


LIFTED_BELOW = -650.0
TINY = 2.0**-800
"""A result that e^z below LIFTED_BELOW has a part in is proportional to it, and then below this; or
it does not depend on it at all."""

NORMAL = float(np.finfo(np.float64).smallest_normal) / DOWN
SHIFT = 1.5 * 2.0**52 * float(np.finfo(np.float64).smallest_subnormal) / DOWN


def make_ratios(
    split: Callable[[Any], Any], lift: int = 0
) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    """``exp_ratio`` and ``expm1_ratio`` in pairs, to about 2^−59, after a reduction with that lift.

    Arguments are numbers or pairs.
    """
    down = 2.0**-lift

    @jit
    def ratio(given: Any) -> Any:
        z, z_lo = parts(given)
        z, k, power = split(z)
        low = lift > 0 and z < LIFTED_BELOW
        power = power if low else power * down
        first = fma(-k, LN2_HIGH, z)  # exact
        r = fma(-k, LN2_LOW, first)
        r_lo = fma(-k, LN2_LOW, first - r) + z_lo
        w = r * r
        c = w * exp_series(w)
        even = 2.0 + c
        even_lo = ((2.0 - even) + c) + bend(given, r)
        above, below = even + r, even - r
        above_lo = ((even - above) + r) + (even_lo + r_lo)
        below_lo = ((even - below) - r) + (even_lo - r_lo)
        p = lifted_pair(above * power, above_lo * power, low)
        return p, pair(below, below_lo), k, r, r_lo

    @jit
    def exp_ratio(z: Any) -> Any:
        p, q, _, _, _ = ratio(z)
        return p, q

    @jit
    def expm1_ratio(z: Any) -> Any:
        p, q, k, r, r_lo = ratio(z)
        return where(k == 0, pair(2 * r, 2 * r_lo), p - q), q

    return exp_ratio, expm1_ratio


exp_ratio, expm1_ratio = make_ratios(make_split(np.float64, LOWEST, LIFT), LIFT)
