"""Modules for PyTorch's models, with the names and arguments of ``torch.nn``'s own.

They have no parameters and no state, so that one can take the place of another in a trained model.
Derivatives, of every order, are computed from the input, and do not
vanish where a float can hold them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar

from torch import nn

from sigmoids.backends.torch.operators import name_of
from sigmoids.functions import FUNCTIONS, JOINT
from sigmoids.functions.arctan_sigmoid import arctan_sigmoid
from sigmoids.functions.log_sigmoid import log_sigmoid
from sigmoids.functions.sigmoid import sigmoid
from sigmoids.functions.sigmoid_binary_cross_entropy import sigmoid_binary_cross_entropy
from sigmoids.functions.silu import silu
from sigmoids.functions.softplus import softplus
from sigmoids.functions.tanh import tanh

if TYPE_CHECKING:
    from collections.abc import Callable

    from torch import Tensor

    from sigmoids.spec import Accuracy

__all__ = [
    "ArctanSigmoid",
    "BCEWithLogitsLoss",
    "LogSigmoid",
    "SiLU",
    "Sigmoid",
    "Softplus",
    "Tanh",
]

for _member in (FUNCTIONS | JOINT).values():  # programs that were saved elsewhere name operators
    name_of(_member.spec)


class _Elementwise(nn.Module):
    """A function of the family as a module.

    Parameters
    ----------
    accuracy : {"high", "fast"}
        ``"high"`` computes with more digits than the dtype has and rounds once; ``"fast"`` computes
        in the dtype itself.
    """

    function: ClassVar[Callable[..., Tensor]]

    def __init__(self, *, accuracy: Accuracy | None = None) -> None:
        super().__init__()
        self.accuracy = accuracy

    def forward(self, x: Tensor) -> Tensor:
        """The function of every element."""
        return type(self).function(x, accuracy=self.accuracy)

    def extra_repr(self) -> str:
        """What is not the default."""
        return "" if self.accuracy is None else f"accuracy={self.accuracy!r}"


class Sigmoid(_Elementwise):
    """:func:`sigmoids.sigmoid` in the place of ``torch.nn.Sigmoid``.

    Parameters
    ----------
    accuracy : {"high", "fast"}
        ``"high"`` computes with more digits than the dtype has and rounds once; ``"fast"`` computes
        in the dtype itself.

    Examples
    --------
    >>> import torch
    >>> from sigmoids.torch import Sigmoid
    >>> model = torch.nn.Sequential(torch.nn.Linear(3, 1), Sigmoid())
    >>> model(torch.zeros(2, 3)).shape
    torch.Size([2, 1])
    """

    function = staticmethod(sigmoid)


class SiLU(_Elementwise):
    """:func:`sigmoids.silu` in the place of ``torch.nn.SiLU``.

    Parameters
    ----------
    accuracy : {"high", "fast"}
        ``"high"`` computes with more digits than the dtype has and rounds once; ``"fast"`` computes
        in the dtype itself.
    """

    function = staticmethod(silu)


class Softplus(_Elementwise):
    """:func:`sigmoids.softplus` in the place of ``torch.nn.Softplus``, with no threshold.

    Parameters
    ----------
    accuracy : {"high", "fast"}
        ``"high"`` computes with more digits than the dtype has and rounds once; ``"fast"`` computes
        in the dtype itself.
    """

    function = staticmethod(softplus)


class LogSigmoid(_Elementwise):
    """:func:`sigmoids.log_sigmoid` in the place of ``torch.nn.LogSigmoid``.

    Parameters
    ----------
    accuracy : {"high", "fast"}
        ``"high"`` computes with more digits than the dtype has and rounds once; ``"fast"`` computes
        in the dtype itself.
    """

    function = staticmethod(log_sigmoid)


class Tanh(_Elementwise):
    """:func:`sigmoids.tanh` in the place of ``torch.nn.Tanh``.

    Parameters
    ----------
    accuracy : {"high", "fast"}
        ``"high"`` computes with more digits than the dtype has and rounds once; ``"fast"`` computes
        in the dtype itself.
    """

    function = staticmethod(tanh)


class ArctanSigmoid(_Elementwise):
    """:func:`sigmoids.arctan_sigmoid`, which ``torch.nn`` does not have.

    Parameters
    ----------
    accuracy : {"high", "fast"}
        ``"high"`` computes with more digits than the dtype has and rounds once; ``"fast"`` computes
        in the dtype itself.
    """

    function = staticmethod(arctan_sigmoid)


class BCEWithLogitsLoss(nn.Module):
    r"""The loss :math:`-w\,(p\,y \log \sigma(x) + (1 - y) \log(1 - \sigma(x)))`.

    It takes the place of ``torch.nn.BCEWithLogitsLoss`` and is made of
    :func:`sigmoids.sigmoid_binary_cross_entropy`, so that it is finite wherever the loss is.

    Parameters
    ----------
    weight : Tensor, optional
        w, a factor for every element, of a shape that can be broadcast with the logits'.
    reduction : {"mean", "sum", "none"}
        What becomes of the elements' losses.
    pos_weight : Tensor, optional
        p, a factor for positive labels, of a shape that can be broadcast with the logits'.
    accuracy : {"high", "fast"}
        ``"high"`` computes with more digits than the dtype has and rounds once; ``"fast"`` computes
        in the dtype itself.

    Examples
    --------
    >>> import torch
    >>> from sigmoids.torch import BCEWithLogitsLoss
    >>> BCEWithLogitsLoss()(torch.tensor([-2.0, 1e3]), torch.tensor([0.0, 1.0]))
    tensor(0.0635)
    """

    weight: Tensor | None
    pos_weight: Tensor | None

    def __init__(
        self,
        weight: Tensor | None = None,
        reduction: str = "mean",
        pos_weight: Tensor | None = None,
        *,
        accuracy: Accuracy | None = None,
    ) -> None:
        super().__init__()
        if reduction not in REDUCTIONS:
            known = ", ".join(map(repr, REDUCTIONS))
            raise ValueError(f"unknown reduction {reduction!r}: there are {known}")
        self.register_buffer("weight", weight)
        self.register_buffer("pos_weight", pos_weight)
        self.reduction = reduction
        self.accuracy = accuracy

    def forward(self, logits: Tensor, labels: Tensor) -> Tensor:
        """The loss of logits, with labels of their shape."""
        if logits.shape != labels.shape:
            shapes = f"{tuple(labels.shape)} and {tuple(logits.shape)}"
            raise ValueError(f"labels and logits must have one shape, not {shapes}")
        loss: Tensor
        if self.pos_weight is None:
            loss = sigmoid_binary_cross_entropy(logits, labels, accuracy=self.accuracy)
        else:
            positive = -log_sigmoid(logits, accuracy=self.accuracy)
            negative = softplus(logits, accuracy=self.accuracy)
            loss = _part(self.pos_weight * labels, positive) + _part(1 - labels, negative)
        if self.weight is not None:
            loss = loss * self.weight
        return REDUCTIONS[self.reduction](loss)

    def extra_repr(self) -> str:
        """What is not the default."""
        given = [f"reduction={self.reduction!r}"] if self.reduction != "mean" else []
        given += [f"accuracy={self.accuracy!r}"] if self.accuracy is not None else []
        return ", ".join(given)


def _part(weight: Tensor, loss: Tensor) -> Tensor:
    """What is to be had of a loss, which is nothing even of an infinite one."""
    return (weight * loss).masked_fill(weight == 0, 0.0)


REDUCTIONS: dict[str, Callable[[Tensor], Tensor]] = {
    "mean": lambda loss: loss.mean(),
    "sum": lambda loss: loss.sum(),
    "none": lambda loss: loss,
}
