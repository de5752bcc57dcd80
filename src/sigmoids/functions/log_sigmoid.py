"""The logarithm of the logistic function: log σ(x) = −log(1 + e^−x)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import dispatched
from sigmoids.functions import sigmoid, softplus
from sigmoids.signatures import of_one
from sigmoids.spec import Accuracy, reflected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Evaluate


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """σ(−x)."""
    return evaluate(sigmoid.SPEC, -x)


SPEC = reflected("log_sigmoid", softplus.SPEC, derivative)


@of_one
@dispatched(SPEC)
def log_sigmoid(
    x: Any,
    /,
    *,
    backend: Backend | None = None,
    accuracy: Accuracy | None = None,
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The logarithm of the logistic function, :math:`\log \sigma(x) = -\log(1 + e^{-x})`.

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
    softplus : −log σ(−x).
    sigmoid : The function whose logarithm this is.

    Notes
    -----
    **Accuracy**, in units in the last place (ulp): float16, bfloat16 and float32 results are
    correctly rounded, and float64 results within 0.52 ulp (``numpy``: 0.76); with
    ``accuracy="fast"`` all are within 3.1 ulp (``numpy``: 3.5), but ``jax`` may then return 0 for
    subnormal numbers.

    **Edge values**, the same on every backend: −∞ at −∞, −0 at ∞, NaN stays NaN; for very negative
    x the result is x, for large x it is −e^−x, down to the subnormal numbers and −0.

    JAX and PyTorch differentiate it by σ(−x), in any order.

    References
    ----------
    .. [1] M. Mächler, "Accurately computing log(1 − exp(−|a|))", vignette of the R package Rmpfr,
       2012.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.log_sigmoid(0)
    -0.6931471805599453
    >>> sg.log_sigmoid(-1000.0)
    -1000.0
    """
