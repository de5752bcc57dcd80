"""Softplus log(1 + e^x), a smooth max(x, 0): the integral of the logistic function."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import dispatched
from sigmoids.functions import sigmoid
from sigmoids.signatures import of_one
from sigmoids.spec import Accuracy, Spec, exceptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Evaluate, Vocabulary


def formula(xp: Vocabulary, x: Any) -> Any:
    """max(x, 0) + log(1 + e^−|x|): the terms have one sign, the second comes from e^−|x| itself."""
    p, q, _ = xp.exp_ratio(-xp.abs(x))
    rest = xp.log1p_ratio(p, q)
    y = xp.where(x > 0, xp.number(xp.limit(x, -FAR, FAR)) + rest, rest)
    return xp.rarely(x > FAR, xp.itself(x), y)


FAR = 50.0
"""e^−FAR is less than half an ulp of FAR in every dtype."""


def reference(m: Any, x: Any) -> Any:
    """max(x, 0) + log(1 + e^−|x|)."""
    return m.maximum(x, 0) + m.log1p(m.exp(-abs(x)))


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """σ."""
    return evaluate(sigmoid.SPEC, x)


EXCEPTIONS = exceptions(
    ("0x1.d483ap-12", "0x1.63017ap-1"),
    ("0x1.47f11p+2", "0x1.485248p+2"),
    ("0x1.ad174ep-10", "0x1.634f82p-1"),
    ("0x1.172c44p-12", "0x1.62f5a2p-1"),
    ("-0x1.df473ep-25", "0x1.62e43p-1"),
)

EDGES = ((-math.inf, 0.0), (math.inf, math.inf))

SPEC = Spec(
    "softplus",
    formula,
    reference,
    derivative,
    EDGES,
    exceptions=EXCEPTIONS,
    range=(0.0, math.inf),
    moderate=((-FAR, FAR),),
)


@of_one
@dispatched(SPEC)
def softplus(
    x: Any,
    /,
    *,
    backend: Backend | None = None,
    accuracy: Accuracy | None = None,
    out: NDArray[Any] | None = None,
) -> Any:
    r"""Softplus, :math:`\log(1 + e^x)`, a smooth :math:`\max(x, 0)`.

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
    log_sigmoid : −softplus(−x).
    silu : Another smooth rectifier.

    Notes
    -----
    **Accuracy**, in units in the last place (ulp): float16, bfloat16 and float32 results are
    correctly rounded, and float64 results within 0.52 ulp (``numpy``: 0.76); with
    ``accuracy="fast"`` all are within 3.1 ulp (``numpy``: 3.5), but ``jax`` may then return 0 for
    subnormal numbers.

    **Edge values**, the same on every backend: 0 at −∞, ∞ at ∞, NaN stays NaN; for large x the
    result is x, for very negative x it is e^x, down to the subnormal numbers and 0.

    JAX and PyTorch differentiate it by σ(x), in any order.

    References
    ----------
    .. [1] C. Dugas, Y. Bengio, F. Bélisle, C. Nadeau, R. Garcia, "Incorporating second-order
       functional knowledge for better option pricing", Advances in Neural Information Processing
       Systems 13, 2001.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.softplus(0)
    0.6931471805599453
    >>> sg.softplus(-700.0)
    9.85967654375977e-305
    """
