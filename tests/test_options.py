"""Functions with fixed options are values."""

from __future__ import annotations

import copy
import pickle

import jax
import numpy as np
import pytest

import cases
import sigmoids as sg
from sigmoids.accuracy.truth import same
from sigmoids.functions import FUNCTIONS, JOINT

fast = sg.with_options(sg.silu, accuracy="fast")


@pytest.mark.parametrize(
    ("name", "backend"),
    [
        pytest.param(name, backend, marks=() if backend in quick else pytest.mark.exhaustive)
        for name in FUNCTIONS | JOINT
        for quick in [cases.BACKENDS if name in cases.TYPICAL_NAMES else ("numpy",)]
        for backend in cases.BACKENDS
    ],
)
def test_the_options_are_those_of_the_call(name, backend, accuracy):
    function, spec = (FUNCTIONS | JOINT)[name]
    x = np.linspace(0.1, 0.9, 5, dtype=np.float32)
    arguments, options = [x] * len(spec.arguments), {"backend": backend, "accuracy": accuracy}
    f = sg.with_options(function, **options)
    assert f.__name__ == name
    assert same(np.asarray(f(*arguments)), np.asarray(function(*arguments, **options))).all()


def test_out():
    x = np.ones(3)
    out = np.empty(3)
    assert sg.with_options(sg.silu)(x, out=out) is out
    assert (out == sg.silu(x)).all()


def test_equal_by_value():
    again = sg.with_options(sg.silu, accuracy="fast")
    assert fast == again
    assert hash(fast) == hash(again)
    for other in (
        sg.with_options(sg.silu),
        sg.with_options(sg.tanh, accuracy="fast"),
        sg.with_options(sg.silu, accuracy="fast", backend="numpy"),
        sg.silu,
    ):
        assert fast != other


@pytest.mark.parametrize(
    "copied", [copy.copy, copy.deepcopy, lambda f: pickle.loads(pickle.dumps(f))]
)
def test_copies_are_equal(copied):
    assert copied(fast) == fast


def test_it_does_not_change():
    with pytest.raises(AttributeError):
        fast.accuracy = "high"


def test_the_representation_can_be_read():
    assert repr(fast) == "with_options(silu, accuracy='fast')"
    assert repr(sg.with_options(sg.tanh)) == "with_options(tanh)"
    both = sg.with_options(sg.tanh, backend="numpy", accuracy="fast")
    assert eval(repr(both), {**vars(sg)}) == both


def test_equal_ones_are_traced_once():
    traced = []

    def model(activation, x):
        traced.append(activation)
        return activation(x)

    jitted = jax.jit(model, static_argnums=0)
    for _ in range(3):
        jitted(sg.with_options(sg.silu, accuracy="fast"), np.ones(3, np.float32))
    assert len(traced) == 1
    assert jax.jit(fast)(np.float32(0)) == 0


@pytest.mark.parametrize(
    ("function", "options", "error", "text"),
    [
        (np.tanh, {}, TypeError, "takes one of sigmoid, "),
        (fast, {}, TypeError, "takes one of"),
        (sg.silu, {"accuracy": "hihg"}, ValueError, "unknown accuracy 'hihg'"),
        (sg.silu, {"backend": "jaxx"}, ValueError, "did you mean 'jax'"),
    ],
)
def test_errors(function, options, error, text):
    with pytest.raises(error, match=text):
        sg.with_options(function, **options)
