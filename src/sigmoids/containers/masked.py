"""NumPy's masked arrays."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.containers.numpy_kind import NumpyKind, each, evaluate, together

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.engine import Engine
    from sigmoids.containers.container import Route
    from sigmoids.spec import Accuracy, Function


class Masked(NumpyKind):
    """``numpy.ma.MaskedArray``."""

    rank = 5

    def apply(self, engine: Engine, spec: Function, accuracy: Accuracy, x: Any, out: Any) -> Any:
        """A masked array with a mask of its own, equal to that of ``x``."""
        return self._apply(engine, spec, accuracy, (x,), out)

    def route_of_several(self, engine: Engine, spec: Function, accuracy: Accuracy) -> Route:
        """See :class:`~sigmoids.containers.container.Container`."""
        return partial(self._apply, engine, spec, accuracy)

    def _apply(
        self, engine: Engine, spec: Function, accuracy: Accuracy, arguments: Any, out: Any
    ) -> Any:
        """A masked array, masked where any of the arguments is."""
        leader = next(x for x in arguments if isinstance(x, np.ma.MaskedArray))
        plain = tuple(map(np.ma.getdata, arguments))
        inputs = plain if len(plain) == 1 else together(plain, spec.name)
        if leader is np.ma.masked and out is None and inputs[0].ndim == 0:
            return each(lambda _part: np.ma.masked, spec.parts)
        mask: Any = np.ma.nomask
        for x in arguments:
            if np.ma.getmask(x) is not np.ma.nomask:
                mask = mask | np.broadcast_to(np.ma.getmask(x), inputs[0].shape)

        def masked(y: NDArray[Any]) -> Any:
            wrapped = leader.__array_wrap__(np.asarray(y))
            wrapped.mask = mask
            return wrapped

        targets = tuple(out) if isinstance(out, tuple | list) else (out,)
        places = None if out is None else each(np.ma.getdata, targets)
        results = evaluate(engine, spec, accuracy, inputs, places)
        if out is None:
            return each(masked, results)
        for target, y in zip(targets, results, strict=True):
            if isinstance(target, np.ma.MaskedArray):
                target[...] = np.ma.array(y, mask=mask)
        return out


container = Masked()
