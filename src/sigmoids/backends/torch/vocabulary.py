"""The words in PyTorch's own operators, for other devices and exported programs."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from sigmoids.arithmetic import exponential
from sigmoids.arithmetic.formats import FLOAT32, FLOAT64, PAIRS
from sigmoids.arithmetic.numbers import Numbers
from sigmoids.arithmetic.pairs import words


class TorchNumbers(Numbers):
    """The primitives on tensors: the same arithmetic, and so the same bits, on every device."""

    abs = staticmethod(torch.abs)

    @staticmethod
    def constant(value: float, /) -> float:
        """As it is: PyTorch's compilers keep to the order of operations."""
        return value

    @staticmethod
    def where(condition: Tensor, a: Any, b: Any, /) -> Tensor:
        """A select; of two constants in float64, which is narrowed where others are narrower."""
        if not isinstance(a, Tensor) and not isinstance(b, Tensor):
            a = torch.full_like(condition, a, dtype=torch.float64)
        return torch.where(condition, a, b)

    @staticmethod
    def copysign(magnitude: Any, x: Tensor, /) -> Tensor:
        """A non-negative number with the sign of the argument."""
        if not isinstance(magnitude, Tensor):
            magnitude = torch.full_like(x, magnitude)
        return torch.copysign(magnitude, x)

    @staticmethod
    def limit(x: Tensor, low: float, high: float, /) -> Tensor:
        """The argument within limits."""
        largest = torch.finfo(x.dtype).max
        return torch.clamp(x, low, min(high, largest))

    def powers(self, z: Tensor) -> tuple[Tensor, Tensor, float, bool]:
        """The argument reduction of :mod:`sigmoids.arithmetic.exponential`."""
        n = torch.round(z * -exponential.LOG2E)
        return n, _power_of_two(self.fmt.lift - n), 2.0**self.fmt.lift, False

    def aligned(self, a: Tensor, b: Any) -> tuple[Tensor, float, Tensor]:
        """The argument reduction of :mod:`sigmoids.arithmetic.logarithm`."""
        lift = self.fmt.logarithm_lift
        above = (a * 2.0**lift).view(torch.int64)
        below = torch.as_tensor(b, dtype=a.dtype).view(torch.int64)
        k = ((above - below + 2**51) >> 52).to(torch.float64)
        return k - lift, 2.0**lift, _power_of_two(-k)

    @staticmethod
    def cut(x: Any, /) -> Any:
        """The upper 26 bits, rounded; constants are short already."""
        if not isinstance(x, Tensor):
            return x
        return ((x.view(torch.int64) + 2**26) & -(2**27)).view(torch.float64)


WORDS, PAIRED_WORDS = TorchNumbers(FLOAT64), words(TorchNumbers(PAIRS))
"""In float64, and in pairs."""


class FastVocabulary(TorchNumbers):
    """The words by PyTorch's own functions, for what is evaluated in float32."""

    def exp_ratio(self, z: Tensor, /) -> tuple[Any, Any, Any]:
        """(e^z, 1, 1 + e^z)."""
        p = torch.exp(torch.clamp(z, max=exponential.HIGHEST))
        return p, 1.0, 1.0 + p

    def expm1_ratio(self, z: Tensor, /) -> tuple[Any, Any, Any]:
        """(e^z − 1, 1, 2 + (e^z − 1))."""
        d = torch.expm1(torch.clamp(z, max=exponential.HIGHEST))
        return d, 1.0, 2.0 + d

    def log_ratio(self, a: Tensor, b: Any, difference: Tensor, /) -> Tensor:
        """Of the quotient, or of its excess over 1 where that is small."""
        excess = difference / b
        return torch.where(excess < FAR, torch.log(a / b), torch.log1p(excess))

    def log1p_ratio(self, p: Any, q: Any, /) -> Tensor:
        """PyTorch's own."""
        return torch.log1p(p / q)

    def arctan_ratio(self, a: Tensor, b: float, /) -> Tensor:
        """PyTorch's own."""
        return torch.atan(a / b)


FAR = -0.5
"""Below it the logarithm of 1 + x is better taken of the sum."""


FAST_WORDS = FastVocabulary(FLOAT32)


def _power_of_two(n: Tensor) -> Tensor:
    return ((n.to(torch.int64) + 1023) << 52).view(torch.float64)
