"""What can compute here: the answer of :func:`backends`."""

from __future__ import annotations

from dataclasses import dataclass

from sigmoids.backends import registry


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
        What to do where it is not usable.
    """

    name: str
    usable: bool
    version: str | None
    devices: tuple[str, ...]
    computes_on: str
    problem: str | None = None


class Backends(dict[str, BackendInfo]):
    """Backends by name, printed as a table."""

    def rows(self) -> list[tuple[str, ...]]:
        """The table's cells, the heading first."""
        heading: tuple[str, ...] = ("backend", "version", "devices", "computes on")
        return [heading] + [
            (info.name, info.version or "-", ", ".join(info.devices) or "-", info.computes_on)
            if info.usable
            else (info.name, info.version or "-", "-", info.problem or "-")
            for info in self.values()
        ]

    def __repr__(self) -> str:
        rows = self.rows()
        widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
        return "\n".join(
            "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
            for row in rows
        )


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
        devices = engine.devices()
    except Exception as problem:  # an engine that fails to start, however, is reported, not raised
        found = version(row.requires) if registry.installed(row) else None
        return BackendInfo(row.name, False, found, (), row.computes_on, str(problem))
    return BackendInfo(row.name, True, version(row.requires), devices, row.computes_on)
