"""The family: every member in a file of its own, and the tables that list them.

Tests, benchmarks, plots and the API reference go through :data:`FUNCTIONS` and :data:`JOINT`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from sigmoids.functions import sigmoid, sigmoid_and_derivative, sigmoid_derivative

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.spec import Joint, Spec


class Member(NamedTuple):
    """A function of the family: what is called, and what is declared about it."""

    function: Callable[..., Any]
    spec: Spec


class JointMember(NamedTuple):
    """A function that computes several of them at once."""

    function: Callable[..., tuple[Any, ...]]
    spec: Joint


FUNCTIONS: dict[str, Member] = {
    member.spec.name: member
    for member in (
        Member(sigmoid.sigmoid, sigmoid.SPEC),
        Member(sigmoid_derivative.sigmoid_derivative, sigmoid_derivative.SPEC),
    )
}

JOINT: dict[str, JointMember] = {
    member.spec.name: member
    for member in (
        JointMember(sigmoid_and_derivative.sigmoid_and_derivative, sigmoid_and_derivative.SPEC),
    )
}


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


RESULTS: dict[str, Member] = FUNCTIONS | {
    f"{name}[{index}]": _result(joint, index)
    for name, joint in JOINT.items()
    for index in range(len(joint.spec.parts))
}
"""Every result of every function, for what looks at one result at a time."""
