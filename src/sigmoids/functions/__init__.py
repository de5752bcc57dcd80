"""The family: every member in a file of its own, and the table that lists them.

Tests, benchmarks, plots and the API reference go through :data:`FUNCTIONS`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from sigmoids.functions import sigmoid, sigmoid_derivative

if TYPE_CHECKING:
    from collections.abc import Callable

    from sigmoids.spec import Spec


class Member(NamedTuple):
    """A function of the family: what is called, and what is declared about it."""

    function: Callable[..., Any]
    spec: Spec


FUNCTIONS: dict[str, Member] = {
    member.spec.name: member
    for member in (
        Member(sigmoid.sigmoid, sigmoid.SPEC),
        Member(sigmoid_derivative.sigmoid_derivative, sigmoid_derivative.SPEC),
    )
}
