"""First calls, each in a fresh process, and the memory that a later call takes.

The file is also the program that those processes run.
"""

from __future__ import annotations

import importlib
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from time import perf_counter
from typing import TYPE_CHECKING, Any, cast

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.bench.contenders import Contender
    from sigmoids.bench.results import FirstCall, Kind

SIZE = 1_000_000
"""Elements of the call whose memory is measured."""

GLIBC = {"MALLOC_MMAP_THRESHOLD_": str(2**17)}
"""The C library's own default, but fixed: by itself it grows, and freed memory then stays held."""


class NoResultError(Exception):
    """The process of a first call has failed."""


def measure(function: str, dtype: str, contender: Contender) -> FirstCall:
    """Import, first call without and with what an earlier process has compiled, and memory."""
    from sigmoids.bench.results import FirstCall

    with tempfile.TemporaryDirectory() as cache:
        environment = {**os.environ, "NUMBA_CACHE_DIR": cache, **GLIBC}
        who = contender
        request = [function, dtype, who.name, who.library, who.kind, who.accuracy, who.uses]
        cold, cached = (_child(request, environment) for _ in range(2))
    return FirstCall(
        function,
        dtype,
        contender.name,
        contender.library,
        contender.kind,
        imports=cached["imports"],
        cold=cold["first"],
        cached=cached["first"],
        size=SIZE,
        peak=cached["peak"],
    )


def _child(request: list[str], environment: dict[str, str]) -> dict[str, Any]:
    done = subprocess.run(
        # -P: the modules beside this file are not to be found by their bare names.
        [sys.executable, "-P", __file__, *request],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        raise NoResultError((done.stderr.strip() or f"exit code {done.returncode}").split("\n")[-1])
    return dict(json.loads(done.stdout.split("\n")[-2]))


def _report(function: str, dtype: str, *described: str) -> dict[str, Any]:
    name, library, kind, accuracy, uses = described
    start = perf_counter()
    importlib.import_module("scipy.special" if library == "scipy" else library)
    imports = perf_counter() - start

    from sigmoids.bench.cases import inputs
    from sigmoids.bench.contenders import Contender, find

    who = Contender(name, library, cast("Kind", kind), accuracy, uses)

    few, many = inputs(function, dtype, 100), inputs(function, dtype, SIZE)
    start = perf_counter()
    prepare = find(function, who)
    prepare(*few).result()
    first = perf_counter() - start

    prepared = prepare(*many)
    prepared.result()
    with prepared.within():
        return {"imports": imports, "first": first, "peak": peak_memory(prepared.call)}


def peak_memory(call: Callable[[], object]) -> int | None:
    """The most bytes the process holds during a call beyond those before; None if unknown."""
    try:
        Path("/proc/self/clear_refs").write_text("5")  # the highest mark starts anew
    except OSError:
        return None
    before = _status("VmRSS")
    call()
    return max(0, _status("VmHWM") - before)


def _status(key: str) -> int:
    for line in Path("/proc/self/status").read_text().splitlines():
        if line.startswith(f"{key}:"):
            return int(line.split()[1]) * 1024
    raise LookupError(key)


if __name__ == "__main__":
    print(json.dumps(_report(*sys.argv[1:])))  # noqa: T201
