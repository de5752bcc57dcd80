"""NumPy's masked arrays."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.containers.numpy_kind import NumpyKind, each, evaluate

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.engine import Engine
    from sigmoids.spec import Accuracy, Function


class Masked(NumpyKind):
    """``numpy.ma.MaskedArray``."""

    def apply(self, engine: Engine, spec: Function, accuracy: Accuracy, x: Any, out: Any) -> Any:
        """A masked array with a mask of its own, equal to that of ``x``."""
        if x is np.ma.masked:
            return each(lambda _part: x, spec.parts)
        mask = np.ma.getmask(x)

        def masked(y: NDArray[Any]) -> Any:
            wrapped = x.__array_wrap__(np.asarray(y))
            wrapped.mask = mask
            return wrapped

        targets = tuple(out) if isinstance(out, tuple | list) else (out,)
        plain = None if out is None else each(np.ma.getdata, targets)
        results = evaluate(engine, spec, accuracy, np.ma.getdata(x), plain)
        if out is None:
            return each(masked, results)
        for target, y in zip(targets, results, strict=True):
            if isinstance(target, np.ma.MaskedArray):
                target[...] = np.ma.array(y, mask=mask)
        return out


container = Masked()
