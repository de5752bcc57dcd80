"""Calls like an earlier one take a shorter way, to the same bits and the same errors."""

from __future__ import annotations

import sys
from itertools import product

import ml_dtypes
import numpy as np
import pytest

import sigmoids as sg
from cases import DTYPES, SPECIAL, TYPICAL_NAMES, bits, dtype_id, sampled
from sigmoids import dispatch
from sigmoids.backends import registry
from sigmoids.backends.engine import SMALL
from sigmoids.functions import FUNCTIONS, JOINT
from sigmoids.spec import results

MEMBERS = FUNCTIONS | JOINT
EIGHT_BITS = np.dtype(ml_dtypes.float8_e4m3fn)


def twice(function, *arguments, **options):
    """The results of a call that finds its way, and of one that knows it."""
    first, second = (results(function(*arguments, **options)) for _ in range(2))
    assert all((bits(a) == bits(b)).all() for a, b in zip(first, second, strict=True))
    return second


@pytest.mark.parametrize(
    ("name", "dtype"),
    [
        *sampled(product(MEMBERS, DTYPES), list(product(TYPICAL_NAMES, DTYPES))),
        ("sigmoid", EIGHT_BITS),
    ],
    ids=str,
)
def test_the_same_bits_as_many(name, dtype, accuracy):
    """And as much the same kind of array."""
    function, spec = MEMBERS[name]
    with np.errstate(all="ignore"):
        x = np.tile(SPECIAL, SMALL // 4).astype(dtype)
    second = x[::-1].copy()
    many = results(function(*[x, second][: len(spec.arguments)], accuracy=accuracy))
    for part in (slice(1), slice(7), slice(3, 40, 2), slice(SMALL - 1)):
        arguments = [a[part] for a in (x, second)][: len(spec.arguments)]
        few = twice(function, *arguments, accuracy=accuracy)
        for y, all_ in zip(few, many, strict=True):
            assert type(y) is np.ndarray
            assert y.dtype == dtype
            assert (bits(y) == bits(all_[part].copy())).all()


@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_id)
@pytest.mark.parametrize("name", ["sigmoid", "sigmoid_and_derivative"])
@pytest.mark.parametrize("size", [12, 3 * SMALL])
def test_places(size, name, dtype):
    """New, the argument itself, parts of a larger array, with gaps, overlapping."""
    function, spec = MEMBERS[name]
    x = np.linspace(-3, 3, size).astype(dtype)
    expected = results(function(x))
    room = np.zeros((4, 2 * x.size + 1), dtype)
    others = tuple(np.empty_like(x) for _ in expected[1:])
    shifted = np.concatenate([x, x])
    for argument, out in (
        (x, np.empty_like(x)),
        (x, room[0, : x.size]),
        (x, room[1, 1::2]),
        (x, room[2, ::-2][: x.size]),
        (shifted[1 : 1 + x.size], shifted[: x.size]),
    ):
        known = results(function(argument.copy()))
        places = out if len(expected) == 1 else (out, *others)
        assert function(argument, out=places) is places or len(expected) > 1
        assert (bits(out.copy()) == bits(known[0])).all()
    own = x.copy()
    function(own, out=own if len(expected) == 1 else (own, *others))
    assert (bits(own) == bits(expected[0])).all()
    for other, y in zip(others, expected[1:], strict=True):
        assert (bits(other) == bits(y)).all()
    assert spec.name == name


@pytest.mark.parametrize("name", ["sigmoid", "sigmoid_and_derivative"])
@pytest.mark.parametrize("size", [3, 3 * SMALL])
def test_unsuitable_places_are_refused_when_the_way_is_known(size, name):
    function, spec = MEMBERS[name]
    x = np.ones(size)
    function(x)
    function(x)
    number = len(spec.parts)
    read_only = np.zeros(size)
    read_only.flags.writeable = False
    for out, error in (
        (np.zeros(size + 1), ValueError),
        (np.zeros((2, size)), ValueError),
        (np.zeros(size, np.float32), TypeError),
        (np.lib.stride_tricks.as_strided(np.zeros(size), strides=(0,)), ValueError),
        (read_only, ValueError),
        ([0.0] * size, TypeError),
    ):
        before = np.array(out)
        places = out if number == 1 else (np.zeros(size), out)
        with pytest.raises(error):
            function(x, out=places)
        assert (np.asarray(out) == before).all()
        if number > 1:
            assert not places[0].any()
    if number > 1:
        same = np.zeros(size)
        for places in ((same, same), (same, same[:]), same, (same,)):
            with pytest.raises((TypeError, ValueError)):
                function(x, out=places)
            assert not same.any()


