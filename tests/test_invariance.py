"""An element's bits depend on its value alone."""

from __future__ import annotations

import jax
import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

import cases
from sigmoids.accuracy import inputs
from sigmoids.accuracy.truth import same
from sigmoids.backends.blocks import elements
from sigmoids.functions import RESULTS

SAMPLE = (*cases.TYPICAL, "silu_derivative", "arctan_sigmoid", "logit")
"""Typical functions, and with them all words that formulas are written in."""


@pytest.fixture(
    params=[
        pytest.param(
            (RESULTS[name], backend),
            id=f"{name}-{backend}",
            marks=() if name in SAMPLE else pytest.mark.exhaustive,
        )
        for backend in cases.BACKENDS
        for name in (RESULTS if backend != "jax" else cases.TYPICAL)
    ],
    scope="module",
)
def pairing(request):
    """Functions and backends: XLA, which compiles for every shape anew, with typical ones only."""
    return request.param


@pytest.fixture(scope="module")
def member(pairing):
    return pairing[0]


@pytest.fixture(scope="module")
def backend(pairing):
    return pairing[1]


@pytest.fixture(scope="module")
def sample(member):
    """Values whose results would differ if vector bodies and scalar tails did."""
    return np.resize(inputs.float64_points(member.spec, 400), 3000)


def whole(member, sample, dtype, **options):
    x = sample.astype(dtype)
    return x, cases.bits(member.function(x, **options))


def test_offset_and_length(member, backend, dtype, accuracy, sample):
    """Every offset modulo 64 in memory, lengths around every vector's and block's size."""
    options = {"backend": backend, "accuracy": accuracy}
    with np.errstate(all="ignore"):
        x, expected = whole(member, sample, dtype, **options)
    lengths = [1, 2, 3, 5, 7, 8, 9, 15, 16, 17, 31, 33, 63, 64, 65, 127]
    if backend == "jax":
        lengths = [1, 3, 17, 64]  # every length is compiled for itself
    memory = np.empty(4096, dtype)
    for offset in range(0, 64, 1 if backend != "jax" else 7):
        for length in lengths:
            start = (offset * 37 + length * 11) % 2800
            part = memory[offset : offset + length]
            part[:] = x[start : start + length]
            y = member.function(part, **options)
            assert (cases.bits(y) == expected[start : start + length]).all(), (offset, length)


def test_beyond_the_block_size(member, backend, dtype, accuracy, sample):
    options = {"backend": backend, "accuracy": accuracy}
    with np.errstate(all="ignore"):
        x, expected = whole(member, sample, dtype, **options)
    block = elements(dtype)
    lengths = [block // 2 + 1, block - 1, block, block + 1, 3 * block + 5]
    if backend == "jax":
        lengths = lengths[-2:]  # every length is compiled for itself
    for length in lengths:
        y = member.function(np.resize(x, length), **options)
        assert (cases.bits(y) == np.resize(expected, length)).all()


def test_neighbours_far_out(member, backend, accuracy, sample):
    """Numba computes blocks of moderate numbers in a shorter way than those with any other."""
    low, high = member.spec.moderate[0]
    number = np.random.default_rng(0).uniform(low, min(high, 300), 40_000)
    x = np.concatenate([number, [low, high], sample[(sample >= low) & (sample <= high)]])
    among_others = x.copy()
    among_others[::500] = 2 * high
    y, other = (member.function(v, backend=backend, accuracy=accuracy) for v in (x, among_others))
    unmoved = x == among_others
    assert (cases.bits(y) == cases.bits(other))[unmoved].all()


def test_strides_orders_and_alignment(member, backend, dtype, accuracy, sample):
    options = {"backend": backend, "accuracy": accuracy}
    with np.errstate(all="ignore"):
        x, expected = whole(member, sample, dtype, **options)
    unaligned = np.empty(x.nbytes + 1, np.uint8)[1:].view(dtype)
    unaligned[:] = x
    spread = np.empty(3 * x.size, dtype)
    spread[::3] = x
    layouts = {
        "unaligned": unaligned,
        "strided": spread[::3],
        "broadcast": np.broadcast_to(x, (3, x.size)),
    }
    for name, layout in layouts.items():
        assert (cases.bits(member.function(layout, **options)) == expected).all(), name
    backwards = member.function(x[::-1], **options)
    assert (cases.bits(backwards.copy()) == expected[::-1]).all()
    table = x[:3000].reshape(60, 50)
    for layout in (np.asfortranarray(table), table.T, table[::2, ::-1]):
        y = member.function(layout, **options)
        flat = member.function(layout.ravel().copy(), **options)
        assert (cases.bits(y.ravel()) == cases.bits(flat)).all()


def test_alone_as_0d_array_as_scalar_and_under_vmap(member, backend, dtype, accuracy, sample):
    options = {"backend": backend, "accuracy": accuracy}
    with np.errstate(all="ignore"):
        x, expected = whole(member, sample, dtype, **options)
    for i in range(0, 3000, 37):
        zero_d = member.function(np.array(x[i]), **options)
        scalar = member.function(x[i], **options)
        assert cases.bits(zero_d) == cases.bits(scalar) == expected[i]
        if dtype == np.float64:
            assert same(np.float64(member.function(float(x[i]), **options)), scalar)
    if backend == "jax":
        with jax.enable_x64(True):
            mapped = jax.jit(jax.vmap(lambda v: member.function(v, accuracy=accuracy)))(x)
        assert (cases.bits(np.asarray(mapped)) == expected).all()


@settings(max_examples=30, deadline=None)
@given(data=st.data())
def test_any_layout(member, backend, data):
    dtype = data.draw(st.sampled_from([np.float32, np.float64]))
    shape = data.draw(arrays.array_shapes(max_dims=4, min_side=0, max_side=12))
    x = data.draw(arrays.arrays(dtype, shape))
    axes = data.draw(st.permutations(range(x.ndim)))
    steps = tuple(
        slice(None, None, data.draw(st.sampled_from([1, 2, -1, -3]))) for _ in range(x.ndim)
    )
    view = x.transpose(axes)[steps]
    y = member.function(view, backend=backend)
    assert y.shape == view.shape
    assert same(y, member.function(np.ascontiguousarray(view), backend=backend)).all()
