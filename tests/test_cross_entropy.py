"""The cross-entropy: what two arguments add to what is tested of every function."""

from __future__ import annotations

from dataclasses import replace
from functools import cache, partial
from itertools import pairwise, product

import jax
import jax.numpy as jnp
import ml_dtypes
import numpy as np
import pytest
from mpmath import mp

import cases
import sigmoids as sg
from sigmoids.accuracy.formats import Format
from sigmoids.accuracy.truth import same
from sigmoids.functions import FUNCTIONS
from sigmoids.spec import Bound
from test_process import run

loss = sg.sigmoid_binary_cross_entropy
SPEC = FUNCTIONS["sigmoid_binary_cross_entropy"].spec
ORACLE = cases.remembering_oracle(SPEC)

TAILS = (0.0, 1e-30, 1e-8, 1e-4, 1.0, 5.0, 17.0, 37.0, 60.0, 87.0, 88.7, 104.0, 300.0, 650.0,
         660.0, 700.0, 708.0, 745.0, 1e3, 6e4, 1e10, 1e30, 1e38, 1e300)  # fmt: skip
LABELS = (0.0, 1.0, 0.5, 0.25, 0.1, 1e-30)

NEARLY_ROUNDED = 0.51
"""Largest error in ulps where one argument's results are correctly rounded."""


def below_one(dtype):
    return np.nextafter(np.ones((), dtype), np.zeros((), dtype))


@cache
def sample(dtype, number=100):
    """Logits with one scale and another and in the tails, each with every label."""
    rng = np.random.default_rng(7)
    tails = np.array([v for v in TAILS if v <= Format.of(dtype).largest])
    logits = np.concatenate([rng.normal(scale=s, size=number) for s in (30, 1)] + [tails, -tails])
    fixed = np.array([*LABELS, below_one(dtype)], dtype)
    labels = [rng.uniform(size=logits.size).astype(dtype), *np.repeat(fixed, logits.size)]
    return np.tile(logits.astype(dtype), 1 + fixed.size), np.hstack(labels).astype(dtype)


def assert_accurate(x, y, result, bound):
    """A flushing backend may lose a subnormal result or product besides."""
    fmt = Format.of(result.dtype)
    flushed = 2.0**fmt.lowest if bound.flushes else 0.0
    for arguments, value in zip(zip(x.tolist(), y.tolist(), strict=True), result, strict=True):
        error = ORACLE.ulp_error(arguments, float(value), fmt)
        if error > bound.ulp:
            assert abs(float(value) - float(ORACLE.exact(arguments))) <= flushed, (
                *arguments,
                float(value),
                error,
            )


def the_bound(backend, dtype, accuracy):
    """What is declared for the label 1 holds for the others."""
    declared = SPEC.bound(backend, dtype.name, accuracy)
    return Bound(max(declared.ulp, NEARLY_ROUNDED), flushes=declared.flushes)


def test_accuracy(backend, dtype, accuracy):
    x, y = sample(dtype)
    result = loss(x, y, backend=backend, accuracy=accuracy)
    assert result.dtype == dtype
    assert_accurate(x, y, result, the_bound(backend, dtype, accuracy))


TINY = [(backend, y) for backend in cases.BACKENDS for y in (1e-100, 1e-200, 1e-260)]
TINY += [(backend, y) for backend in ("numpy", "numba") for y in (1e-300, 1e-310, 5e-324)]


@pytest.mark.parametrize(("backend", "small"), TINY)
def test_tiny_labels_are_not_lost_beside_the_tail(backend, accuracy, small):
    """What is as small as e^−|x| is added to |x|·y; XLA has no numbers left below 1e-290."""
    x = -np.array([1.0, 40.0, 300.0, 640.0, 660.0, 700.0, 720.0, 744.0, 746.0, 1e5, 1e200])
    y = np.full(x.size, small)
    result = loss(x, y, backend=backend, accuracy=accuracy)
    bound = the_bound(backend, x.dtype, accuracy)
    if small < np.finfo(np.float64).tiny:  # so is half of a pair's product
        bound = replace(bound, ulp=max(bound.ulp, 0.76))
    assert_accurate(x, y, result, bound)


