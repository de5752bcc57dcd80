"""The family inside code that a user compiles with Numba."""

from __future__ import annotations

import re
from itertools import product

import numba
import numpy as np
import pytest

import cases
import sigmoids as sg
from sigmoids import njit
from sigmoids.accuracy.truth import same
from sigmoids.functions import FUNCTIONS, JOINT
from test_machine_code import vector_loops
from test_process import run

X = np.concatenate([cases.SPECIAL, np.random.default_rng(0).normal(scale=30, size=5000)])


def looped(function, accuracy, *, parallel=False):
    """User code: a loop over a scalar function of ours."""
    if parallel:

        @numba.njit(parallel=True)
        def loop(x, out):
            for i in numba.prange(x.size):
                out[i] = function(x[i], accuracy)

    else:

        @numba.njit
        def loop(x, out):
            for i in range(x.size):
                out[i] = function(x[i], accuracy)

    return loop


SAMPLE = [
    ("sigmoid", "float32", "high", False), ("sigmoid", "float64", "fast", True),
    ("silu_derivative", "float32", "fast", False), ("silu_derivative", "float64", "high", False),
    ("logit", "float32", "high", False), ("logit", "float64", "fast", False),
]  # fmt: skip
UNARY = [name for name, member in FUNCTIONS.items() if len(member.spec.arguments) == 1]


@pytest.mark.parametrize(
    ("name", "dtype", "accuracy", "parallel"),
    cases.sampled(
        [
            *product(UNARY, ["float32", "float64"], cases.ACCURACIES, [False]),
            *product(["sigmoid"], ["float32", "float64"], cases.ACCURACIES, [True]),
        ],
        SAMPLE,
    ),
)
def test_the_same_bits_in_loops(name, dtype, accuracy, parallel):
    x = X.astype(dtype)
    out = np.empty_like(x)
    looped(getattr(njit, name), accuracy, parallel=parallel)(x, out)
    assert same(out, getattr(sg, name)(x, backend="numba", accuracy=accuracy)).all()


def test_two_arguments(accuracy):
    function = njit.sigmoid_binary_cross_entropy

    @numba.njit
    def losses(x, y, out):
        for i in range(x.size):
            out[i] = function(x[i], y[i], accuracy)

    for dtype in (np.float32, np.float64):
        x = X.astype(dtype)
        y = np.random.default_rng(1).random(x.size).astype(dtype)
        out = np.empty_like(x)
        losses(x, y, out)
        options = {"backend": "numba", "accuracy": accuracy}
        assert same(out, sg.sigmoid_binary_cross_entropy(x, y, **options)).all()
    mixed = numba.njit(lambda x, y: function(x, y))(np.float32(0.5), 1)
    assert mixed == sg.sigmoid_binary_cross_entropy(0.5, 1.0)
    assert function(0.5, 1.0, "fast") == sg.sigmoid_binary_cross_entropy(0.5, 1, accuracy="fast")


@pytest.mark.parametrize("name", JOINT)
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=cases.dtype_id)
def test_pairs(name, dtype):
    function = getattr(njit, name)

    @numba.njit
    def both(x, first, second):
        for i in range(x.size):
            first[i], second[i] = function(x[i])

    x = X.astype(dtype)
    results = np.empty_like(x), np.empty_like(x)
    both(x, *results)
    for ours, expected in zip(results, getattr(sg, name)(x, backend="numba"), strict=True):
        assert same(ours, expected).all()


def test_user_loops_are_vector_code():
    for dtype in (np.float32, np.float64):
        for accuracy in cases.ACCURACIES:
            loop = looped(njit.sigmoid, accuracy)
            loop(X.astype(dtype), np.empty(X.size, dtype))
            (code,) = loop.inspect_asm().values()
            assert vector_loops(code), (dtype, accuracy)


def test_in_a_ufunc_and_without_a_warning():
    slope = njit.sigmoid_derivative

    @numba.vectorize(["float32(float32)", "float64(float64)"])
    def scaled(x):
        return 2 * slope(x)

    for dtype in (np.float32, np.float64):
        x = X.astype(dtype)
        assert same(scaled(x), 2 * sg.sigmoid_derivative(x, backend="numba")).all()


def test_attributes_of_the_module_and_the_public_functions():
    """As ``import sigmoids.njit as sj`` and ``import sigmoids as sg`` offer them."""
    code = """
import numba, numpy as np
import sigmoids as sg
import sigmoids.njit as sj

@numba.njit
def f(x):
    return sj.tanh(x), sg.tanh(x), sg.tanh(x, accuracy="fast"), sg.sigmoid_and_derivative(x)[1]

@numba.njit
def losses(x, y, out):
    for i in range(x.size):
        out[i] = sg.sigmoid_binary_cross_entropy(x[i], y[i])

print(f(0.0))
out = np.empty(2)
losses(np.zeros(2), np.ones(2), out)
print((out == np.log(2)).all())
"""
    values, losses = run(code).stdout.splitlines()
    assert values == "(0.0, 0.0, 0.0, 0.25)"
    assert losses == "True"


def test_public_functions_in_compiled_code_without_having_imported_ours():
    """Numba asks installed packages for what they add, before it first compiles."""
    code = (
        "import numba, sigmoids as sg\n"
        "print(numba.njit(lambda x: sg.sigmoid(x))(0.0))\n"
        "try: numba.njit(lambda x: sg.sigmoid(x, backend='numpy'))(0.0)\n"
        "except numba.TypingError as e: print(e)"
    )
    value, *complaint = run(code).stdout.splitlines()
    assert value == "0.5"
    assert "sigmoid() takes no backend= in compiled code: see sigmoids.njit" in str(complaint)


def test_programs_that_do_not_use_ours_stay_light():
    code = (
        "import sys, numba; numba.njit(lambda x: x + 1)(1)\n"
        "print([m for m in sys.modules if m.startswith('sigmoids.backends.numba')])"
    )
    assert run(code).stdout.strip() == "[]"


def test_types():
    function = njit.sigmoid

    @numba.njit
    def several(x32):
        return function(x32), function(2), function(True), function(0.5)

    single, *doubles = several(np.float32(2))
    assert single == float(sg.sigmoid(np.float32(2))) != sg.sigmoid(2.0)
    assert doubles == [sg.sigmoid(2.0), sg.sigmoid(1.0), sg.sigmoid(0.5)]


def test_from_the_interpreter():
    assert njit.sigmoid(0.5) == sg.sigmoid(0.5)
    assert njit.sigmoid(0.5, "fast") == sg.sigmoid(0.5, accuracy="fast")
    assert njit.sigmoid is njit.sigmoid
    assert dir(njit) == sorted(FUNCTIONS | JOINT)
    with pytest.raises(AttributeError, match="no attribute 'sigmund'"):
        _ = njit.sigmund


@pytest.mark.parametrize(
    ("arguments", "text"),
    [
        ((1j,), "sigmoid() takes a real number in compiled code, not complex128"),
        ((np.ones(2),), "sigmoid() takes a real number in compiled code, not array"),
        ((1.0, "exact"), "a literal 'high' or 'fast' in compiled code"),
    ],
)
def test_unsuitable_arguments(arguments, text):
    function = njit.sigmoid
    with pytest.raises(numba.TypingError, match=re.escape(text)):
        numba.njit(lambda *given: function(*given))(*arguments)


def test_without_numba():
    code = (
        "import sys; sys.modules['numba'] = None; import sigmoids\n"
        "try: import sigmoids.njit\nexcept ImportError as e: print(e)"
    )
    assert 'pip install "sigmoids[numba]"' in run(code).stdout
