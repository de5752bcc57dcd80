"""The public facts of every function."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest

import sigmoids as sg
from sigmoids.accuracy import bounds
from sigmoids.functions import FUNCTIONS

SAMPLES = np.concatenate([[-np.inf, np.inf], np.linspace(-40, 40, 80001), np.linspace(0, 1, 1001)])


@pytest.fixture(params=FUNCTIONS)
def known(request):
    """A function, what is known of it, and arguments all over its domain."""
    member = FUNCTIONS[request.param]
    about = sg.info(member.function)
    low, high = about.domain
    x = SAMPLES[(low <= SAMPLES) & (high >= SAMPLES)]
    arguments = [x, *[np.linspace(0, 1, x.size)] * (len(about.arguments) - 1)]
    return member.function, about, arguments


def test_the_range_is_approached_and_not_left(known):
    function, about, arguments = known
    y = function(*arguments)
    y = y[~np.isnan(y)]
    low, high = about.range
    assert low <= y.min()
    assert y.max() <= high
    for limit, nearest in ((low, y.min()), (high, y.max())):
        assert math.isclose(limit, nearest, rel_tol=1e-7, abs_tol=1e-12)


def test_arguments_outside_of_the_domain_have_no_result(known):
    function, about, _ = known
    for limit, step in zip(about.domain, (-1, 1), strict=True):
        if math.isfinite(limit):
            assert math.isnan(function(limit + step))
            assert not math.isnan(function(limit))


def test_inverses(known):
    function, about, _ = known
    if about.inverse is None:
        return
    x = np.linspace(0.01, 0.99, 50)
    np.testing.assert_allclose(about.inverse(function(x)), x, rtol=1e-13)
    assert sg.info(about.inverse).inverse is function


def test_derivatives_are_slopes(known):
    function, about, arguments = known
    x = np.linspace(0.05, 0.95, 7)
    others = [np.full(7, 0.25)] * (len(arguments) - 1)
    h = 1e-5
    slope = (function(x + h, *others) - function(x - h, *others)) / (2 * h)
    found = about.derivative(x, *others)
    np.testing.assert_allclose(found[0] if others else found, slope, rtol=1e-7)


def test_a_derivative_that_is_a_member_is_its_results():
    x = np.linspace(-800, 800, 99)
    assert (sg.info(sg.sigmoid).derivative(x) == sg.sigmoid_derivative(x)).all()
    assert sg.info(sg.tanh).derivative(2.0) == sg.tanh_derivative(2.0)


def test_bounds_are_those_of_the_table(known):
    _, about, _ = known
    for key, bound in bounds.of(about.name).items():
        assert about.bound(*key[1:]) == bound.ulp
    assert about.bound("torch", np.float64) == about.bound("numba", "float64")
    with pytest.raises(ValueError, match="did you mean 'numba'"):
        about.bound("nunba", "float64")


def test_formulas_are_for_tex(known):
    _, about, _ = known
    assert about.formula in FUNCTIONS[about.name].function.__doc__
    assert "`" not in about.formula


@pytest.mark.parametrize("function", [np.tanh, sg.sigmoid_and_derivative, sg.plot, 1])
def test_others_are_refused(function):
    with pytest.raises(TypeError, match=r"ask for these|takes one of sigmoid, "):
        sg.info(function)


@pytest.mark.parametrize("name", sorted({*sg.__all__} - {"backends"}))
def test_public_functions_are_of_the_package_and_values(name):
    function = getattr(sg, name)
    assert function.__module__ == "sigmoids"
    assert function.__qualname__ == name
    assert pickle.loads(pickle.dumps(function)) is function
    assert {function: 1}[function] == 1
    assert function == getattr(sg, name)


def test_facts_can_be_kept():
    about = sg.info(sg.silu)
    assert pickle.loads(pickle.dumps(about)) == about == sg.info(sg.silu)
