"""What the kernels are made of: coefficients, the exponential, pairs, and the last rounding."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import ml_dtypes
import mpmath
import numpy as np
import pytest

import cases
from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.oracle import Oracle
from sigmoids.accuracy.truth import same
from sigmoids.backends import exponential, narrow, pairs, program
from sigmoids.backends import jax as jax_backend
from sigmoids.backends.numba import single
from sigmoids.functions import FUNCTIONS


def test_coefficients_are_those_of_the_source():
    """The decimals printed in fdlibm's e_exp.c and FreeBSD's e_expf.c."""
    assert (exponential.P1, exponential.P2, exponential.P3, exponential.P4, exponential.P5) == (
        1.66666666666666019037e-01,
        -2.77777777770155933842e-03,
        6.61375632143793436117e-05,
        -1.65339022054652515390e-06,
        4.13813679705723846039e-08,
    )
    assert (exponential.LN2_HIGH, exponential.LN2_LOW) == (
        6.93147180369123816490e-01,
        1.90821492927058770002e-10,
    )
    assert mpmath.mpf(exponential.LOG2E) == mpmath.mpf(1 / np.log(2))
    assert (np.float32(1.6666625440e-1), np.float32(-2.7667332906e-3)) == (single.P1, single.P2)
    assert (
        np.float32(6.9314575195e-1),
        np.float32(1.4286067653e-6),
    ) == (single.LN2_HIGH, single.LN2_LOW)


@pytest.mark.parametrize(
    ("correction", "limit"),
    [
        (exponential.correction, 2.01e-18),
        (lambda w: w * (mpmath.mpf(float(single.P1)) + w * float(single.P2)), 2.0**-27.7),
    ],
    ids=["double", "single"],
)
def test_the_polynomial_meets_its_stated_error(correction, limit):
    """R(r²) = r·(e^r + 1)/(e^r − 1) on |r| ≤ 0.34658, in exact arithmetic."""
    with mpmath.workprec(200):
        worst = 0
        for r in mpmath.linspace(mpmath.mpf(2) ** -20, 0.34658, 2001):
            exact = r * (mpmath.exp(r) + 1) / mpmath.expm1(r)
            ours = 2 + correction(r * r)
            worst = max(worst, abs(ours - exact))
    assert worst < limit


def test_no_coefficient_of_the_polynomial_is_spare():
    """The best polynomial with four leaves e^r wrong by 2^−49.4; with five by less than 2^−59."""
    with mpmath.workprec(200):
        limit = mpmath.log(2) / 2

        def exact(w):
            r = mpmath.sqrt(w)
            return (r * (mpmath.exp(r) + 1) / mpmath.expm1(r) - 2) / w

        def error(terms):
            best = mpmath.chebyfit(exact, [mpmath.mpf(2) ** -60, limit**2], terms)
            worst = 0
            for r in mpmath.linspace(limit / 500, limit, 500):
                even = 2 + r * r * mpmath.polyval(best, r * r)
                worst = max(worst, abs((even + r) / (even - r) / mpmath.exp(r) - 1))
            return worst

        assert error(5) < mpmath.mpf(2) ** -59
        assert 2**-49.5 < error(4) < 2**-49.3


def test_the_multiple_of_ln2_is_exact_in_its_leading_part():
    with mpmath.workprec(200):
        for k in range(1077):
            product = mpmath.mpf(exponential.LN2_HIGH) * k
            assert product == mpmath.mpf(float(k) * exponential.LN2_HIGH)
        rest = mpmath.log(2) - mpmath.mpf(exponential.LN2_HIGH) - mpmath.mpf(exponential.LN2_LOW)
        assert abs(rest) < 2.0**-85


class Plain:
    """Pairs over Python floats."""

    @staticmethod
    def cut(x):
        return float(((np.array(x).view(np.int64) + 2**26) & -(2**27)).view(np.float64))


@pytest.mark.parametrize("operation", ["add", "multiply", "divide"])
def test_pairs_are_exact_to_far_more_than_float64(operation):
    rng = np.random.default_rng(0)
    compute = getattr(pairs, operation)
    exactly = {"add": mpmath.fadd, "multiply": mpmath.fmul, "divide": mpmath.fdiv}[operation]
    for _ in range(500):
        a, b = (
            pairs.shorten(Plain, v, v * 2.0**-54)
            for v in 2.0 ** rng.uniform(-40, 40, 2)
        )  # fmt: skip
        hi, lo = compute(Plain, *a, *b)
        assert Plain.cut(hi) == hi
        with mpmath.workprec(300):
            exact = exactly(mpmath.mpf(a[0]) + a[1], mpmath.mpf(b[0]) + b[1])
            assert abs((mpmath.mpf(hi) + lo) / exact - 1) < 2.0**-73


def rounding_cases(dtype):
    """Float64 numbers at, beside and between the midpoints of a narrower type."""
    fmt = Format.of(dtype)
    rng = np.random.default_rng(0)
    numbers = 2.0 ** rng.uniform(fmt.lowest - fmt.bits - 3, 3, 4000)
    quantum = 2.0 ** fmt.quantum_array(numbers)
    midpoints = (np.floor(numbers / quantum) + 0.5) * quantum
    tiny = 2.0**-45
    values = np.concatenate([numbers, midpoints, midpoints * (1 + tiny), midpoints * (1 - tiny)])
    return np.concatenate([values, -values, [0.0, -0.0, np.inf, np.nan]])


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16], ids=cases.dtype_id)
def test_tables_round_once(dtype):
    """Through float32 a number just beside a midpoint would be rounded twice."""
    y = rounding_cases(np.dtype(dtype))
    with np.errstate(all="ignore"):
        expected = Format.of(dtype).round_array(y).astype(dtype)
        assert same(narrow.round_once(y, np.dtype(dtype)), expected).all()
        twice = y.astype(np.float32).astype(dtype)
    assert not same(twice, expected).all(), "the cases tell one rounding from two"


@pytest.mark.parametrize("dtype", [np.float16, ml_dtypes.bfloat16, np.float32], ids=cases.dtype_id)
def test_jax_rounds_once(dtype):
    y = rounding_cases(np.dtype(dtype))
    with np.errstate(all="ignore"):
        expected = Format.of(dtype).round_array(y).astype(dtype)
    with jax.enable_x64(True):
        ours = jax.jit(lambda v: jax_backend._round_once(v, jnp.dtype(dtype)))(y)
    assert same(np.asarray(ours), expected).all()


def test_a_program_reuses_scratch_and_repeats_no_call():
    steps = program.paired(FUNCTIONS["sigmoid_derivative"].spec)
    calls = [(call, inputs) for call, inputs, _ in steps._steps]
    assert len(steps._scratch) < len(calls) / 3
    native = program.native(FUNCTIONS["sigmoid"].spec)
    assert len({(call, inputs) for call, inputs, _ in native._steps}) == len(native._steps)


def test_the_numpy_engine_makes_no_full_size_temporary():
    import tracemalloc

    x = np.linspace(-5, 5, 4_000_000)
    out = np.empty_like(x)
    f = FUNCTIONS["sigmoid"].function
    for accuracy in cases.ACCURACIES:
        f(x[:10], backend="numpy", accuracy=accuracy)
        tracemalloc.start()
        f(x, backend="numpy", accuracy=accuracy, out=out)
        peak = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert peak < x.nbytes / 10


def test_the_oracle_decides_beside_a_tie():
    """σ(2^−23) is ½ + 2^−25 − 2^−74.6: a midpoint of float32 to 2^−49 of an ulp."""
    oracle, fmt = Oracle(FUNCTIONS["sigmoid"].spec), Format.of(np.float32)
    assert oracle.rounded(2.0**-23, fmt) == 0.5
    assert oracle.rounded(3 * 2.0**-23, fmt) == 0.5 + 2.0**-24
