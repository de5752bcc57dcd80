"""The rows of the table in docs/arrays.md, executed."""

from __future__ import annotations

import array
import re
from pathlib import Path

import numpy as np
import pytest

import sigmoids as sg

PAGE = (Path(__file__).parents[1] / "docs" / "arrays.md").read_text()

_HEAD, _RULE, *TABLE = PAGE[PAGE.index("| library") :].partition("\n\n")[0].splitlines()

ROWS = [[cell.strip() for cell in line.strip("|").split("|")] for line in TABLE]

LIBRARIES = {
    "jax": "jax",
    "jnp": "jax.numpy",
    "torch": "torch",
    "pd": "pandas",
    "xr": "xarray",
    "da": "dask.array",
    "dd": "dask.dataframe",
    "sparse": "sparse",
    "ak": "awkward",
    "u": "astropy.units",
    "pint": "pint",
    "units": "pint",
    "pl": "polars",
    "pa": "pyarrow",
    "nw": "narwhals",
    "xp": "array_api_strict",
    "zarr": "zarr",
    "scipy": "scipy.sparse",
}


def evaluated(code):
    """What code on the page is, with the libraries that it names."""
    names = {"np": np, "sg": sg, "array": array, "x": np.float32([0.5, -2.0, 3.0])}
    for name in set(re.findall(r"\b[a-z]+\b", code)) & LIBRARIES.keys():
        names[name] = pytest.importorskip(LIBRARIES[name])
    if "units" in names:
        names["units"] = names["units"].UnitRegistry()
    if "scipy" in names:
        names["scipy"] = pytest.importorskip("scipy")
    return eval(code, names)


def dtypes(y):
    """Of an array, or of every column, as its library writes it."""
    if hasattr(y, "collect_schema"):
        found = y.collect_schema().dtypes()
    elif hasattr(y, "schema"):
        found = y.schema.types
    elif hasattr(y, "dtypes"):
        found = getattr(y.dtypes, "values", y.dtypes)
        found = found() if callable(found) else np.atleast_1d(found)
    elif "awkward" in type(y).__module__:
        found = [str(y.type).rpartition("?")[2]]
    else:
        found = [y.dtype if hasattr(y, "dtype") else y.type]
    return [str(dtype).removeprefix("torch.").removesuffix("[pyarrow]") for dtype in found]


@pytest.mark.filterwarnings("default")  # other libraries' are not ours
@pytest.mark.parametrize("row", ROWS, ids=lambda row: row[1].strip("`"))
def test_the_row_is_true(row, computed):
    _library, argument, result, lazy, gradient, error = row
    x = evaluated(argument.strip("`"))
    if result.startswith("TypeError"):
        with pytest.raises(TypeError):
            sg.sigmoid(x)
        assert type(sg.tanh(x)) is type(x)
        return
    y = sg.sigmoid(x)
    assert (computed == []) or not lazy
    kind, _, dtype = result.partition("` ")
    assert isinstance(y, evaluated(kind.strip("`")))
    if dtype:
        assert [s.removeprefix("array_api_strict.") for s in dtypes(y)] == dtype.split(", ")
    if gradient:
        assert float(evaluated(gradient.strip("`"))) == sg.sigmoid_derivative(np.float32(17))
    code, _, name = error.rpartition(" ")
    with pytest.raises(Exception) as raised:  # noqa: PT011, whose name is looked at
        sg.sigmoid(evaluated(code.strip("`")))
    assert name in [kind.__name__ for kind in type(raised.value).__mro__]