@pytest.mark.parametrize("dtype", [d for d in cases.DTYPES if d.itemsize <= 4], ids=cases.dtype_id)
def test_backends_agree_to_the_bit(dtype):
    x, y = sample(dtype, 1000)
    for first, second in pairwise(loss(x, y, backend=b) for b in cases.BACKENDS):
        assert same(first, second).all()


@pytest.mark.parametrize("size", [1, 1000])
@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (np.inf, 1, 0),
        (-np.inf, 0, 0),
        (np.inf, 0, np.inf),
        (-np.inf, 1, np.inf),
        (np.inf, 0.5, np.inf),
        (-np.inf, 0.5, np.inf),
        (np.inf, 1e-7, np.inf),
        (-np.inf, 1e-7, np.inf),
        (np.nan, 0.5, np.nan),
        (0.5, np.nan, np.nan),
        (np.nan, np.nan, np.nan),
        (np.inf, np.nan, np.nan),
        (-np.inf, np.nan, np.nan),
        (np.nan, 0, np.nan),
        (np.nan, 1, np.nan),
        (1, np.inf, -np.inf),
        (-1, np.inf, np.inf),
        (2, -np.inf, np.inf),
        (np.inf, np.inf, -np.inf),
        (np.inf, 1.5, -np.inf),
        (-np.inf, -np.inf, -np.inf),
        (0, np.nan, np.nan),
    ],
)
def test_special_values(backend, dtype, accuracy, size, x, y, expected):
    logits, labels = np.full(size, x).astype(dtype), np.full(size, y).astype(dtype)
    with np.errstate(all="raise", under="ignore"):
        result = loss(logits, labels, backend=backend, accuracy=accuracy)
    assert same(result, np.full(size, expected).astype(dtype)).all()


def test_only_nan_gives_nan(backend, dtype, accuracy):
    largest = Format.of(dtype).largest
    labels = [0, 1e-7, 0.25, 0.5, 1, np.nan, 1.5, -3, largest, -largest, np.inf, -np.inf]
    x, y = map(np.ravel, np.meshgrid([*cases.SPECIAL, largest, -largest], labels))
    x, y = x.astype(dtype), y.astype(dtype)
    with np.errstate(all="raise", under="ignore"):
        result = loss(x, y, backend=backend, accuracy=accuracy)
    assert (np.isnan(result) == (np.isnan(x) | np.isnan(y))).all()


def test_at_zero_the_label_does_not_matter(backend, dtype):
    labels = np.array([0, 0.25, 1, -3, Format.of(dtype).largest, np.inf, -np.inf]).astype(dtype)
    result = loss(np.zeros(labels.size, dtype), labels, backend=backend)
    assert same(result, np.full(labels.size, np.log(2)).astype(dtype)).all()


@pytest.mark.parametrize(
    ("x", "y"), [(1e-300, 1e300), (-1e-40, 1e35), (3.0, 1e31), (-3.0, 1e31), (1e200, 1e-200),
                 (1e50, 0.3), (-1e300, 1e-10), (1e-20, -1e40),
                 (float.fromhex("0x1.e8215cc5622e1p+117"), float.fromhex("0x1.ef0ab6e1e3eddp-2"))]
)  # fmt: skip
def test_factors_of_all_sizes(backend, accuracy, x, y):
    """Of large ones 1 − y is rounded, then its product; 1.4 ulp at the last of these."""
    result = loss(x, y, backend=backend, accuracy=accuracy)
    assert ORACLE.ulp_error((x, y), result, Format.of(np.float64)) <= 2


# Shapes and dtypes


@pytest.mark.parametrize(
    ("one", "other"),
    [((3, 1), (4,)), ((4,), (3, 1)), ((), (5,)), ((5,), ()), ((), ()), ((0,), (1,)), ((3, 0), ()),
     ((2, 1, 4), (5, 1)), ((1,), (1, 1))],
    ids=str,
)  # fmt: skip
def test_broadcasting(backend, dtype, one, other):
    x = np.linspace(-9, 9, int(np.prod(one))).reshape(one).astype(dtype)
    y = np.linspace(0, 1, int(np.prod(other))).reshape(other).astype(dtype)
    result = loss(x, y, backend=backend)
    full = [np.array(v) for v in np.broadcast_arrays(x, y)]
    assert type(result) is np.ndarray
    assert (result.shape, result.dtype) == (full[0].shape, dtype)
    assert same(result, loss(*full, backend=backend)).all()
    assert result.flags.writeable


