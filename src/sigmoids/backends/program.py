"""A formula as a straight line of NumPy calls that share a few scratch arrays.

Evaluated as it stands, a formula over arrays allocates and frees one temporary an operation, which
costs more than the arithmetic as soon as the allocator returns the memory to the system.  So the
formula is traced once, on a stand-in that records the calls, and temporaries whose last use has
passed lend their memory to later ones.
"""

from __future__ import annotations

from collections import Counter
from functools import cache
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.lib.mixins import NDArrayOperatorsMixin

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sigmoids.spec import Spec


class Node(NDArrayOperatorsMixin):
    """A recorded call; operators and ufuncs on nodes record further ones."""

    def __init__(self, call: Any, inputs: tuple[Any, ...]) -> None:
        self.call = call
        self.inputs = inputs
        self.is_truth = call in (np.less, np.less_equal, np.greater, np.greater_equal, np.equal)

    def __array_ufunc__(self, ufunc: np.ufunc, _method: str, *inputs: Any) -> Node:
        return Node(ufunc, inputs)


class NumpyVocabulary:
    """The primitives as calls of NumPy's own functions, on nodes."""

    abs = staticmethod(np.absolute)

    @staticmethod
    def where(condition: Any, a: Any, b: Any, /) -> Any:
        """``np.where``, which is no ufunc."""
        return Node(_select, (condition, a, b))

    @staticmethod
    def exp_ratio(z: Any, /) -> tuple[Any, Any]:
        """(e^z, 1): the library's own exponential; a division would only add to its cost."""
        return np.exp(z), 1.0

    @staticmethod
    def expm1_ratio(z: Any, /) -> tuple[Any, Any]:
        """(e^z − 1, 1)."""
        return np.expm1(z), 1.0


def _select(condition: Any, a: Any, b: Any, out: NDArray[Any]) -> NDArray[Any]:
    # Writing through a mask would be slower than the copy: its branches are unpredictable.
    out[...] = np.where(condition, a, b)
    return out


class Program:
    """The calls in their order, over numbered places: argument, result, constants, scratch."""

    def __init__(self, trace: Callable[[Any], Any]) -> None:
        argument = Node(None, ())
        calls = _in_order(trace(argument), argument)
        constants = {id(v): v for call in calls for v in call.inputs if not isinstance(v, Node)}
        self._constants = tuple(constants.values())
        self._scratch: list[bool] = []
        self._steps: list[tuple[Callable[..., Any], tuple[int, ...], int]] = []
        place = {key: 2 + number for number, key in enumerate(constants)} | {id(argument): 0}
        uses = Counter(id(v) for call in calls for v in call.inputs)
        free: dict[bool, list[int]] = {True: [], False: []}
        for call in calls:
            for value in call.inputs:
                uses[id(value)] -= 1
                if not uses[id(value)] and isinstance(value, Node) and value is not argument:
                    # Elementwise calls may write where they read, so the output can have it.
                    free[value.is_truth].append(place[id(value)])
            if call is calls[-1]:
                output = 1
            elif free[call.is_truth]:
                output = free[call.is_truth].pop()
            else:
                output = 2 + len(constants) + len(self._scratch)
                self._scratch.append(call.is_truth)
            place[id(call)] = output
            self._steps.append((call.call, tuple(place[id(v)] for v in call.inputs), output))

    def scratch(self, size: int, dtype: np.dtype[Any]) -> list[NDArray[Any]]:
        """Arrays for :meth:`run` on blocks of up to ``size`` elements."""
        return [np.empty(size, np.bool_ if truth else dtype) for truth in self._scratch]

    def run(self, x: NDArray[Any], result: NDArray[Any], scratch: list[NDArray[Any]]) -> None:
        """Evaluate on a block: one-dimensional, contiguous, of the dtype of result and scratch."""
        places = [x, result, *self._constants, *(array[: x.size] for array in scratch)]
        for call, inputs, output in self._steps:
            call(*[places[i] for i in inputs], out=places[output])


def _in_order(result: Node, argument: Node) -> list[Node]:
    """The calls that lead to a result, every one after those it uses."""
    order: dict[int, Node] = {}

    def visit(node: Node) -> None:
        for value in node.inputs:
            if isinstance(value, Node) and value is not argument and id(value) not in order:
                visit(value)
        order[id(node)] = node

    visit(result)
    return list(order.values())


@cache
def program(spec: Spec, *, narrows: bool) -> Program:
    """The program of a function; with ``narrows``, one whose result may be rounded once more."""
    vocabulary = NumpyVocabulary()

    def trace(x: Any) -> Any:
        y = spec.formula(vocabulary, x)
        if narrows and spec.break_ties is not None:
            y = spec.break_ties(vocabulary, x, y)
        return y

    return Program(trace)
