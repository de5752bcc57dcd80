"""A function of the family in PyTorch's own operators, wherever a tensor is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from sigmoids.arithmetic.rounding import settled
from sigmoids.backends.torch.vocabulary import FAST_WORDS, PAIRED_WORDS, WORDS
from sigmoids.spec import Product, results

if TYPE_CHECKING:
    from sigmoids.spec import Accuracy, Function

Tensors = tuple[torch.Tensor, ...]


def evaluate(spec: Function | Product, accuracy: Accuracy, inputs: Tensors) -> Tensors:
    """The results for tensors of one floating dtype and shape."""
    if isinstance(spec, Product):
        x, factor = inputs
        (y,) = evaluate(spec.of, accuracy, (x,))
        return (y * factor,)
    if len(spec.formulas) > 1:
        return tuple(y for one in spec.formulas for y in evaluate(one, accuracy, inputs))
    dtype = inputs[0].dtype
    if dtype is torch.float64:
        return _in_float64(spec, accuracy, inputs)
    if accuracy == "fast":
        single = tuple(x.to(torch.float32) for x in inputs)
        computed = results(spec.formula(FAST_WORDS, *single))
        return tuple(y.to(torch.float32).to(dtype) for y in computed)
    wide = tuple(x.to(torch.float64) for x in inputs)
    parts = zip(spec.parts, results(spec.formula(WORDS, *wide)), strict=True)
    return tuple(round_once(settled(WORDS, part, wide[0], y), dtype) for part, y in parts)


def _in_float64(spec: Function, accuracy: Accuracy, inputs: Tensors) -> Tensors:
    if accuracy == "fast":
        return results(spec.formula(WORDS, *inputs))
    return tuple(y.nearest for y in results(spec.formula(PAIRED_WORDS, *inputs)))


def round_once(y: torch.Tensor, dtype: torch.dtype) -> torch.Tensor:
    """float64 results to the nearest numbers of a narrower dtype, ties to even.

    Conversions to 16 bits go through float32; see :func:`sigmoids.backends.narrow.round_once`.
    """
    single = y.to(torch.float32)
    if dtype is torch.float32:
        return single
    widened = single.to(torch.float64)
    bits = single.view(torch.int32)
    bits = bits - (torch.abs(widened) > torch.abs(y)).to(torch.int32)
    bits = bits | ((widened != y) & ~torch.isnan(y)).to(torch.int32)
    return bits.view(torch.float32).to(dtype)
