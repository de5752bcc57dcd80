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

from sigmoids.arithmetic import exponential, tabulated
from sigmoids.arithmetic.formats import FLOAT64, PAIRS
from sigmoids.arithmetic.numbers import Numbers
from sigmoids.arithmetic.pairs import Pairs
from sigmoids.arithmetic.rounding import settled
from sigmoids.spec import results

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sigmoids.backends.engine import Arrays
    from sigmoids.spec import Function


UP = 2.0**FLOAT64.logarithm_lift

TRUTHS = (np.less, np.less_equal, np.greater, np.greater_equal, np.equal, np.not_equal,
          np.bitwise_and, np.bitwise_or)  # fmt: skip
"""Calls whose results are truth values: comparisons, and what combines them."""


class Node(NDArrayOperatorsMixin):
    """A recorded call; operators and ufuncs on nodes record further ones."""

    def __init__(self, call: Any, inputs: tuple[Any, ...]) -> None:
        self.call = call
        self.inputs = inputs
        self.is_truth = call in TRUTHS

    def __array_ufunc__(self, ufunc: np.ufunc, _method: str, *inputs: Any) -> Any:
        # A constant that is 0 is the lower part of a short one.
        if any(isinstance(v, float) and v == 0 for v in inputs):
            if ufunc is np.add:
                return next(v for v in inputs if isinstance(v, Node))
            if ufunc is np.multiply:
                return 0.0
        # Nothing is lifted.
        if ufunc is np.multiply and any(isinstance(v, float) and v == 1 for v in inputs):
            return next(v for v in inputs if isinstance(v, Node))
        return Node(ufunc, inputs)


class NumpyVocabulary(Numbers):
    """The primitives as calls of NumPy's own functions, on nodes, and the words they need not.

    ``look_up``, ``aligned``, ``cut`` and ``constant`` are what pairs of float64 numbers need.
    """

    abs = staticmethod(np.absolute)
    copysign = staticmethod(np.copysign)

    @staticmethod
    def where(condition: Any, a: Any, b: Any, /) -> Any:
        """``np.where``, which is no ufunc."""
        return Node(_select, (condition, a, b))

    @staticmethod
    def exp_ratio(z: Any, /) -> tuple[Any, Any, Any]:
        """(e^z, 1, 1 + e^z): the library's own; a division would only add to the cost."""
        p = Node(_exp, (z,))
        return p, 1.0, 1.0 + p

    @staticmethod
    def expm1_ratio(z: Any, /) -> tuple[Any, Any, Any]:
        """(e^z − 1, 1, 2 + (e^z − 1))."""
        d = np.expm1(z)
        return d, 1.0, 2.0 + d

    @staticmethod
    def limit(x: Any, low: float, high: float, /) -> Any:
        """The argument within limits."""
        return Node(np.clip, (x, low, high))

    @staticmethod
    def log_ratio(a: Any, b: Any, difference: Any, /) -> Any:
        """By the library's own logarithms: that of a quotient near 1 from the difference."""
        return Node(_log_ratio, (a, b, difference))

    @staticmethod
    def log1p_ratio(p: Any, q: Any, /) -> Any:
        """The library's own."""
        return np.log1p(p / q)

    @staticmethod
    def arctan_ratio(a: Any, b: Any, /) -> Any:
        """The library's own."""
        return np.arctan(a / b)

    @staticmethod
    def constant(value: float, /) -> float:
        """As it is: NumPy computes what it is told."""
        return value

    @staticmethod
    def look_up(z: Any, /) -> tuple[Any, Any, Any]:
        """Argument reduction and table of :mod:`sigmoids.arithmetic.tabulated`."""
        z = Node(np.clip, (z, tabulated.LOWEST, exponential.HIGHEST))
        shifted = z + tabulated.SHIFT
        index = Node(_index, (shifted,))
        return z - (shifted - tabulated.SHIFT), Node(_whole, (index,)), Node(_rest, (index,))

    @staticmethod
    def aligned(a: Any, b: Any, /) -> tuple[Any, float, Any]:
        """The argument reduction of :mod:`sigmoids.arithmetic.logarithm`."""
        k = Node(_exponent, (a * UP, b))
        return k, UP, Node(_power_of_two, (-(k + FLOAT64.logarithm_lift),))

    @staticmethod
    def cut(x: Any, /) -> Any:
        """The upper 26 bits, rounded."""
        return float(_cut(np.array(x), np.empty(()))) if isinstance(x, float) else Node(_cut, (x,))


class TabulatedPairs(Pairs):
    """The words in pairs, with the exponential from a table."""

    exp_ratio, expm1_ratio = tabulated.exp_ratio, tabulated.expm1_ratio


class ExtendedVocabulary(NumpyVocabulary):
    """For longdouble, which has digits for more of a constant, and a range beyond all limits."""

    def number(self, value: Any, rest: float = 0.0) -> Any:
        """A constant with its rest."""
        return np.longdouble(value) + np.longdouble(rest) if isinstance(value, float) else value

    @staticmethod
    def limit(x: Any, low: float, _high: float, /) -> Any:
        """Finite; a low limit that is no less than 0 stays."""
        largest = np.finfo(np.longdouble).max
        return Node(np.clip, (x, low if low >= 0 else -largest, largest))


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


def _log_ratio(
    a: NDArray[Any], b: NDArray[Any], difference: NDArray[Any], out: NDArray[Any]
) -> NDArray[Any]:
    excess = difference / b
    far = excess < FAR
    if not far.any():
        return np.log1p(excess, out=out)
    return _select(far, np.log(a / b), np.log1p(np.maximum(excess, FAR)), out)


