"""The logistic function σ(x) = 1/(1 + e^−x)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import dispatched
from sigmoids.functions import sigmoid_derivative
from sigmoids.signatures import of_one
from sigmoids.spec import Accuracy, Spec, exceptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Evaluate, Vocabulary


def formula(xp: Vocabulary, x: Any) -> Any:
    """e^x/(1 + e^x) with e^x = p/q: accurate in both tails, and one division."""
    p, _, s = xp.exp_ratio(x)
    return p / s


def reference(m: Any, x: Any) -> Any:
    """1 / (1 + e^−x)."""
    return 1 / (1 + m.exp(-x))


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """σ′."""
    return evaluate(sigmoid_derivative.SPEC, x)


def beside(_xp: Vocabulary, x: Any) -> Any:
    """The side of ½: for |x| < 2^−14 σ(x) = ½ + x/4 − x³/48 + …, and ½ + x/4 may be a midpoint."""
    return x


EXCEPTIONS = exceptions(
    ("0x1.250c08p-9", "0x1.004942p-1"),
    ("0x1.437902p-5", "0x1.050db8p-1"),
    ("-0x1.250c02p-10", "0x1.ffb6bep-2"),
    ("-0x1.2082ep-3", "0x1.dbfeep-2"),
)

EDGES = ((-math.inf, 0.0), (-0.0, 0.5), (0.0, 0.5), (math.inf, 1.0))

SPEC = Spec(
    "sigmoid",
    formula,
    reference,
    derivative,
    EDGES,
    beside,
    EXCEPTIONS,
    range=(0.0, 1.0),
    inverse="logit",
)


@of_one
@dispatched(SPEC)
def sigmoid(
    x: Any,
    /,
    *,
    backend: Backend | None = None,
    accuracy: Accuracy | None = None,
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The logistic function, :math:`\sigma(x) = 1 / (1 + e^{-x})`.

    Parameters
    ----------
    x : array_like
        Real numbers of any shape: a Python number, a list, or an array, such as NumPy's, JAX's
        or PyTorch's.
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
        A NumPy array to write the result to, of its shape and dtype. It may be ``x`` itself, or
        overlap it.

    Returns
    -------
    array
        The kind of array that ``x`` is, with its shape, device and floating dtype: a Python float
        for a Python number, a NumPy array for a list. Integers and booleans become the library's
        default float. With ``out`` it is ``out``.

    Raises
    ------
    ValueError
        Unknown backend or accuracy; ``out`` of the wrong shape or read-only.
    ImportError
        The backend's package is not installed.
    TypeError
        Complex, object, string or datetime input; ``out`` of the wrong dtype or for a JAX array.

    See Also
    --------
    sigmoid_derivative : The slope, accurate in both tails.

    Notes
    -----
    **Accuracy**, in units in the last place (ulp): float16, bfloat16 and float32 results are
    correctly rounded, and float64 results within 0.51 ulp (``numpy``: 0.76); with
    ``accuracy="fast"`` all are within 2.5 ulp (``numpy``: 3.75), but ``jax`` may then return 0 for
    subnormal numbers.

    **Edge values**, the same on every backend: σ(−∞) = 0, σ(±0) = ½, σ(∞) = 1, NaN stays NaN;
    σ(x) = 1 exactly for large x; for very negative x the result becomes subnormal and then 0
    (float32 below −103.98, float64 below −745.14).

    References
    ----------
    .. [1] P.-F. Verhulst, "Recherches mathématiques sur la loi d'accroissement de la
       population", Nouveaux mémoires de l'Académie royale des sciences et belles-lettres de
       Bruxelles 18, 1845.

    Examples
    --------
    >>> import numpy as np
    >>> import sigmoids as sg
    >>> sg.sigmoid(0)
    0.5
    >>> sg.sigmoid(np.array([-50, 0, 50], np.float32))
    array([1.9287499e-22, 5.0000000e-01, 1.0000000e+00], dtype=float32)
    """
