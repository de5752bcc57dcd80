"""The arrays of Arrow, in chunks and in tables as well."""

from __future__ import annotations

from functools import reduce
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from sigmoids.containers.overriding import Holding, only_frame, refuse_others

if TYPE_CHECKING:
    from sigmoids.containers.overriding import Elementwise


class Arrow(Holding):
    """``pyarrow.Array``, ``ChunkedArray``, ``RecordBatch`` and ``Table``."""

    rank = 11

    def of(self, function: Elementwise, arguments: tuple[Any, ...]) -> Any:
        """The same kind, chunked alike; null where any argument is."""
        if any(isinstance(x, pa.Table | pa.RecordBatch) for x in arguments):
            table = only_frame(function, arguments)
            columns = [
                self.of(function, tuple(column if x is table else x for x in arguments))
                for column in table.columns
            ]
            return type(table).from_arrays(columns, names=table.column_names)
        refuse_others(function, arguments, (pa.Array, pa.ChunkedArray))
        chunked = [x for x in arguments if isinstance(x, pa.ChunkedArray)]
        if not chunked:
            return _of_arrays(function, arguments)
        return pa.chunked_array(
            [_of_arrays(function, parts) for parts in _chunks(function, arguments, chunked[0])]
        )


def _chunks(function: Elementwise, arguments: tuple[Any, ...], leader: Any) -> Any:
    """The arguments in pieces, each a chunk of the leading one; an empty piece if it has none."""
    if any(_has_length(x) and len(x) != len(leader) for x in arguments):
        sizes = " and ".join(str(len(x)) for x in arguments if _has_length(x))
        raise ValueError(f"{function.function}() takes arrays of one length, not of {sizes}")
    end = 0
    for chunk in leader.chunks or [leader.slice(0, 0).combine_chunks()]:
        start, end = end, end + len(chunk)
        yield tuple(
            chunk if x is leader else x[start:end] if _has_length(x) else x for x in arguments
        )


def _has_length(x: Any) -> bool:
    return x.ndim > 0 if isinstance(x, np.ndarray) else hasattr(x, "__len__")


def _of_arrays(function: Elementwise, arguments: tuple[Any, ...]) -> pa.Array:
    arrays = [x.combine_chunks() if isinstance(x, pa.ChunkedArray) else x for x in arguments]
    y = function(*(_values(function, x) for x in arrays))
    nulls = [
        x.is_null().to_numpy(zero_copy_only=False)
        for x in arrays
        if isinstance(x, pa.Array) and x.null_count
    ]
    return pa.array(y, mask=reduce(np.logical_or, nulls) if nulls else None)


def _values(function: Elementwise, x: Any) -> Any:
    """An array as NumPy's, of whatever values where it is null."""
    if not isinstance(x, pa.Array):
        return x
    kinds = (pa.types.is_integer, pa.types.is_boolean, pa.types.is_decimal, pa.types.is_null)
    if any(holds(x.type) for holds in kinds):
        x = x.cast(pa.float64(), safe=False)
    elif not pa.types.is_floating(x.type):
        raise TypeError(
            f"{function.function}() takes real numbers, not type {x.type}: cast to a floating "
            "type first"
        )
    return x.to_numpy(zero_copy_only=False)


container = Arrow()
