"""PyTorch's compiler takes whole graphs, and exported programs need no sigmoids."""

from __future__ import annotations

import subprocess
import sys
from functools import partial

import numpy as np
import pytest

import cases
import sigmoids as sg
from conftest import forget_routes
from sigmoids.functions import FUNCTIONS, JOINT
from sigmoids.spec import results

torch = pytest.importorskip("torch")

from torch import func  # noqa: E402
from torch._dynamo.testing import CompileCounterWithBackend  # noqa: E402

pytestmark = [
    # PyTorch's own, where it first prepares forward mode and exports.
    pytest.mark.filterwarnings("ignore:.*jit.*deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore::DeprecationWarning:torch"),
]

MEMBERS = FUNCTIONS | JOINT
OPTIONS = {"as it is": {}, "fast": {"accuracy": "fast"}, "numpy": {"backend": "numpy"}}


@pytest.fixture(autouse=True)
def _compiled_anew():
    torch._dynamo.reset()
    yield
    torch._dynamo.reset()


def compiled(f, **options):
    return torch.compile(f, fullgraph=True, backend="aot_eager", **options)


def graphs():
    """Typical functions, one of them with other options too; and exhaustively the others."""
    for name in MEMBERS:
        for options in OPTIONS:
            quick = name in cases.TYPICAL_NAMES if options == "as it is" else name == "sigmoid"
            marks = [] if quick else [pytest.mark.exhaustive]
            yield pytest.param(name, options, id=f"{name}-{options}", marks=marks)


@pytest.mark.parametrize(("name", "options"), list(graphs()))
def test_whole_graphs(name, options):
    """Values and gradients are the same bits, for one compilation whatever the size."""
    member = MEMBERS[name]
    number = len(member.spec.arguments)
    counter = CompileCounterWithBackend("aot_eager")

    def model(*xs):
        ys = results(member.function(*[x / 2 + 0.25 for x in xs], **OPTIONS[options]))
        return sum(y.sum() for y in ys)

    f = torch.compile(model, fullgraph=True, backend=counter, dynamic=True)
    for size in (5, 8):
        xs = [torch.rand(size, requires_grad=True) for _ in range(number)]
        found, expected = f(*xs), model(*xs)
        assert torch.equal(found, expected)
        gradients = torch.autograd.grad(found, xs), torch.autograd.grad(expected, xs)
        assert all(map(torch.equal, *gradients))
    assert counter.frame_count == 1


FIRST = """
import warnings
warnings.filterwarnings("ignore", category=DeprecationWarning, module="torch")
import numpy as np
{imports}
def model(x):
    y = sg.softplus(sg.sigmoid(x * 2), accuracy="fast")
    return y.sum() + sg.sigmoid_binary_cross_entropy(x, 1.0).mean()
x = torch.linspace(-3, 3, 7, requires_grad=True)
compiled = torch.compile(model, fullgraph=True, backend="aot_eager")
(found,), (expected,) = (torch.autograd.grad(f(x), x) for f in (compiled, model))
assert torch.equal(found, expected)
from sigmoids.backends import registry
mixed = torch.compile(lambda a, x: (sg.arctan_sigmoid(a), x + 1), backend="eager")
assert (mixed(np.ones(3), x)[0] == sg.arctan_sigmoid(np.ones(3))).all()
assert registry.load("numba").problem() is None
"""


@pytest.mark.parametrize(
    "imports",
    [
        pytest.param("import sigmoids as sg, torch", id="sigmoids first"),
        pytest.param(
            "import torch, sigmoids as sg, sigmoids.torch",
            id="with the modules",
            marks=pytest.mark.exhaustive,
        ),
    ],
)
def test_the_very_first_call_is_compiled(imports):
    """Nothing need have been called, or imported, before.

    And what PyTorch cannot compile, such as the compiling of Numba's code, it does not disturb.
    """
    subprocess.run([sys.executable, "-W", "error", "-c", FIRST.format(imports=imports)], check=True)


def test_routes_that_are_found_later_compile_nothing_anew():
    counter = CompileCounterWithBackend("eager")
    f = torch.compile(lambda x: sg.sigmoid(x) + sg.tanh(x), fullgraph=True, backend=counter)
    x = torch.ones(3)
    f(x)
    sg.silu(x)
    sg.sigmoid(x, accuracy="fast", backend="numpy")
    sg.sigmoid(np.ones(3))
    f(x)
    assert counter.frame_count == 1


