"""What the kernels are made of: coefficients, the exponential, pairs, and the last rounding."""

from __future__ import annotations

import jax
import jax.numpy as jnp
import ml_dtypes
import mpmath
import numba
import numpy as np
import pytest

import cases
from sigmoids.accuracy import inputs
from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.oracle import Oracle
from sigmoids.accuracy.truth import same
from sigmoids.arithmetic import (
    arctangent,
    exponential,
    formats,
    logarithm,
    tabulated,
)
from sigmoids.arithmetic.numbers import Numbers
from sigmoids.arithmetic.pairs import Pairs, words
from sigmoids.backends import narrow, program
from sigmoids.backends import numpy as numpy_engine
from sigmoids.backends.jax.subnormal import round_once
from sigmoids.backends.jax.vocabulary import JaxNumbers
from sigmoids.backends.numba.numbers import generated
from sigmoids.functions import FUNCTIONS, JOINT
from sigmoids.spec import results

pytestmark = pytest.mark.filterwarnings("ignore:Descending:DeprecationWarning")
"""mpmath 1.4 asks for another order of coefficients, which 1.3 does not know."""


def test_coefficients_are_those_of_the_source():
    """The decimals printed in fdlibm's e_exp.c and FreeBSD's e_expf.c."""
    assert exponential.COEFFICIENTS == (
        1.66666666666666019037e-01,
        -2.77777777770155933842e-03,
        6.61375632143793436117e-05,
        -1.65339022054652515390e-06,
        4.13813679705723846039e-08,
    )
    assert mpmath.mpf(exponential.LOG2E) == mpmath.mpf(1 / np.log(2))
    single = np.float32(1.6666625440e-1), np.float32(-2.7667332906e-3)
    assert single == exponential.SINGLE
    assert formats.FLOAT32.ln2 == (np.float32(6.9314575195e-1), np.float32(1.4286067653e-6))


SERIES = [
    (logarithm.COEFFICIENTS, logarithm.V_MAX, 2.0**-60),
    (logarithm.SINGLE, logarithm.V_MAX, 2.0**-26.5),
    (arctangent.COEFFICIENTS, arctangent.W_MAX, 2.0**-58),
    (logarithm.SHORT, logarithm.V_MAX, 2.0**-53.5),
    (logarithm.SHORT_LOG1P, logarithm.P_MAX, 2.0**-52),
    (arctangent.SHORT, arctangent.W_MAX, 2.0**-52.5),
    (arctangent.SINGLE, arctangent.W_MAX, 2.0**-28),
]
SERIES_IDS = [
    *("log", "log, float32", "arctan", "log, moderate", "log1p, moderate", "arctan, moderate"),
    "arctan, float32",
]


def of_square(w, most):
    """What the series of the logarithm or the arctangent stands for."""
    u = mpmath.sqrt(w)
    return ((2 * mpmath.atanh(u / 2) if most != arctangent.W_MAX else mpmath.atan(u)) - u) / (u * w)


@pytest.mark.parametrize(("coefficients", "most", "limit"), SERIES, ids=SERIES_IDS)
def test_the_series_meet_their_stated_errors(coefficients, most, limit):
    """Relative to the logarithm or the arctangent, in exact arithmetic."""
    with mpmath.workprec(200):
        worst = 0
        for w in mpmath.linspace(mpmath.mpf(2) ** -40, most, 1001):
            series = mpmath.polyval([mpmath.mpf(c) for c in coefficients[::-1]], w)
            worst = max(worst, w * abs(series - of_square(w, most)))
    assert limit / 2 < worst < limit


@pytest.mark.parametrize(("coefficients", "most", "limit"), SERIES, ids=SERIES_IDS)
def test_the_series_come_from_a_chebyshev_fit(coefficients, most, limit):
    kind = float if limit < 2.0**-40 else lambda c: float(np.float32(float(c)))
    with mpmath.workprec(300):
        interval = [mpmath.mpf(2) ** -80, mpmath.mpf(str(most))]
        fit = mpmath.chebyfit(lambda w: of_square(w, most), interval, len(coefficients))
        assert [kind(c) for c in fit[::-1]] == list(coefficients)


