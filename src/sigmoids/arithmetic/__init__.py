"""The arithmetic under the formulas: each algorithm once, for every engine and format."""

from __future__ import annotations

from types import ModuleType
from typing import TYPE_CHECKING, Any, cast

from sigmoids.arithmetic import arctangent, exponential, logarithm

if TYPE_CHECKING:
    from sigmoids.arithmetic.base import Base, Compiled
    from sigmoids.arithmetic.formats import Format
    from sigmoids.spec import Vocabulary

PRIMITIVES = "abs", "copysign", "where", "number", "plain", "itself", "squared", "with_tail"
"""Those that are words too."""


def vocabulary(base: Base, fmt: Format, exponentials: Compiled = exponential.words) -> Vocabulary:
    """The words of :class:`~sigmoids.spec.Vocabulary` for an engine's numbers of one format.

    It is a module, which compilers of Python look words up in.
    """
    moderate = fmt.lowest is None
    words = {
        **{name: getattr(base, name) for name in PRIMITIVES},
        "limit": base.compiled(_unlimited) if moderate else base.limit,
        "rarely": base.compiled(_never) if moderate else base.where,
        **exponentials(base, fmt),
        **logarithm.words(base, fmt),
        **arctangent.words(base, fmt),
    }
    module = ModuleType(f"{__name__}.{fmt.name}")
    vars(module).update(words)
    return cast("Vocabulary", module)


def _unlimited(x: Any, _low: float, _high: float) -> Any:
    return x


def _never(_condition: Any, _a: Any, b: Any) -> Any:
    return b
