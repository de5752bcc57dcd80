"""What docstrings say about accuracy: one sentence, from the table of the bounds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sigmoids.accuracy import bounds

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sigmoids.spec import Spec


def sentence(*specs: Spec) -> str:
    """For a function, or for all results of one that has several.

    Of every dtype and backend the largest bound counts; a backend is named where it alone is worse.
    """
    rows = [row for spec in specs for row in bounds.of(spec.name).items()]
    narrow = "correctly rounded"
    if len(specs[0].arguments) > 1:
        narrow = f"within {bounds.NEARLY_ROUNDED:g} ulp"
    high = _largest((key.backend, bound.ulp) for key, bound in rows if key.accuracy == "high")
    fast = _largest((key.backend, bound.ulp) for key, bound in rows if key.accuracy == "fast")
    flush = sorted({f"``{key.backend}``" for key, bound in rows if bound.flushes})
    but = f", but {' and '.join(flush)} may then return 0 for subnormal numbers" if flush else ""
    return (
        f"float16, bfloat16 and float32 results are {narrow}, and float64 results within {high}; "
        f'with ``accuracy="fast"`` all are within {fast}{but}.'
    )


def _largest(found: Iterable[tuple[str, float]]) -> str:
    """The largest of the backends' bounds, and before it the others' where they are less."""
    by_backend: dict[str, float] = {}
    for backend, ulp in found:
        by_backend[backend] = max(ulp, by_backend.get(backend, 0.0))
    if not by_backend:
        return f"{bounds.CORRECTLY_ROUNDED.ulp} ulp"
    worst = max(by_backend, key=by_backend.__getitem__)
    largest = by_backend.pop(worst)
    rest = max(by_backend.values(), default=largest)
    return f"{rest:g} ulp" if rest == largest else f"{rest:g} ulp (``{worst}``: {largest:g})"