FAR = -0.5
"""Below it the logarithm of 1 + x is better taken of the sum."""


def _exponent(a: NDArray[Any], b: NDArray[Any], out: NDArray[Any]) -> NDArray[Any]:
    bits = a.view(np.int64) - b.view(np.int64)
    bits += 2**51
    bits >>= 52
    return np.subtract(bits, FLOAT64.logarithm_lift, out=out)


INTEGERS: dict[int, type[np.signedinteger[Any]]] = {4: np.int32, 8: np.int64}
"""Of the size of a floating type."""


def _index(shifted: NDArray[Any], out: NDArray[Any]) -> NDArray[Any]:
    return np.subtract(shifted.view(np.int64), tabulated.ORIGIN, out=out.view(np.int64))


def _whole(index: NDArray[Any], out: NDArray[Any]) -> NDArray[Any]:
    return tabulated.table()[0].take(index.view(np.int64), out=out, mode="clip")


def _rest(index: NDArray[Any], out: NDArray[Any]) -> NDArray[Any]:
    return tabulated.table()[1].take(index.view(np.int64), out=out, mode="clip")


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
    """The calls in their order, over numbered places: arguments, results, constants, scratch.

    Parameters
    ----------
    spec : Spec or Joint
        Says how many arguments there are.
    trace : callable
        Returns the results, nodes, for the arguments, nodes.
    """

    def __init__(self, spec: Function, trace: Callable[..., Any]) -> None:
        arguments = tuple(Node(None, (name,)) for name in spec.arguments)
        final, calls = _in_order(results(trace(*arguments)), arguments)
        self._results = len(final)
        constants = {id(v): v for call in calls for v in call.inputs if not isinstance(v, Node)}
        self._constants = tuple(constants.values())
        self._scratch: list[bool] = []
        self._steps: list[tuple[Callable[..., Any], tuple[int, ...], int]] = []
        places = [*map(id, arguments), *map(id, final), *constants]
        place = {key: number for number, key in enumerate(places)}
        uses = Counter(id(v) for call in calls for v in call.inputs)
        read = {*map(id, arguments)}
        spent = max(n for n, call in enumerate(calls) if not read.isdisjoint(map(id, call.inputs)))
        late = {id(call) for call in calls[spent:] if not call.is_truth} - {*map(id, final)}
        for result in final:
            # Once the arguments have been read, what only leads to a result can be in its place.
            node: Node | None = result
            while node is not None:
                place[id(node)] = place[id(result)]
                node = next((v for v in node.inputs if id(v) in late and uses[id(v)] == 1), None)
        kept = set(place)
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
        with np.errstate(over="ignore"):  # limits beyond the range of the dtype become infinite
            constants = [np.array(value, dtype) for value in self._constants]
        return constants + [np.empty(size, np.bool_ if truth else dtype) for truth in self._scratch]

    def run(self, block: Arrays, scratch: list[NDArray[Any]]) -> None:
        """Evaluate on a block: the arguments and places for the results.

        All are one-dimensional, contiguous and of the size and dtype of the scratch; a result's
        place may be an argument.
        """
        places = [*block, *scratch]
        for call, inputs, output in self._steps:
            call(*[places[i] for i in inputs], out=places[output])

    def evaluate(self, *inputs: NDArray[Any]) -> Arrays:
        """The results for one-dimensional contiguous arrays, in arrays of their own."""
        outs = tuple(np.empty_like(inputs[0]) for _ in range(self._results))
        self.run((*inputs, *outs), self.scratch(inputs[0].size, inputs[0].dtype))
        return outs


def _in_order(
    final: tuple[Node, ...], arguments: tuple[Node, ...]
) -> tuple[tuple[Node, ...], list[Node]]:
    """The final nodes, and the calls that lead to them: each after those it uses, none twice."""
    done: dict[int, Node] = {id(argument): argument for argument in arguments}
    calls: dict[tuple[Any, ...], Node] = {}

    def visit(node: Node) -> Node:
        if id(node) not in done:
            inputs = tuple(visit(v) if isinstance(v, Node) else v for v in node.inputs)
            key = (node.call, *(id(v) if isinstance(v, Node) else v for v in inputs))
            done[id(node)] = calls.setdefault(key, Node(node.call, inputs))
        return done[id(node)]

    return tuple(visit(node) for node in final), list(calls.values())


_VOCABULARY, _EXTENDED = NumpyVocabulary(FLOAT64), ExtendedVocabulary(FLOAT64)
_PAIRS = TabulatedPairs(NumpyVocabulary(PAIRS))


@cache
def native(spec: Function) -> Program:
    """The formula in the dtype of the argument."""
    return Program(spec, lambda *inputs: spec.formula(_VOCABULARY, *inputs))


@cache
def extended(spec: Function) -> Program:
    """The formula in longdouble."""
    return Program(spec, lambda *inputs: spec.formula(_EXTENDED, *inputs))


@cache
def narrowing(spec: Function) -> Program:
    """The formula in float64, ready to be rounded to a narrower dtype."""
    if not any(part.exceptions or part.beside for part in spec.parts):
        return native(spec)

    def trace(x: Any, *others: Any) -> Any:
        computed = results(spec.formula(_VOCABULARY, x, *others))
        return tuple(
            settled(_VOCABULARY, part, x, y) for y, part in zip(computed, spec.parts, strict=True)
        )

    return Program(spec, trace)


@cache
def paired(spec: Function) -> Program:
    """The formula in pairs of float64 numbers, rounded to float64."""

    def trace(*inputs: Any) -> Any:
        return tuple(y.nearest for y in results(spec.formula(_PAIRS, *inputs)))

    return Program(spec, trace)
