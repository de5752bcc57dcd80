"""The family: every member in a file of its own, and the tables that list them.

Tests, benchmarks, plots and the API reference go through :data:`FUNCTIONS` and :data:`JOINT`.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sigmoids.functions import (
    arctan_sigmoid,
    arctan_sigmoid_derivative,
    log_sigmoid,
    logit,
    sigmoid,
    sigmoid_and_derivative,
    sigmoid_binary_cross_entropy,
    sigmoid_derivative,
    silu,
    silu_derivative,
    softplus,
    tanh,
    tanh_derivative,
)

if TYPE_CHECKING:
    from collections.abc import Callable
    from types import ModuleType

    from sigmoids.spec import Joint, Spec


class Member(NamedTuple):
    """A function of the family: what is called, and what is declared about it."""

    function: Callable[..., Any]
    spec: Spec


class JointMember(NamedTuple):
    """A function that computes several of them at once."""

    function: Callable[..., tuple[Any, ...]]
    spec: Joint


def _table(*modules: ModuleType) -> dict[str, Any]:
    """Of every module its function and its specification, by the name that they share."""
    return {m.SPEC.name: (getattr(m, m.SPEC.name), m.SPEC) for m in modules}


FUNCTIONS = {
    name: Member(*found)
    for name, found in _table(
        sigmoid,
        sigmoid_derivative,
        logit,
        log_sigmoid,
        softplus,
        silu,
        silu_derivative,
        tanh,
        tanh_derivative,
        arctan_sigmoid,
        arctan_sigmoid_derivative,
        sigmoid_binary_cross_entropy,
    ).items()
}

JOINT = {name: JointMember(*found) for name, found in _table(sigmoid_and_derivative).items()}


def parts(name: str) -> tuple[Spec, ...]:
    """What describes each result of the function of that name."""
    return JOINT[name].spec.parts if name in JOINT else (FUNCTIONS[name].spec,)


def _result(joint: JointMember, index: int) -> Member:
    def function(x: Any, *, out: Any = None, **options: Any) -> Any:
        outs = None
        if out is not None:
            outs = tuple(out if i == index else np.empty_like(out) for i in range(count))
        results = joint.function(x, out=outs, **options)
        return results[index]

    count = len(joint.spec.parts)
    function.__name__ = joint.spec.name
    return Member(function, joint.spec.parts[index])


def _slice(member: Member, second: float) -> Member:
    """The function of its first argument, the second being fixed."""

    def function(x: Any, **options: Any) -> Any:
        return member.function(x, second, **options)

    spec = member.spec
    function.__name__ = spec.name
    edges = tuple((x, value) for x, y, value in spec.edges if y == second)
    sliced = replace(
        spec,
        formula=lambda xp, x: spec.formula(xp, x, second),
        reference=lambda m, x: spec.reference(m, x, second),
        derivative=lambda evaluate, x: spec.derivative(evaluate, x, second)[0],
        edges=edges,
        arguments=spec.arguments[:1],
    )
    return Member(function, sliced)


SLICED_AT = 1.0
"""Second argument of the slices in :data:`RESULTS`."""

RESULTS: dict[str, Member] = {
    **{name: member for name, member in FUNCTIONS.items() if len(member.spec.arguments) == 1},
    **{
        f"{name}[{index}]": _result(joint, index)
        for name, joint in JOINT.items()
        for index in range(len(joint.spec.parts))
    },
    **{
        f"{name}[{member.spec.arguments[1]}={SLICED_AT}]": _slice(member, SLICED_AT)
        for name, member in FUNCTIONS.items()
        if len(member.spec.arguments) == 2
    },
}
"""Functions of one argument with one result: the members that are such, the results of those that
have several, and a slice of those that take two arguments.  For what looks at one at a time."""
