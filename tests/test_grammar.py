"""Formulas compute with numbers, and with nothing that has fewer digits by mistake."""

from __future__ import annotations

import numpy as np
import pytest

import cases
from sigmoids import dispatch
from sigmoids.arithmetic.grammar import check
from sigmoids.functions import FUNCTIONS, JOINT
from sigmoids.spec import Joint, Spec, results


class Slope:
    """Whatever is computed with it."""

    def __neg__(self):
        return self

    def _compute(self, _other):
        return self

    __add__ = __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = _compute


def all_specs():
    """The members of the family and what their derivatives are made of."""
    found, waiting = {}, [member.spec for member in (FUNCTIONS | JOINT).values()]

    def evaluate(spec, *_arguments):
        waiting.append(spec)
        return Slope()

    while waiting:
        spec = waiting.pop()
        if spec.name not in found:
            found[spec.name] = spec
            for part in spec.parts if isinstance(spec, Joint) else (spec,):
                results(part.derivative(evaluate, *(Slope() for _ in part.arguments)))
    return found


SPECS = all_specs()


@pytest.mark.parametrize("name", SPECS)
def test_every_formula_is_accepted(name):
    check(SPECS[name])


def test_higher_derivatives_are_among_them():
    assert "arctan_sigmoid_third_derivative" in SPECS
    assert "sigmoid_binary_cross_entropy_slope" in SPECS


REFUSED = {
    "the argument squared": lambda xp, x: xp.number(x * x),
    "a constant less the argument": lambda xp, x: xp.number(1.0 - x),
    "its magnitude halved": lambda xp, x: xp.number(xp.abs(x) / 2.0),
    "a power": lambda xp, x: xp.number(x**2),
    "a number and the argument": lambda xp, x: xp.number(x) + x,
    "a number and a constant": lambda xp, x: 1.0 - xp.number(x),
    "a number and a plain one": lambda xp, x: xp.number(x) * xp.plain(x),
    "a plain number and a constant": lambda xp, x: xp.number(xp.plain(x) * 2.0),
    "a select between kinds": lambda xp, x: xp.where(x > 0, xp.number(x), x),
    "a choice by a number": lambda xp, x: xp.where(x, xp.number(x), xp.number(x)),
    "a branch": lambda xp, x: xp.number(x) if x > 0 else xp.number(0.0),
    "a chain of comparisons": lambda xp, x: xp.where(0 < x < 1, xp.number(x), xp.number(0.0)),
    "the argument as a result": lambda _xp, x: x,
    "two exponents": lambda xp, x: xp.exp_ratio(x)[0] / xp.exp_ratio(-x)[0],
    "the logarithm of arguments": lambda xp, x: xp.log1p_ratio(x, x),
}


@pytest.mark.parametrize("name", REFUSED)
def test_refused(name):
    spec = Spec("mine", REFUSED[name], lambda _m, x: x, lambda _evaluate, x: x, ())
    with pytest.raises(TypeError, match="formula of 'mine': "):
        check(spec)


@pytest.mark.parametrize("backend", cases.BACKENDS)
@pytest.mark.parametrize("accuracy", cases.ACCURACIES)
def test_no_engine_evaluates_what_is_refused(backend, accuracy):
    """With "fast" the argument would do, and with "high" lose half of its digits."""
    square = REFUSED["the argument squared"]
    spec = Spec("mine", square, lambda _m, x: x, lambda _evaluate, x: x, ())
    with pytest.raises(TypeError, match=r"take xp.number\(x\), or xp.plain\(x\)"):
        dispatch.dispatcher(spec)(np.ones(3), backend=backend, accuracy=accuracy)
