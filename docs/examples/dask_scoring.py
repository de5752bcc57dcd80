"""Logistic scoring of a table that is larger than the memory of those who work on it.

Run it with ``python docs/examples/dask_scoring.py 10`` for a table of 10 GB.  The address of Dask's
dashboard is printed first, and a progress bar while it computes.
"""

import sys
import tempfile
import time
from pathlib import Path

import dask.array as da
import numpy as np
from dask.distributed import Client, LocalCluster, progress

import sigmoids as sg

FEATURES = 10
ROWS = 200_000
"""Of a chunk, which has 8 MB."""

WEIGHTS = np.linspace(-1, 1, FEATURES, dtype=np.float32)


def peak():
    """The most memory that this process ever had, in bytes."""
    status = Path("/proc/self/status").read_text()
    return 1024 * int(status.split("VmHWM:")[1].split()[0])


def main(gigabytes=0.7, memory="600MB", workers=2):
    """Write a table, then the probabilities of its rows; say what that took."""
    chunks = max(1, round(gigabytes * 1e9 / (4 * FEATURES * ROWS)))
    with (
        tempfile.TemporaryDirectory() as folder,
        LocalCluster(
            n_workers=workers, threads_per_worker=1, memory_limit=memory, dashboard_address=":0"
        ) as cluster,
        Client(cluster) as client,
    ):
        print(cluster.dashboard_link)
        random = da.random.default_rng(0)
        shape = (chunks * ROWS, FEATURES)
        table = random.standard_normal(shape, chunks=(ROWS, FEATURES)).astype(np.float32)
        table.to_zarr(f"{folder}/table.zarr")

        began = time.perf_counter()
        logits = da.from_zarr(f"{folder}/table.zarr") @ WEIGHTS
        stored = sg.sigmoid(logits).to_zarr(f"{folder}/scores.zarr", compute=False)
        work = client.compute(stored)
        progress(work, notebook=False)
        work.result()
        seconds = time.perf_counter() - began

        scores = da.from_zarr(f"{folder}/scores.zarr")
        return {
            "table": table.nbytes,
            "peak": max(client.run(peak).values()),
            "threads": max(client.run(sg.get_num_threads).values()),
            "seconds": seconds,
            "mean": float(scores.mean().compute()),
        }


if __name__ == "__main__":
    found = main(*map(float, sys.argv[1:]))
    print(f"\n{found['table'] / 1e9:.1f} GB in {found['seconds']:.0f} s", end=", ")
    print(f"with at most {found['peak'] / 1e6:.0f} MB of memory in any worker")
