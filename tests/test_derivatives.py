"""First and second derivatives under JAX, against those that mpmath finds by itself."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sigmoids as sg
from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.oracle import Mathematics
from sigmoids.functions import FUNCTIONS

NAMES = [name for name, member in FUNCTIONS.items() if len(member.spec.arguments) == 1]
ON_THE_WHOLE_LINE = [name for name in NAMES if np.isinf(FUNCTIONS[name].spec.domain).all()]

MAGNITUDES = (
    1e-30, 1e-12, 1e-8, 1e-6, 1e-4, 1e-3, 0.01, 0.03, 0.1, 0.25, 0.3, 0.3675, 0.5, 0.6585, 0.75,
    1.0, 1.2785, 1.317, 1.5, 1.7, 2.0, 2.3994, 2.5, 3.0, 4.0, 5.0, 6.5, 8.0, 12.0, 17.0, 20.0, 37.0,
    43.0, 60.0, 80.0, 87.0, 1e3, 1e6, 1e10, 1e18, 1e30,
)  # fmt: skip
IN_FLOAT64_ALONE = (1e-300, 1e-160, 300.0, 650.0, 700.0, 1e200)

MOST_POINTS = 128

m = Mathematics()
PRECISION = 1300
"""Bits of the derivatives and of the steps: e^−700 shows beside 1, and 1e−300 beside ½."""


@dataclass(frozen=True)
class Tolerance:
    ulp: float
    beside_roots: float = 0.0
    """An error that is granted between points where the derivative has different signs."""


OF_MEMBERS = {"float32": Tolerance(0.5), "float64": Tolerance(0.85, 2.0**-64)}
"""Derivatives with a formula of their own: in float32 they are correctly rounded."""

OF_SUMS = {"float32": Tolerance(3, 2.0**-21), "float64": Tolerance(3.5, 2.0**-50)}
"""Third derivatives, which are put together from others in the dtype itself."""


def tolerance(name, order, dtype):
    third = order == 2 and name.endswith("_derivative")
    return (OF_SUMS if third else OF_MEMBERS)[dtype]


@pytest.fixture(params=["float32", "float64"])
def dtype(request):
    with jax.enable_x64(request.param == "float64"):
        yield request.param


@pytest.fixture(params=[1, 2], ids=["first", "second"])
def order(request):
    return request.param


def points(spec, dtype):
    magnitudes = np.array([*MAGNITUDES, *(IN_FLOAT64_ALONE if dtype == "float64" else ())], dtype)
    if np.isinf(spec.domain).all():
        return np.unique([0, *-magnitudes, *magnitudes]).astype(dtype)
    low, high = spec.domain
    inside = magnitudes[(magnitudes > low) & (magnitudes < high)]
    below = np.nextafter(np.dtype(dtype).type(high), magnitudes.dtype.type(0))
    return np.unique([low, *inside, *(high - inside[inside > 1e-3]), below, high]).astype(dtype)


@cache
def compiled(f, order):
    for _ in range(order):
        f = jax.grad(f)
    return jax.jit(jax.vmap(f))


def derivative(f, order):
    """A function of arrays of up to so many numbers, for which XLA compiles once."""

    def of_few(x):
        padded = np.ones(MOST_POINTS, x.dtype)
        padded[: x.size] = x
        return np.asarray(compiled(f, order)(padded))[: x.size]

    return of_few


def exact_derivative(spec, order, x, precision=PRECISION):
    with m.workprec(precision):
        return m.diff(lambda v: spec.reference(m, v), m.mpf(float(x)), order)


@cache
def exact_derivatives(name, order, dtype):
    """Inside the domain; its ends are looked at elsewhere."""
    spec = FUNCTIONS[name].spec
    low, high = spec.domain
    x = points(spec, dtype)
    x = x[(x > low) & (x < high)]
    return x, [exact_derivative(spec, order, v) for v in x]


def ulps(y, exact, fmt):
    """Errors; what is no normal number may be flushed, and what is past the largest is infinite."""
    if np.isnan(y):
        return np.inf
    if abs(exact) > fmt.largest:
        return 0.0 if np.isinf(y) and (y > 0) == (exact > 0) else np.inf
    tiny = 2.0**fmt.lowest
    with m.workprec(PRECISION):
        distance = abs(m.mpf(float(y)) - exact)
        if abs(exact) < tiny:
            return 0.0 if distance <= tiny else np.inf
        return float(m.ldexp(distance, -fmt.quantum(exact)))


def are_beside_roots(exact):
    signs = np.array([int(m.sign(v)) * (abs(v) > 2.0**-1074) for v in exact])  # 0 at 0 itself
    changes = signs[1:] * signs[:-1] < 0
    return np.append(changes, False) | np.append(False, changes)


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_match_mpmath(name, order, dtype):
    x, exact = exact_derivatives(name, order, dtype)
    y = derivative(FUNCTIONS[name].function, order)(x)
    assert y.dtype == dtype
    fmt, allowed = Format.of(dtype), tolerance(name, order, dtype)
    errors = np.array([ulps(*pair, fmt) for pair in zip(y, exact, strict=True)])
    distances = np.array([float(abs(m.mpf(float(a)) - e)) for a, e in zip(y, exact, strict=True)])
    forgiven = are_beside_roots(exact) & (distances <= allowed.beside_roots)
    wrong = (errors > allowed.ulp) & ~forgiven
    found = [(float(x[i]), float(y[i]), float(exact[i]), errors[i]) for i in np.flatnonzero(wrong)]
    assert not found, "x, derivative, exact derivative, ulps"


@pytest.mark.parametrize(
    ("name", "order", "closed_form"),
    [
        ("sigmoid", 1, lambda x: 1 / (2 + 2 * m.cosh(x))),
        ("sigmoid", 2, lambda x: -m.tanh(x / 2) / (2 + 2 * m.cosh(x))),
        ("log_sigmoid", 1, lambda x: 1 / (1 + m.exp(x))),
        ("log_sigmoid", 2, lambda x: -1 / (2 + 2 * m.cosh(x))),
        ("arctan_sigmoid", 2, lambda x: -(m.pi**2) * x / 2 / (1 + (m.pi * x / 2) ** 2) ** 2),
        ("logit", 1, lambda x: 1 / (x * (1 - x))),
        ("logit", 2, lambda x: (2 * x - 1) / (x * (1 - x)) ** 2),
        ("tanh", 2, lambda x: -2 * m.tanh(x) / m.cosh(x) ** 2),
    ],
)
def test_the_derivatives_to_match_are_exact(name, order, closed_form):
    """Differences lose most of their bits, but enough are left wherever results are judged."""
    x, found = exact_derivatives(name, order, "float64")
    with m.workprec(PRECISION):
        for v, difference in zip(x, found, strict=True):
            exact = closed_form(m.mpf(float(v)))
            if abs(exact) >= 2.0**-1022:
                assert abs(difference - exact) <= m.ldexp(abs(exact), -160), v


@pytest.mark.parametrize("name", ON_THE_WHOLE_LINE)
@pytest.mark.parametrize("x", [np.inf, -np.inf], ids=str)
def test_derivatives_at_infinity_are_their_limits(name, order, dtype, x):
    member = FUNCTIONS[name]
    far = exact_derivative(member.spec, order, np.copysign(1e300, x), 4000)
    (y,) = derivative(member.function, order)(np.array([x], dtype))
    assert float(y) == round(float(far))


@pytest.mark.parametrize("name", NAMES)
def test_derivatives_of_nan_are_nan(name, order, dtype):
    f = derivative(FUNCTIONS[name].function, order)
    assert np.isnan(f(np.array([np.nan, -np.nan], dtype))).all()


ENDS = {
    1: [(0.0, np.inf), (-0.0, np.inf), (1.0, np.inf)],
    2: [(0.0, -np.inf), (-0.0, -np.inf), (1.0, np.inf)],
}


def test_derivatives_of_the_logit_at_its_ends_and_outside(order, dtype):
    f = derivative(sg.logit, order)
    x, expected = np.array(ENDS[order], dtype).T
    np.testing.assert_array_equal(f(x), expected)
    assert np.isnan(f(np.array([-1e-30, -0.5, 1.5, 80.0, np.inf, -np.inf], dtype))).all()
    above = np.nextafter(np.array([1], dtype), np.array([2], dtype))
    assert np.isnan(f(above)).all()


@pytest.mark.parametrize(
    ("name", "first", "second"),
    [
        ("sigmoid", 0.25, 0.0),
        ("sigmoid_derivative", 0.0, -0.125),
        ("log_sigmoid", 0.5, -0.25),
        ("softplus", 0.5, 0.25),
        ("silu", 0.5, 0.5),
        ("silu_derivative", 0.5, 0.0),
        ("tanh", 1.0, 0.0),
        ("tanh_derivative", 0.0, -2.0),
        ("arctan_sigmoid", 1.0, 0.0),
        ("arctan_sigmoid_derivative", 0.0, -(np.pi**2) / 2),
    ],
)
def test_derivatives_at_zero_are_exact(name, first, second, dtype):
    f = FUNCTIONS[name].function
    zeros = np.array([0.0, -0.0], dtype)
    assert (derivative(f, 1)(zeros) == first).all()
    assert (derivative(f, 2)(zeros) == np.dtype(dtype).type(second)).all()


@pytest.mark.parametrize("x", [-80.0, -60.0, -37.0, -20.0, 20.0, 37.0, 60.0, 80.0])
def test_both_tails_of_the_second_derivative_of_log_sigmoid(x):
    exact = np.float32(float(exact_derivative(FUNCTIONS["log_sigmoid"].spec, 2, x)))
    assert exact < 0
    assert jax.grad(jax.grad(sg.log_sigmoid))(jnp.float32(x)) == exact


def test_jax_loses_the_left_tail_of_log_sigmoid():
    x = jnp.array([-80.0, -60.0, -37.0, -20.0])
    assert (derivative(jax.nn.log_sigmoid, 2)(x) == 0).all()
    assert (derivative(sg.log_sigmoid, 2)(x) < 0).all()


def test_jax_loses_digits_before_that():
    x = -10.0
    exact = float(exact_derivative(FUNCTIONS["log_sigmoid"].spec, 2, x))
    theirs, ours = (
        float(jax.grad(jax.grad(f))(jnp.float32(x))) for f in (jax.nn.log_sigmoid, sg.log_sigmoid)
    )
    assert abs(theirs - exact) > 1e-3 * abs(exact)
    assert ours == np.float32(exact)


def test_torch_loses_the_right_tail_of_log_sigmoid():
    torch = pytest.importorskip("torch")
    values = [20.0, 37.0, 60.0, 80.0]
    x = torch.tensor(values, requires_grad=True)
    (first,) = torch.autograd.grad(
        torch.nn.functional.logsigmoid(x).sum(), x, torch.ones(()), create_graph=True
    )
    (second,) = torch.autograd.grad(first.sum(), x)
    assert (second == 0).all()
    assert (derivative(sg.log_sigmoid, 2)(jnp.array(values)) < 0).all()