def test_the_first_call_with_broadcast_arguments_gives_no_warning():
    code = (
        "import numpy as np, sigmoids as sg\n"
        "x, y = np.ones(1000), np.ones((1, 1000))  # in one piece when broadcast, too\n"
        "sg.sigmoid_binary_cross_entropy(x, y, backend='numba')"
    )
    assert run(code).stderr == ""


SINGLES = np.linspace(-3, 3, 4, dtype=np.float32)


@pytest.mark.parametrize(
    ("labels", "expected"),
    [
        (1, "float32"),
        (0.5, "float32"),
        (True, "float32"),
        (np.ones(4), "float64"),
        (np.float64(1), "float64"),
        (np.array(1.0), "float64"),
        (np.float16(1), "float32"),
        (np.ones(4, np.float16), "float32"),
        (np.ones(4, bool), "float32"),
        (np.ones(4, np.int8), "float32"),
        (np.ones(4, np.uint16), "float32"),
        (np.ones(4, np.int32), "float64"),
        (np.ones(4, np.int64), "float64"),
        ([1, 1, 1, 1], "float64"),
        ((1.0,), "float64"),
    ],
    ids=repr,
)
def test_promotion_of_labels_beside_float32_logits(backend, labels, expected):
    result = loss(SINGLES, labels, backend=backend)
    assert result.dtype == expected
    alike = np.full(4, np.max(labels), expected)
    assert same(result, loss(SINGLES.astype(expected), alike, backend=backend)).all()
    swapped = loss(labels, SINGLES, backend=backend)
    assert swapped.dtype == expected


@pytest.mark.parametrize(("x", "y"), [(0.5, 1), (2, True), (True, 0), (-3.25, 0.5), (1e3, 0.0)])
def test_python_numbers_give_python_floats(backend, x, y):
    result = loss(x, y, backend=backend)
    assert type(result) is float
    assert result == loss(np.array([float(x)]), np.array([float(y)]), backend=backend)[0]


def test_numpy_scalars_stay_scalars(backend, dtype):
    one, half = dtype.type(1), dtype.type(0.5)
    expected = loss(np.full(3, one), np.full(3, half), backend=backend)[0]
    for x, y in ((one, half), (1, half), (one, 0.5)):
        result = loss(x, y, backend=backend)
        assert type(result) is dtype.type
        assert result == expected
    assert type(loss(np.int32(1), np.bool_(True), backend=backend)) is np.float64


def test_lists_give_float64_arrays(backend):
    result = loss([0.5, -1], (1, 0), backend=backend)
    assert type(result) is np.ndarray
    assert result.dtype == np.float64
    assert (result == loss(np.array([0.5, -1]), np.array([1.0, 0.0]), backend=backend)).all()
    assert loss([], [], backend=backend).shape == (0,)


def test_integers_and_booleans_become_float64(backend):
    for kinds in product("?bHq", repeat=2):
        x, y = (np.array([0, 1, 1], kind) for kind in kinds)
        result = loss(x, y, backend=backend)
        floats = loss(x.astype(float), y.astype(float), backend=backend)
        assert result.dtype == np.float64
        assert (result == floats).all()


# Containers


X3, Y3 = np.array([-2.0, 0.5, 3.0]), np.array([1.0, 0.5, 0.0])


@pytest.mark.parametrize("masked", ["both", "logits", "labels"])
def test_masks_are_united(backend, masked):
    x = X3 if masked == "labels" else np.ma.array(X3, mask=[True, False, False])
    y = Y3 if masked == "logits" else np.ma.array(Y3, mask=[False, False, True])
    result = loss(x, y, backend=backend)
    assert type(result) is np.ma.MaskedArray
    expected = np.ma.getmaskarray(x) | np.ma.getmaskarray(y)
    assert np.ma.getmaskarray(result).tolist() == expected.tolist()
    assert result[1] == loss(0.5, 0.5, backend=backend)
    result[1] = np.ma.masked
    assert not np.ma.getmaskarray(x)[1], "the mask is a copy"
    assert not np.ma.getmaskarray(y)[1]


