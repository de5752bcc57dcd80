"""The whole family on every backend: how many bits differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from sigmoids.accuracy.bounds import bound
from sigmoids.backends import registry
from sigmoids.functions import RESULTS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from typing import Any

    from numpy.typing import NDArray

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Spec

POINTS = 20_001
DTYPES = ("float64", "float32")


@dataclass(frozen=True, slots=True)
class Difference:
    """How far one backend's results are from the reference's.

    Attributes
    ----------
    function, dtype, backend : str
        Which.
    differing : int
        How many results differ in any bit.
    compared : int
        How many were compared.
    ulps : int
        The largest difference, in units in the last place.
    promised : float
        The backend's declared error bound, in these units.
    allowed : int
        The largest difference within the declared bounds of both backends.
    """

    function: str
    dtype: str
    backend: str
    differing: int
    compared: int
    ulps: int
    promised: float
    allowed: int

    @property
    def agrees(self) -> bool:
        """Whether the difference is within the contract."""
        return self.ulps <= self.allowed

    def __str__(self) -> str:
        if not self.differing:
            return "every bit"
        return (
            f"{self.differing:,} of {self.compared:,} differ, {self.ulps} ulp at most "
            f"({self.promised:g} promised)"
        )


def reference() -> str:
    """The backend that others are compared with: whose machine code most of them run."""
    return registry.fastest_usable()


def installed() -> list[Backend]:
    """The installed backends, the reference first."""
    names: list[Any] = [name for name, row in registry.ROWS.items() if registry.installed(row)]
    return sorted(names, key=lambda name: name != reference())


def difference(function: str, backend: str, points: NDArray[Any]) -> Difference:
    """Compare results at some points."""
    compute, spec = RESULTS[function]
    dtype = points.dtype.name
    ours, theirs = (compute(points, backend=name) for name in (backend, reference()))
    apart = np.abs(ours.view(f"i{ours.itemsize}") - theirs.view(f"i{ours.itemsize}"))
    engines = map(registry.machine_code_of, (backend, reference()))
    own, other = (bound(spec.name, name, dtype, "high").ulp for name in engines)
    return Difference(
        function,
        dtype,
        backend,
        differing=int(np.count_nonzero(apart)),
        compared=points.size,
        ulps=int(apart.max()),
        promised=own,
        # Two correctly rounded results are one; otherwise each is within its bound of the truth.
        allowed=0 if max(own, other) <= 0.5 else int(np.ceil(own + other)),
    )


def differences() -> Iterator[Difference]:
    """Every function, dtype and backend but the reference."""
    for function, (_, spec) in RESULTS.items():
        for dtype in DTYPES:
            for backend in installed()[1:]:
                yield difference(function, backend, grid(spec, dtype))


def grid(spec: Spec, dtype: str) -> NDArray[Any]:
    """Points over the function's domain, both tails included."""
    tail = -np.log(np.finfo(dtype).tiny)
    low, high = spec.domain
    return np.linspace(max(low, -tail), min(high, tail), POINTS).astype(dtype)