def test_a_preference_is_that_of_the_time_of_compilation(monkeypatch):
    x = torch.linspace(-3, 3, 5)
    with sg.use_backend("numpy"):
        found = compiled(sg.sigmoid)(x)
    assert torch.equal(found, sg.sigmoid(x, backend="numpy"))
    monkeypatch.setenv("SIGMOIDS_BACKEND", "numpy")
    forget_routes()
    assert torch.equal(compiled(lambda x: sg.sigmoid(x))(x), found)


def test_parameters_and_integers():
    parameter = torch.nn.Parameter(torch.linspace(-1, 1, 3))
    assert torch.equal(compiled(lambda: sg.tanh(parameter))(), sg.tanh(parameter))
    assert torch.equal(compiled(sg.sigmoid)(torch.arange(3)), sg.sigmoid(torch.arange(3)))


def test_transformations_inside():
    """A Function by itself would lose its tangents there."""
    x = torch.linspace(-2, 2, 4)
    for f in (
        lambda x: func.jvp(sg.sigmoid, (x,), (torch.full_like(x, 3.0),))[1],
        lambda x: func.vmap(func.grad(sg.sigmoid))(x),
        lambda x: func.hessian(lambda v: sg.softplus(v).sum())(x),
    ):
        expected = f(x)
        assert expected.any()
        assert torch.equal(compiled(f)(x), expected)


def test_places_for_results():
    def model(x, out):
        sg.sigmoid(x * 2, out=out)
        return out + 1

    x, out = torch.linspace(-2, 2, 4), torch.zeros(4)
    assert torch.equal(compiled(model)(x, out), sg.sigmoid(2 * x) + 1)
    assert torch.equal(out, sg.sigmoid(2 * x))


@pytest.mark.parametrize("x", [np.ones(3), 0.5, [0.5, 1.0]], ids=lambda x: type(x).__name__)
def test_what_is_no_tensor_breaks_the_graph_and_stays_what_it_is(x):
    expected = sg.sigmoid(x)
    found = torch.compile(lambda x, t: (sg.sigmoid(x), t + 1), backend="eager")(x, torch.ones(1))[0]
    assert type(found) is type(expected)
    assert (found == expected).all() if isinstance(found, np.ndarray) else found == expected


class Model(torch.nn.Module):
    def __init__(self, name, accuracy):
        super().__init__()
        self.function = partial(MEMBERS[name].function, accuracy=accuracy)
        self.number = len(MEMBERS[name].spec.arguments)

    def forward(self, x):
        return self.function(*self.number * [x])


@pytest.mark.skipif(
    not hasattr(torch.compiler, "is_exporting"), reason="PyTorch before 2.7 does not say"
)
@pytest.mark.parametrize("strict", [pytest.param(False, marks=pytest.mark.exhaustive), True])
@pytest.mark.parametrize("name", MEMBERS)
def test_exported_programs_are_in_operators_of_pytorch(name, strict):
    """And compute the same bits without us, in float32, whatever the size."""
    x = torch.linspace(0.05, 0.95, 6)
    model = Model(name, "high")
    dynamic = ({0: torch.export.Dim("n")},)
    program = torch.export.export(model, (x,), strict=strict, dynamic_shapes=dynamic)
    targets = [node.target for node in program.graph.nodes if node.op == "call_function"]
    namespaces = {target.namespace for target in targets if hasattr(target, "namespace")}
    assert namespaces == {"aten"}
    x = torch.linspace(0.01, 0.99, 9)
    found, expected = results(program.module()(x)), results(model(x))
    assert all(map(torch.equal, found, expected))


@pytest.mark.exhaustive
@pytest.mark.filterwarnings("ignore::DeprecationWarning")
@pytest.mark.parametrize("name", MEMBERS)
def test_inductor(name):
    member = MEMBERS[name]

    def model(*xs):
        return sum(y.sum() for y in results(member.function(*[x / 2 + 0.25 for x in xs])))

    xs = [torch.rand(50, requires_grad=True) for _ in member.spec.arguments]
    found, expected = torch.compile(model, fullgraph=True)(*xs), model(*xs)
    torch.testing.assert_close(found, expected)
    gradients = torch.autograd.grad(found, xs), torch.autograd.grad(expected, xs)
    assert all(map(torch.equal, *gradients))