def test_the_short_series_of_the_exponential_comes_from_a_chebyshev_fit():
    with mpmath.workprec(300):

        def even(w):
            r = mpmath.sqrt(w)
            return (r * (mpmath.exp(r) + 1) / mpmath.expm1(r) - 2) / w

        interval = [mpmath.mpf(2) ** -80, mpmath.mpf(str(exponential.W_MAX))]
        fit = mpmath.chebyfit(even, interval, len(exponential.SHORT))
        assert [float(c) for c in fit[::-1]] == list(exponential.SHORT)
        worst = 0
        for w in mpmath.linspace(mpmath.mpf(2) ** -40, exponential.W_MAX, 1001):
            r = mpmath.sqrt(w)
            series = mpmath.polyval([mpmath.mpf(c) for c in exponential.SHORT[::-1]], w)
            ours = (2 + w * series + r) / (2 + w * series - r)
            worst = max(worst, abs(ours / mpmath.exp(r) - 1))
        assert 2**-49.4 < worst < 2**-49.3
    assert mpmath.log(2) ** 2 / 4 < exponential.W_MAX
    assert mpmath.mpf(4) / 9 < logarithm.P_MAX
    assert float(mpmath.log(2)) == exponential.LN2


def test_the_reductions_leave_no_more_than_the_series_take():
    ratios = np.exp2(np.random.default_rng(0).uniform(-40, 40, 100_000))
    lifted = ratios * program.UP
    k = program._exponent(lifted, np.ones_like(ratios), np.empty_like(ratios))
    c = ratios * np.exp2(-k)
    assert ((2 * (c - 1) / (c + 1)) ** 2).max() < logarithm.V_MAX
    worst = 1 / mpmath.log(2) - 1  # where the slope of log₂(1 + m) is 1
    assert mpmath.log(1 + worst, 2) - worst < 0.0861
    assert 4 * mpmath.tanh(0.5861 * mpmath.log(2) / 2) ** 2 < logarithm.V_MAX
    assert mpmath.sqrt(2) - 1 - logarithm.HALFWAY == pytest.approx(0, abs=2.0**-53)
    assert mpmath.tan(mpmath.pi / 8) ** 2 < arctangent.W_MAX
    assert mpmath.tan(mpmath.pi / 8) > arctangent.TAN
    with mpmath.workprec(150):
        rest = mpmath.pi / 4 - mpmath.mpf(arctangent.PI_4)
        assert abs(rest - arctangent.PI_4_LOW) < 2.0**-107


def log_of_third(xp, x):
    p, three = xp.number(x), xp.number(3.0)
    return xp.log_ratio(p, three, p - three)


def log1p_of_third(xp, x):
    return xp.log1p_ratio(xp.number(x), xp.number(3.0))


def arctan_of_third(xp, x):
    return xp.arctan_ratio(xp.number(x), xp.number(3.0))


@pytest.mark.parametrize("engine", ["numpy", "numba", "numba, moderate", "jax"])
@pytest.mark.parametrize(
    ("formula", "exactly", "limit"),
    [
        (log_of_third, mpmath.log, 2.0**-56.5),
        (log1p_of_third, mpmath.log1p, 2.0**-56.5),
        (arctan_of_third, mpmath.atan, 2.0**-55),
    ],
    ids=["log", "log1p", "arctan"],
)
def test_logarithm_and_arctangent_in_pairs(engine, formula, exactly, limit):
    """Over many binades, around quotients of 1, and where the reductions change."""
    rng = np.random.default_rng(0)
    around = 3 + np.exp2(rng.uniform(-50, 0.5, 600)) * rng.choice([-1, 1], 600)
    reduced = 3 * logarithm.HALFWAY * (1 + np.arange(-9, 10) * 2.0**-52)
    x = np.concatenate([np.exp2(rng.uniform(-90, 90, 600)), around, reduced])
    if formula is log1p_of_third:
        x = x[x <= 3]
    for value, hi, lo in zip(x, *in_pairs(engine, formula, x), strict=True):
        with mpmath.workprec(300):
            exact = exactly(mpmath.mpf(float(value)) / 3)
            total = mpmath.mpf(float(hi)) + mpmath.mpf(float(lo))
            assert abs(total - exact) <= limit * abs(exact)


