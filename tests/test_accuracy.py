"""Results against the exact values, and every declared bound."""

from __future__ import annotations

import json

import mpmath
import numpy as np
import pytest

import cases
from sigmoids.accuracy import inputs, verify
from sigmoids.accuracy.bounds import bound
from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.oracle import Oracle
from sigmoids.accuracy.truth import Truth, same
from sigmoids.arithmetic.grammar import Argument, Words
from sigmoids.choice import DTYPES, Choice
from sigmoids.functions import FUNCTIONS, RESULTS
from sigmoids.functions.sigmoid_derivative import SECOND

sigmoid, slope = FUNCTIONS["sigmoid"], FUNCTIONS["sigmoid_derivative"]


def name_of(member):
    return next(name for name, result in RESULTS.items() if result is member)


@pytest.mark.parametrize("dtype", cases.NARROW_DTYPES, ids=cases.dtype_id)
@pytest.mark.parametrize("step", [61, pytest.param(1, marks=pytest.mark.exhaustive)])
def test_every_16_bit_result_is_correctly_rounded(member, backend, dtype, step):
    """By mpmath alone, without the shortcuts of the measuring instrument, which tries them all."""
    x, expected = cases.rounded_oracle(name_of(member), dtype, step)
    y = member.function(x, backend=backend)
    wrong = ~same(y, expected)
    assert not wrong.any(), (x[wrong][:5], y[wrong][:5], expected[wrong][:5])


@pytest.mark.parametrize(
    ("dtype", "points"),
    [
        *((dtype, 20_000) for dtype in DTYPES),
        pytest.param("float64", 100_000, marks=pytest.mark.exhaustive),
    ],
)
def test_declared_bounds_hold(member, dtype, points, monkeypatch):
    """`sigmoids verify` over everything, with fewer float64 points."""
    monkeypatch.setattr(verify, "POINTS", points)
    name = name_of(member)
    found = verify.candidates(name, dtype, cases.BACKENDS, cases.ACCURACIES, others=False)
    study = verify.Study(name, dtype, found)
    total, pieces = verify.chunks(member.spec, dtype, exhaustive=False)
    rows = verify.run(study, pieces, lambda _done: None)
    assert [row.tried for row in rows] == [total] * len(rows)
    assert all(row.holds for row in rows), [row for row in rows if not row.holds]
    for row in rows:
        if row.accuracy == "high" and dtype != "float64":
            assert row.misrounded == 0


def test_float64_by_mpmath_alone(member, backend):
    x = inputs.float64_points(member.spec, 100, seed=1)
    y = member.function(x, backend=backend)
    errors = cases.remembering_oracle(member.spec).ulp_errors(x, y, Format.of(np.float64))
    assert errors.max() <= bound(member.spec.name, backend, "float64", "high").ulp


def test_float64_is_the_same_on_numba_and_jax_almost_everywhere(member):
    """The same operations in pairs; compilers differ in what they fuse, in series most of all."""
    x = inputs.float64_points(member.spec, 100_000)
    a, b = (member.function(x, backend=backend) for backend in ("numba", "jax"))
    words = Recorded.of(FUNCTIONS.get(member.spec.name, member).spec)
    series = words & {"log_ratio", "log1p_ratio", "arctan_ratio"}
    assert np.count_nonzero(~same(a, b)) < (5e-3 if series else 1e-4) * x.size


class Recorded(Words):
    """The words that a formula uses."""

    @classmethod
    def of(cls, spec):
        xp = cls()
        xp.said = set()
        spec.formula(xp, *(Argument() for _ in spec.arguments))
        return xp.said

    def __getattribute__(self, name):
        value = super().__getattribute__(name)
        if callable(value):
            self.said.add(name)
        return value


