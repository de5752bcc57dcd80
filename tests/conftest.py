from __future__ import annotations

import jax
import pytest

import sigmoids as sg
from cases import ACCURACIES, BACKENDS, DTYPES, TYPICAL, dtype_id
from sigmoids import dispatch, selection
from sigmoids.containers import numpy_kind
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
    dispatch._routes.clear()
    numpy_kind._bound.cache_clear()


@pytest.fixture(autouse=True, scope="module")
def _compiled_code_is_given_back():
    """Thousands of XLA programs in one process are more memory maps than Linux grants it."""
    yield
    jax.clear_caches()


@pytest.fixture(autouse=True)
def _no_choice_left_over(monkeypatch):
    monkeypatch.delenv("SIGMOIDS_BACKEND", raising=False)
    forget_routes()
    yield
    sg.set_default_backend(None)