def test_masks_of_broadcast_arguments(backend):
    x = np.ma.array([[1.0], [2.0]], mask=[[True], [False]])
    result = loss(x, Y3, backend=backend)
    assert result.shape == (2, 3)
    assert np.ma.getmaskarray(result).tolist() == [[True] * 3, [False] * 3]
    out = np.ma.zeros((2, 3))
    loss(x, Y3, backend=backend, out=out)
    assert np.ma.getmaskarray(out).tolist() == [[True] * 3, [False] * 3]
    both = loss(x, np.ma.array(Y3, mask=[False, True, False]), backend=backend)
    assert np.ma.getmaskarray(both).tolist() == [[True] * 3, [False, True, False]]


def test_the_masked_constant(backend):
    assert loss(np.ma.masked, np.ma.masked, backend=backend) is np.ma.masked
    out = np.ma.zeros(3)
    for arguments in (np.ma.masked, Y3), (X3, np.ma.masked):
        result = loss(*arguments, backend=backend)
        assert np.ma.getmaskarray(result).tolist() == [True] * 3, "as in a sum"
        assert loss(*arguments, backend=backend, out=out) is out
        assert np.ma.getmaskarray(out).all()
    with pytest.raises(TypeError, match="complex128"):
        loss(X3 + 1j, np.ma.masked, backend=backend)


def test_masked_out(backend):
    x, out = np.ma.array(X3, mask=[True, False, False]), np.ma.zeros(3)
    assert loss(x, Y3, backend=backend, out=out) is out
    assert np.ma.getmaskarray(out).tolist() == [True, False, False]
    assert out[1] == loss(0.5, 0.5, backend=backend)


@pytest.mark.parametrize("place", [0, 1])
def test_subclasses_stay(backend, place):
    arguments = [X3, Y3]
    arguments[place] = arguments[place].view(cases.Labelled)
    arguments[place].label = "kept"
    result = loss(*arguments, backend=backend)
    assert type(result) is cases.Labelled
    assert result.label == "kept"
    assert (np.asarray(result) == loss(X3, Y3, backend=backend)).all()


@pytest.mark.parametrize(
    "other", [np.asarray, np.ndarray.tolist, jnp.asarray], ids=["numpy", "list", "jax"]
)
def test_jax_arrays_lead(backend, other):
    x, y = X3.astype(np.float32), Y3.astype(np.float32)
    expected = loss(x, y, backend=backend)
    for result in (loss(jnp.asarray(x), other(y), backend=backend),
                   loss(other(x), jnp.asarray(y), backend=backend)):  # fmt: skip
        assert isinstance(result, jax.Array)
        assert result.dtype == jnp.float32
        assert (np.asarray(result) == expected).all()
    single = loss(jnp.asarray(x), 1.0, backend=backend)
    assert isinstance(single, jax.Array)
    assert single.dtype == jnp.float32
    assert (np.asarray(single) == loss(x, 1.0, backend=backend)).all()


def test_masked_arrays_do_not_lose_their_mask_to_jax(backend):
    x, y = jnp.asarray(X3), np.ma.array(Y3, mask=[False, True, False])
    for arguments in ((x, y), (y, x), (x, np.ma.masked)):
        with pytest.raises(TypeError, match=r"JAX arrays have no mask.*np\.ma\.filled"):
            loss(*arguments, backend=backend)


@pytest.mark.parametrize("kind", [np.int64, np.int32, np.uint8, bool], ids=cases.dtype_id)
def test_whole_labels_take_the_dtype_of_extension_floats(backend, kind):
    logits = X3.astype(ml_dtypes.bfloat16)
    labels = np.array([1, 0, 1], kind)
    result = loss(logits, labels, backend=backend)
    assert result.dtype == logits.dtype
    assert same(result, loss(logits, labels.astype(logits.dtype), backend=backend)).all()


def test_dtypes_without_a_common_one(backend):
    with pytest.raises(TypeError, match=r"no dtype holds both bfloat16 and float16: convert one"):
        loss(X3.astype(ml_dtypes.bfloat16), Y3.astype(np.float16), backend=backend)


