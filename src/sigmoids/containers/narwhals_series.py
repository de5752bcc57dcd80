"""Narwhals' series and frames, around those of another library."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import narwhals as nw

from sigmoids.containers.overriding import Holding

if TYPE_CHECKING:
    from sigmoids.containers.overriding import Elementwise


class Narwhals(Holding):
    """``narwhals.Series``, ``DataFrame`` and ``LazyFrame``, and those of its stable interfaces.

    What functions are handed by its ``map_batches`` is another kind of series, with a method
    ``__narwhals_series__``.
    """

    rank = 12

    def of(self, function: Elementwise, arguments: tuple[Any, ...]) -> Any:
        """The same of what the other library makes of it."""
        leader = next(x for x in arguments if isinstance(x, KINDS) or _is_internal(x))
        public = (x.to_narwhals() if _is_internal(x) else x for x in arguments)
        y = function(*(nw.to_native(x, pass_through=True) for x in public))
        if _is_internal(leader):
            return leader.from_native(y, context=leader)
        # A stable interface is a module with classes, and with functions, of its own.
        module = sys.modules[type(leader).__module__]
        from_native = getattr(module, "from_native", nw.from_native)
        return from_native(y, allow_series=True)


def _is_internal(x: Any) -> bool:
    return hasattr(x, "__narwhals_series__")


KINDS = (nw.Series, nw.DataFrame, nw.LazyFrame)

container = Narwhals()
