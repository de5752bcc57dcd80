"""The logistic function and its derivative in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import dispatched
from sigmoids.functions import sigmoid, sigmoid_derivative
from sigmoids.signatures import of_one_to_two
from sigmoids.spec import Accuracy, Joint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Vocabulary


def formula(xp: Vocabulary, x: Any) -> tuple[Any, Any]:
    """With y = σ(−|x|) ≤ ½: σ(x) is y or 1 − y, σ′(x) is y·(1 − y), and nothing cancels."""
    z = -xp.abs(x)
    p, _, s = xp.exp_ratio(z)
    y = p / s
    rest = xp.number(1.0) - y
    return xp.where(x < 0, y, rest), y * rest


SPEC = Joint(
    "sigmoid_and_derivative",
    formula,
    (sigmoid.SPEC, sigmoid_derivative.SPEC),
)


@of_one_to_two
@dispatched(SPEC)
def sigmoid_and_derivative(
    x: Any,
    /,
    *,
    backend: Backend | None = None,
    accuracy: Accuracy | None = None,
    out: tuple[NDArray[Any], NDArray[Any]] | None = None,
) -> Any:
    r"""The logistic function and its slope, for little more than the time of one of them.

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
    out : pair of ndarray, optional
        NumPy arrays to write the two results to, of their shape and dtype. They may not overlap
        each other; one may be ``x`` itself, or overlap it.

    Returns
    -------
    value : array
        :math:`\sigma(x)`: the kind of array that ``x`` is, with its shape, device and floating
        dtype: a Python float for a Python number, a NumPy array for a list. Integers and booleans
        become the library's default float. With ``out`` it is the first of the pair.
    slope : array
        :math:`\sigma'(x)`, likewise.

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
    **Accuracy**, in units in the last place (ulp): float16, bfloat16 and float32 results are
    correctly rounded, and float64 results within 0.51 ulp (``numpy``: 0.76); with
    ``accuracy="fast"`` all are within 3.6 ulp (``numpy``: 4.5), but ``jax`` may then return 0 for
    subnormal numbers.

    In float16, bfloat16 and float32 with ``accuracy="high"`` the results are the same bits as those
    of :func:`sigmoid` and :func:`sigmoid_derivative`; elsewhere the last bits may differ. **Edge
    values** are theirs, too.

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
