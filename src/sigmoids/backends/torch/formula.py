"""A function of the family in PyTorch's own operators, wherever a tensor is."""

from __future__ import annotations

from typing import TYPE_CHECKING

import torch

from sigmoids.backends.pairs import PairVocabulary
from sigmoids.backends.torch.vocabulary import FastVocabulary, TorchVocabulary
from sigmoids.spec import Product, beside, results

if TYPE_CHECKING:
    from sigmoids.spec import Accuracy, Function

Tensors = tuple[torch.Tensor, ...]


def evaluate(spec: Function | Product, accuracy: Accuracy, inputs: Tensors) -> Tensors:
    """The results for tensors of one floating dtype and shape."""
    if isinstance(spec, Product):
        x, factor = inputs
        (y,) = evaluate(spec.of, accuracy, (x,))
        return (y * factor,)
    dtype = inputs[0].dtype
    if dtype is torch.float64:
        return _in_float64(spec, accuracy, inputs)
    if accuracy == "fast":
        single = tuple(x.to(torch.float32) for x in inputs)
        computed = results(spec.formula(FastVocabulary(), *single))
        return tuple(y.to(torch.float32).to(dtype) for y in computed)
    xp = TorchVocabulary()
    number, *others = (x.to(torch.float64) for x in inputs)
    moved = number if spec.break_ties is None else spec.break_ties(xp, number)
    rounded = []
    for part, y in zip(spec.parts, results(spec.formula(xp, moved, *others)), strict=True):
        for argument, distance in part.ties:
            y = torch.where(number == argument, y * beside(distance), y)
        rounded.append(round_once(y, dtype))
    return tuple(rounded)


def _in_float64(spec: Function, accuracy: Accuracy, inputs: Tensors) -> Tensors:
    xp = TorchVocabulary()
    if accuracy == "fast":
        return results(spec.formula(xp, *inputs))
    computed = results(spec.formula(PairVocabulary(xp, inputs[0]), *inputs))
    return tuple(y.hi + y.lo for y in computed)


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
