from __future__ import annotations

import importlib
import threading

import jax
import numpy as np
import pytest

import sigmoids as sg
from cases import ACCURACIES, BACKENDS, DTYPES, TYPICAL, dtype_id
from sigmoids import dispatch, selection
from sigmoids.backends import pool, sharing
from sigmoids.containers import numpy_kind
from sigmoids.containers.overriding import Elementwise
from sigmoids.functions import RESULTS


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
    for found in dispatch._ufuncs.values():
        found.clear()
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
    numba = importlib.import_module("sigmoids.backends.numba")
    monkeypatch.setattr(numba, "WORTHWHILE", dict.fromkeys(numba.WORTHWHILE, 1))
    monkeypatch.setattr(numba, "LOOK_UPS", 1)
    monkeypatch.setattr(numba, "CHUNK", 1500)  # no multiple of the blocks within
    monkeypatch.setattr(numba, "MOST", 1)
    monkeypatch.setattr(sharing, "CHUNK", 4000)
    numbers = []

    def run(self, work, chunks, threads, *finished, _run=pool.Pool.run):
        number = min(chunks, threads)
        everyone = threading.Barrier(number, timeout=60)
        present = set()

        def together(chunk):
            if chunk < number:
                present.add(threading.get_ident())
                everyone.wait()
            work(chunk)

        _run(self, together, chunks, threads, *finished)
        numbers.append(len(present))

    monkeypatch.setattr(pool.Pool, "run", run)
    return numbers
