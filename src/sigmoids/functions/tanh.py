"""The hyperbolic tangent, 2·σ(2x) − 1."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import dispatched
from sigmoids.functions import tanh_derivative
from sigmoids.signatures import of_one
from sigmoids.spec import Accuracy, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Evaluate, Vocabulary


def formula(xp: Vocabulary, x: Any) -> Any:
    """(1 − e^−2|x|)/(1 + e^−2|x|) with the sign of x; with e^−2|x| − 1 nothing cancels near 0."""
    magnitude = xp.plain(xp.abs(x))
    z = -(magnitude + xp.limit(magnitude, 0.0, tanh_derivative.FAR))
    d, _, s = xp.expm1_ratio(z)
    return xp.copysign(-d / s, x)


def reference(m: Any, x: Any) -> Any:
    """Tanh x."""
    return m.tanh(x)


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """1/cosh² x."""
    return evaluate(tanh_derivative.SPEC, x)


EDGES = (-math.inf, -1.0), (-0.0, -0.0), (0.0, 0.0), (math.inf, 1.0)

SPEC = Spec("tanh", formula, reference, derivative, EDGES, range=(-1.0, 1.0))


@of_one
@dispatched(SPEC)
def tanh(
    x: Any,
    /,
    *,
    backend: Backend | None = None,
    accuracy: Accuracy | None = None,
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The hyperbolic tangent, :math:`\tanh x = 2 \sigma(2 x) - 1`.

    A sigmoid from −1 to 1 with slope 1 at 0.

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
    tanh_derivative : Its slope, accurate in both tails.

    Notes
    -----
    **Accuracy**, in units in the last place (ulp): float16, bfloat16 and float32 results are
    correctly rounded, and float64 results within 0.52 ulp; with ``accuracy="fast"`` all are within
    3.6 ulp (``jax``: 6.8), but ``jax`` may then return 0 for subnormal numbers.

    **Edge values**, the same on every backend: tanh(±∞) = ±1, tanh(±0) = ±0, NaN stays NaN; the
    function is odd, and tiny numbers come back as they are, subnormal ones included.

    References
    ----------
    .. [1] NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov/4.28.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.tanh(0.5)
    0.46211715726000974
    >>> sg.tanh(-1e-300)
    -1e-300
    """
