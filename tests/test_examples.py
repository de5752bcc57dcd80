"""The examples of the documentation run, and do what they say."""

from __future__ import annotations

import importlib
import sys
from pathlib import Path

import jax
import pytest

import sigmoids as sg

EXAMPLES = Path(__file__).parents[1] / "docs" / "examples"


@pytest.fixture
def run(monkeypatch):
    """What an example returns; skipped where a library that it needs is not there."""
    pytest.importorskip("sklearn")
    monkeypatch.syspath_prepend(EXAMPLES)

    def run(name, *needed):
        for library in needed:
            pytest.importorskip(library)
        return importlib.import_module(name).main()

    yield run
    for path in EXAMPLES.glob("*.py"):
        sys.modules.pop(path.stem, None)


def test_one_unit(run):
    assert run("neuron") > 0.99


def test_vanishing_gradients(run):
    found = run("vanishing")
    assert found["sigmoid"] < 1e-3 < 1 < found["ReLU"]
    assert found["sigmoid of 20 + x, jax.nn's"] == 0 < found["sigmoid of 20 + x, ours"]


@pytest.mark.exhaustive
@pytest.mark.filterwarnings("default")  # other libraries' are not ours
@pytest.mark.parametrize(
    ("name", "needed", "least"),
    [
        ("two_layers", [], 0.96),
        ("lenet", ["optax"], 0.97),
        ("flax_nnx", ["flax", "optax"], 0.96),
        ("equinox_mlp", ["equinox", "optax"], 0.96),
    ],
)
def test_networks(run, name, needed, least):
    assert run(name, *needed) > least


def test_every_example_is_here_and_in_the_documentation():
    text = Path(__file__).read_text()
    page = (EXAMPLES.parent / "jax.md").read_text()
    for path in EXAMPLES.glob("*.py"):
        assert path.stem == "digits" or f'"{path.stem}"' in text
        assert f"examples/{path.name}" in page


@pytest.mark.filterwarnings("default")
def test_flax_and_equinox_take_equal_models_for_one():
    eqx, nnx = pytest.importorskip("equinox"), pytest.importorskip("flax.nnx")
    traced = []

    def activation():
        return sg.with_options(sg.silu, accuracy="fast")

    @eqx.filter_jit
    def call(model, x):
        traced.append(eqx)
        return model(x)

    @nnx.jit
    def call_too(model, x):
        traced.append(nnx)
        return model(x)

    class Network(nnx.Module):
        def __init__(self):
            self.layer, self.activation = nnx.Linear(2, 2, rngs=nnx.Rngs(0)), activation()

        def __call__(self, x):
            return self.activation(self.layer(x))

    x = jax.numpy.ones(2)
    for _ in range(3):
        call(eqx.nn.MLP(2, 2, 2, 1, activation=activation(), key=jax.random.key(0)), x)
        call_too(Network(), x)
    assert traced == [eqx, nnx]