@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_id)
@pytest.mark.parametrize("name", TYPICAL_NAMES)
@pytest.mark.parametrize("shape", [(1, 900), (900, 1), (30, 30), (3, 2, 5, 30)], ids=str)
def test_any_layout_when_the_way_is_known(shape, name, dtype):
    function, spec = MEMBERS[name]
    number = len(spec.arguments)
    arguments = [np.linspace(start, 1, 900).astype(dtype) for start in (-3, 0)[:number]]
    expected = results(function(*arguments))
    known = [x.reshape(shape) for x in arguments]
    misaligned = [np.empty(x.nbytes + 1, np.uint8)[1:].view(dtype).reshape(shape) for x in known]
    for place, x in zip(misaligned, known, strict=True):
        place[...] = x
    for given in (
        known,
        [np.asfortranarray(x) for x in known],
        [x[..., ::-1].copy()[..., ::-1] for x in known],
        [np.repeat(x, 2, axis=0)[::2] for x in known],
        [*known[:-1], np.asfortranarray(known[-1])],
        misaligned,
    ):
        for out in (None, np.empty(shape, dtype), np.empty(shape, dtype, order="F")):
            places = {} if out is None or len(expected) > 1 else {"out": out}
            found = results(function(*given, **places))
            assert not places or found[0] is out
            for y, all_ in zip(found, expected, strict=True):
                assert (y.dtype, y.shape) == (dtype, shape)
                assert (bits(y.copy(order="C").ravel()) == bits(all_)).all()


@pytest.mark.parametrize("dtype", [np.int8, np.uint64, np.bool_, ">f4", ">f8", np.longdouble])
def test_other_dtypes_have_what_they_had(dtype):
    x = np.array([0, 1, 1]).astype(dtype)
    expected = np.float64 if x.dtype.kind in "iub" else x.dtype
    for y in (sg.sigmoid(x), sg.sigmoid(x)):
        assert y.dtype == expected
        assert (y == np.array([0.5, *2 * [sg.sigmoid(x.dtype.type(1))]])).all()


@pytest.mark.parametrize("x", [np.array(0.5), np.float32(0.5), 0.5, 1, True], ids=repr)
def test_no_dimension_is_kept(x):
    y = [sg.sigmoid(x) for _ in range(2)]
    assert [type(value) for value in y] == 2 * [
        type(x) if isinstance(x, np.ndarray | np.generic) else float
    ]
    assert np.shape(y[1]) == ()


def test_arrays_that_are_not_alike():
    """Other shapes, dtypes and numbers beside the first, when the way for equal ones is known."""
    cross_entropy = sg.sigmoid_binary_cross_entropy
    x = np.linspace(-2, 2, 3)
    cross_entropy(x, x)
    expected = cross_entropy(x, np.full(3, 0.25))
    for labels in (0.25, np.float32(0.25), np.array(0.25), np.full(3, 0.25, np.float32)):
        assert (twice(cross_entropy, x, labels)[0] == expected).all()
    column = twice(cross_entropy, x[:, None], np.full(3, 0.25))[0]
    assert (column == np.broadcast_to(expected[:, None], (3, 3))).all()
    with pytest.raises(ValueError, match="shape"):
        cross_entropy(x, np.ones(2))
    single = x.astype(np.float32)
    assert cross_entropy(single, 0.25).dtype == np.float32
    assert cross_entropy(single, 0.25).dtype == np.float32


def frames(call):
    """How many frames of the package a call takes."""
    number = 0

    def profile(frame, event, _argument):
        nonlocal number
        number += event == "call" and "sigmoids" in frame.f_code.co_filename

    sys.setprofile(profile)
    try:
        call()
    finally:
        sys.setprofile(None)
    return number


@pytest.mark.parametrize("dtype", DTYPES, ids=dtype_id)
@pytest.mark.parametrize("name", sampled(MEMBERS, TYPICAL_NAMES))
def test_the_fewest_frames(name, dtype):
    """The function itself; what looks at other arguments and options."""
    function, spec = MEMBERS[name]
    one = len(spec.arguments) == 1
    arguments = [np.ones(5, dtype)] * len(spec.arguments)
    out = tuple(np.ones(5, dtype) for _ in spec.parts)
    places = out if len(out) > 1 else out[0]
    for options, number in (
        ({}, 1 if one else 3),
        ({"out": places}, 1 if one and len(out) == 1 else 2 if one else 4),
        ({"accuracy": "fast"}, 2 if one else 3),
    ):
        function(*arguments, **options)
        allowed = number + len(out) * (len(out) > 1 and "out" in options)
        allowed += (
            not one and dtype.isbuiltin != 1
        )  # NumPy converts numbers to its own dtypes alone
        assert frames(lambda options=options: function(*arguments, **options)) == allowed


def test_machine_code_has_the_same_name_whatever_was_compiled_before():
    """Or another process would not find it in the cache."""
    numba = registry.load("numba")
    from sigmoids.backends.numba import kernels, ufunc

    def name():
        spec, dtype = FUNCTIONS["silu"].spec, np.dtype(np.float64)
        kernel, _ = kernels._kernels(spec, dtype, "fast")
        return kernels._named(spec, dtype, "fast", "ufunc", ufunc.make_loop, kernel)

    before = name()
    numba.ufunc(FUNCTIONS["tanh"].spec, np.dtype(np.float16), "high")
    ufunc._alive.append("something")
    assert name() == before
    ufunc._alive.pop()


def test_two_functions_of_one_formula():
    """Routes belong to the specification, not to its formula."""
    from dataclasses import replace

    spec = FUNCTIONS["sigmoid"].spec
    other = replace(spec, name="another")
    x = np.ones(2, complex)
    with pytest.raises(TypeError, match=r"another\(\) takes real numbers"):
        dispatch.dispatcher(other)(x)
    with pytest.raises(TypeError, match=r"sigmoid\(\) takes real numbers"):
        sg.sigmoid(x)
