"""Cases that other projects published: their inputs and the values or properties they expect.

Numbers only, and each was compared with mpmath before it came in.

* SciPy 1.17.1: scipy/special/tests/test_logit.py and test_basic.py (TestSoftplus), the examples
  in the docstrings of expit, logit and log_expit, issue #17905.
* JAX: tests/nn_test.py (commit 000f87c0), lax_autodiff_test.py (00003c2d), lax_scipy_test.py
  (0292f5d0), docs/notebooks/Custom_derivative_rules_for_Python_code.ipynb (069cb3e2), issues #777,
  #2107, #2140, #4939, #10247, #39798, #40342, #40383, #40385, #40387.
* Where SciPy and JAX print nothing or few digits: the tests of StableHLO's logistic and tanh (in
  leanprover/SHerLOC, 27294085), of Keras (keras/src/ops/nn_test.py, 0036744c) and of Optax
  (optax/losses/_classification_test.py, 069c0ab6); PyTorch issues #20972, #102894, #135359,
  #195527, #195679, #195682; NumPyro issue #2240; TensorFlow issue #75256.
"""

from __future__ import annotations

from decimal import Decimal

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sigmoids as sg
from sigmoids.functions import FUNCTIONS

INF, NAN = np.inf, np.nan
F32, F64 = np.float32, np.float64
PROBABILITIES = np.linspace(0, 1, 10)
LOGITS = np.linspace(-4, 4, 10)

# Published as the nearest number of the dtype: (function, dtype, x, values).
IN_FULL = {
    "scipy-logit-float32": (
        "logit", F32, [*PROBABILITIES, 0.0001, 0.49999, 0.50001],
        [-INF, -2.0794415, -1.2527629, -0.69314712, -0.22314353, 0.22314365, 0.69314724, 1.2527630,
         2.0794415, INF, -9.2102404, -4.0054321e-05, 4.0054321e-05]),
    "scipy-logit-float64": (
        "logit", F64, [*PROBABILITIES, 1e-8, 0.4999999999999, 0.50000000001],
        [-INF, -2.079441541679836, -1.252762968495368, -0.6931471805599454, -0.22314355131420985,
         0.22314355131420985, 0.6931471805599452, 1.2527629684953674, 2.0794415416798353, INF,
         -18.420680733952366, -3.999023334699814e-13, 4.000000330961484e-11]),
    "scipy-logit-outside": ("logit", F64, [-3, -2, 2, 3], 4 * [NAN]),
    "scipy-expit-float32": (
        "sigmoid", F32, LOGITS,
        [0.01798621, 0.04265125, 0.09777259, 0.20860852, 0.39068246, 0.60931754, 0.79139149,
         0.9022274, 0.95734876, 0.98201376]),
    "scipy-log_expit-float64": (
        "log_sigmoid", F64,
        [-32, -20, -10, -3, -1, -0.1, -1e-9, 0, 1e-9, 0.1, 1, 10, 100, 500, 710, 725, 735],
        [-32.000000000000014, -20.000000002061153, -10.000045398899218, -3.048587351573742,
         -1.3132616875182228, -0.7443966600735709, -0.6931471810599453, -0.6931471805599453,
         -0.6931471800599454, -0.6443966600735709, -0.3132616875182228, -4.539889921686465e-05,
         -3.720075976020836e-44, -7.124576406741286e-218, -4.47628622567513e-309, -1.36930634e-315,
         -6.217e-320]),
    "scipy-log_expit-float32": (
        "log_sigmoid", F32, [-32, -20, -10, -3, -1, -0.1, -1e-9, 0, 1e-9, 0.1, 1, 10, 100],
        [-32, -20, -10.000046, -3.0485873, -1.3132616, -0.7443967, -0.6931472, -0.6931472,
         -0.6931472, -0.64439666, -0.3132617, -4.5398898e-05, -3.8e-44]),
    "scipy-log_expit-large": (
        "log_sigmoid", F64, [-10000, -750, -500, -35, 750, 1000, 10000],
        [-10000, -750, -500, -35, -0.0, -0.0, -0.0]),
    "scipy-softplus": (
        "softplus", F64,
        [-96.18223642142114, -92.40090193172863, -78.44987002106157, 1.6700655987484225,
         -32.288722646646484, -16.443106378828674, 31.253760266045077, 27.75824409032695,
         29.995959179643542, 73.26040086468937, 76.24944728617226, 37.83955519155184],
        [1.692721323272333e-42, 7.42673911145206e-41, 8.504608846033205e-35, 1.8425343736349797,
         9.488245799395577e-15, 7.225195764021444e-08, 31.253760266045106, 27.758244090327832,
         29.995959179643634, 73.26040086468937, 76.24944728617226, 37.83955519155184]),
    "scipy-17905": (
        "softplus", F64, [2.5, 20, 1000], [2.5788897342925496, 20.000000002061153, 1000]),
    "jax-softplus-89": ("softplus", F32, [89], [89]),
    "jax-log1pexp": ("softplus", F32, [3], [3.0485873]),
    "jax-glu": ("sigmoid", F32, [0], [0.5]),
    "jax-980": ("sigmoid", F32, 4 * [-1e20], 4 * [0]),
    "stablehlo-logistic": (
        "sigmoid", F64, [1, 2, 3, 4],
        [0.7310585786300049, 0.88079707797788243, 0.95257412682243325, 0.98201379003790845]),
    "stablehlo-tanh-float32": (
        "tanh", F32, [1, 0.125, 0.1, 3.14159274, INF, -INF, NAN, 1.4013e-45],
        [0.761594176, 0.124353, 0.0996679961, 0.996272087, 1, -1, NAN, 1.4013e-45]),
    "stablehlo-tanh-float64": (
        "tanh", F64, [1, 0.1, 3.1415926535897931, INF, -INF, NAN, 4.94066e-324],
        [0.76159415595576485, 0.099667994624955819, 0.99627207622074998, 1, -1, NAN, 4.94066e-324]),
    "keras-silu": (
        "silu", F32, [-1, 0, 1, 2, 3], [-0.26894143, 0, 0.7310586, 1.7615942, 2.8577223]),
}  # fmt: skip

