"""A toy engine: NumPy, one operation after the other over whole arrays."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from sigmoids.arithmetic import exponential
from sigmoids.arithmetic.formats import FLOAT32, FLOAT64, NARROWED, PAIRS
from sigmoids.arithmetic.numbers import Numbers
from sigmoids.arithmetic.pairs import words
from sigmoids.arithmetic.rounding import settled
from sigmoids.backends import narrow
from sigmoids.backends.engine import results_like
from sigmoids.backends.floating_point import standard_mode
from sigmoids.spec import results

if TYPE_CHECKING:
    from sigmoids.backends.engine import Arrays, Evaluator
    from sigmoids.spec import Accuracy, Function


class ToyNumbers(Numbers):
    """Arrays of one dtype."""

    abs = staticmethod(np.abs)
    copysign = staticmethod(np.copysign)
    where = staticmethod(np.where)

    def number(self, value: Any, _rest: float = 0.0) -> Any:
        return self.fmt.real(value) if isinstance(value, float) else value

    plain = number

    def limit(self, x: Any, low: float, high: float) -> Any:
        largest = np.finfo(x.dtype).max
        return np.clip(x, x.dtype.type(low), x.dtype.type(min(high, largest)))

    def powers(self, z: Any) -> Any:
        fmt = self.fmt
        n = np.rint(z * fmt.real(-exponential.LOG2E))
        exponents = fmt.lift - np.where(np.isnan(n), 0, n).astype(int)
        up = fmt.real(2.0**fmt.lift)
        return n, np.ldexp(fmt.real(1), exponents).astype(fmt.real), up, False

    def aligned(self, a: Any, b: Any) -> Any:
        fmt, info = self.fmt, np.finfo(self.fmt.real)
        integer, up = f"i{info.bits // 8}", fmt.real(2.0**fmt.logarithm_lift)
        above, below = (np.asarray(v, fmt.real).view(integer) for v in (a * up, b))
        k = (above - below + (1 << info.nmant - 1)) >> info.nmant
        power = np.ldexp(fmt.real(1), -k).astype(fmt.real)
        return (k - fmt.logarithm_lift).astype(fmt.real), up, power

    def constant(self, value: float) -> float:
        return value

    def cut(self, x: Any) -> Any:
        bits = (np.asarray(x, float).view(np.int64) + 2**26) & -(2**27)
        return bits.view(float)


def _evaluate(spec: Function, accuracy: Accuracy, inputs: Arrays, outs: Arrays | None, /) -> Arrays:
    outs = results_like(spec, inputs[0]) if outs is None else outs
    dtype = outs[0].dtype
    high = accuracy == "high"
    with np.errstate(all="ignore"), standard_mode():
        if high and dtype == np.float64:
            xp = words(ToyNumbers(PAIRS))
            found = list(map(xp.rounded, results(spec.formula(xp, *inputs))))
        elif high:
            wide = [x.astype(float) for x in inputs]
            base = ToyNumbers(NARROWED)
            computed = results(spec.formula(base, *wide))
            parts = zip(spec.parts, computed, strict=True)
            found = [settled(base, part, wide[0], y) for part, y in parts]
        else:
            fmt = FLOAT64 if dtype == np.float64 else FLOAT32
            found = list(results(spec.formula(ToyNumbers(fmt), *inputs)))
        for out, y in zip(outs, found, strict=True):
            out[...] = y
    return outs


class ToyEngine:
    """Evaluates over whole arrays."""

    name = "toy"

    def devices(self) -> tuple[str, ...]:
        return ("cpu",)

    def problem(self) -> None:
        return None

    def bind(self, spec: Function, dtype: np.dtype[Any], accuracy: Accuracy) -> Evaluator:
        if narrow.has_table(dtype):
            return partial(narrow.evaluate, spec)
        return partial(_evaluate, spec, accuracy)


engine = ToyEngine()
