"""The SiLU x·σ(x), also called swish: a smooth rectifier that dips below 0."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import dispatched
from sigmoids.functions import silu_derivative
from sigmoids.signatures import of_one
from sigmoids.spec import Accuracy, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Evaluate, Vocabulary


def formula(xp: Vocabulary, x: Any) -> Any:
    """|x|·e^x/(1 + e^x) with the sign of x."""
    z = xp.limit(x, -BELOW, FAR)
    p, _, s = xp.exp_ratio(z)
    y = xp.number(xp.abs(z)) * p / s
    return xp.copysign(xp.rarely(x > FAR, xp.itself(xp.abs(x)), y), x)


FAR = 50.0
"""From here on x·σ(x) = x − x·e^−x + … rounds to x in every dtype."""

BELOW = 760.0
"""BELOW·e^−BELOW rounds to 0 in float64 and narrower dtypes."""


def reference(m: Any, x: Any) -> Any:
    """x/(1 + e^−x)."""
    return x / (1 + m.exp(-x))


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """σ(x) + x·σ′(x)."""
    return evaluate(silu_derivative.SPEC, x)


def beside(xp: Vocabulary, x: Any) -> Any:
    """Of x/2 + x²/4 − x⁴/48 + … below where x/2 + x²/4 is a midpoint, above where x/2 is one.

    That may be midway between two subnormal numbers, for |x| < 2^−30.
    """
    return x * (xp.abs(x) - 2.0**-30)


EDGES = ((-math.inf, -0.0), (-0.0, -0.0), (0.0, 0.0), (math.inf, math.inf))

LEAST = -0.2784645427610738
"""−W(1/e), where the slope is 0: at x = −1 − W(1/e), with Lambert's function W."""

SPEC = Spec(
    "silu",
    formula,
    reference,
    derivative,
    EDGES,
    beside,
    range=(LEAST, math.inf),
    moderate=((-FAR, FAR),),
)


@of_one
@dispatched(SPEC)
def silu(
    x: Any,
    /,
    *,
    backend: Backend | None = None,
    accuracy: Accuracy | None = None,
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The sigmoid linear unit, :math:`x \sigma(x)`, also called swish.

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
    silu_derivative : Its slope.
    softplus : Another smooth rectifier.

    Notes
    -----
    **Accuracy**, in units in the last place (ulp): float16, bfloat16 and float32 results are
    correctly rounded, and float64 results within 0.51 ulp (``numpy``: 0.76); with
    ``accuracy="fast"`` all are within 3.6 ulp (``numpy``: 381), but ``jax`` may then return 0 for
    subnormal numbers.

    **Edge values**, the same on every backend: −0 at −∞, ±0 at ±0, ∞ at ∞, NaN stays NaN; for large
    x the result is x; for very negative x it is x·e^x, down to the subnormal numbers and −0.  The
    least value is −0.278 at x = −1.278.

    References
    ----------
    .. [1] D. Hendrycks, K. Gimpel, "Gaussian error linear units (GELUs)", arXiv:1606.08415, 2016.
    .. [2] P. Ramachandran, B. Zoph, Q. V. Le, "Searching for activation functions",
       arXiv:1710.05941, 2017.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.silu(1.0)
    0.7310585786300049
    >>> sg.silu(-700.0)
    -6.90177358063184e-302
    """
