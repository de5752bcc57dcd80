"""The vocabulary in PyTorch's own operators, for other devices and exported programs."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from sigmoids.backends import arctangent, exponential, logarithm

UP = 2.0**exponential.LIFT


class TorchVocabulary:
    """The rational form in float64: the same arithmetic, and so the same bits, on every device."""

    abs = staticmethod(torch.abs)

    @staticmethod
    def number(value: Any, _rest: float = 0.0, /) -> Any:
        """As it is."""
        return value

    @staticmethod
    def constant(value: float, _like: Tensor, /) -> float:
        """As it is: PyTorch's compilers keep to the order of operations."""
        return value

    @staticmethod
    def itself(x: Tensor, /) -> Tensor:
        """As it is."""
        return x

    @staticmethod
    def where(condition: Tensor, a: Any, b: Any, /) -> Tensor:
        """A select; of two constants in float64, which is narrowed where others are narrower."""
        if not isinstance(a, Tensor) and not isinstance(b, Tensor):
            a = torch.full_like(condition, a, dtype=torch.float64)
        return torch.where(condition, a, b)

    rarely = where

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

    def exp_ratio(self, z: Tensor, /) -> tuple[Any, Any]:
        """Numerator and denominator of e^z."""
        p, q, _, _ = exponential.single_ratio(self, z)
        return p, q

    def expm1_ratio(self, z: Tensor, /) -> tuple[Any, Any]:
        """Numerator and denominator of e^z − 1."""
        p, q, k, r = exponential.single_ratio(self, z)
        return torch.where(k == 0, 2 * r * UP, p - q), q

    @staticmethod
    def with_tail(number: Any, tail: Any, /) -> Any:
        """The sum."""
        return number + tail

    def log_ratio(self, a: Tensor, b: Any, difference: Tensor, /) -> Tensor:
        """The logarithm of a quotient."""
        return logarithm.single_log(self, a, b, difference)

    def log1p_ratio(self, p: Any, q: Any, /) -> Tensor:
        """The logarithm of (q + p)/q."""
        return self.log_ratio(q + p, q, p)

    def arctan_ratio(self, a: Tensor, b: float, /) -> Tensor:
        """The arctangent of a quotient."""
        return arctangent.single_arctan(self, a, torch.full_like(a, b))

    @staticmethod
    def split(z: Tensor, /) -> tuple[Tensor, Tensor, Tensor, float]:
        """The argument reduction of :mod:`sigmoids.backends.exponential`, with its lift."""
        z = torch.clamp(z, exponential.LOWEST, exponential.HIGHEST)
        k = torch.round(z * exponential.LOG2E)
        return z, k, _power_of_two(k + exponential.LIFT), UP

    @staticmethod
    def exponent(a: Tensor, b: Any, /) -> tuple[Tensor, Tensor]:
        """The argument reduction of :mod:`sigmoids.backends.logarithm`."""
        a = a * 2.0**logarithm.LIFT
        bits = a.view(torch.int64) - torch.as_tensor(b, dtype=a.dtype).view(torch.int64)
        k = ((bits + 2**51) >> 52).to(torch.float64)
        return k - logarithm.LIFT, _power_of_two(-k)

    @staticmethod
    def cut(x: Any, /) -> Any:
        """The upper 26 bits, rounded; constants are short already."""
        if not isinstance(x, Tensor):
            return x
        return ((x.view(torch.int64) + 2**26) & -(2**27)).view(torch.float64)


class FastVocabulary(TorchVocabulary):
    """float32 by PyTorch's own functions."""

    def exp_ratio(self, z: Tensor, /) -> tuple[Any, Any]:
        """(e^z, 1)."""
        return torch.exp(torch.clamp(z, max=exponential.HIGHEST)), 1.0

    def expm1_ratio(self, z: Tensor, /) -> tuple[Any, Any]:
        """(e^z − 1, 1)."""
        return torch.expm1(torch.clamp(z, max=exponential.HIGHEST)), 1.0

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


def _power_of_two(n: Tensor) -> Tensor:
    return ((n.to(torch.int64) + 1023) << 52).view(torch.float64)