def exp_of(xp, x):
    p, q, _ = xp.exp_ratio(x)
    return p / q


def expm1_of(xp, x):
    d, q, _ = xp.expm1_ratio(x)
    return d / q


@pytest.mark.parametrize("engine", ["numpy", "numba", "numba, moderate", "jax"])
@pytest.mark.parametrize(
    ("formula", "exactly", "limit"),
    [(exp_of, mpmath.exp, 2.0**-57.5), (expm1_of, mpmath.expm1, 2.0**-57)],
    ids=["exp", "expm1"],
)
def test_the_exponential_in_pairs(engine, formula, exactly, limit):
    """Far out, next to 0, and on either side of where the reductions change."""
    rng = np.random.default_rng(0)
    signs = rng.choice([-1, 1], 600)
    halfway = np.arange(-40.5, 41) / tabulated.STEPS
    reduced = [halfway, np.nextafter(halfway, 1), np.arange(-4.5, 5) * np.log(2)]
    x = [rng.uniform(-280, 40, 600), np.exp2(rng.uniform(-60, 3, 600)) * signs, *reduced]
    x = np.concatenate(x)
    for value, hi, lo in zip(x, *in_pairs(engine, formula, x), strict=True):
        with mpmath.workprec(300):
            exact = exactly(mpmath.mpf(float(value)))
            total = mpmath.mpf(float(hi)) + mpmath.mpf(float(lo))
            assert abs(total - exact) <= limit * abs(exact)


def exp_of_pair(xp, x):
    p, q, _ = xp.exp_ratio(xp.number(x) * xp.number(1.0, 2.0**-54))
    return p / q


def expm1_of_pair(xp, x):
    d, q, _ = xp.expm1_ratio(xp.number(x) * xp.number(1.0, 2.0**-54))
    return d / q


@pytest.mark.parametrize("engine", ["numpy", "numba", "numba, moderate", "jax"])
@pytest.mark.parametrize(
    ("formula", "exactly", "limit"),
    [(exp_of_pair, mpmath.exp, 2.0**-58.5), (expm1_of_pair, mpmath.expm1, 2.0**-57.5)],
    ids=["exp", "expm1"],
)
def test_the_exponential_of_pairs(engine, formula, exactly, limit):
    """Whose lower part, up to half an ulp of the upper, matters the more the larger they are."""
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(-300, 50, 500), rng.uniform(-2, 2, 300)])
    for value, hi, lo in zip(x, *in_pairs(engine, formula, x), strict=True):
        with mpmath.workprec(300):
            exact = exactly(mpmath.mpf(float(value)) * (1 + mpmath.mpf(2) ** -54))
            total = mpmath.mpf(float(hi)) + mpmath.mpf(float(lo))
            assert abs(total - exact) <= limit * abs(exact)


def in_pairs(engine, formula, x):
    """Both parts of what a formula gives in an engine's pairs."""
    places = np.empty_like(x), np.empty_like(x)

    def trace(v, vocabulary):
        y = formula(vocabulary, v)
        return y.hi, y.lo

    if engine == "numpy":
        spec = FUNCTIONS["sigmoid"].spec
        return program.Program(spec, lambda v: trace(v, program._PAIRS)).evaluate(x)
    if engine == "jax":
        with jax.enable_x64(True):
            return jax.jit(lambda v: trace(v, words(JaxNumbers(v, formats.PAIRS, False))))(x)
    fmt = formats.PAIRS_MODERATE if "moderate" in engine else formats.PAIRS
    kernel = generated(lambda xp, v: trace(v, xp), fmt, np.float64, 2)

    @numba.njit
    def loop(x, hi, lo):
        for i in range(x.size):
            hi[i], lo[i] = kernel((x[i],))

    loop(x, *places)
    return places


