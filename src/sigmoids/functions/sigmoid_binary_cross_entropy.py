"""The cross-entropy of labels and the logistic function of logits, element by element."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import dispatched
from sigmoids.functions import sigmoid_derivative
from sigmoids.signatures import of_two
from sigmoids.spec import Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Accuracy, Evaluate, Vocabulary


def formula(xp: Vocabulary, x: Any, y: Any) -> Any:
    """|x|·w + log(1 + e^−|x|), where w = 1 − y for positive logits and y for others.

    For labels from 0 to 1 both terms are at least 0.  Far out the first is all; with w = 0 it is 0
    even for infinite logits, as it is at x = 0 for infinite labels.
    """
    magnitude = xp.abs(x)
    p, q, _ = xp.exp_ratio(-magnitude)
    rest = xp.log1p_ratio(p, q)
    label = xp.number(xp.limit(y, -FAR, FAR))
    near = xp.number(xp.limit(magnitude, 0.0, FAR)) * xp.where(x > 0, xp.number(1.0) - label, label)
    label_weight = xp.where(x > 0, xp.plain(1.0) - xp.plain(y), xp.plain(y))
    product = xp.plain(xp.limit(magnitude, 0.0, math.inf)) * label_weight
    far = xp.number(xp.limit(product, -FAR, FAR))
    beyond = (magnitude > FAR) | (xp.abs(label_weight) > FAR)
    loss = xp.with_tail(xp.rarely(beyond, far, near), rest)
    loss = xp.rarely(beyond & (xp.abs(product) > FAR), xp.itself(product), loss)
    endless = xp.copysign(xp.number(math.inf), label_weight)
    loss = xp.rarely((magnitude == math.inf) & (y == y), endless, loss)
    alone = ((x > 0) & (y == 1)) | ((x < 0) & (y == 0)) | ((x == 0) & (y == y))
    return xp.where(alone, rest, loss)


FAR = 2.0**100
"""Products of larger factors are more than a pair of numbers can hold."""


def reference(m: Any, x: Any, y: Any) -> Any:
    """max(x, 0) − x·y + log(1 + e^−|x|)."""
    return abs(x) * m.where(x > 0, 1 - y, y) + m.log1p(m.exp(-abs(x)))


def derivative(evaluate: Evaluate, x: Any, y: Any) -> tuple[Any, Any]:
    """σ(x) − y with respect to the logits, −x with respect to the labels."""
    return evaluate(SLOPE, x, y), -x


def slope_formula(xp: Vocabulary, x: Any, y: Any) -> Any:
    """σ(x) − y as a difference from the label that is exact, and σ(−|x|) or ½·tanh(x/2)."""
    z = -xp.abs(x)
    p, _, s = xp.exp_ratio(z)
    d, _, _ = xp.expm1_ratio(z)
    label, half = xp.number(y), xp.number(0.5)
    small = p / s
    label_side = xp.where(x > 0, xp.number(1.0) - label, -label)
    far = xp.with_tail(label_side, xp.where(x > 0, -small, small))
    return xp.where(z > -1.0, (half - label) + xp.copysign(half * -d / s, x), far)


def slope_reference(m: Any, x: Any, y: Any) -> Any:
    """σ(x) − y."""
    small = 1 / (1 + m.exp(abs(x)))
    return m.where(x > 0, (1 - y) - small, small - y)


def second(evaluate: Evaluate, x: Any, _y: Any) -> tuple[Any, Any]:
    """σ′(x), and −1."""
    return evaluate(sigmoid_derivative.SPEC, x), -1.0


EDGES = (
    (-math.inf, 0.0, 0.0),
    (-math.inf, 0.25, math.inf),
    (-math.inf, 1.0, math.inf),
    (math.inf, 0.0, math.inf),
    (math.inf, 0.25, math.inf),
    (math.inf, 1.0, 0.0),
)

ARGUMENTS = ("logits", "labels")

SPEC = Spec(
    "sigmoid_binary_cross_entropy",
    formula,
    reference,
    derivative,
    EDGES,
    arguments=ARGUMENTS,
    range=(0.0, math.inf),
    moderate=((-87.0, 87.0), (0.0, 1.0)),
)
SLOPE = Spec(
    "sigmoid_binary_cross_entropy_slope",
    slope_formula,
    slope_reference,
    second,
    ((-math.inf, 0.0, 0.0), (-math.inf, 1.0, -1.0), (math.inf, 0.0, 1.0), (math.inf, 1.0, 0.0)),
    arguments=ARGUMENTS,
    moderate=(),
)


@of_two
@dispatched(SPEC)
def sigmoid_binary_cross_entropy(
    logits: Any,
    labels: Any,
    /,
    *,
    backend: Backend | None = None,
    accuracy: Accuracy | None = None,
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The loss :math:`-y \log \sigma(x) - (1 - y) \log(1 - \sigma(x))` of logits x and labels y.

    It is computed as :math:`\max(x, 0) - x y + \log(1 + e^{-|x|})` without cancellation, element by
    element, and not summed.

    Parameters
    ----------
    logits : array_like
        Real numbers of any shape: a Python number, a list, or an array, such as NumPy's, JAX's
        or PyTorch's.
    labels : array_like
        Real numbers, usually from 0 to 1, of a shape that can be broadcast with that of the logits.
        Python numbers take the dtype of the other argument; otherwise the dtypes are promoted as
        NumPy, or JAX for its arrays, promotes them.
    backend : str, optional
        The library that computes, by one of the names that :func:`backends` lists, such as
        ``"numba"``. By default it is the choice of :func:`use_backend`, :func:`set_default_backend`
        or the environment variable ``SIGMOIDS_BACKEND``, in this order; without a choice, JAX for
        JAX arrays, PyTorch for its tensors, and for everything else Numba, or NumPy where Numba is
        not installed.
    accuracy : {"high", "fast"}, optional
        ``"high"`` computes with more digits than the dtype has and rounds once; ``"fast"`` computes
        in the dtype itself. By default it is the choice of :func:`use_accuracy`,
        :func:`set_default_accuracy` or the environment variable ``SIGMOIDS_ACCURACY``, in this
        order; without a choice ``"high"``.
    out : ndarray, optional
        A NumPy array to write the result to, of its shape and dtype. It may be one of the
        arguments, or overlap it.

    Returns
    -------
    array
        Of the broadcast shape; a JAX array if one of the arguments is one, else masked or of a
        subclass of NumPy's array if one of them is, and so on to Python's numbers. With ``out`` it
        is ``out``.

    Raises
    ------
    ValueError
        Shapes that cannot be broadcast; unknown backend or accuracy; ``out`` of the wrong shape or
        read-only.
    ImportError
        The backend's package is not installed.
    TypeError
        Complex, object, string or datetime input; ``out`` of the wrong dtype or for a JAX array.

    See Also
    --------
    softplus : The loss for the label 0.
    log_sigmoid : The negative of the loss for the label 1.

    Notes
    -----
    **Accuracy**, in units in the last place (ulp): float16, bfloat16 and float32 results are within
    0.51 ulp, and float64 results within 0.52 ulp (``numpy``: 0.76); with ``accuracy="fast"`` all
    are within 3.1 ulp (``numpy``: 3.5), but ``jax`` may then return 0 for subnormal numbers.

    That is for labels from 0 to 1.  But for subnormal labels, and for logits beyond ±2^100, where
    1 − y is rounded before it is multiplied, float64 results with ``"high"`` are within 2 ulp.

    **Edge values**, the same on every backend: 0 at (∞, 1) and (−∞, 0), ∞ at infinite logits with
    any other label from 0 to 1; log 2 at x = 0 with any label; NaN only where an argument is NaN.

    On ``jax`` float64 labels below 1e-290, but for 0, count as 0 or lose digits, because XLA has no
    subnormal numbers; nothing depends on them unless the logit is below −650.

    JAX and PyTorch differentiate it by σ(x) − y with respect to the logits, accurately also where
    σ(x) rounds to the label, and by −x with respect to the labels.

    References
    ----------
    .. [1] C. M. Bishop, "Pattern Recognition and Machine Learning", Springer, 2006, section 4.3.2.

    Examples
    --------
    >>> import numpy as np
    >>> import sigmoids as sg
    >>> sg.sigmoid_binary_cross_entropy(np.array([-2.0, 0.0, 1e3]), np.array([0.0, 0.5, 1.0]))
    array([0.12692801, 0.69314718, 0.        ])
    """
