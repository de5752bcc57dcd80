"""Blocks of moderate arguments, which Numba has kernels of their own for: the same bits."""

from __future__ import annotations

import math
from functools import cache

import mpmath
import numba
import numpy as np
import pytest

import cases
from sigmoids.accuracy.truth import same
from sigmoids.arithmetic.formats import ERROR, NARROWED_MODERATE
from sigmoids.arithmetic.scalars import Scalars
from sigmoids.backends.numba import checks, kernels, loops
from sigmoids.backends.numba.numbers import generated
from sigmoids.functions import FUNCTIONS, JOINT

MEMBERS = FUNCTIONS | JOINT
TYPICAL = ("sigmoid", "silu_derivative", "sigmoid_binary_cross_entropy")
BLOCK = loops.BUFFER


def sample(interval, dtype, size, rng):
    """Numbers in an interval, its ends among them: of all magnitudes, and evenly spread."""
    low, high = interval
    info = np.finfo(dtype)
    smallest = math.log2(max(low, float(info.smallest_subnormal)))
    magnitudes = np.exp2(rng.uniform(smallest, math.log2(high), size // 2))
    signs = rng.choice([-1.0, 1.0], size // 2) if low < 0 else 1.0
    numbers = np.concatenate(
        [signs * magnitudes, rng.uniform(max(low, -100), min(high, 100), size)]
    )
    numbers = rng.permutation(numbers)[:size].astype(dtype)
    numbers[:3] = low, high, max(low, 0.0)
    return np.clip(numbers, *inward(interval, dtype))


def inward(interval, dtype):
    """The ends of an interval as numbers of a type, not beyond those of the interval."""
    low, high = (dtype(end) for end in interval)
    low = np.nextafter(low, dtype(np.inf)) if float(low) < interval[0] else low
    return low, np.nextafter(high, dtype(0)) if float(high) > interval[1] else high


def moderate_arguments(spec, dtype, size=32 * BLOCK):
    rng = np.random.default_rng(0)
    x = tuple(sample(interval, dtype, size, rng) for interval in spec.moderate)
    return tuple(np.resize(v, size) for v in x)


def filled(loop, spec, x):
    """What a compiled loop makes of arguments."""
    outs = tuple(np.empty_like(x[0]) for _ in spec.parts)
    loop.alone(*x, *outs)
    return outs


@pytest.fixture(params=MEMBERS)
def spec(request):
    return MEMBERS[request.param].spec


@pytest.fixture(params=[np.float32, np.float64], ids=cases.dtype_id)
def real(request):
    return request.param


@pytest.fixture
def loop(spec, real):
    return kernels.shared(spec, np.dtype(real), "high")


class Presumptuous:
    """A vocabulary over arrays that complains where moderate arguments are not what is presumed."""

    abs, where, copysign = map(staticmethod, (np.absolute, np.where, np.copysign))

    def number(self, value, _rest=0.0):
        return value

    def plain(self, value):
        return value

    def itself(self, x):
        return x

    def squared(self, y):
        return y * y

    def rarely(self, condition, _a, b):
        assert not np.any(condition)
        return b

    def limit(self, x, low, high):
        assert low == high or ((low <= x) & (x <= high)).all()
        return np.clip(x, low, high)

    def exp_ratio(self, z):
        assert (np.abs(z) <= 1000 * math.log(2)).all()
        p, q = np.exp(z / 2), np.exp(-z / 2)
        return p, q, p + q

    def expm1_ratio(self, z):
        _, q, s = self.exp_ratio(z)
        return np.expm1(z) * q, q, s

    def with_tail(self, number, tail):
        return number + tail

    def log_ratio(self, a, b, difference):
        return np.where(a < b / 2, np.log(a / b), np.log1p(difference / b))

    def log1p_ratio(self, p, q):
        return np.log1p(p / q)

    def arctan_ratio(self, a, b):
        return np.arctan(a / b)


def test_what_is_presumed_of_moderate_arguments_holds(spec):
    x = moderate_arguments(spec, np.float64)
    with np.errstate(all="ignore"):  # what is not selected may overflow
        results = spec.formula(Presumptuous(), *x)
    (expected,) = filled(kernels.shared(spec, np.dtype(float), "high"), spec, x)[:1]
    first = results[0] if isinstance(results, tuple) else results
    np.testing.assert_allclose(first, expected, rtol=1e-11)


@pytest.mark.parametrize("spec", cases.sampled(MEMBERS, TYPICAL), indirect=True)
def test_kernels_for_moderate_arguments_have_the_same_bits(monkeypatch, spec, real, loop):
    """As those for all arguments, which are compiled here as the only ones."""
    monkeypatch.setattr(kernels, "moderate", lambda _spec, _dtype: None)
    exact = kernels.shared(spec, np.dtype(real), "high")
    x = moderate_arguments(spec, real)
    for ours, expected in zip(filled(loop, spec, x), filled(exact, spec, x), strict=True):
        assert (cases.bits(ours) == cases.bits(expected)).all()


def test_neighbours_do_not_matter(spec, real, loop):
    """One of a block that is not moderate has the whole block computed by the other kernel."""
    x = moderate_arguments(spec, real)
    expected = filled(loop, spec, x)
    hard = [argument for part in spec.parts for argument in part.exceptions]
    others = [math.nan, math.inf, -math.inf, -0.5, 3.0, 1e30, -1e-5, -0.0, *hard]
    for place in range(len(x)):
        mixed = [v.copy() for v in x]
        changed = np.arange(7, x[0].size, BLOCK)
        mixed[place][changed] = np.resize(np.array(others, real), changed.size)
        for ours, before in zip(filled(loop, spec, mixed), expected, strict=True):
            assert (np.delete(ours, changed) == np.delete(before, changed)).all()
            for i in changed:
                alone = filled(loop, spec, [v[i : i + 1].copy() for v in mixed])
                assert any(same(ours[i : i + 1], result).all() for result in alone)


def passes(check, *numbers):
    """Whether all numbers pass."""
    return compiled(check)(np.array(numbers))


@cache
def compiled(check):
    start, seen, passed = check

    @numba.njit
    def loop(numbers):
        state = start
        for number in numbers:
            state = seen(state, number)
        return passed(state)

    return loop


def test_intervals(real):
    beyond, below_one = np.nextafter(real(300), real(np.inf)), np.nextafter(real(1), real(0))
    symmetric = checks.inside((-300.0, 300.0), real)
    for number in (300.0, -300.0, 0.0, -0.0, 1e-30):
        assert passes(symmetric, real(number))
    for number in (beyond, -beyond, math.inf, -math.inf, math.nan, -math.nan):
        assert not passes(symmetric, real(number))
    positive = checks.inside((5e-324, 1 - 2.0**-53), real)
    for number in (np.finfo(real).smallest_subnormal, 0.5, below_one):
        assert passes(positive, real(number))
    for number in (0.0, -0.0, -0.5, 1.0, math.inf, math.nan):
        assert not passes(positive, real(number))


def test_next_to_zero(real):
    check = checks.zero_or_beyond(2.0**-14, real)
    below, smallest = np.nextafter(real(2.0**-14), real(0)), np.finfo(real).smallest_subnormal
    for number in (0.0, -0.0, 2.0**-14, -(2.0**-14), 1.0, -300.0):
        assert passes(check, real(number))
    for number in (below, -below, smallest, -smallest):
        assert not passes(check, real(number))
        assert not passes(check, *map(real, (0.0, number, 1.0)))


def test_exceptions_from_a_check(real):
    other, third = checks.other_than(0.75, real), checks.other_than(3.0, real)
    two = checks.both(other, third)
    for number in (1.0, -0.5, 0.0, -0.0, 1e30):
        assert passes(two, real(number))
    for number in (0.75, -0.75):
        assert not passes(other, real(number))
        assert not passes(two, real(number))
        assert passes(third, real(number))
    assert not passes(two, *map(real, (1.0, 0.75, 1.0)))
    assert not passes(two, *map(real, (1.0, -3.0, 1.0)))


def test_decided_results_round_to_one_number():
    """Whatever they are wrong by, up to the error that is allowed for."""
    error = 2.0**-40
    check = checks.decided(error)
    rng = np.random.default_rng(0)
    singles = np.exp2(rng.uniform(-126, 120, 300)).astype(np.float32)
    midpoints = (singles.astype(float) + np.nextafter(singles, np.float32(np.inf))) / 2
    for distance in (0, 0.4, -0.4, 0.99, -0.99):
        assert not any(passes(check, y) for y in midpoints * (1 + distance * error))
    for distance in (2.1, -2.1, 1e4):
        assert passes(check, *midpoints * (1 + distance * error))
    assert passes(check, *singles.astype(float))


def test_the_error_that_is_allowed_for():
    """Of the one function with two arguments: the largest that is found, and not much more."""
    spec = FUNCTIONS["sigmoid_binary_cross_entropy"].spec
    rng = np.random.default_rng(0)
    x = np.concatenate([rng.uniform(-87, 87, 3000), rng.normal(size=1000), [-87.0, 87.0]])
    y = np.resize([0.0, 1.0, 0.5, 1e-3, 1e-30, 1e-40], x.size)
    x, y = (v.astype(np.float32).astype(float) for v in (x, y))
    formula = generated(
        lambda xp, x, y: (spec.formula(xp, x, y),), NARROWED_MODERATE, np.float64, 1
    )
    out = np.empty_like(x)

    @numba.njit
    def loop(x, y, out):
        for i in range(x.size):
            (out[i],) = formula((x[i], y[i]))

    loop(x, y, out)
    worst = 0
    with mpmath.workprec(200):
        for logit, label, ours in zip(x, y, out, strict=True):
            z = mpmath.mpf(logit)
            exact = abs(z) * (1 - mpmath.mpf(label) if z > 0 else label) + mpmath.log1p(
                mpmath.exp(-abs(z))
            )
            worst = max(worst, abs(ours / exact - 1))
    assert ERROR / 8 < worst < ERROR / 1.5


@pytest.mark.parametrize("name", [n for n, m in FUNCTIONS.items() if len(m.spec.arguments) == 1])
def test_the_shorter_kernel_is_foreseen_bit_for_bit(name):
    """By the same arithmetic on Python's numbers, so that what it misrounds is known before."""
    spec = FUNCTIONS[name].spec
    x = moderate_arguments(spec, np.float32, 300)[0].astype(float)
    formula = generated(lambda xp, x: (spec.formula(xp, x),), NARROWED_MODERATE, np.float64, 1)
    out = np.empty_like(x)

    @numba.njit
    def loop(x, out):
        for i in range(x.size):
            (out[i],) = formula((x[i],))

    loop(x, out)
    foreseen = Scalars(NARROWED_MODERATE)
    assert [spec.formula(foreseen, v) for v in x.tolist()] == out.tolist()
