"""Quantities with units of pint, which knows the ufuncs of NumPy by name and no others."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pint.compat import is_upcast_type
from pint.registry import Quantity

from sigmoids.containers.overriding import Holding, override

if TYPE_CHECKING:
    from sigmoids.containers.overriding import Elementwise


class PintQuantity(Holding):
    """``pint.Quantity`` around numbers or arrays."""

    rank = 10
    """All but what may hold quantities, such as arrays of xarray's, can be inside of one."""

    def into(self, function: Elementwise, arguments: tuple[Any, ...], out: Any) -> Any:
        """What is beside a quantity has the word where pint says that it may hold one."""
        if any(is_upcast_type(type(x)) for x in arguments):
            return override(function, arguments, out)
        return super().into(function, arguments, out)

    def of(self, function: Elementwise, arguments: tuple[Any, ...]) -> Any:
        """A quantity without dimension, or pint's DimensionalityError."""
        leader = next(x for x in arguments if isinstance(x, Quantity))
        plain = (x.m_as("") if isinstance(x, Quantity) else x for x in arguments)
        return type(leader)(function(*plain), "")


container = PintQuantity()
