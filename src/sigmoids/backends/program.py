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

from sigmoids.backends import exponential
from sigmoids.backends.pairs import PairVocabulary
from sigmoids.spec import results

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sigmoids.backends.engine import Arrays
    from sigmoids.spec import Function


TRUTHS = (np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.bitwise_or)
"""Calls whose results are truth values: comparisons, and what combines them."""


class Node(NDArrayOperatorsMixin):
    """A recorded call; operators and ufuncs on nodes record further ones."""

    def __init__(self, call: Any, inputs: tuple[Any, ...]) -> None:
        self.call = call
        self.inputs = inputs
        self.is_truth = call in TRUTHS

    def __array_ufunc__(self, ufunc: np.ufunc, _method: str, *inputs: Any) -> Node:
        return Node(ufunc, inputs)


class NumpyVocabulary:
    """The primitives as calls of NumPy's own functions, on nodes.

    ``split`` and ``cut`` are those that pairs of float64 numbers need.
    """

    abs = staticmethod(np.absolute)
    number = staticmethod(float)

    @staticmethod
    def where(condition: Any, a: Any, b: Any, /) -> Any:
        """``np.where``, which is no ufunc."""
        return Node(_select, (condition, a, b))

    @staticmethod
    def exp_ratio(z: Any, /) -> tuple[Any, Any]:
        """(e^z, 1): the library's own exponential; a division would only add to its cost."""
        return Node(_exp, (z,)), 1.0

    @staticmethod
    def expm1_ratio(z: Any, /) -> tuple[Any, Any]:
        """(e^z − 1, 1)."""
        return np.expm1(z), 1.0

    @staticmethod
    def constant(value: float, _like: Any, /) -> float:
        """As it is: NumPy computes what it is told."""
        return value

    @staticmethod
    def split(z: Any, /) -> tuple[Any, Any, Any, Any]:
        """The argument reduction of :mod:`sigmoids.backends.exponential`."""
        z = np.minimum(np.maximum(z, exponential.LOWEST), exponential.HIGHEST)
        k = np.rint(z * exponential.LOG2E)
        half = np.floor(k * 0.5)
        return z, k, Node(_power_of_two, (half,)), Node(_power_of_two, (half - k,))

    @staticmethod
    def cut(x: Any, /) -> Any:
        """The upper 26 bits, rounded."""
        return Node(_cut, (x,))


def _exp(z: NDArray[Any], out: NDArray[Any]) -> NDArray[Any]:
    # To look for the largest, or a NaN, takes a fraction of the time of limiting all.
    if not z.item(z.argmax()) <= exponential.HIGHEST:
        z = np.minimum(z, exponential.HIGHEST, out=out)
    return np.exp(z, out=out)


def _select(
    condition: NDArray[np.bool_], a: NDArray[Any], b: NDArray[Any], out: NDArray[Any]
) -> NDArray[Any]:
    bits = INTEGERS.get(out.dtype.itemsize)
    if bits is None:  # longdouble
        out[...] = np.where(condition, a, b)
        return out
    # np.where takes a branch for every element, which signs at random make unpredictable.
    mask = np.negative(condition.view(np.int8), dtype=bits)
    mask &= a.view(bits) ^ b.view(bits)
    np.bitwise_xor(b.view(bits), mask, out=out.view(bits))
    return out


INTEGERS: dict[int, type[np.signedinteger[Any]]] = {4: np.int32, 8: np.int64}
"""Of the size of a floating type."""


def _power_of_two(n: NDArray[Any], out: NDArray[Any]) -> NDArray[Any]:
    bits = out.view(np.int64)
    bits[...] = n.astype(np.int64)
    bits += 1023
    bits <<= 52
    return out


def _cut(x: NDArray[Any], out: NDArray[Any]) -> NDArray[Any]:
    bits = out.view(np.int64)
    np.add(x.view(np.int64), 2**26, out=bits)
    bits &= -(2**27)
    return out


class Program:
    """The calls in their order, over numbered places: argument, results, constants, scratch."""

    def __init__(self, trace: Callable[[Any], Any]) -> None:
        argument = Node(None, ())
        final, calls = _in_order(results(trace(argument)), argument)
        constants = {id(v): v for call in calls for v in call.inputs if not isinstance(v, Node)}
        self._constants = tuple(constants.values())
        self._scratch: list[bool] = []
        self._steps: list[tuple[Callable[..., Any], tuple[int, ...], int]] = []
        places = [id(argument), *map(id, final), *constants]
        place = {key: number for number, key in enumerate(places)}
        kept = set(places)
        uses = Counter(id(v) for call in calls for v in call.inputs)
        free: dict[bool, list[int]] = {True: [], False: []}
        for call in calls:
            for value in call.inputs:
                uses[id(value)] -= 1
                if not uses[id(value)] and id(value) not in kept:
                    # Elementwise calls may write where they read, so the output can have it.
                    free[value.is_truth].append(place[id(value)])
            if id(call) not in kept:
                if free[call.is_truth]:
                    place[id(call)] = free[call.is_truth].pop()
                else:
                    place[id(call)] = len(places) + len(self._scratch)
                    self._scratch.append(call.is_truth)
            inputs = tuple(place[id(v)] for v in call.inputs)
            self._steps.append((call.call, inputs, place[id(call)]))

    def scratch(self, size: int, dtype: np.dtype[Any]) -> list[NDArray[Any]]:
        """What :meth:`run` needs for blocks of ``size`` elements: constants, and temporaries."""
        return [
            *(np.array(value, dtype) for value in self._constants),
            *(np.empty(size, np.bool_ if truth else dtype) for truth in self._scratch),
        ]

    def run(self, block: Arrays, scratch: list[NDArray[Any]]) -> None:
        """Evaluate on a block: the argument and places for the results.

        All are one-dimensional, contiguous and of the size and dtype of the scratch; a result's
        place may be the argument.
        """
        places = [*block, *scratch]
        for call, inputs, output in self._steps:
            call(*[places[i] for i in inputs], out=places[output])


def _in_order(final: tuple[Node, ...], argument: Node) -> tuple[tuple[Node, ...], list[Node]]:
    """The final nodes, and the calls that lead to them: each after those it uses, none twice."""
    done: dict[int, Node] = {id(argument): argument}
    calls: dict[tuple[Any, ...], Node] = {}

    def visit(node: Node) -> Node:
        if id(node) not in done:
            inputs = tuple(visit(v) if isinstance(v, Node) else v for v in node.inputs)
            key = (node.call, *(id(v) if isinstance(v, Node) else v for v in inputs))
            done[id(node)] = calls.setdefault(key, Node(node.call, inputs))
        return done[id(node)]

    return tuple(visit(node) for node in final), list(calls.values())


_VOCABULARY = NumpyVocabulary()
_PAIRS = PairVocabulary(_VOCABULARY)


@cache
def native(spec: Function) -> Program:
    """The formula in the dtype of the argument."""
    return Program(lambda x: spec.formula(_VOCABULARY, x))


@cache
def narrowing(spec: Function) -> Program:
    """The formula in float64, ready to be rounded to a narrower dtype."""

    def trace(x: Any) -> Any:
        if spec.break_ties is not None:
            x = spec.break_ties(_VOCABULARY, x)
        return spec.formula(_VOCABULARY, x)

    return Program(trace)


@cache
def paired(spec: Function) -> Program:
    """The formula in pairs of float64 numbers, rounded to float64."""

    def trace(x: Any) -> Any:
        return tuple(y.hi + y.lo for y in results(spec.formula(_PAIRS, x)))

    return Program(trace)
