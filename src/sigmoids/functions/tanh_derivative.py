"""The derivative of the hyperbolic tangent: 1/cosh² x = 4σ′(2x).

Computed from x itself.  The textbook 1 − tanh² x is 0 as soon as tanh x rounds to ±1 (x = 9.01 in
float32, 19.1 in float64), where the true slope is still 6e-8 and 1e-16.
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
    """4y·(1 − y) with y = σ(−2|x|) ≤ ½, so that nothing cancels."""
    magnitude = xp.plain(xp.abs(x))
    z = -(magnitude + xp.limit(magnitude, 0.0, FAR))
    p, _, s = xp.exp_ratio(z)
    y4 = xp.number(4.0) * p / s
    return y4 * (xp.number(1.0) - xp.number(0.25) * y4)


FAR = 400.0
"""e^(−2·FAR) rounds to 0 in float64; twice the largest number would overflow."""


def reference(m: Any, x: Any) -> Any:
    """1/cosh² x."""
    return 1 / m.cosh(x) ** 2


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """The second derivative of the hyperbolic tangent."""
    return evaluate(SECOND, x)


def second_formula(xp: Vocabulary, x: Any) -> Any:
    """−2·tanh x/cosh² x."""
    magnitude = xp.plain(xp.abs(x))
    z = -(magnitude + magnitude)
    p, _, s = xp.exp_ratio(z)
    d, _, _ = xp.expm1_ratio(z)
    y = p / s
    return xp.copysign(xp.number(8.0) * y * (xp.number(1.0) - y) * (-d / s), -x)


def second_reference(m: Any, x: Any) -> Any:
    """−2·tanh x/cosh² x."""
    return -2 * m.tanh(x) * reference(m, x)


def third(evaluate: Evaluate, x: Any) -> Any:
    """y·(4 − 6y) with y = 1/cosh² x, which closes the chain."""
    y = evaluate(SPEC, x)
    return y * (4 - 6 * y)


EDGES = (-math.inf, 0.0), (-0.0, 1.0), (0.0, 1.0), (math.inf, 0.0)

SPEC = Spec("tanh_derivative", formula, reference, derivative, EDGES, range=(0.0, 1.0))
SECOND = Spec(
    "tanh_second_derivative",
    second_formula,
    second_reference,
    third,
    ((-math.inf, 0.0), (-0.0, 0.0), (0.0, -0.0), (math.inf, -0.0)),
    compiled=False,
)


@of_one
@dispatched(SPEC)
def tanh_derivative(
    x: Any,
    /,
    *,
    backend: Backend | None = None,
    accuracy: Accuracy | None = None,
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The slope of the hyperbolic tangent, :math:`\tanh' x = 1 / \cosh^2 x`.

    The argument is x, not tanh(x).

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
    tanh : The function whose slope this is.

    Notes
    -----
    **Accuracy**, in units in the last place (ulp): float16, bfloat16 and float32 results are
    correctly rounded, and float64 results within 0.51 ulp (``numpy``: 0.76); with
    ``accuracy="fast"`` all are within 3.6 ulp (``numpy``: 4.6), but ``jax`` may then return 0 for
    subnormal numbers.

    **Edge values**, the same on every backend: 0 at ±∞, 1 at ±0, NaN stays NaN; the function is
    even, and far from 0 its values become subnormal and then 0.

    JAX and PyTorch differentiate it by −2·tanh(x)/cosh²(x), and further in any order.

    References
    ----------
    .. [1] NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov/4.34.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.tanh_derivative(0)
    1.0
    >>> sg.tanh_derivative(20.0)
    1.6993417021166355e-17
    """
