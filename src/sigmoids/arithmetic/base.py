"""What an engine supplies for the algorithms of this package to run on: primitives.

An algorithm is a function that is made for an engine's primitives and a format's constants, and
compiled where the engine compiles.  Numbers are what the engine computes with, or pairs of them.
These have parts ``hi`` and ``lo``, and say whether they are ``lifted``: 2^lift times larger than
what they stand for.

Made for a format:

``powers(fmt)``
    ``powers(z)``: n = −round(z/ln 2), two powers of two whose quotient is 2^−n, and whether the
    first is lifted alone.  For moderate arguments the first is 1.
``aligned(fmt)``
    ``aligned(a, b)``: k near log₂(a/b), and two powers of two whose product with a is 2^−k·a.
``polynomial(coefficients)``
    The polynomial with these coefficients, the constant one first.

For the formulas as well, as in :class:`~sigmoids.spec.Vocabulary`: ``abs``, ``copysign``,
``where``, ``limit``, ``number``, ``plain``, ``itself``, ``squared``, ``with_tail``.

Of numbers, be they pairs or not:

``compiled(function)``
    The function of primitives as the engine runs it.
``fma(a, b, c)``
    a·b + c of numbers that are no pairs.
``fused``
    Whether that is rounded once, whatever the processor.
``scaled(number, power)``
    The product with a power of two.
``whole(number)``
    Both parts of a pair in one, if the second may be as much as a millionth of it.
``increased(u, rise, slope)``
    u + u·rise, for a function of u whose derivative is 1 + slope.
``plus(high, low, u)``
    u added to the two parts of a larger number.

Of pairs:

``pair(hi, lo, lifted)``
    A pair.
``leading(z)``
    As much of it as one number holds; of a number all.
``grown(n, p, z)``
    n, and p times what ``leading`` leaves of z.
``short(hi, lo)``
    The same sum with a first part whose products are exact.
``ordered_sum(a, b)``
    A short sum of a and a smaller b, and the rest.
``product_added(a, b, c)``
    The same of a and a smaller product b·c.
``scaled_sum(a, b, power)``
    The sum of a pair and another times a power of two.
``corrected(hi, remainder, factor, lifted)``
    The pair hi + remainder·factor, the second of which is smaller than an ulp or two of the first.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

Base = Any
"""A class, a module or an object with these primitives."""

Compiled = Callable[..., Any]
"""A function of numbers."""
