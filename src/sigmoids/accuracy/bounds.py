"""The largest errors, in one table that ``sigmoids verify --write`` measures and writes.

``verify`` itself, the tests and the documentation read it; whatever computes does not.  What has no
row is correctly rounded.
"""

from __future__ import annotations

import csv
import io
import os
import tempfile
from dataclasses import dataclass, replace
from decimal import ROUND_CEILING, Decimal
from functools import cache
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Mapping

FILE = files(__package__) / "bounds.csv"
"""The table, in an archive if the package is."""

COLUMNS = ("function", "backend", "dtype", "accuracy", "bound", "measured", "witness", "flushes")


class Key(NamedTuple):
    """What a row is about; ``function`` is the name of a ``Spec``, public or not."""

    function: str
    backend: str
    dtype: str
    accuracy: str


@dataclass(frozen=True, slots=True)
class Bound:
    """A declared limit of the total error, in units in the last place of the result.

    Attributes
    ----------
    ulp : float
        No result is further from the exact value; the half ulp of the final rounding counts in.
    measured : float
        The largest error that was found, rounded up; in float64 it is uncertain by 2^−7 ulp, as all
        that ``verify`` measures.
    witness : str
        The input that it was found at, in hexadecimal.
    flushes : bool
        Whether subnormal results, and products of x and a subnormal number, may be 0 besides.
    """

    ulp: float
    measured: float = 0.5
    witness: str = ""
    flushes: bool = False

    @classmethod
    def of(cls, error: float, witness: str, *, flushes: bool) -> Bound:
        """The bound that follows from the largest error found, where rounding is not correct."""
        return cls(with_margin(error), _four_digits(error), witness, flushes)


CORRECTLY_ROUNDED = Bound(0.5)

NEARLY_ROUNDED = 0.51
"""Declared of two arguments, which cannot all be tried, where one would be correctly rounded."""


class Change(NamedTuple):
    """What was declared before, if anything was, and after."""

    key: Key
    before: Bound | None
    after: Bound

    @property
    def verb(self) -> str:
        """What became of the bound; nothing where only what was measured is another."""
        if self.before is None:
            return "new"
        before, after = ((b.flushes, b.ulp) for b in (self.before, self.after))
        return "grew" if after > before else "shrank" if after < before else ""


def with_margin(error: float) -> float:
    """The bound that is declared for a largest error: one rule for all rows.

    What exceeds the half ulp of the final rounding is taken 2 % larger, for the inputs that were
    not tried; the sum goes up to the next hundredth, from 2 ulps on to the next tenth, and from 20
    on to the next whole.
    """
    half = Decimal("0.5")
    widened = half + Decimal("1.02") * max(Decimal(error) - half, Decimal(0))
    step = Decimal("0.01") if widened < 2 else Decimal("0.1") if widened < 20 else Decimal(1)
    return float((widened // step + 1) * step)


def _four_digits(error: float) -> float:
    """Rounded up to so many."""
    exact = Decimal(error)
    return float(exact.quantize(Decimal(1).scaleb(exact.adjusted() - 3), ROUND_CEILING))


def declared(key: Key) -> Bound | None:
    """What is declared, or None if nobody has measured that function on that backend yet.

    Correct rounding in "high" is declared of every function on every backend in all dtypes but
    float64, measured or not.
    """
    found = table().get(key)
    if found is None:
        promised = key.accuracy == "high" and key.dtype != "float64"
        if promised or any(other[:2] == key[:2] for other in table()):
            return CORRECTLY_ROUNDED
    return found


def bound(function: str, backend: str, dtype: str, accuracy: str) -> Bound:
    """What is declared; correct rounding if nothing is."""
    return declared(Key(function, backend, dtype, accuracy)) or CORRECTLY_ROUNDED


def of(function: str) -> dict[Key, Bound]:
    """All rows of a function."""
    rows = {key: found for key, found in table().items() if key.function == function}
    if not rows:
        raise LookupError(
            f"{FILE.name} has no row for {function!r}: "
            f"`sigmoids verify {function} --write` measures and adds them"
        )
    return rows


@cache
def table() -> Mapping[Key, Bound]:
    """All rows."""
    return {
        Key(row["function"], row["backend"], row["dtype"], row["accuracy"]): Bound(
            float(row["bound"]), float(row["measured"]), row["witness"], row["flushes"] == "yes"
        )
        for row in csv.DictReader(FILE.read_text(encoding="utf-8").splitlines())
    }


def check_writable() -> None:
    """Raise an OSError that says what to do, where the table cannot be written."""
    try:
        with tempfile.TemporaryFile(dir=Path(str(FILE)).parent):
            pass
    except OSError as problem:
        raise OSError(
            f"cannot write {FILE}: {problem.strerror}; --write is for a checkout of the sources, "
            "installed by `python -m pip install -e .`"
        ) from problem


def write(found: Mapping[Key, Bound]) -> list[Change]:
    """Put what was measured into the table, and leave the other rows alone.

    A bound that holds is never loosened; one that is exceeded gives way to what the rule makes of
    the error.  Of what is correctly rounded no row remains.
    """
    table.cache_clear()  # others may have written meanwhile
    rows = dict(table())
    changes = []
    for key, new in found.items():
        row = rows.pop(key, None)
        after = new
        if row is not None and new.measured <= row.ulp:
            after = replace(new, ulp=min(new.ulp, row.ulp))
        if new != CORRECTLY_ROUNDED:
            rows[key] = after
        before = declared(key)
        if (before or CORRECTLY_ROUNDED) != after:
            changes.append(Change(key, before, after))
    _replace(Path(str(FILE)), rows)
    return changes


def _replace(path: Path, rows: Mapping[Key, Bound]) -> None:
    """Write a file of that name, at once or not at all."""
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\n")
    lines.writerow(COLUMNS)
    for key in sorted(rows):
        row = rows[key]
        flushes = "yes" if row.flushes else ""
        lines.writerow([*key, f"{row.ulp:g}", f"{row.measured:.4g}", row.witness, flushes])
    part = path.with_name(f"{path.name}.{os.getpid()}")
    try:
        part.write_text(text.getvalue(), encoding="utf-8", newline="\n")
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
        table.cache_clear()