# Published with fewer digits than float64 has: (function, x, digits).
ROUNDED = {
    "scipy-expit": (
        "sigmoid", LOGITS,
        "0.01798621 0.04265125 0.0977726 0.20860853 0.39068246 0.60931754 0.79139147 0.9022274 "
        "0.95734875 0.98201379"),
    "scipy-expit-example": ("sigmoid", [-INF, -1.5, 0, 1.5, INF], "0 0.18242552 0.5 0.81757448 1"),
    "scipy-logit-example": ("logit", [0.25, 0.75], "-1.09861229 1.09861229"),
    "scipy-log_expit-example": (
        "log_sigmoid", [-3, 0.25, 2.5, 5, 29, 120, 400],
        "-3.04858735 -0.57593942 -0.07888973 -0.00671535 -2.54366565e-13 -7.66764807e-53 "
        "-1.91516960e-174"),
    "scipy-17905": (
        "softplus", [-500, -100, -10, 0, 1e-6, 2, 10, 25],
        "7.12457641e-218 3.72007598e-44 4.53988992e-5 0.693147181 0.693147681 2.12692801 "
        "10.0000454 25.0000000"),
}  # fmt: skip

# Mean losses, published with fewer digits than float64 has: (logits, labels, digits).
CROSS_ENTROPIES = [
    ([-1e9, -1e-9], [1, 0], "500000000"), ([-1e9, -1e-9], [0, 1], "0.3465736"),
    ([1e9, 1e-9], [1, 0], "0.3465736"), ([1e9, 1e-9], [0, 1], "500000000"),
    ([-1e9, 1e-9], [1, 0], "500000000"), ([-1e9, 1e-9], [0, 1], "0.3465736"),
    ([1e9, -1e-9], [1, 0], "0.3465736"), ([1e9, -1e-9], [0, 1], "500000000"),
    ([0, 0], [1, 0], "0.6931472"), ([0, 0], [0, 1], "0.6931472"),  # so far Optax
    ([INF, 1], [1, 0], "0.6566"),  # PyTorch #102894; the others are from Keras
    ([0.1], [0.1], "0.73439666"), ([0.2], [0.9], "0.61813887"),
    ([0.3], [0.2], "0.79435524"), ([0.4], [1], "0.51301525"),
]  # fmt: skip

# Derivatives: (function, order, x, values).
GRADIENTS = {
    "jax-softplus": ("softplus", 1, [0, INF, -INF, NAN], [0.5, 1, 0, NAN]),
    "jax-log1pexp": ("softplus", 1, [0, 1, 2, 3, 100], [0.5, 0.7310586, 0.8807971, 0.95257413, 1]),
    "jax-777": ("sigmoid", 1, [-200, -400 / 3, 0], [0, 0, 0.25]),
    "jax-2140": ("log_sigmoid", 1, [0], [0.5]),
    "torch-20972": ("log_sigmoid", 1, [-INF], [1]),
    "jax-first": ("tanh", 1, [0, 1000], [1, 0]),
    "jax-second": ("tanh", 2, [0, 1000], [0, 0]),
}
TAILS = {
    "jax-40385": ("sigmoid", 1, [37.42994775023705], [5.551115123125775e-17]),
    "jax-40342": ("sigmoid", 1, [40, -40], 2 * [4.248354255291589e-18]),
    "jax-40387": ("softplus", 2, [37.42994775023705], [5.551115123125775e-17]),
    "jax-40383": ("log_sigmoid", 2, [-37.42994775023705], [-5.551115123125775e-17]),
    "torch-195679": ("log_sigmoid", 2, [37.42994775023705], [-5.551115123125775e-17]),
    "jax-39798": ("silu", 1, [-709], [-8.614807714413836e-306]),
    "torch-195682": ("silu", 2, [40.410841513445845], [-1.0820525268131133e-16]),
    "torch-195527": ("tanh", 1, [20], [1.6993417021166355e-17]),
}


def rows(table):
    """One test a row, named for its source and its function."""
    return [pytest.param(*row, id=f"{source}-{row[0]}") for source, row in table.items()]


