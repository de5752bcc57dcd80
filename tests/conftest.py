from __future__ import annotations

import pytest

import sigmoids as sg
from cases import ACCURACIES, BACKENDS, DTYPES, dtype_id
from sigmoids import dispatch, selection
from sigmoids.functions import RESULTS


@pytest.fixture(params=RESULTS, scope="session")
def member(request):
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


@pytest.fixture(autouse=True)
def _no_choice_left_over(monkeypatch):
    monkeypatch.delenv("SIGMOIDS_BACKEND", raising=False)
    selection.environment.cache_clear()
    dispatch._routes.clear()
    yield
    sg.set_default_backend(None)
