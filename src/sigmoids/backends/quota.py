"""The CPU quota that Linux's control groups grant a process, as containers use them."""

from __future__ import annotations

import math
from pathlib import Path

OWN_GROUPS = Path("/proc/self/cgroup")
CGROUPS = Path("/sys/fs/cgroup")


def quota() -> float:
    """Processors that the control groups of this process grant it together."""
    try:
        lines = OWN_GROUPS.read_text().splitlines()
    except OSError:
        return math.inf
    return min((_granted(line) for line in lines), default=math.inf)


def _granted(line: str) -> float:
    """The least of one hierarchy's quotas, from the process's group up to the root."""
    _, controllers, path = [*line.split(":", 2), "", ""][:3]  # of no known form: of no effect
    if controllers and "cpu" not in controllers.split(","):
        return math.inf
    root = CGROUPS / ("cpu" if controllers else "")
    group = root / path.lstrip("/")
    return min(_read(folder) for folder in (group, *group.parents) if folder.is_relative_to(root))


def _read(group: Path) -> float:
    """A group's quota: "quota period" or "max period" in one file (v2), or in two (v1)."""
    for names in (("cpu.max",), ("cpu.cfs_quota_us", "cpu.cfs_period_us")):
        try:
            text = " ".join((group / name).read_text().strip() for name in names)
            quota, period = map(int, text.split())
        except (OSError, ValueError):  # no such file, or "max"
            continue
        if quota > 0:
            return quota / period
    return math.inf