def round_to(values, digits):
    """Whether each number, in as many digits as are printed of it, reads as printed."""
    pairs = zip(np.ravel(values).tolist(), map(Decimal, digits.split()), strict=True)
    return all(Decimal(value).quantize(printed) == printed for value, printed in pairs)


def derivatives(name, order, x):
    f = FUNCTIONS[name].function
    for _ in range(order):
        f = jax.grad(f)
    return np.asarray(jax.vmap(f)(x))


@pytest.mark.parametrize(("name", "dtype", "x", "values"), rows(IN_FULL))
def test_values_are_the_published_ones(name, dtype, x, values, backend):
    """To the bit in float32, within 1 ulp in float64."""
    y = FUNCTIONS[name].function(np.array(x, dtype), backend=backend)
    assert y.dtype == dtype
    maxulp = 0 if dtype is F32 else 1
    np.testing.assert_array_max_ulp(y, np.array(values, dtype), maxulp=maxulp)


@pytest.mark.parametrize(("name", "x", "digits"), rows(ROUNDED))
def test_values_round_to_the_published_digits(name, x, digits, backend):
    y = FUNCTIONS[name].function(np.array(x, F64), backend=backend)
    assert round_to(y, digits)


@pytest.mark.parametrize("dtype", [F32, F64, np.longdouble])
def test_sigmoid_of_large_arguments_is_at_its_limits(dtype, backend):
    """As SciPy asks: just beyond where exp over- or underflows in the three dtypes."""
    x = np.array([88, 89, 709, 710, 11356, 11357], dtype)
    low, high = (sg.sigmoid(side, backend=backend) for side in (-x, x))
    assert low.dtype == dtype
    assert ((low >= 0) & (low <= 1e-20)).all()
    assert (high == 1).all()


def test_sigmoid_is_positive_where_the_one_of_jax_is_0(backend):
    """JAX #4939."""
    assert (sg.sigmoid(np.array([-87.337, -88.723], F32), backend=backend) > 0).all()


def test_integers_and_lists_are_accepted(backend):
    """JAX #10247."""
    assert round_to(sg.sigmoid(1, backend=backend), "0.7310586")
    assert round_to(sg.sigmoid([1.0, 2.0], backend=backend), "0.7310586 0.880797")


@pytest.mark.parametrize("dtype", ["int32", "float16", "bfloat16", "float32"])
def test_a_jax_zero_gives_a_half_and_log_two_in_its_dtype(dtype, backend):
    zero, log_two = jnp.zeros((), dtype), jnp.log(jnp.array(2, dtype))
    half, logarithm = sg.sigmoid(zero, backend=backend), sg.softplus(zero, backend=backend)
    assert half.dtype == logarithm.dtype == log_two.dtype
    assert (half, logarithm) == (0.5, log_two)


@pytest.mark.parametrize(("logits", "labels", "digits"), CROSS_ENTROPIES)
def test_mean_cross_entropy_rounds_to_the_published_digits(logits, labels, digits, backend):
    logits, labels = np.array(logits, F64), np.array(labels, F64)
    loss = sg.sigmoid_binary_cross_entropy(logits, labels, backend=backend).mean()
    assert round_to(loss, digits)


def test_cross_entropy_of_infinite_logits(backend):
    """NumPyro #2240 (labels 0 and 1), PyTorch #135359 and TensorFlow #75256 (0.9)."""
    logits, labels = np.array(3 * [-INF] + 3 * [INF]), np.array(2 * [0, 1, 0.9])
    losses = sg.sigmoid_binary_cross_entropy(logits, labels, backend=backend)
    assert losses.tolist() == [0, INF, INF, INF, 0, INF]


@pytest.mark.parametrize(("name", "order", "x", "values"), rows(GRADIENTS))
def test_derivatives_are_the_published_ones(name, order, x, values):
    y = derivatives(name, order, np.array(x, F32))
    np.testing.assert_array_max_ulp(y, np.array(values, F32), maxulp=0)


@pytest.mark.parametrize(("name", "order", "x", "values"), rows(TAILS))
def test_derivatives_in_float64_are_alive_in_the_tails(name, order, x, values):
    with jax.enable_x64(True):
        y = derivatives(name, order, np.array(x, F64))
    np.testing.assert_array_max_ulp(y, np.array(values, F64), maxulp=1)


def test_derivatives_of_softplus_beside_zero():
    """JAX tests four orders at 1e-8, against differences: σ, σ′, −σ′·x/2 and −⅛ there."""
    x = np.array([1e-8], F32)
    y = [derivatives("softplus", order, x)[0] for order in (1, 2, 3, 4)]
    np.testing.assert_allclose(y, [0.5, 0.25, -1.25e-9, -0.125], rtol=1e-6)


def test_gradient_of_logit():
    """JAX tests it between 0.05 and 0.95, against differences."""
    p = np.linspace(0.05, 0.95, 10, dtype=F32)
    wide = p.astype(F64)
    np.testing.assert_allclose(derivatives("logit", 1, p), 1 / (wide * (1 - wide)), rtol=1e-7)
