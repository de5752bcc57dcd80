"""Derivatives of PyTorch's tensors, of every order and under every transformation."""

from __future__ import annotations

import numpy as np
import pytest

import cases
from sigmoids.accuracy import inputs
from sigmoids.accuracy.truth import Truth, same
from sigmoids.functions import FUNCTIONS, JOINT
from sigmoids.functions.sigmoid_derivative import SECOND

torch = pytest.importorskip("torch")

from torch import func  # noqa: E402
from torch.autograd import forward_ad  # noqa: E402

pytestmark = [
    # PyTorch's own, where it first prepares forward mode and linearizes.
    pytest.mark.filterwarnings("ignore:.*jit.*deprecated:DeprecationWarning"),
    pytest.mark.filterwarnings("ignore:Attempted to insert a get_attr Node:UserWarning"),
]

MEMBERS = FUNCTIONS | JOINT
ALONE = [name for name, member in FUNCTIONS.items() if len(member.spec.arguments) == 1]
TAILS = [17.0, 40.0, 88.0, -103.9]


@pytest.fixture(params=cases.sampled(ALONE, ["sigmoid", "logit"]))
def function(request):
    return FUNCTIONS[request.param].function


@pytest.fixture
def x():
    return torch.linspace(0.05, 0.95, 4, dtype=torch.float64)


def gradient(f, x):
    (found,) = torch.autograd.grad(f(x).sum(), x, create_graph=True)
    return found


@pytest.mark.parametrize("name", cases.sampled(MEMBERS, cases.TYPICAL_NAMES))
def test_gradcheck(name):
    """PyTorch's own judge, against differences: backward, forward and batched."""
    member = MEMBERS[name]
    xs = [
        torch.linspace(0.1, 0.8, 3, dtype=torch.float64, requires_grad=True)
        for _ in member.spec.arguments
    ]
    torch.autograd.gradcheck(
        member.function,
        xs,
        check_forward_ad=True,
        check_batched_grad=True,
        check_batched_forward_grad=True,
    )
    torch.autograd.gradgradcheck(
        member.function, xs, check_fwd_over_rev=True, check_rev_over_rev=True,
        check_batched_grad=True,
    )  # fmt: skip


def test_first_and_second_order_are_correctly_rounded():
    x = inputs.dense_float32(999_983)
    x = x[np.isfinite(x)]
    leaf = torch.tensor(x, requires_grad=True)
    first = gradient(FUNCTIONS["sigmoid"].function, leaf)
    second = gradient(FUNCTIONS["sigmoid_derivative"].function, leaf)
    slope = FUNCTIONS["sigmoid_derivative"].spec
    for spec, y in ((slope, first), (SECOND, second)):
        expected = Truth.of(spec, x).rounded
        wrong = ~same(y.detach().numpy(), expected)
        if spec is SECOND:  # proportional to x near 0, with ties in subnormal results
            wrong &= np.abs(expected) >= np.finfo(np.float32).tiny
        assert not wrong.any(), x[wrong]


def test_tails_are_alive():
    """Where PyTorch's own are 0, in both orders."""
    x = torch.tensor(TAILS, requires_grad=True)
    first = gradient(FUNCTIONS["sigmoid"].function, x)
    (second,) = torch.autograd.grad(first.sum(), x)
    expected = Truth.of(FUNCTIONS["sigmoid_derivative"].spec, x.detach().numpy()).rounded
    assert first.tolist() == expected.tolist()
    np.testing.assert_allclose(second, -expected * np.sign(x.detach().numpy()), rtol=1e-7)
    assert not gradient(torch.sigmoid, x).any()


def test_one_pass_is_the_product_of_two(function, x):
    """In every layout, and with every factor."""
    for dtype in (torch.float16, torch.bfloat16, torch.float32, torch.float64):
        leaf = x.to(dtype).requires_grad_()
        y = function(leaf)
        (slope,) = torch.autograd.grad(y, leaf, torch.ones_like(y), retain_graph=True)
        for factor in ([0.1, -3.0, 7.7, 0.0], [1e4, -np.inf, np.inf, np.nan]):
            factor = torch.tensor(factor, dtype=dtype)
            (found,) = torch.autograd.grad(y, leaf, factor, retain_graph=True)
            assert torch.equal(found.nan_to_num(5), (factor * slope).nan_to_num(5))
        (found,) = torch.autograd.grad(y, leaf, torch.full((1,), 3.0, dtype=dtype).expand(4))
        assert torch.equal(found, 3 * slope)


def test_large_arrays_on_several_threads(shares):
    """One pass, shared among threads, of arrays of other layouts too."""
    import sigmoids as sg

    sg.set_num_threads(2)
    try:
        x = torch.linspace(-20, 20, 9000, requires_grad=True)
        factor = torch.linspace(-1, 1, 9000)
        (found,) = torch.autograd.grad(sg.sigmoid(x), x, factor)
        assert torch.equal(found, factor * sg.sigmoid_derivative(x.detach()))
        (reverse,) = torch.autograd.grad(sg.sigmoid(x), x, factor.flip(0)[::1].expand(9000))
        assert torch.equal(reverse, factor.flip(0) * sg.sigmoid_derivative(x.detach()))
    finally:
        sg.set_num_threads(1)
    assert shares


