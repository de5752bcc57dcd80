"""What a call costs on arrays of other libraries, beside ``numpy.exp`` of the same object.

Both take the same way through the library.  Where that takes no ufuncs, its own exponential is
called instead.
"""

from __future__ import annotations

import time
from functools import partial
from typing import TYPE_CHECKING, Any

import array_api_strict
import awkward as ak
import dask.array as da
import numpy as np
import pandas as pd
import pint
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import sparse
import xarray as xr
from astropy import units

import sigmoids as sg

if TYPE_CHECKING:
    from collections.abc import Callable

SIZES = (10, 1_000_000)


def calls(x: np.ndarray) -> dict[str, tuple[Callable[[], Any], Callable[[], Any]]]:
    """The logistic function and the exponential of every library's array of these numbers."""
    same = {
        "NumPy": x,
        "pandas Series": pd.Series(x),
        "pandas Series, Float64": pd.Series(x, dtype="Float64"),
        "pandas DataFrame": pd.DataFrame({"a": x, "b": x}),
        "xarray DataArray": xr.DataArray(x, dims="i"),
        "Dask, not computed": da.from_array(x),
        "sparse COO": sparse.COO(x),
        "Awkward Array": ak.Array(x),
        "astropy Quantity": x * units.dimensionless_unscaled,
        "pint Quantity": pint.UnitRegistry().Quantity(x, ""),
    }
    found = {name: (partial(sg.sigmoid, a), partial(np.exp, a)) for name, a in same.items()}
    lazy, frame, column = da.from_array(x), pl.LazyFrame({"a": x}), pl.col("a")
    arrow, strict = pa.array(x), array_api_strict.asarray(x)
    return found | {
        "Dask, computed": (sg.sigmoid(lazy).compute, np.exp(lazy).compute),
        "polars Series": (partial(sg.sigmoid, pl.Series(x)), pl.Series(x).exp),
        "polars LazyFrame": (
            frame.select(sg.sigmoid(column)).collect,
            frame.select(column.exp()).collect,
        ),
        "Arrow Array": (partial(sg.sigmoid, arrow), partial(pc.exp, arrow)),
        "array API": (partial(sg.sigmoid, strict), partial(array_api_strict.exp, strict)),
    }


def times(pair: tuple[Callable[[], Any], ...], seconds: float = 0.3) -> list[float]:
    """The least times of both, in µs, taken in turn."""
    least = [np.inf, np.inf]
    for call in pair:
        call()
    end = time.perf_counter() + seconds
    while time.perf_counter() < end:
        for index, call in enumerate(pair):
            began = time.perf_counter()
            call()
            least[index] = min(least[index], 1e6 * (time.perf_counter() - began))
    return least


def main() -> None:
    """Print a table of both sizes."""
    tables = [calls(np.random.default_rng(0).normal(size=size)) for size in SIZES]
    rows = ["| µs of sigmoid / exp | " + " | ".join(f"{n:,} float64" for n in SIZES) + " |"]
    rows.append("|---" * (1 + len(SIZES)) + "|")
    for name in tables[0]:
        cells = []
        for table in tables:
            ours, theirs = times(table[name])
            cells.append(f"{ours:,.0f} / {theirs:,.0f} = {ours / theirs:.2f}")
        rows.append(f"| {name} | {' | '.join(cells)} |")
    print("\n".join(rows))  # noqa: T201


if __name__ == "__main__":
    main()
