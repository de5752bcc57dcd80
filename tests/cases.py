"""The one table behind the tests: functions × backends × dtypes, and inputs for them."""

from __future__ import annotations

from functools import cache

import numpy as np
import pytest

from sigmoids.accuracy import inputs
from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.oracle import Oracle
from sigmoids.backends import registry
from sigmoids.choice import DTYPES as DTYPES_BY_NAME
from sigmoids.functions import RESULTS

BACKENDS = tuple(name for name in registry.ROWS if registry.machine_code_of(name) == name)
"""Those with machine code of their own; what others do with arrays is to hand them to these."""

DTYPES = tuple(DTYPES_BY_NAME.values())
NARROW_DTYPES = DTYPES[:2]
ACCURACIES = ("high", "fast")

MEMBERS = {name: member for name, member in RESULTS.items() if not name.endswith(("[0]", "[1]"))}
"""The functions of one argument, and one of two whose second argument is fixed."""

TYPICAL = ("sigmoid", "sigmoid_and_derivative[1]", "sigmoid_binary_cross_entropy[labels=1.0]")
"""One argument, two results, two arguments: what becomes of arrays does not depend on more."""

TYPICAL_NAMES = ("sigmoid", "sigmoid_and_derivative", "sigmoid_binary_cross_entropy")
"""The same by the names of whole functions."""

SPECIAL = np.array(
    [0.0, -0.0, 1.0, -1.0, np.inf, -np.inf, np.nan, -np.nan, 1e-8, -1e-8, 20.0, -20.0, 88.0, -88.0,
     104.5, -104.5, 746.0, -746.0, 6e4, -6e4]
)  # fmt: skip


def dtype_id(dtype):
    return np.dtype(dtype).name


def bits(array):
    """The bit patterns, to compare results that must not differ at all."""
    return np.asarray(array).view(f"u{array.dtype.itemsize}")


class Labelled(np.ndarray):
    """A subclass with something to lose."""

    def __array_finalize__(self, obj):
        self.label = getattr(obj, "label", None)


def sampled(values, sample):
    """All, for ``parametrize``: those of a sample always, the others with ``exhaustive``.

    Tuples are the values of several parameters.
    """
    return [
        pytest.param(
            *(value if isinstance(value, tuple) else (value,)),
            marks=() if value in sample else pytest.mark.exhaustive,
        )
        for value in values
    ]


@cache
def remembering_oracle(spec):
    """An oracle that computes no exact value twice, for tests of several backends one by one."""
    oracle = Oracle(spec)
    oracle.exact = cache(oracle.exact)
    return oracle


@cache
def rounded_oracle(name, dtype, step):
    """Correctly rounded results for every so manieth value of a narrow dtype, from mpmath."""
    oracle, fmt = Oracle(RESULTS[name].spec), Format.of(dtype)
    x = inputs.all_values(dtype)[::step]
    return x, np.array([oracle.rounded(float(v), fmt) for v in x]).astype(dtype)


def name_of(member):
    """Its name in the table of results."""
    return next(name for name, result in RESULTS.items() if result is member)
