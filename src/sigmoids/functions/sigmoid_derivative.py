"""The derivative of the logistic function: σ′(x) = e^−|x| / (1 + e^−|x|)².

Computed from x itself.  The textbook y·(1 − y) with y = σ(x) is 0 as soon as y rounds to 1 (x = 17
in float32, 37 in float64), where the true slope is still 4e-8 and 9e-17.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import dispatched
from sigmoids.signatures import of_one
from sigmoids.spec import Accuracy, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Evaluate, Vocabulary


def formula(xp: Vocabulary, x: Any) -> Any:
    """y·(1 − y) with y = σ(−|x|) ≤ ½, which never rounds to 1, so that nothing cancels."""
    z = -xp.abs(x)
    p, _, s = xp.exp_ratio(z)
    y = p / s
    return y * (xp.number(1.0) - y)


def reference(m: Any, x: Any) -> Any:
    """1 / (2 + 2·cosh x)."""
    return 1 / (m.exp(-x) + m.exp(x) + 2)


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """The second derivative of the logistic function."""
    return evaluate(SECOND, x)


def second_formula(xp: Vocabulary, x: Any) -> Any:
    """−σ′(x)·tanh(x/2), where tanh(|x|/2) = (q−p)/(q+p)."""
    z = -xp.abs(x)
    p, _, s = xp.exp_ratio(z)
    d, _, _ = xp.expm1_ratio(z)
    y = p / s
    return y * (xp.number(1.0) - y) * (xp.where(x < 0, -d, d) / s)


def second_reference(m: Any, x: Any) -> Any:
    """−σ′(x)·tanh(x/2)."""
    return -reference(m, x) * m.tanh(x / 2)


def third(evaluate: Evaluate, x: Any) -> Any:
    """σ‴ = σ′·(1 − 6σ′), which closes the chain: σ″ is the derivative of σ′ again."""
    y = evaluate(SPEC, x)
    return y * (1 - 6 * y)


EDGES = ((-math.inf, 0.0), (-0.0, 0.25), (0.0, 0.25), (math.inf, 0.0))

SPEC = Spec("sigmoid_derivative", formula, reference, derivative, EDGES, range=(0.0, 0.25))
SECOND = Spec(
    "sigmoid_second_derivative",
    second_formula,
    second_reference,
    third,
    ((-math.inf, 0.0), (math.inf, -0.0)),
    compiled=False,
)


@of_one
@dispatched(SPEC)
def sigmoid_derivative(
    x: Any,
    /,
    *,
    backend: Backend | None = None,
    accuracy: Accuracy | None = None,
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The slope of the logistic function, :math:`\sigma'(x) = e^{-|x|} / (1 + e^{-|x|})^2`.

    The argument is x, not σ(x).

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
    sigmoid : The function whose slope this is.

    Notes
    -----
    **Accuracy**, in units in the last place (ulp): float16, bfloat16 and float32 results are
    correctly rounded, and float64 results within 0.51 ulp (``numpy``: 0.76); with
    ``accuracy="fast"`` all are within 3.6 ulp (``numpy``: 4.5), but ``jax`` may then return 0 for
    subnormal numbers.

    **Edge values**, the same on every backend: σ′(±∞) = 0, σ′(±0) = ¼, NaN stays NaN; the
    function is even, and far from 0 its values become subnormal and then 0.

    JAX and PyTorch differentiate it by −σ′(x)·tanh(x/2), and further in any order. That second
    derivative is correctly rounded in float32 and within 0.52 ulp in float64, where the result is
    normal.  It is +0 at +0 and −0, and has the sign of −x elsewhere.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.sigmoid_derivative(0)
    0.25
    >>> sg.sigmoid_derivative(40.0)
    4.248354255291589e-18
    """
