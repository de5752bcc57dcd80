from __future__ import annotations

import pytest

import sigmoids as sg
from cases import ACCURACIES, BACKENDS, DTYPES, FUNCTION_NAMES, dtype_id
from sigmoids import selection
from sigmoids.functions import FUNCTIONS


@pytest.fixture(params=FUNCTION_NAMES, scope="session")
def member(request):
    return FUNCTIONS[request.param]


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
    yield
    sg.set_default_backend(None)
