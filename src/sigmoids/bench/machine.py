"""Facts about the machine and the software, without which a time says nothing."""

from __future__ import annotations

import importlib.util
import os
import platform
import subprocess
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import cpuinfo

from sigmoids.backends.registry import ROWS
from sigmoids.backends.threads import processors
from sigmoids.bench.processes import CAN_STOP
from sigmoids.peers import LIBRARIES

PACKAGES = tuple(dict.fromkeys([row.requires for row in ROWS.values()] + ["jaxlib", *LIBRARIES]))


def facts(threads: int) -> dict[str, str]:
    """What to show above every result, in this order."""
    cpu = cpuinfo.get_cpu_info()
    found = {
        "CPU": cpu.get("brand_raw", platform.processor()),
        "vector code": _vectors(set(cpu.get("flags", ()))),
        "system": platform.platform(),
        "processors this process may use": str(processors()),
        "threads": str(threads),
        "while one is timed, the others": "stand still" if CAN_STOP else "wait",
        "date": datetime.now(UTC).isoformat(timespec="seconds"),
        "sigmoids": f"{_version('sigmoids')}, {_commit()}",
        "Python": platform.python_version(),
    }
    return found | {name: _version(name) for name in PACKAGES}


def use_threads(threads: int | None) -> int:
    """Hold this process, and those it starts, to so many processors; all there are by default.

    The number is returned.
    """
    available = processors()
    threads = available if threads is None else threads
    if not 1 <= threads <= available:
        raise ValueError(f"threads must be from 1 to {available}, the processors there are")
    if hasattr(os, "sched_setaffinity"):
        os.sched_setaffinity(0, sorted(os.sched_getaffinity(0))[:threads])
    os.environ["NPROC"] = str(threads)  # XLA's threads where there is no affinity
    return threads


def _vectors(flags: set[str]) -> str:
    widest = [name for name in ("avx512f", "avx2", "sse2", "sve", "asimd") if name in flags]
    return widest[0] if widest else "unknown"


def _commit() -> str:
    """The commit of the checkout that is running."""
    folder = Path(__file__).parent
    git = ["git", "-C", str(folder)]
    try:
        commit = subprocess.run(
            [*git, "rev-parse", "--short=12", "HEAD"], capture_output=True, text=True, check=True
        ).stdout.strip()
        changed = subprocess.run(
            [*git, "status", "--porcelain", "--", str(folder.parent)],
            capture_output=True, text=True, check=True,
        ).stdout  # fmt: skip
    except (OSError, subprocess.CalledProcessError):
        return "not from a checkout"
    return f"commit {commit}" + (" with changes" if changed else "")


def _version(package: str) -> str:
    if not importlib.util.find_spec(package):
        return "not installed"
    try:
        return version(package)
    except PackageNotFoundError:
        return "unknown"
