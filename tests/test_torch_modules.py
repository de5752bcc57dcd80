"""Modules in the place of PyTorch's own, and the cases that PyTorch's tests and issues publish."""

from __future__ import annotations

import copy
import math
import pickle
import runpy
from pathlib import Path

import numpy as np
import pytest
from mpmath import mp

import sigmoids as sg

torch = pytest.importorskip("torch")

from torch import nn  # noqa: E402

import sigmoids.torch  # noqa: E402
from sigmoids.torch import BCEWithLogitsLoss, Sigmoid  # noqa: E402

OWN = ["Sigmoid", "SiLU", "Softplus", "LogSigmoid", "Tanh"]
ELEMENTWISE = [*OWN, "ArctanSigmoid"]


@pytest.fixture(params=ELEMENTWISE)
def module(request):
    return getattr(sigmoids.torch, request.param)


def test_a_linear_layer_and_a_sigmoid():
    """A unit that classifies."""
    model = nn.Sequential(nn.Linear(4, 1), Sigmoid())
    y = model(torch.randn(8, 4))
    assert y.shape == (8, 1)
    assert y.grad_fn is not None
    assert ((y > 0) & (y < 1)).all()
    y.sum().backward()
    assert model[0].weight.grad.abs().sum() > 0


def test_results_are_between_0_and_1():
    y = sg.sigmoid(torch.randn(4, 4, 4))
    assert y.shape == (4, 4, 4)
    assert ((y > 0) & (y < 1)).all()


@pytest.mark.parametrize("name", OWN)
def test_in_the_place_of_pytorchs_own(name):
    ours, theirs = getattr(sigmoids.torch, name)(), getattr(nn, name)()
    x = torch.linspace(-8, 8, 101)
    torch.testing.assert_close(ours(x), theirs(x), rtol=1e-5, atol=1e-7)
    models = nn.Sequential(nn.Linear(3, 2), ours), nn.Sequential(nn.Linear(3, 2), theirs)
    models[0].load_state_dict(models[1].state_dict())
    x = torch.randn(5, 3)
    torch.testing.assert_close(models[0](x), models[1](x))


def test_modules_have_no_state(module):
    one = module()
    assert not list(one.parameters())
    assert not one.state_dict()
    x = torch.linspace(-2, 2, 5)
    for other in (copy.deepcopy(one), pickle.loads(pickle.dumps(one)), one.double().eval()):
        assert torch.equal(other(x), one(x))


def test_modules_say_what_is_not_the_default(module):
    assert repr(module()) == f"{module.__name__}()"
    assert repr(module(accuracy="fast")) == f"{module.__name__}(accuracy='fast')"


def test_accuracy_is_passed_on():
    x = torch.linspace(-9, 9, 999)
    assert torch.equal(Sigmoid(accuracy="fast")(x), sg.sigmoid(x, accuracy="fast"))
    labels = torch.rand(999)
    loss = BCEWithLogitsLoss(reduction="none", accuracy="fast")(x, labels)
    assert torch.equal(loss, sg.sigmoid_binary_cross_entropy(x, labels, accuracy="fast"))


@pytest.mark.filterwarnings("ignore:.*jit.*deprecated:DeprecationWarning")
def test_models_can_be_traced_and_compiled():
    model = nn.Sequential(nn.Linear(3, 2), Sigmoid(), nn.Linear(2, 1), sigmoids.torch.Softplus())
    x = torch.randn(4, 3)
    assert torch.equal(torch.jit.trace(model, (x,))(x), model(x))
    assert torch.equal(torch.compile(model, fullgraph=True, backend="aot_eager")(x), model(x))
    torch._dynamo.reset()


def test_digits_are_learnt():
    """The example of the documentation; as many as with PyTorch's own modules."""
    pytest.importorskip("sklearn")
    path = Path(__file__).parents[1] / "docs" / "digits.py"
    train = runpy.run_path(str(path))["train"]
    assert train() > 0.85


# The loss


@pytest.fixture(params=["mean", "sum", "none"])
def reduction(request):
    return request.param


@pytest.mark.parametrize("weight", [None, (4,), (16, 1), (16, 4)], ids=str)
@pytest.mark.parametrize("pos_weight", [None, (), (4,), (16, 4)], ids=str)
def test_losses_are_pytorchs(weight, pos_weight, reduction):
    generator = torch.Generator().manual_seed(0)

    def some(shape):
        return None if shape is None else torch.rand(shape, generator=generator)

    logits, labels = torch.randn(16, 4, generator=generator), some((16, 4))
    options = {"weight": some(weight), "pos_weight": some(pos_weight), "reduction": reduction}
    grads = []
    for kind in (BCEWithLogitsLoss, nn.BCEWithLogitsLoss):
        leaf = logits.clone().requires_grad_()
        loss = kind(**options)(leaf, labels)
        loss.sum().backward()
        grads.append((loss.detach(), leaf.grad))
    for ours, theirs in zip(*grads, strict=True):
        torch.testing.assert_close(ours, theirs, rtol=1e-5, atol=1e-6)


