"""The logistic function and its derivative in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import apply
from sigmoids.functions import sigmoid, sigmoid_derivative
from sigmoids.spec import Accuracy, Joint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.spec import Vocabulary


def formula(xp: Vocabulary, x: Any) -> tuple[Any, Any]:
    """With y = σ(−|x|) ≤ ½: σ(x) is y or 1 − y, σ′(x) is y·(1 − y), and nothing cancels."""
    p, q = xp.exp_ratio(-xp.abs(x))
    y = p / (q + p)
    rest = xp.number(1.0) - y
    return xp.where(x < 0, y, rest), y * rest


SPEC = Joint(
    "sigmoid_and_derivative",
    formula,
    (sigmoid.SPEC, sigmoid_derivative.SPEC),
    sigmoid.break_ties,
)


def sigmoid_and_derivative(
    x: Any,
    /,
    *,
    backend: str | None = None,
    accuracy: Accuracy = "high",
    out: tuple[NDArray[Any], NDArray[Any]] | None = None,
) -> tuple[Any, Any]:
    r"""The logistic function and its slope, for little more than the time of one of them.

    Parameters
    ----------
    x : array_like
        Real numbers of any shape; as for :func:`sigmoid`.
    backend : {"numpy", "numba", "jax"}, optional
        Who computes; as for :func:`sigmoid`.
    accuracy : {"high", "fast"}, optional
        As for :func:`sigmoid`.
    out : pair of ndarray, optional
        Where to write the two results; as for :func:`sigmoid`.  They may not overlap each other.

    Returns
    -------
    value, slope : pair of array
        :math:`\sigma(x)` and :math:`\sigma'(x)`, each the kind of array that ``x`` is; as for
        :func:`sigmoid`.

    Raises
    ------
    ValueError
        Unknown backend or accuracy; an ``out`` of the wrong shape or read-only; two that overlap.
    ImportError
        The backend's package is not installed.
    TypeError
        Complex, object, string or datetime input; an ``out`` of the wrong dtype or for a JAX
        array; no pair.

    See Also
    --------
    sigmoid : The value alone.
    sigmoid_derivative : The slope alone.

    Notes
    -----
    **Accuracy** and **edge values** are those of :func:`sigmoid` and :func:`sigmoid_derivative`.
    In float16, bfloat16 and float32 with ``accuracy="high"`` the results are the same bits as
    theirs; elsewhere the last bits may differ from theirs, within the same bounds.

    Examples
    --------
    >>> import numpy as np
    >>> import sigmoids as sg
    >>> y, slope = sg.sigmoid_and_derivative(np.array([-1.0, 0.0, 1.0]))
    >>> y
    array([0.26894142, 0.5       , 0.73105858])
    >>> slope
    array([0.19661193, 0.25      , 0.19661193])
    """
    y, slope = apply(SPEC, x, backend, accuracy, out)
    return y, slope
