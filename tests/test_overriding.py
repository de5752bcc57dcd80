"""Whatever overrides NumPy's ufuncs decides what becomes of its units, labels and laziness."""

from __future__ import annotations

import gc
import pickle
import weakref

import numpy as np
import pytest

import sigmoids as sg
from sigmoids.containers.overriding import Elementwise, elementwise
from sigmoids.functions import FUNCTIONS, JOINT
from test_process import run

units = pytest.importorskip("astropy.units", reason="astropy needs a newer NumPy than the lowest")

MEMBERS = FUNCTIONS | JOINT


class Recorder:
    """Anything that has numbers inside, and says what it was asked."""

    def __init__(self, values):
        self.values = np.asarray(values)

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **options):
        if method != "__call__" or ufunc.nout != 1:
            return NotImplemented
        values = [getattr(x, "values", x) for x in inputs]
        made = type(self)(ufunc(*values, **options))
        for target in out:
            target.values = made.values
        made.asked = ufunc
        return made


class Quantity(np.ndarray):
    """A subclass that overrides, as those with units do."""

    def __array_ufunc__(self, ufunc, method, *inputs, out=(), **options):
        inputs = [np.asarray(x) for x in inputs]
        if out:
            options["out"] = tuple(np.asarray(x) for x in out)
        return "asked", getattr(ufunc, method)(*inputs, **options)


def arguments(name, x):
    return (x, 0.25)[: len(MEMBERS[name].spec.arguments)]


@pytest.mark.parametrize("name", MEMBERS)
def test_they_are_asked(name, accuracy):
    x = np.array([0.1, 0.5, 0.75])
    function = MEMBERS[name].function
    expected = np.stack(function(*arguments(name, x), accuracy=accuracy))
    for backend in (None, "numpy", "numba"):
        results = function(*arguments(name, Recorder(x)), accuracy=accuracy, backend=backend)
        for result, part in zip(
            results if name in JOINT else (results,), MEMBERS[name].spec.parts, strict=True
        ):
            assert type(result) is Recorder
            assert result.asked.function == part.name
            assert (result.asked.accuracy, result.asked.backend) == (accuracy, backend)
        found = [r.values for r in results] if name in JOINT else results.values
        np.testing.assert_allclose(np.stack(found), expected, rtol=3e-15)


def test_a_subclass_that_overrides_is_asked_too():
    said, y = sg.sigmoid(np.array([0.0, 1.0]).view(Quantity))
    assert said == "asked"
    assert y.tolist() == sg.sigmoid([0.0, 1.0]).tolist()


def test_what_is_inside_may_override_as_well():
    class Outer(Recorder):
        def __init__(self, values):
            self.values = values

    said, y = sg.sigmoid(Outer(np.array([0.0, 1.0]).view(Quantity))).values
    assert said == "asked"
    assert y.tolist() == sg.sigmoid([0.0, 1.0]).tolist()
    assert type(sg.sigmoid(Outer(Recorder([0.0]))).values) is Recorder


def test_the_order_is_that_of_nep_13():
    class First(Recorder):
        pass

    class Special(First):
        pass

    class Refusing(Recorder):
        def __array_ufunc__(self, *_args, **_options):
            return NotImplemented

    one, special, refusing = First([0.0]), Special([0.0]), Refusing([0.0])
    function = sg.sigmoid_binary_cross_entropy
    assert type(function(one, Recorder([1.0]))) is First
    assert type(function(Recorder([1.0]), one)) is First, "a subclass goes before its base"
    assert type(function(one, special)) is Special
    assert type(function(0.0, one)) is First
    assert type(function(refusing, one)) is First
    assert type(function(np.zeros(1), one)) is First
    with pytest.raises(TypeError, match=r"not implemented by .*Refusing: pass the plain array"):
        function(refusing, 1.0)


def test_types_that_take_no_part():
    class Opaque(np.ndarray):
        __array_ufunc__ = None

    with pytest.raises(TypeError, match=r"sigmoid\(\): .*Opaque takes no part in ufuncs"):
        sg.sigmoid(np.zeros(2).view(Opaque))


def test_out_is_asked_and_returned():
    out = Recorder([7.0])
    assert sg.sigmoid(Recorder([0.0]), out=out) is out
    assert out.values.tolist() == [0.5]
    out = Recorder([7.0])
    assert sg.sigmoid(np.zeros(1), out=out) is out, "where only out overrides"
    assert out.values.tolist() == [0.5]
    outs = Recorder([7.0]), Recorder([7.0])
    assert sg.sigmoid_and_derivative(Recorder([0.0]), out=outs) == outs
    assert [o.values.tolist() for o in outs] == [[0.5], [0.25]]
    with pytest.raises(TypeError, match="out must be 2 arrays for the results of"):
        sg.sigmoid_and_derivative(Recorder([0.0]), out=outs[0])


