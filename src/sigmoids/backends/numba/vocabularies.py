"""The vocabularies that compiled formulas receive as their ``xp``, one for every format."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sigmoids.arithmetic import formats, vocabulary
from sigmoids.backends.numba import pairs, primitives
from sigmoids.backends.numba.primitives import jit

if TYPE_CHECKING:
    from sigmoids.arithmetic.formats import Format
    from sigmoids.spec import Vocabulary


class Numbers:
    """The primitives for numbers of one floating type."""

    fused = True
    abs = staticmethod(primitives.abs)
    copysign = staticmethod(primitives.copysign)
    where = staticmethod(primitives.where)
    fma = staticmethod(primitives.fma)
    polynomial = staticmethod(primitives.polynomial)
    powers = staticmethod(primitives.powers)
    aligned = staticmethod(primitives.aligned)
    compiled = staticmethod(jit)
    itself = whole = staticmethod(jit(lambda number: number))
    increased = staticmethod(jit(lambda u, rise, _slope: primitives.fma(u, rise, u)))
    plus = staticmethod(jit(lambda high, low, u: high + (u + low)))
    with_tail = staticmethod(jit(lambda number, tail: number + tail))
    scaled = staticmethod(jit(lambda number, power: number * power))
    squared = staticmethod(jit(lambda y: y * y))

    def __init__(self, fmt: Format) -> None:
        real = fmt.real
        self.limit = primitives.limit(real)
        self.number = jit(lambda value, rest=0.0: real(value))  # noqa: ARG005
        self.plain = jit(lambda value: real(value))


class Pairs(Numbers):
    """The primitives for pairs."""

    pair = staticmethod(pairs.pair)
    itself = staticmethod(pairs.itself)
    copysign = staticmethod(pairs.copysign)
    where = staticmethod(pairs.where)
    leading = staticmethod(pairs.leading)
    grown = staticmethod(pairs.grown)
    scaled = staticmethod(pairs.scaled)
    whole = staticmethod(pairs.whole)
    increased = staticmethod(pairs.increased)
    plus = staticmethod(pairs.plus)
    short = staticmethod(pairs.short)
    ordered_sum = staticmethod(pairs.ordered_sum)
    product_added = staticmethod(pairs.product_added)
    scaled_sum = staticmethod(pairs.scaled_sum)
    corrected = staticmethod(pairs.corrected)

    def __init__(self, fmt: Format) -> None:
        super().__init__(fmt)
        self.number = pairs.number


def _words(fmt: Format) -> Vocabulary:
    return vocabulary(Pairs(fmt) if fmt.paired else Numbers(fmt), fmt)


FLOAT32, FLOAT64 = _words(formats.FLOAT32), _words(formats.FLOAT64)
NARROWED, NARROWED_MODERATE = _words(formats.NARROWED), _words(formats.NARROWED_MODERATE)
PAIRS, PAIRS_MODERATE = _words(formats.PAIRS), _words(formats.PAIRS_MODERATE)
