"""The examples of the documentation run, and do what they say."""

from __future__ import annotations

import importlib
import pickle
import re
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


def test_a_transformer_keeps_the_columns(run):
    found = run("scikit_learn", "pandas")
    assert found["columns"] == ["ours", "theirs"]
    assert found["coefficients"] == pytest.approx([2, -1, 1], rel=1e-12)
    testing = pytest.importorskip("pandas.testing")
    testing.assert_frame_equal(found["back"], found["frame"], rtol=1e-14)


def test_a_transformer_is_cloned_and_pickled():
    base, preprocessing = map(pytest.importorskip, ("sklearn.base", "sklearn.preprocessing"))
    pl = pytest.importorskip("polars")
    transformer = base.clone(preprocessing.FunctionTransformer(sg.sigmoid))
    transformer = pickle.loads(pickle.dumps(transformer)).set_output(transform="polars")
    y = transformer.fit_transform(pl.DataFrame({"a": [-1.0, 2.0]}))
    assert y.equals(pl.DataFrame({"a": sg.sigmoid([-1.0, 2.0])}))


def test_a_link_is_right_in_its_tails(run):
    found = run("statsmodels_link", "statsmodels")
    ours, theirs = found["parameters"]
    assert ours == pytest.approx(theirs, rel=1e-10)
    value, clipped = found["logit of 1e-300"]
    assert value == sg.logit(1e-300)
    assert abs(clipped - value) > 600
    slope, lost = found["slope at 400"]
    assert slope == sg.sigmoid_derivative(400.0) > 0
    assert not lost > 0


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
    tests = Path(__file__).parent
    text = "".join((tests / f"test_{name}.py").read_text() for name in ("examples", "dask_cluster"))
    page = "".join((EXAMPLES.parent / name).read_text() for name in ("jax.md", "arrays.md"))
    for path in EXAMPLES.glob("*.py"):
        assert path.stem == "digits" or re.search(rf"\b{path.stem}\b", text)
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