def test_jax_arrays_promote_as_jax_does(backend):
    x = jnp.asarray(X3, jnp.bfloat16)
    for y in (jnp.asarray(Y3, jnp.float16), jnp.ones(3, jnp.int32), jnp.ones((2, 1), bool), 1):
        result = loss(x, y, backend=backend)
        assert isinstance(result, jax.Array)
        assert result.dtype == jnp.result_type(x, y)
        assert result.shape == jnp.broadcast_shapes(x.shape, jnp.shape(y))
    assert loss(jnp.arange(3), jnp.array([True]), backend=backend).dtype == jnp.result_type(float)


def test_memmap(backend, tmp_path):
    x = np.memmap(tmp_path / "x", np.float32, "w+", shape=(50, 3))
    y = np.memmap(tmp_path / "y", np.float32, "w+", shape=(50, 1))
    x[:], y[:] = np.linspace(-9, 9, 150).reshape(50, 3), np.linspace(0, 1, 50)[:, None]
    expected = loss(np.array(x), np.array(y), backend=backend)
    result = loss(x, y, backend=backend)
    assert type(result) is np.ndarray
    assert (result == expected).all()
    assert loss(x, y, backend=backend, out=x) is x
    assert (np.array(x) == expected).all()


# Memory


OUTS = ["fresh", "logits", "labels", "ahead", "behind", "between", "reversed", "strided"]


