"""What can compute here: the answer of :func:`backends`."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from types import ModuleType

from sigmoids.backends import registry
from sigmoids.selection import backend_in_force


@dataclass(frozen=True, slots=True)
class BackendInfo:
    """One backend, as it is in this process.

    Attributes
    ----------
    name : str
        What ``backend=`` takes.
    usable : bool
        Whether it is installed and its package can be imported.
    version : str or None
        Version of the package.
    devices : tuple of str
        Where it can compute, the default first.
    computes_on : str
        The arrays it takes without conversion; all others are converted and converted back.
    problem : str or None
        What to do where it is not usable; what it lacks where it is, and what serves instead.
    """

    name: str
    usable: bool
    version: str | None
    devices: tuple[str, ...]
    computes_on: str
    problem: str | None = None


class Backends(dict[str, BackendInfo]):
    """Backends by name, printed as a table.

    Attributes
    ----------
    chosen : str or None
        The backend that is preferred now, if anyone has chosen one.
    chosen_by : str or None
        Who has: ``use_backend``, ``set_default_backend`` or ``SIGMOIDS_BACKEND``.
    problem : str or None
        What is wrong with ``SIGMOIDS_BACKEND``.
    """

    def __init__(self, infos: dict[str, BackendInfo]) -> None:
        super().__init__(infos)
        self.chosen: str | None = None
        self.chosen_by: str | None = None
        self.problem: str | None = None
        try:
            self.chosen, self.chosen_by = backend_in_force() or (None, None)
        except (ValueError, ImportError) as problem:
            self.problem = str(problem)

    def rows(self) -> list[tuple[str, ...]]:
        """The table's cells, the heading first."""
        heading: tuple[str, ...] = ("backend", "version", "devices", "computes on")
        return [heading, *map(_cells, self.values())]

    def choice(self) -> str:
        """Who computes where a call does not say, and why, in a sentence."""
        if self.problem:
            return self.problem
        if self.chosen is None:
            return "nobody has chosen a backend: the array decides"
        return f"preferred: {self.chosen}, by {self.chosen_by}"

    def __repr__(self) -> str:
        rows = self.rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        lines = [
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        ]
        return "\n".join([*lines, self.choice()])


def _cells(info: BackendInfo) -> tuple[str, ...]:
    if not info.usable:
        return info.name, info.version or "-", "-", info.problem or "-"
    computes_on = "; ".join(filter(None, (info.computes_on, info.problem)))
    return info.name, info.version or "-", ", ".join(info.devices) or "-", computes_on


def backends() -> Backends:
    """What computes here: every backend, whether it can be used, its version and devices.

    The libraries of all installed backends are imported to ask them.

    Returns
    -------
    Backends
        A dictionary from name to :class:`BackendInfo`, printed as a table.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.backends()["numpy"].devices
    ('cpu',)
    """
    return Backends({name: _inspect(row) for name, row in registry.ROWS.items()})


def _inspect(row: registry.Row) -> BackendInfo:
    from importlib.metadata import version  # not needed to compute, and slow to import

    try:
        engine = registry.load(row.name)
        devices, lacks = engine.devices(), engine.problem()
    except Exception as problem:  # an engine that fails to start, however, is reported, not raised
        found = version(row.requires) if registry.installed(row) else None
        return BackendInfo(row.name, False, found, (), row.computes_on, str(problem))
    return BackendInfo(row.name, True, version(row.requires), devices, row.computes_on, lacks)


class _Package(ModuleType):
    """The package of the engines, which is the public function of the same name as well.

    A function of that name beside it would hide the package: ``import sigmoids.backends.threads``
    would find it, and ``sigmoids.backends.threads`` would not.
    """

    __call__ = staticmethod(backends)


sys.modules[registry.__name__.rpartition(".")[0]].__class__ = _Package
