"""The columns and frames of polars, and its expressions, which say what is to be computed later.

polars would hand its own ``__array_ufunc__`` nothing but float32 and float64, and takes a function
that is no :class:`numpy.ufunc` for one that looks at whole columns.
"""

from __future__ import annotations

from functools import partial, reduce
from operator import add
from typing import TYPE_CHECKING, Any

import numpy as np
import polars as pl

from sigmoids.containers.overriding import Holding, is_number, only_frame, refuse_others

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sigmoids.containers.overriding import Elementwise


class Polars(Holding):
    """``polars.Series``, ``DataFrame``, ``Expr`` and ``LazyFrame``."""

    rank = 11

    def of(self, function: Elementwise, arguments: tuple[Any, ...]) -> Any:
        """The same kind; of a frame all columns, of an expression another."""
        frames = (pl.DataFrame, pl.LazyFrame)
        if any(isinstance(x, frames) for x in arguments):
            frame = only_frame(function, arguments)
            columns = tuple(pl.all() if x is frame else x for x in arguments)
            return frame.select(_of_expressions(function, columns))
        refuse_others(function, arguments, (pl.Series, pl.Expr))
        if any(isinstance(x, pl.Expr) for x in arguments):
            return _of_expressions(function, arguments)
        return _of_series(function, arguments)


def _of_expressions(function: Elementwise, arguments: tuple[Any, ...]) -> pl.Expr:
    """An expression whose dtype polars knows before it computes it."""
    # A quotient by 1 changes no float, and is of the floating dtype that the result will have.
    floating = [_expression(x) / 1.0 for x in arguments if not is_number(x)]
    later = partial(_of_columns, function, arguments)
    if len(floating) == 1:
        return floating[0].map_batches(later, return_dtype=pl.self_dtype(), is_elementwise=True)
    dtype = pl.dtype_of(reduce(add, floating))
    return pl.map_batches(floating, later, return_dtype=dtype, is_elementwise=True)


def _expression(x: Any) -> pl.Expr:
    if isinstance(x, pl.Expr):
        return x
    return pl.lit(x if isinstance(x, pl.Series | np.generic) else pl.Series(x))


def _of_columns(
    function: Elementwise, arguments: tuple[Any, ...], columns: pl.Series | Sequence[pl.Series]
) -> pl.Series:
    """The function of one or several columns, in the places of what is no number."""
    rest = iter([columns] if isinstance(columns, pl.Series) else columns)
    return _of_series(function, tuple(x if is_number(x) else next(rest) for x in arguments))


def _of_series(function: Elementwise, arguments: tuple[Any, ...]) -> pl.Series:
    """A Series with the name of the first, null where any is."""
    series = [x for x in arguments if isinstance(x, pl.Series)]
    y = pl.Series(series[0].name, function(*(_values(function, x) for x in arguments)))
    nulls = [x.is_null() for x in series if x.null_count()]
    return y.set(reduce(pl.Series.__or__, nulls), None) if nulls else y


def _values(function: Elementwise, x: Any) -> Any:
    """A Series as an array, of whatever values where it is null."""
    if not isinstance(x, pl.Series):
        return x
    if x.dtype.is_float():
        return x.to_numpy()
    if x.dtype.is_numeric() or x.dtype in (pl.Boolean, pl.Null):
        return x.cast(pl.Float64).to_numpy()
    raise TypeError(
        f"{function.function}() takes real numbers, not dtype {x.dtype}: convert to a floating "
        "dtype first"
    )


container = Polars()