@pytest.mark.parametrize("nest", [lambda x: [x], lambda x: [[1.0, x]], lambda x: (0.0, x)])
def test_lists_of_what_would_lose_its_units_are_refused(typical, nest):
    for item in (np.zeros(2).view(Quantity), Recorder([0.0]), 1 * units.km):
        with pytest.raises(TypeError, match="cannot take a list of"):
            typical.function(nest(item))


def test_the_choice_travels_with_the_ufunc():
    """Lazy libraries call it later, in another thread or process."""
    with sg.use_backend("numpy"):
        (function,) = elementwise(FUNCTIONS["sigmoid"].spec, None, "high")
    assert (function.backend, function.preferred) == (None, "numpy")
    assert function(np.zeros(1)).tolist() == [0.5]
    copy = pickle.loads(pickle.dumps(function))
    assert copy == function
    assert hash(copy) == hash(function)
    code = f"import pickle; print(pickle.loads({pickle.dumps(function)!r})(0.0))"
    assert run(code).stdout.strip() == "0.5"


def test_the_likeness_of_a_ufunc():
    (one,) = elementwise(FUNCTIONS["sigmoid"].spec, "numpy", "fast")
    (two,) = elementwise(FUNCTIONS["sigmoid_binary_cross_entropy"].spec, None, "high")
    assert (one.nin, one.nout, one.nargs, one.ntypes) == (1, 1, 2, len(one.types))
    assert (two.nin, two.nargs, two.types[1]) == (2, 3, "ff->f")
    assert not hasattr(np, one.__name__)
    assert one.resolve_dtypes((np.dtype("f4"), None)) == (np.dtype("f4"),) * 2
    assert one.resolve_dtypes((np.dtype("i4"), None)) == (np.dtype("f8"),) * 2
    for dtypes in (("f4", float), ("f4", int), ("f4", "f8"), ("i4", float), (int, float)):
        given = (*(d if isinstance(d, type) else np.dtype(d) for d in dtypes), None)
        assert two.resolve_dtypes(given) == np.logaddexp.resolve_dtypes(given)
    assert repr(two) == "sigmoids.sigmoid_binary_cross_entropy"
    assert one(np.zeros(1), where=True, casting="same_kind", dtype="f4").dtype == np.float32
    with pytest.raises(TypeError, match=r"sigmoid\(\) takes no axis, where"):
        one(np.zeros(1), where=np.ones(1, bool), axis=0)
    assert isinstance(one, Elementwise)


# astropy


def test_dimensionless_quantities_stay_and_are_converted(typical, backend):
    x = [50.0, -25.0] * units.percent
    y = typical.function(x, backend=backend)
    assert type(y) is units.Quantity
    assert y.unit == units.dimensionless_unscaled
    expected = typical.function(np.array([0.5, -0.25]), backend=backend)
    assert y.value.tolist() == expected.tolist()


def test_the_logistic_function_of_half_is_what_it_is():
    assert sg.sigmoid([50.0] * units.percent).value == [0.6224593312018546]
    assert sg.sigmoid(50.0 * units.percent) == 0.6224593312018546


def test_units_are_not_lost(typical, backend):
    for x in ([1.0] * units.km, 1.0 * units.s, np.float32([1]) * units.mag):
        with pytest.raises(units.UnitTypeError, match="dimensionless"):
            typical.function(x, backend=backend)


def test_both_arguments_have_units():
    function = sg.sigmoid_binary_cross_entropy
    loss = function([200.0] * units.percent, [100.0] * units.percent)
    assert loss.unit == units.dimensionless_unscaled
    assert loss.value == function([2.0], [1.0])
    assert function([2.0], [100.0] * units.percent).value == function([2.0], [1.0])
    with pytest.raises(units.UnitTypeError):
        function([2.0], [1.0] * units.km)


def test_quantities_as_out():
    out = np.zeros(1) * units.km
    x = np.array([1.0])
    assert sg.sigmoid(x, out=out) is out
    assert out.unit == units.dimensionless_unscaled
    assert out.value == sg.sigmoid(x)


# Routes of types that come and go


def test_classes_that_are_used_once_are_freed():
    def once():
        class Passing(np.ndarray):
            pass

        class Overriding(Recorder):
            pass

        class Number(float):
            pass

        watched = []
        for kind in (Passing, Overriding, Number):
            x = Number(1.0) if kind is Number else np.zeros(2).view(Passing)
            x = Overriding([0.0]) if kind is Overriding else x
            for _ in range(3):
                sg.sigmoid(x)
                sg.sigmoid_binary_cross_entropy(x, 1.0)
                sg.sigmoid_binary_cross_entropy(x, x)
                sg.sigmoid_and_derivative(x)
            watched.append(weakref.ref(kind))
        sg.sigmoid_binary_cross_entropy(np.zeros(2).view(Passing), Overriding([0.0]))
        return watched

    watched = once()
    gc.collect()
    assert [kind() for kind in watched] == [None, None, None]