@pytest.mark.parametrize("size", [300, pytest.param(24, marks=pytest.mark.exhaustive)])
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=cases.dtype_id)
def test_subnormal_numbers_are_not_flushed(member, backend, dtype, size):
    """Neither results nor arguments."""
    info = np.finfo(dtype)
    tails = {4: [45, 51.9, 90, 100, 103.9, 1e19, 1e22], 8: [360, 372, 710, 740, 745, 1e155, 1e161]}
    x = [*tails[info.bits // 8], *(n * info.smallest_subnormal for n in (1, 2, 3, 5, 1e5))]
    x = np.resize(np.array([*x, *(-v for v in x)], dtype), size)
    y = member.function(x, backend=backend)
    truth = Truth.of(member.spec, x)
    subnormal = (truth.rounded != 0) & (np.abs(truth.rounded) < info.smallest_normal)
    assert subnormal.any() or member.spec.name == "logit"
    if dtype == np.float32:
        assert same(y, truth.rounded).all()
    assert truth.errors(y).max() <= bound(member.spec.name, backend, dtype.__name__, "high").ulp


@pytest.mark.parametrize(
    ("name", "step"), [("sigmoid", 2.0**-23), ("silu_derivative", 2.0**-24), ("silu", 2.0**-149)]
)
def test_ties_of_float32_go_to_the_side_of_the_exact_value(name, step, backend):
    """σ(x) = ½ + x/4 − x³/48 with ½ + x/4 on a midpoint: float64 sees a tie, the truth is none.

    So it is for ½ + x/2 of the SiLU's slope; and x/2 may be midway between two subnormal numbers.
    """
    x = (np.arange(-129, 130, 2) * step).astype(np.float32)
    oracle, fmt = Oracle(FUNCTIONS[name].spec), Format.of(np.float32)
    expected = [oracle.rounded(float(v), fmt) for v in x]
    assert FUNCTIONS[name].function(x, backend=backend).tolist() == expected


def test_a_side_is_declared_where_ties_are():
    """By the sign: of σ(x) for positive x the exact value is nearer to 0, of SiLU as well."""
    declared = {name: m.spec.beside for name, m in FUNCTIONS.items() if m.spec.beside}
    assert sorted(declared) == ["sigmoid", "silu", "silu_derivative"]
    for name, beside in declared.items():
        oracle = Oracle(FUNCTIONS[name].spec)
        for x in (2.0**-20, -(2.0**-20), 2.0**-40, -(2.0**-40)):
            first = x / 2 + (x * x / 4 if abs(x) > 2.0**-30 else 0.0)
            if name != "silu":
                first = 0.5 + x / (4 if name == "sigmoid" else 2)
            with oracle._m.workprec(300):
                smaller = abs(oracle.exact(x)) < abs(oracle._m.mpf(first))
            assert bool(beside(np, x) > 0) is bool(smaller)


def exceptions():
    return [
        pytest.param(member, argument, result, id=f"{name} {argument.hex()}")
        for name, member in cases.MEMBERS.items()
        for argument, result in member.spec.exceptions.items()
    ]


@pytest.mark.parametrize(("member", "argument", "result"), exceptions())
def test_exceptions_are_correctly_rounded_and_hard(member, argument, result, backend):
    """Within 3 ulps of float64 of a midpoint of float32 numbers; on every backend."""
    oracle, fmt = Oracle(member.spec), Format.of(np.float32)
    assert float(np.float32(argument)) == argument
    assert oracle.rounded(argument, fmt) == result
    value = oracle.exact(argument)
    with oracle._m.workprec(400):
        quanta = oracle._m.ldexp(abs(value), -fmt.quantum(value))
        assert abs(quanta % 1 - 0.5) * 2.0**29 < 3
    for size in (1, 1000):
        x = np.full(size, argument, np.float32)
        assert (member.function(x, backend=backend) == np.float32(result)).all()


def test_the_slope_stays_alive_where_the_curve_saturates(backend):
    """At 17 and 37, where y·(1 − y) becomes 0 in float32 and float64."""
    for x in (np.float32(17), np.float64(37)):
        exact = Oracle(slope.spec).rounded(float(x), Format.of(x.dtype))
        assert exact > 0
        assert slope.function(x, backend=backend) == exact


def test_the_identity_of_the_slope(backend):
    """σ′(x) = σ(x)·σ(−x): correctly rounded factors, and a factor of ours in mpmath's place."""
    x = np.linspace(-80, 80, 3001).astype(np.float32)
    ours = slope.function(x, backend=backend)
    product = sigmoid.function(x, backend=backend).astype(np.float64)
    product *= sigmoid.function(-x, backend=backend)
    np.testing.assert_allclose(ours, product, rtol=3 * 2.0**-24)
    exact = sigmoid.spec.reference(np, x.astype(np.longdouble))
    exact *= sigmoid.spec.reference(np, -x.astype(np.longdouble))
    assert (ours == exact.astype(np.float32)).all()


# The instrument itself.


@pytest.mark.parametrize("dtype", [np.float16, np.float32], ids=cases.dtype_id)
def test_formats_round_as_the_processor_does(dtype):
    fmt = Format.of(dtype)
    info = np.finfo(dtype)
    rng = np.random.default_rng(0)
    exponents = rng.uniform(int(info.minexp) - 30, int(info.maxexp) + 2, 20_000)
    values = rng.choice([-1.0, 1.0], exponents.size) * 2.0**exponents
    ties = np.ldexp(np.rint(np.ldexp(values, 12)) + 0.5, -12)
    values = np.concatenate([values, ties, [0.0, -0.0, np.inf, np.nan]])
    with np.errstate(all="ignore"):
        expected = values.astype(dtype)
        assert same(fmt.round_array(values).astype(dtype), expected).all()
    oracle = Oracle(sigmoid.spec)
    for value, wanted in zip(values[::97], expected[::97], strict=True):
        if value:
            assert fmt.round(oracle.number(value)) == wanted


@pytest.mark.parametrize("dtype", [np.float16, np.float32], ids=cases.dtype_id)
def test_distances_are_in_the_spacing_of_the_format(dtype):
    fmt, rng = Format.of(dtype), np.random.default_rng(0)
    values = 2.0 ** rng.uniform(fmt.lowest - fmt.bits - 5, 15, 5000) * rng.choice([-1, 1], 5000)
    distances = np.abs(values) * rng.random(5000) * 2.0**-10
    values[:2] = 0.0, -0.0
    expected = np.ldexp(distances, -fmt.quantum_array(values))
    assert (fmt.in_ulps(distances, values) == expected).all()


def test_ulps_count_subnormals_and_overflow_right():
    oracle, fmt = Oracle(sigmoid.spec), Format.of(np.float32)
    smallest = float(np.finfo(np.float32).smallest_subnormal)
    x = float(np.float32(-103.9))
    exact = float(mpmath.exp(x)) / smallest  # more of its digits than of its sum with 1
    assert oracle.ulp_error(x, 3 * smallest, fmt) == pytest.approx(3 - exact, rel=1e-6)
    assert oracle.ulp_error(x, smallest, fmt) == pytest.approx(1 - exact, rel=1e-6)
    assert oracle.ulp_error(x, -smallest, fmt) == pytest.approx(1 + exact, rel=1e-6)
    assert oracle.ulp_error(x, 0.0, fmt) == pytest.approx(exact, rel=1e-6)
    assert oracle.ulp_error(0.0, np.inf, fmt) == np.inf
    assert oracle.ulp_error(0.0, np.nan, fmt) == np.inf
    assert oracle.ulp_error(np.nan, np.nan, fmt) == 0
    assert oracle.ulp_error(0.0, np.nextafter(np.float32(0.5), np.float32(1)), fmt) == 1


SPECS = [*(member.spec for member in cases.MEMBERS.values()), SECOND]


@pytest.mark.parametrize("spec", SPECS, ids=lambda s: s.name)
def test_the_truth_agrees_with_the_oracle(spec):
    x = inputs.float64_points(spec, 30, seed=2)
    with np.errstate(all="ignore"):
        y = spec.reference(np, x)
    exact = Oracle(spec).ulp_errors(x, y, Format.of(np.float64))
    errors = Truth.of(spec, x).errors(y)
    small = exact < 100
    assert np.count_nonzero(small) > x.size / 10
    assert np.abs(errors[small] - exact[small]).max() < 0.01


def test_hard_cases_are_near_ties():
    x = inputs.float64_points(sigmoid.spec, 1000)
    oracle, fmt = Oracle(sigmoid.spec), Format.of(np.float64)
    hard = x[11_000:11_010]
    distances = [abs(0.5 - oracle.ulp_error(v, oracle.rounded(v, fmt), fmt)) for v in hard]
    assert max(distances) < 0.01


@pytest.mark.exhaustive
def test_exhaustive_inputs_are_all_patterns(monkeypatch):
    monkeypatch.setattr(inputs, "CHUNK", 2**27)
    pieces = inputs.every_float32()
    first = next(pieces)
    assert cases.bits(first)[[0, -1]].tolist() == [0, 2**27 - 1]
    assert sum(1 for _ in pieces) == 31


@pytest.mark.parametrize(
    ("mistake", "caught"),
    [
        (lambda y: np.nextafter(y, np.float32(1)), True),
        (lambda y: np.where(y < 1e-38, np.float32(0), y), True),
        (lambda y: y, False),
    ],
    ids=["one ulp", "flushed", "none"],
)
def test_verify_catches_mistakes(mistake, caught):
    def call(x):
        return mistake(np.asarray(sigmoid.function(x, backend="numba")))

    declared = bound("sigmoid", "numba", "float32", "high")
    study = verify.Study("sigmoid", "float32", [verify.Candidate("ours", "high", call, declared)])
    (row,) = verify.run(study, [inputs.dense_float32(999_983)], lambda _done: None)
    assert row.holds is not caught


def test_peers_lose_what_they_are_said_to_lose():
    found = verify.candidates("sigmoid_derivative", "float32", [], [], others=True)
    study = verify.Study("sigmoid_derivative", "float32", found)
    rows = verify.run(study, [np.array([17.0, 30.0], np.float32)], lambda _done: None)
    assert rows
    assert all(row.misrounded == 2 and row.bound is None for row in rows)


def test_report_and_exit_status(tmp_path):
    from rich.console import Console

    from sigmoids.accuracy import report

    sliced = "sigmoid_binary_cross_entropy[labels=1.0]"
    choice = Choice.of(["sigmoid", sliced], ["numpy"], ["float16"], None)
    file = tmp_path / "rows.json"
    with (tmp_path / "text").open("w") as text:
        console = Console(file=text, width=180)
        assert report.run(console, choice, exhaustive=False, others=True, json=file)
    assert sliced in (tmp_path / "text").read_text()
    rows = json.loads(file.read_text())
    assert [row["misrounded"] for row in rows[:2]] == [0, 0]
    assert {row["computed_by"] for row in rows} >= {"numpy", "1/(1+np.exp(-x))", "jax.nn.sigmoid"}
    with pytest.raises(ValueError, match="unknown dtype 'float8'"):
        Choice.of(None, None, ["float8"], None)


def without_a_wider_type(monkeypatch):
    """As on Windows and Apple silicon, where longdouble is float64."""
    from sigmoids.accuracy import truth

    finfo = np.finfo
    monkeypatch.setattr(
        truth.np, "finfo", lambda dtype: finfo(float if dtype is np.longdouble else dtype)
    )
    return truth


@pytest.mark.parametrize("name", ["sigmoid", "silu_derivative", "logit"])
def test_float64_is_judged_without_a_wider_type_too(monkeypatch, name):
    spec = RESULTS[name].spec
    x = np.concatenate([np.linspace(-40, 40, 60), [-745.0, 745.0, 0.0, -0.0, np.inf, np.nan]])
    x = np.abs(x) / 50 if name == "logit" else x
    y = RESULTS[name].function(x)
    y[::7] *= 1 + 3e-16
    wide = Truth.of(spec, x)
    without_a_wider_type(monkeypatch)
    slow = Truth.of(spec, x)
    assert type(slow) is not Truth
    assert same(slow.rounded, wide.rounded).all()
    assert (slow.misrounded(y) == wide.misrounded(y)).all()
    np.testing.assert_allclose(slow.errors(y), wide.errors(y), atol=2e-3)


def test_long_work_saves_what_it_has(monkeypatch, tmp_path):
    """Whatever ends a run, a report of what was measured is written."""
    from rich.console import Console

    from sigmoids.accuracy import report

    judged = report.run_study
    calls = []

    def fails(*args):
        calls.append(args)
        if len(calls) > 1:
            raise NotImplementedError
        return judged(*args)

    monkeypatch.setattr(report, "run_study", fails)
    choice = Choice.of(["sigmoid"], ["numpy"], ["float16", "bfloat16"], ["high"])
    path = tmp_path / "rows.json"
    with pytest.raises(NotImplementedError):
        report.run(Console(quiet=True), choice, exhaustive=False, others=False, json=path)
    assert [row["dtype"] for row in json.loads(path.read_text())] == ["float16"]
