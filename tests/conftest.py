from __future__ import annotations

import ctypes
import importlib
import os
import threading
import time
from contextlib import contextmanager

import jax
import numpy as np
import pytest

import sigmoids as sg
from cases import ACCURACIES, BACKENDS, DTYPES, TYPICAL, dtype_id
from sigmoids import dispatch, selection
from sigmoids.backends import pool, sharing
from sigmoids.backends.numba import crew, kernels, shared
from sigmoids.containers import numpy_kind
from sigmoids.containers.overriding import Elementwise
from sigmoids.functions import RESULTS

# Or every process that a test starts compiles the modules anew.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)


IN_PROCESSES = (
    "test_cache", "test_guest", "test_dask_cluster", "test_site", "test_machine_code", "test_types",
    "test_cli", "test_threads", "test_bench",
)  # fmt: skip
"""Files whose tests mostly wait for processes that they start; the last compile most themselves."""


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items):
    """File by file, though tests of several have parameters of the session in common.

    At first one of two workers starts processes while the other compiles what is tried in many
    files, so that not both compile the same.
    """
    files = {name: [] for name in IN_PROCESSES}
    for item in items:
        files.setdefault(item.path.stem, []).append(item)
    others = [item for name in IN_PROCESSES for item in files.pop(name)]
    here = [item for file in files.values() for item in file]
    half = len(items) // 2
    items[:] = [*here[:half], *others, *here[half:]]


@pytest.fixture(params=RESULTS, scope="session")
def member(request):
    return RESULTS[request.param]


@pytest.fixture(params=TYPICAL, scope="session")
def typical(request):
    return RESULTS[request.param]


@pytest.fixture(params=BACKENDS, scope="session")
def backend(request):
    return request.param


@pytest.fixture(params=DTYPES, ids=dtype_id, scope="session")
def dtype(request):
    return request.param


@pytest.fixture(params=ACCURACIES, scope="session")
def accuracy(request):
    return request.param


def forget_routes():
    """What was found for earlier calls, as if the process had just begun."""
    selection.environment.cache_clear()
    dispatch._names.clear()
    for few, many in dispatch._computers.values():
        few.clear()
        many.clear()
    numpy_kind._bound.cache_clear()


@pytest.fixture(autouse=True, scope="module")
def _compiled_code_is_given_back():
    """Thousands of XLA programs in one process are more memory maps than Linux grants it."""
    yield
    jax.clear_caches()


@pytest.fixture(autouse=True)
def _no_choice_left_over(monkeypatch):
    monkeypatch.delenv("SIGMOIDS_BACKEND", raising=False)
    monkeypatch.delenv("SIGMOIDS_ACCURACY", raising=False)
    forget_routes()
    yield
    sg.set_default_backend(None)
    sg.set_default_accuracy(None)


@pytest.fixture
def computed(monkeypatch):
    """The names of the functions that libraries call with numbers, to see when that is."""
    names = []

    def call(self, *inputs, _call=Elementwise.__call__, **options):
        # To find out the dtype of a result they try fewer.
        if isinstance(inputs[0], np.ndarray) and inputs[0].size > 2:
            names.append(self.function)
        return _call(self, *inputs, **options)

    monkeypatch.setattr(Elementwise, "__call__", call)
    return names


@pytest.fixture
def shares(monkeypatch):
    """How many threads worked on each array that was shared, of however few elements.

    Which threads get something to do is chance where arrays are small: here none begins before
    all are there, and each takes little at a time.
    """
    numbers = []
    monkeypatch.setattr(sharing, "CHUNK", 4000)
    monkeypatch.setattr(crew, "LONG", 0.0)
    _pools_are_watched(monkeypatch, numbers)
    with _crews_are_watched(monkeypatch, numbers):
        yield numbers


def _pools_are_watched(monkeypatch, numbers):
    def run(self, work, chunks, threads, _run=pool.Pool.run):
        number = min(chunks, threads)
        everyone = Everyone(number)

        def together(chunk):
            if chunk < number:
                everyone.arrive()
            work(chunk)

        _run(self, together, chunks, threads)
        numbers.append(len(everyone.present))

    monkeypatch.setattr(pool.Pool, "run", run)


@contextmanager
def _crews_are_watched(monkeypatch, numbers):
    chunk = 1500  # no multiple of the blocks within
    everyone = None
    helping = crew.crew()
    kind = ctypes.CFUNCTYPE(None, *3 * [ctypes.c_int64])

    class Watched:
        """A segment that waits for all who are to come."""

        def __init__(self, segment):
            self._segment = segment
            compute = kind(segment.address)

            def work(job, start, stop):
                if everyone is not None and start < chunk * everyone.number:
                    everyone.arrive()
                compute(job, start, stop)

            self._work = kind(work)
            self.address = ctypes.cast(self._work, ctypes.c_void_p).value

    def segment(*key, _make=kernels.segment):
        name, made = _make(*key)
        return name, Watched(made)

    def gather(helpers, _alone, _gather=helping.gather):
        _gather(helpers, 1e9)
        for place in range(1, 1 + helpers):
            while helping._words[place * crew.BOX // 8] != crew.WAITING:
                time.sleep(0)

    def call(self, *arrays, _call=shared.Shared.__call__):
        nonlocal everyone
        number = min(sg.get_num_threads(), -(-arrays[0].size // chunk))
        if number == 1:
            return _call(self, *arrays)
        everyone = Everyone(number)
        try:
            results = _call(self, *arrays)
            numbers.append(len(everyone.present))
            return results
        finally:
            everyone = None

    monkeypatch.setattr(kernels, "segment", segment)
    monkeypatch.setattr(importlib.import_module("sigmoids.backends.numba").engine, "_loops", {})
    monkeypatch.setattr(shared, "SHARED", 0.0)
    for name in ("LEAST", "MOST", "BUFFER"):
        monkeypatch.setattr(shared, name, chunk)
    monkeypatch.setattr(helping, "gather", gather)
    monkeypatch.setattr(helping, "_keep_off_the_caller", lambda: True)
    monkeypatch.setattr(shared.Shared, "__call__", call)
    helping._start(1)
    looks = helping._words[crew.LOOKS // 8]
    monkeypatch.setattr(helping, "_looks", 1e9)  # nobody falls asleep meanwhile
    helping._words[crew.LOOKS // 8] = 2**60
    yield
    helping._words[crew.LOOKS // 8] = looks


class Everyone:
    """So many threads, which wait for each other."""

    def __init__(self, number):
        self.number = number
        self.present = set()
        self._barrier = threading.Barrier(number, timeout=60)

    def arrive(self):
        self.present.add(threading.get_ident())
        self._barrier.wait()