def test_only_what_is_asked_for():
    """Of two results one may be used, of two arguments one may be differentiated."""
    x, labels = torch.linspace(-2, 2, 5), torch.tensor([0.0, 1.0, 0.0, 1.0, 0.5])
    joint, loss = (
        MEMBERS["sigmoid_and_derivative"].function,
        MEMBERS["sigmoid_binary_cross_entropy"],
    )
    leaf = x.clone().requires_grad_()
    slope = FUNCTIONS["sigmoid_derivative"].function
    assert torch.equal(gradient(lambda v: joint(v)[0], leaf), slope(x))
    assert torch.equal(gradient(lambda v: joint(v)[1], leaf), gradient(slope, leaf))
    (found,) = torch.autograd.grad(loss.function(leaf, labels).sum(), leaf)
    assert torch.allclose(found, torch.sigmoid(x) - labels)
    asked = labels.clone().requires_grad_()
    (found,) = torch.autograd.grad(loss.function(x, asked).sum(), asked)
    assert torch.equal(found, -x)
    (found,) = torch.autograd.grad(loss.function(x, asked[:1]).sum(), asked)
    assert found.tolist() == [-float(x.sum()), 0, 0, 0, 0]


# torch.func


def test_grad_to_the_fourth_order(function, x):
    """The chain of declared derivatives does not end."""
    f, leaf = function, x.clone().requires_grad_()
    expected = function(leaf)
    for _ in range(4):
        f = func.grad(f)
        (expected,) = torch.autograd.grad(expected.sum(), leaf, create_graph=True)
        torch.testing.assert_close(func.vmap(f)(x), expected.detach(), rtol=1e-14, atol=1e-14)


def test_transformations_agree(function, x):
    leaf = x.clone().requires_grad_()
    slope = gradient(function, leaf).detach()
    y, tangent = func.jvp(function, (x,), (torch.full_like(x, 3.0),))
    assert torch.equal(y, function(x))
    assert torch.equal(tangent, 3 * slope)
    assert torch.equal(func.vjp(function, x)[1](torch.full_like(x, 3.0))[0], 3 * slope)
    for jacobian in (func.jacrev, func.jacfwd):
        assert torch.equal(jacobian(function)(x), torch.diag(slope))
    curvature = gradient(lambda v: gradient(function, v), leaf).detach()
    hessian = func.hessian(lambda v: function(v).sum())(x)
    torch.testing.assert_close(hessian, torch.diag(curvature), rtol=1e-14, atol=1e-14)
    assert torch.equal(func.linearize(function, x)[1](torch.ones_like(x)), slope)
    assert torch.equal(
        func.vmap(function, in_dims=1, out_dims=1)(x.view(2, 2)).view(4), function(x)
    )


def test_forward_mode(function, x):
    with forward_ad.dual_level():
        y = forward_ad.unpack_dual(function(forward_ad.make_dual(x, torch.ones_like(x))))
    assert torch.equal(y.tangent, gradient(function, x.clone().requires_grad_()))


def test_forward_over_forward(x):
    f = FUNCTIONS["sigmoid"].function
    ones = torch.ones_like(x)
    _, second = func.jvp(lambda v: func.jvp(f, (v,), (ones,))[1], (x,), (ones,))
    expected = gradient(FUNCTIONS["sigmoid_derivative"].function, x.clone().requires_grad_())
    assert torch.equal(second, expected)


@pytest.mark.parametrize("in_dims", [(0, 0), (0, None), (None, 0), (1, 0)])
def test_vmap_of_two_arguments(in_dims):
    loss = FUNCTIONS["sigmoid_binary_cross_entropy"].function
    both = torch.randn(3, 3), torch.rand(3, 3)
    for f in (loss, lambda a, b: func.grad(lambda v: loss(v, b).sum())(a)):
        columns = func.vmap(f, in_dims=in_dims)(*both)
        rows = [
            f(*(t if d is None else t.select(d, i) for t, d in zip(both, in_dims, strict=True)))
            for i in range(3)
        ]
        assert torch.equal(columns, torch.stack(rows))


def test_gradients_of_samples():
    """Each sample's own gradient, as for differential privacy."""
    weights, samples = torch.randn(4, dtype=torch.float64), torch.randn(6, 4, dtype=torch.float64)
    sigmoid = FUNCTIONS["sigmoid"].function

    def model(w, sample):
        return sigmoid(w @ sample)

    found = func.vmap(func.grad(model), in_dims=(None, 0))(weights, samples)
    slopes = FUNCTIONS["sigmoid_derivative"].function(samples @ weights)
    torch.testing.assert_close(found, slopes[:, None] * samples)
