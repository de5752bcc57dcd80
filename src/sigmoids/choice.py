"""What a person asks to have measured: functions, backends, dtypes, accuracies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import ml_dtypes
import numpy as np

from sigmoids.backends import registry
from sigmoids.functions import RESULTS
from sigmoids.spec import ACCURACIES

if TYPE_CHECKING:
    from collections.abc import Iterable

DTYPES = {
    "float16": np.dtype(np.float16),
    "bfloat16": np.dtype(ml_dtypes.bfloat16),
    "float32": np.dtype(np.float32),
    "float64": np.dtype(np.float64),
}


@dataclass(frozen=True, slots=True)
class Choice:
    """What to measure."""

    functions: tuple[str, ...]
    backends: tuple[str, ...]
    dtypes: tuple[str, ...]
    accuracies: tuple[str, ...]

    @classmethod
    def of(
        cls,
        functions: Iterable[str] | None,
        backends: Iterable[str] | None,
        dtypes: Iterable[str] | None,
        accuracies: Iterable[str] | None,
        known: Iterable[str] = RESULTS,
    ) -> Choice:
        """A checked choice; all there is where nothing is named.

        Functions are the results of the family's functions, or others that are ``known`` instead.
        """
        return cls(
            _checked("function", functions, known),
            _checked("backend", backends, usable_backends()),
            _checked("dtype", dtypes, DTYPES),
            _checked("accuracy", accuracies, ACCURACIES),
        )


def usable_backends() -> list[str]:
    """The installed backends."""
    return [name for name, row in registry.ROWS.items() if registry.installed(row)]


def _checked(kind: str, chosen: Iterable[str] | None, known: Iterable[str]) -> tuple[str, ...]:
    names = tuple(chosen or known)
    for name in names:
        if name not in known:
            raise ValueError(f"unknown {kind} {name!r}: there are {', '.join(known)}")
    return names
