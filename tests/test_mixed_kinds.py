"""Two arguments of different kinds: whose kind the result has.

Between those that override NumPy's ufuncs it is as NEP 13 has it, otherwise the higher rank's.
"""

from __future__ import annotations

import numpy as np
import pytest

import sigmoids as sg

CODES = {
    "f": "number",
    "v": "list",
    "s": "NumPy scalar",
    "n": "NumPy",
    "m": "masked",
    "j": "JAX",
    "t": "PyTorch",
    "p": "pandas",
    "x": "xarray",
    "d": "Dask",
    "q": "astropy",
    "c": "sparse",
    "u": "pint",
    "l": "polars",
    "e": "polars, lazy",
    "r": "Arrow",
    "k": "array API",
    "w": "narwhals",
}

TABLE = """
  fvsnmjtpxdqculerkw
f fnsnmjtpxdqculerkw
v nnnnmjtp.dq.ulerkw
s snsnmjtpxdqculerkw
n nnnnmjtpxdqnulerkw
m mmmmm..pxdqmu.....
j jjjj.jtpx.q.u.....
t tttt.ttt..q.u.....
p pppppptp..........
x x.xxxx..xxx!x.....
d ddddd...xdddu.....
q qqqqqqq.xdqqu.....
c c.ccc...!dccu.....
u uuuuuuu.xuuuu.....
l llll.........le..w
e eeee.........ee...
r rrrr...........r..
k kkkk............k.
w wwww.........w...w
"""
"""Logits by rows and labels by columns: the code of the result's kind.

A dot is a TypeError, an exclamation mark another error of the library's own.
"""

LOGITS, LABELS = np.float32([0.5, -2.0, 3.0]), np.float32([1.0, 0.0, 1.0])


@pytest.fixture(scope="module")
def kinds():
    """Of every kind its type and what makes it of an array."""
    library = {
        name: pytest.importorskip(name)
        for name in (
            "jax.numpy", "torch", "pandas", "xarray", "dask.array", "astropy.units", "sparse",
            "pint", "polars", "pyarrow", "array_api_strict", "narwhals",
        )
    }  # fmt: skip
    jax, torch, pandas, xarray, dask, units, sparse, pint, polars, arrow, strict, narwhals = (
        library.values()
    )
    quantity = pint.UnitRegistry().Quantity
    return {
        "f": (float, lambda x: float(x[0])),
        "v": (list, np.ndarray.tolist),
        "s": (np.generic, lambda x: x[0]),
        "n": (np.ndarray, np.copy),
        "m": (np.ma.MaskedArray, np.ma.array),
        "j": (jax.ndarray, jax.asarray),
        "t": (torch.Tensor, torch.tensor),
        "p": (pandas.Series, lambda x: pandas.Series(x, index=list("abc"))),
        "x": (xarray.DataArray, lambda x: xarray.DataArray(x, dims="x")),
        "d": (dask.Array, lambda x: dask.from_array(x, chunks=2)),
        "q": (units.Quantity, lambda x: x * units.dimensionless_unscaled),
        "c": (sparse.COO, sparse.COO),
        "u": (pint.Quantity, lambda x: quantity(x, "")),
        "l": (polars.Series, polars.Series),
        "e": (polars.Expr, lambda x: polars.lit(polars.Series(x))),
        "r": (arrow.Array, arrow.array),
        "k": (type(strict.zeros(1)), strict.asarray),
        "w": (narwhals.Series, lambda x: narwhals.from_native(polars.Series(x), series_only=True)),
    }


def code(kinds, logits, labels):
    """Of the result, whose values are looked at on the way."""
    arguments = kinds[logits][1](LOGITS), kinds[labels][1](LABELS)
    try:
        loss = sg.sigmoid_binary_cross_entropy(*arguments)
    except TypeError:
        return "."
    except Exception:
        return "!"
    # The last of the table that it is an instance of: scalars are floats, too.
    found = [name for name, (kind, _) in kinds.items() if isinstance(loss, kind)][-1]
    if found != "e" and not {"u", "c"} & {logits, labels}:
        x = LOGITS[0] if logits in "fs" else LOGITS
        y = LABELS[0] if labels in "fs" else LABELS
        expected = sg.sigmoid_binary_cross_entropy(x, y)
        np.testing.assert_allclose(np.asarray(loss), expected, rtol=1e-6)
    return found


@pytest.mark.filterwarnings("default")
def test_all_pairs(kinds):
    found = ["  " + "".join(CODES)] + [
        f"{logits} " + "".join(code(kinds, logits, labels) for labels in CODES) for logits in CODES
    ]
    assert "\n".join(found) == TABLE.strip("\n")
