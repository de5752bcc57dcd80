"""NumPy's masked arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.containers.numpy_kind import NumpyKind, evaluate

if TYPE_CHECKING:
    from sigmoids.backends.engine import Engine
    from sigmoids.spec import Accuracy, Spec


class Masked(NumpyKind):
    """``numpy.ma.MaskedArray``."""

    def apply(self, engine: Engine, spec: Spec, x: Any, accuracy: Accuracy, out: Any) -> Any:
        """A masked array with a mask of its own, equal to that of ``x``."""
        if x is np.ma.masked:
            return x
        if isinstance(out, np.ma.MaskedArray):
            evaluate(engine, spec, np.ma.getdata(x), accuracy, np.ma.getdata(out))
            out[...] = np.ma.array(np.ma.getdata(out), mask=np.ma.getmask(x))
            return out
        y = evaluate(engine, spec, np.ma.getdata(x), accuracy, out)
        if out is not None:
            return out
        wrapped = x.__array_wrap__(y)
        wrapped.mask = np.ma.getmask(x)
        return wrapped


container = Masked()
