"""Dask's workers: arrays larger than their memory, one pass, and threads that do not multiply."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import pytest

from test_process import run

pytest.importorskip("distributed")

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"


def test_a_table_larger_than_a_workers_memory():
    pytest.importorskip("zarr")
    code = (
        f"import json, sys; sys.path.insert(0, {str(EXAMPLES)!r})\n"
        "import dask_scoring\n"
        "print(json.dumps(dask_scoring.main(0.7, '600MB')))"
    )
    said = run(code)
    found = json.loads(said.stdout.splitlines()[-1])
    assert found["peak"] < 600e6 < found["table"]
    assert found["threads"] == 1, "each worker has one of the processors"
    assert 0.49 < found["mean"] < 0.51
    assert "8787" in said.stdout or "/status" in said.stdout, "the dashboard"
    assert "100% Completed" in said.stdout, "the progress bar"
    assert "Restarting" not in said.stderr


LOST = """
import os, signal, time
import dask.array as da
from dask.distributed import Client, LocalCluster
import sigmoids as sg

if __name__ == "__main__":
    x = da.random.default_rng(0).standard_normal((60, 100_000), chunks=(1, 100_000))
    total = sg.sigmoid(x).sum()
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster:
        with Client(cluster) as client:
            expected = client.compute(total, sync=True)
            pid = min(client.run(os.getpid).values())
            future = client.compute(sg.sigmoid(x * 1.0).sum())
            os.kill(pid, signal.SIGKILL)
            print(future.result() == expected, pid not in client.run(os.getpid).values())
"""


@pytest.mark.skipif(sys.platform == "win32", reason="has no such signal")
def test_what_a_lost_worker_had_is_computed_again():
    assert run(LOST).stdout.split() == ["True", "True"]