@pytest.mark.parametrize("case", OUTS)
def test_out(backend, dtype, accuracy, case):
    size = 9_000
    rng = np.random.default_rng(3)
    x = rng.normal(scale=5, size=size).astype(dtype)
    memory = rng.uniform(size=3 * size).astype(dtype)
    y = memory[size : 2 * size]
    out = {
        "fresh": np.empty(size, dtype),
        "logits": x,
        "labels": y,
        "ahead": memory[size + 3 : 2 * size + 3],
        "behind": memory[size - 3 : 2 * size - 3],
        "between": memory[size // 2 : size // 2 + size],
        "reversed": y[::-1],
        "strided": memory[size // 2 :: 2][:size],
    }[case]
    expected = loss(x.copy(), y.copy(), backend=backend, accuracy=accuracy)
    assert loss(x, y, backend=backend, accuracy=accuracy, out=out) is out
    assert same(np.array(out), expected).all()


def test_out_over_the_memory_of_both_arguments(backend, dtype):
    memory = np.random.default_rng(3).uniform(-5, 5, 9_000).astype(dtype)
    x, y, out = memory[:-10], memory[10:], memory[5:-5]
    expected = loss(x.copy(), y.copy(), backend=backend)
    assert loss(x, y, backend=backend, out=out) is out
    assert same(np.array(out), expected).all()


def test_out_of_one_argument_while_the_other_is_broadcast(backend, dtype):
    column, row = np.linspace(-5, 5, 30).reshape(30, 1), np.linspace(0, 1, 40)
    x, y = column.astype(dtype), np.tile(row, (30, 1)).astype(dtype)
    expected = loss(x, y.copy(), backend=backend)
    assert loss(x, y, backend=backend, out=y) is y
    assert same(y, expected).all()
    table = np.tile(row, (30, 1)).astype(dtype)  # its first row is read for every row of the out
    expected = loss(x, table[0].copy(), backend=backend)
    loss(x, table[0], backend=backend, out=table)
    assert same(table, expected).all()


def test_out_of_scalars_and_lists(backend):
    out = np.empty(())
    assert loss(0.5, 1, backend=backend, out=out) is out
    assert out == loss(0.5, 1, backend=backend)
    out = np.empty(2)
    assert loss([0.5, 1], 0.5, backend=backend, out=out) is out
    assert (out == loss(np.array([0.5, 1]), 0.5, backend=backend)).all()


@pytest.mark.parametrize(
    ("out", "error", "text"),
    [
        (np.zeros(4), ValueError, r"out has shape \(4,\); the result has \(2, 3\)"),
        (np.zeros(3), ValueError, r"out has shape \(3,\); the result has \(2, 3\)"),
        (np.zeros((2, 3), np.float32), TypeError, "out has dtype float32; the result has float64"),
        ([[0.0] * 3] * 2, TypeError, "out must be a NumPy array, not list"),
        (np.broadcast_to(0.0, (2, 3)), ValueError, "out is read-only"),
    ],
)
def test_unsuitable_out(backend, out, error, text):
    x = np.ones((2, 1), np.float32)
    with pytest.raises(error, match=text):
        loss(x, Y3, backend=backend, out=out)
    assert (np.asarray(out) == 0).all()
    with pytest.raises(TypeError, match="JAX arrays are immutable"):
        loss(X3, jnp.asarray(Y3), backend=backend, out=np.zeros(3))


def test_layouts(backend, dtype, accuracy):
    call = partial(loss, backend=backend, accuracy=accuracy)
    x, y = (v[:1500].copy() for v in sample(dtype))
    expected = call(x, y)

    def spread(v):
        wide = np.empty(3 * v.size, dtype)
        wide[::3] = v
        return wide[::3]

    def unaligned(v):
        moved = np.empty(v.nbytes + 1, np.uint8)[1:].view(dtype)
        moved[:] = v
        return moved

    changes = [spread, unaligned, lambda v: v[::-1].copy()[::-1]]
    if dtype.isbuiltin == 1:
        changes.append(lambda v: v.astype(v.dtype.newbyteorder("S")))
    for change in changes:
        for a, b in ((change(x), y), (x, change(y)), (change(x), change(y))):
            assert same(call(a, b).astype(dtype), expected).all()
    tables = [np.asfortranarray(v.reshape(50, 30)) for v in (x, y)]
    for a, b in (tables, (tables[0], y.reshape(50, 30))):
        assert same(call(a, b).ravel(), expected).all()


def test_arguments_are_never_written(backend, dtype):
    x, y = (v.copy() for v in sample(dtype))
    for v in (x, y):
        v.flags.writeable = False
    loss(x, y, backend=backend)
    assert same(x, sample(dtype)[0]).all()
    assert same(y, sample(dtype)[1]).all()


@pytest.mark.parametrize("name", ["float32", "float64"])
def test_threads_change_no_bit(name, accuracy, shares):
    size = 60_007
    rng = np.random.default_rng(1)
    x, y = rng.normal(scale=30, size=size).astype(name), rng.uniform(size=size).astype(name)
    both = np.array([0, 1], name)
    call = partial(loss, backend="numba", accuracy=accuracy)
    with sg.use_num_threads(1):
        expected, column = call(x, y), call(x[:, None], both)
    shares.clear()
    with sg.use_num_threads(3):
        assert same(call(x, y), expected).all()
        assert same(call(x[:, None], both), column).all()
        call(x, y, out=y)
    assert same(y, expected).all()
    assert shares == [3, 3, 3]


# Under JAX


def elementwise(f):
    return jax.jit(jax.vmap(f))


def slope_of_logits(x, y):
    """σ(x) − y to twice the bits that it could cancel."""
    with mp.workprec(4000):
        return +(1 / (1 + mp.exp(-mp.mpf(float(x)))) - mp.mpf(float(y)))


@pytest.mark.parametrize(
    ("x", "y", "expected"),
    [
        (50.0, 1.0, -1.9287499e-22),
        (-50.0, 0.0, 1.9287499e-22),
        (80.0, 1.0, -1.8048513e-35),
        (50.0, 0.0, 1.0),
        (-50.0, 1.0, -1.0),
        (0.0, 0.5, 0.0),
        (0.0, 1.0, -0.5),
        (1e38, 1.0, 0.0),
        (-1e38, 1.0, -1.0),
    ],
)
def test_gradient_of_logits(x, y, expected):
    x, y = jnp.float32(x), jnp.float32(y)
    for gradient in (jax.grad(loss), jax.jit(jax.grad(loss))):
        assert gradient(x, y) == np.float32(expected)
        assert gradient(x, y).dtype == jnp.float32


@pytest.mark.parametrize("name", ["float32", "float64"])
def test_gradient_of_logits_matches_mpmath(name):
    """Also where σ(x) rounds to the label; for labels beside σ(x), a subtraction's error."""
    x, y = (v[:: 1 if name == "float32" else 3] for v in sample(np.dtype(name)))
    with jax.enable_x64(name == "float64"):
        gradient = np.asarray(elementwise(jax.grad(loss))(x, y))
    assert gradient.dtype == name
    fmt = Format.of(name)
    cancelled = 2.0**-52 if name == "float32" else 2.0**-64
    for a, b, slope in zip(x, y, gradient, strict=True):
        exact = slope_of_logits(a, b)
        distance = float(abs(mp.mpf(float(slope)) - exact))
        limit = (0.51 if name == "float32" else 0.8) * 2.0 ** fmt.quantum(exact)
        if abs(exact) < 2.0**fmt.lowest:
            limit = 2.0**fmt.lowest
        elif b not in (0, 1) and abs(exact) < 0.25 * b:
            limit += cancelled * b
        assert distance <= limit, (float(a), float(b), float(slope), float(exact))


@pytest.mark.parametrize("x", [1e-3, 1e-6, -1e-9, 1e-12, 1e-20, -1e-30])
@pytest.mark.parametrize("name", ["float32", "float64"])
def test_gradient_of_logits_near_zero_with_the_label_one_half(name, x):
    """σ(x) − ½ is x/4, where σ(x) rounds to ½ too."""
    with jax.enable_x64(name == "float64"):
        gradient = float(jax.grad(loss)(jnp.asarray(x, name), jnp.asarray(0.5, name)))
    exact = slope_of_logits(np.dtype(name).type(x), 0.5)
    assert gradient == pytest.approx(float(exact), rel=2 * float(np.finfo(name).eps), abs=0)


@pytest.mark.parametrize(("x", "y"), [(-660.0, 1e-260), (-700.0, 1e-250)])
def test_gradient_of_logits_for_tiny_labels(x, y):
    with jax.enable_x64(True):
        gradient = float(jax.grad(loss)(x, y))
    assert gradient == pytest.approx(float(slope_of_logits(x, y)), rel=4e-16, abs=0)


def test_gradient_of_labels():
    x, y = sample(np.dtype(np.float32))
    gradient = np.asarray(elementwise(jax.grad(loss, argnums=1))(x, y))
    assert (gradient == -x).all()


@pytest.mark.parametrize("x", [-80.0, -3.0, 0.0, 0.75, 20.0, 50.0])
@pytest.mark.parametrize("y", [0.0, 0.3, 1.0])
def test_second_derivatives(x, y):
    hessian = jax.hessian(loss, argnums=(0, 1))(jnp.float32(x), jnp.float32(y))
    assert hessian[0][0] == sg.sigmoid_derivative(np.float32(x))
    assert hessian[0][1] == hessian[1][0] == -1
    assert hessian[1][1] == 0


@pytest.mark.parametrize("name", ["float32", "float64"])
@pytest.mark.parametrize("y", [0.0, 0.25, 1.0])
@pytest.mark.parametrize("x", [np.inf, -np.inf])
def test_gradients_at_infinite_logits(name, x, y):
    with jax.enable_x64(name == "float64"):
        a, b = jnp.asarray(x, name), jnp.asarray(y, name)
        assert jax.grad(loss)(a, b) == (x > 0) - y
        assert jax.grad(loss, argnums=1)(a, b) == -x
        assert [float(v) for v in jax.grad(loss, argnums=(0, 1))(a, b)] == [(x > 0) - y, -x]
        assert jax.grad(jax.grad(loss))(a, b) == 0
        assert jax.grad(jax.grad(loss, argnums=1))(a, b) == -1
        assert jax.grad(jax.grad(jax.grad(loss)))(a, b) == 0


@pytest.mark.parametrize(("x", "y"), [(np.nan, 0.5), (0.5, np.nan), (np.nan, 1.0)])
def test_gradients_of_nan(x, y):
    assert jnp.isnan(jax.grad(loss)(x, y))
    assert jnp.isnan(jax.grad(loss, argnums=1)(x, y)) == np.isnan(x)


def test_gradient_of_a_mean_is_that_of_training():
    x, y = jnp.linspace(-60, 60, 41), jnp.arange(41.0) % 2
    gradient = jax.jit(jax.grad(lambda x: loss(x, y).mean()))(x)
    np.testing.assert_allclose(gradient, jax.vmap(jax.grad(loss))(x, y) / 41, rtol=1e-6)
    assert (gradient != 0).all()


def test_gradient_sums_over_what_was_broadcast():
    x, y = jnp.linspace(-3, 3, 4), jnp.float32(0.25)
    gradient = jax.grad(lambda y: loss(x, y).sum())(y)
    assert gradient.shape == ()
    np.testing.assert_allclose(gradient, -x.sum(), atol=1e-6)
    column = jax.grad(lambda x: loss(x, jnp.array([0.0, 1.0])).sum())(x[:, None])
    np.testing.assert_allclose(column, 2 * jax.nn.sigmoid(x[:, None]) - 1, rtol=1e-5)


def test_jit_and_vmap_change_no_bit(accuracy):
    x, y = sample(np.dtype(np.float32))
    call = partial(loss, accuracy=accuracy)
    expected = loss(x, y, backend="jax", accuracy=accuracy)
    for transformed in (jax.jit(call), jax.vmap(call), elementwise(call)):
        assert same(np.asarray(transformed(x, y)), expected).all()
    fixed = loss(x, np.float32(0.25), backend="jax", accuracy=accuracy)
    for transformed in (
        jax.vmap(call, in_axes=(0, None)),
        jax.jit(jax.vmap(call, in_axes=(0, None))),
    ):
        assert same(np.asarray(transformed(x, np.float32(0.25))), fixed).all()
    turned = jax.vmap(call, in_axes=(None, 0))(np.float32(2), y)
    assert same(np.asarray(turned), loss(np.float32(2), y, backend="jax", accuracy=accuracy)).all()


@pytest.mark.parametrize("name", ["numpy", "numba"])
def test_other_backends_refuse_tracers(name):
    for call in (lambda v: loss(v, X3, backend=name), lambda v: loss(X3, v, backend=name)):
        with pytest.raises(TypeError, match=f"backend '{name}'.*inside a JAX transformation"):
            jax.jit(call)(jnp.ones(3))


# Errors


@pytest.mark.parametrize("shapes", [((3,), (4,)), ((2, 3), (2,)), ((0,), (3,))], ids=str)
def test_shapes_that_cannot_be_broadcast(backend, shapes):
    x, y = map(np.ones, shapes)
    for a, b in ((x, y), (jnp.asarray(x), y), (x, jnp.asarray(y)), (np.ma.array(x), y)):
        with pytest.raises(ValueError, match=r"(?i)broadcast"):
            loss(a, b, backend=backend)


@pytest.mark.parametrize(
    ("bad", "dtype"),
    [
        (np.ones(3, complex), "complex128"),
        (np.complex64(1), "complex64"),
        ([1j, 0, 0], "complex128"),
        (np.array(["a", "b", "c"]), "str"),
        (["a"], "str"),
        (np.array([1, None, 2]), "object"),
        (np.ones(3, "m8[s]"), "timedelta64"),
        (np.ones(3, "M8[D]"), "datetime64"),
        (jnp.ones(3, jnp.complex64), "complex64"),
    ],
    ids=str,
)
def test_unsuitable_dtypes_of_either_argument(backend, bad, dtype):
    for arguments in ((bad, Y3), (X3, bad), (bad, 1.0), (0.5, bad)):
        with pytest.raises(
            TypeError, match=rf"sigmoid_binary_cross_entropy\(\) takes real numbers.*{dtype}"
        ):
            loss(*arguments, backend=backend)


@pytest.mark.parametrize("bad", [1j, "1", None, {}, object()], ids=lambda bad: type(bad).__name__)
def test_unsuitable_objects_of_either_argument(bad):
    kind = type(bad).__name__
    for other in (X3, 1.0, [1.0], jnp.ones(3), np.ma.ones(3)):
        for arguments in ((bad, other), (other, bad)):
            with pytest.raises(TypeError, match=f"cannot take builtins.{kind}: pass a number"):
                loss(*arguments)


def test_unknown_choices():
    with pytest.raises(ValueError, match=r"unknown backend 'nunpy'.*did you mean 'numpy'"):
        loss(X3, Y3, backend="nunpy")
    with pytest.raises(ValueError, match="'exact': there are 'high' and 'fast'"):
        loss(X3, Y3, accuracy="exact")
    with pytest.raises(TypeError, match="missing 1 required positional argument"):
        loss(X3)