def test_arithmetic_that_branches_is_no_code():
    """Or the machine code would be that of one side."""
    kernel = generated(lambda _xp, x: (x if x > 0 else -x,), formats.FLOAT64, np.float64, 1)
    with pytest.raises(TypeError, match=r"select with xp\.where"):
        numba.njit(lambda x: kernel((x,)))(1.0)


@pytest.mark.parametrize(
    ("coefficients", "limit"),
    [
        (exponential.COEFFICIENTS, 2.01e-18),
        (exponential.SINGLE, 2.0**-27.7),
    ],
    ids=["double", "single"],
)
def test_the_polynomial_meets_its_stated_error(coefficients, limit):
    """R(r²) = r·(e^r + 1)/(e^r − 1) on |r| ≤ 0.34658, in exact arithmetic."""
    with mpmath.workprec(200):
        worst = 0
        for r in mpmath.linspace(mpmath.mpf(2) ** -20, 0.34658, 2001):
            exact = r * (mpmath.exp(r) + 1) / mpmath.expm1(r)
            ours = 2 + r * r * mpmath.polyval(coefficients[::-1], r * r)
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
        assert abs(rest) < 2.0**-97
    assert 1077 * abs(exponential.LN2_LOW) < 2.0**-32


class Plain(Numbers):
    """Python's floats."""

    @staticmethod
    def cut(x):
        return float(((np.array(x).view(np.int64) + 2**26) & -(2**27)).view(np.float64))


@pytest.mark.parametrize("operation", ["add", "multiply", "divide"])
def test_pairs_are_exact_to_far_more_than_float64(operation):
    rng = np.random.default_rng(0)
    base = Pairs(Plain(formats.PAIRS))
    compute = getattr(base, operation)
    exactly = {"add": mpmath.fadd, "multiply": mpmath.fmul, "divide": mpmath.fdiv}[operation]
    for _ in range(500):
        a, b = (
            base.pair(*base.short(v, v * 2.0**-54))
            for v in 2.0 ** rng.uniform(-40, 40, 2)
        )  # fmt: skip
        result = compute(a, b)
        assert Plain.cut(result.hi) == result.hi
        with mpmath.workprec(300):
            exact = exactly(mpmath.mpf(a.hi) + a.lo, mpmath.mpf(b.hi) + b.lo)
            assert abs((mpmath.mpf(result.hi) + result.lo) / exact - 1) < 2.0**-73


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
        ours = jax.jit(lambda v: round_once(v, jnp.dtype(dtype)))(y)
    assert same(np.asarray(ours), expected).all()


def test_a_program_reuses_scratch_and_repeats_no_call():
    steps = program.paired(FUNCTIONS["sigmoid_derivative"].spec)
    calls = [(call, inputs) for call, inputs, _ in steps._steps]
    assert len(steps._scratch) < len(calls) / 3
    native = program.native(FUNCTIONS["sigmoid"].spec)
    assert len({(call, inputs) for call, inputs, _ in native._steps}) == len(native._steps)
    assert len(native._scratch) == 1, "e^x alone; 1 + e^x is where the result will be"


@pytest.mark.parametrize("name", [*FUNCTIONS, *JOINT])
def test_results_that_are_evaluated_again_are_the_same(name, monkeypatch):
    """All of them, where a margin makes all doubtful, and the few that are without."""
    x = inputs.dense_float32(99_991)
    function, spec = {**FUNCTIONS, **JOINT}[name]
    arguments = [x, x[::-1]][: len(spec.arguments)]
    usual = function(*arguments, backend="numpy")
    monkeypatch.setattr(numpy_engine, "ABOVE", np.array(1 + 2.0**-10))
    again = function(*arguments, backend="numpy")
    for first, second in zip(results(usual), results(again), strict=True):
        assert same(first, second).all()


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
