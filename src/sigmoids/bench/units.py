"""Figures as people read them."""

from __future__ import annotations

import math


def digits(value: float) -> str:
    """Three significant digits."""
    if value == 0 or not math.isfinite(value):
        return f"{value:g}"
    if not 1e-4 <= value < 1e6:
        return f"{value:.2e}"
    rounded = float(f"{value:.2e}")
    places = max(2 - math.floor(math.log10(rounded)), 0)
    return f"{rounded:,.{places}f}"


def elements(count: int) -> str:
    """A number of elements: powers of ten as such."""
    power = len(str(count)) - 1
    if power >= 4 and count == 10**power:
        return "10" + str(power).translate(str.maketrans("0123456789", "⁰¹²³⁴⁵⁶⁷⁸⁹"))
    return f"{count:,}"


def seconds(value: float) -> str:
    """A time, in the unit that suits it."""
    return _scaled(value, {"s": 1, "ms": 1e-3, "µs": 1e-6, "ns": 1e-9})


def memory(value: float) -> str:
    """A number of bytes, in the unit that suits it."""
    return _scaled(value, {"GB": 1e9, "MB": 1e6, "kB": 1e3, "B": 1})


def _scaled(value: float, units: dict[str, float]) -> str:
    unit = next((unit for unit, size in units.items() if value >= size), list(units)[-1])
    return f"{digits(value / units[unit])} {unit}"
