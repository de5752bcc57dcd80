"""Warnings that are given once in the life of a process."""

from __future__ import annotations

import warnings

_given: set[str] = set()


def warn_once(about: str, text: str) -> None:
    """Warn with that text, unless something was said about the same before.

    Where warnings are errors, this raises once; the next call goes through.
    """
    if about not in _given:
        _given.add(about)
        warnings.warn(text, RuntimeWarning, stacklevel=3)