def test_a_loss_keeps_its_weights():
    loss = BCEWithLogitsLoss(torch.ones(2), pos_weight=torch.full((2,), 3.0))
    assert list(loss.state_dict()) == list(nn.BCEWithLogitsLoss(
        torch.ones(2), pos_weight=torch.ones(2)).state_dict())  # fmt: skip
    assert loss.double().weight.dtype is torch.float64
    assert repr(BCEWithLogitsLoss(reduction="sum")) == "BCEWithLogitsLoss(reduction='sum')"


def test_mistakes_in_losses():
    with pytest.raises(ValueError, match="unknown reduction 'all': there are 'mean', 'sum'"):
        BCEWithLogitsLoss(reduction="all")
    with pytest.raises(ValueError, match=r"one shape, not \(3,\) and \(3, 1\)"):
        BCEWithLogitsLoss()(torch.zeros(3, 1), torch.zeros(3))


@pytest.mark.parametrize("pos_weight", [None, torch.tensor(2.0)], ids=["", "pos_weight"])
def test_losses_of_infinite_logits(pos_weight):
    """Where PyTorch says NaN: 0 for a certainty that is right (issue #135359)."""
    logits = torch.tensor([math.inf, -math.inf, math.inf, -math.inf], requires_grad=True)
    labels = torch.tensor([1.0, 0.0, 0.0, 1.0])
    loss = BCEWithLogitsLoss(reduction="none", pos_weight=pos_weight)(logits, labels)
    assert loss.tolist() == [0, 0, math.inf, math.inf]
    loss[:2].sum().backward()
    assert logits.grad.tolist() == [0, 0, 0, 0]


# What PyTorch's tests publish: test_torch.py (test_sigmoid), test_nn.py (BCEWithLogitsLoss),
# test_unary_ufuncs.py (test_silu).


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_published_values_of_sigmoid(dtype):
    x = torch.tensor([-1000, -1, 0, 0.5, 1, 2, 1000], dtype=dtype)
    published = [0.0, 0.2689, 0.5, 0.6225, 0.7311, 0.8808, 1.0]
    assert [round(y, 4) for y in sg.sigmoid(x).tolist()] == published


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_published_inputs_of_silu(dtype):
    x = torch.tensor([[-1000, -1, -0.1, 0, 0.5, 1, 2]], dtype=dtype)
    with mp.workdps(40):
        exact = [float(v / (1 + mp.exp(-v))) for v in map(mp.mpf, x.flatten().tolist())]
    kind = x.numpy().dtype
    np.testing.assert_array_max_ulp(sg.silu(x).numpy()[0], np.array(exact, kind), maxulp=1)


def test_published_gradient_of_the_loss_at_zero():
    for pos_weight in (None, torch.ones(3, 1)):
        x = torch.zeros(3, 1, requires_grad=True)
        BCEWithLogitsLoss(reduction="sum", pos_weight=pos_weight)(x, torch.zeros(3, 1)).backward()
        assert x.grad.tolist() == [[0.5], [0.5], [0.5]]


def test_published_stability_of_the_loss():
    logits, labels = torch.tensor([0.0, -120.0]), torch.tensor([0.0, 1.0])
    for pos_weight in (None, torch.ones(2)):
        loss = BCEWithLogitsLoss(pos_weight=pos_weight)(logits, labels)
        assert loss.item() == pytest.approx((math.log(2) + 120) / 2)


def test_published_broadcasts_of_weights():
    logits, labels = torch.rand(16, 4) - 0.5, torch.rand(16, 4)
    for name in ("weight", "pos_weight"):
        for shape in ((4,), (16, 1)):
            weight = torch.rand(shape)
            found = [
                BCEWithLogitsLoss(**{name: w})(logits, labels)
                for w in (weight, weight.expand(16, 4).contiguous())
            ]
            assert torch.equal(*found)


@pytest.mark.parametrize(
    ("function", "order", "x", "exact"),
    [
        (sg.sigmoid, 1, 37.42994775023705, 5.551115123125775e-17),  # issue #195679 and below
        (sg.log_sigmoid, 2, 37.42994775023705, -5.551115123125775e-17),
        (sg.silu, 2, 40.410841513445845, -1.0820525268131133e-16),  # issue #195682
        (sg.tanh, 1, 20.0, 1.6993417021166355e-17),  # issue #195527
        (sg.log_sigmoid, 1, -math.inf, 1.0),  # issue #20972
    ],
)
def test_published_derivatives(function, order, x, exact):
    leaf = torch.tensor(x, dtype=torch.float64, requires_grad=True)
    y = function(leaf)
    for _ in range(order):
        (y,) = torch.autograd.grad(y, leaf, create_graph=True)
    assert y.item() == pytest.approx(exact, rel=4e-16)


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
def test_softplus_does_not_drop_to_its_argument(dtype):
    """PyTorch's own does so from 20 on, and its float64 is 580,132 ulp off there."""
    x = torch.tensor([20.5], dtype=torch.float64)
    assert sg.softplus(x).item() == pytest.approx(float(mp.log1p(mp.exp(20.5))), rel=3e-16)
    assert nn.functional.softplus(x).item() == 20.5
    assert sg.softplus(x.to(dtype)).item() == pytest.approx(20.5, rel=1e-2)
