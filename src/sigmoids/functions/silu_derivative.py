"""The derivative of the SiLU: σ(x)·(1 + x·σ(−x))."""

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
    """e^x·(1 + x + e^x)/(1 + e^x)².

    With t = x − ROOT and c = e^ROOT = −1 − ROOT, 1 + x + e^x is t + c·(e^t − 1), whose terms have
    the same sign: nothing cancels around the zero of the function.
    """
    z, near = xp.limit(x, -BELOW, FAR), (x > -2.0) & (x < -0.75)
    t = xp.number(xp.where(near, xp.plain(z) - xp.plain(ROOT), xp.plain(z)))
    t = xp.where(near, t - xp.number(ROOT_REST), t)
    t = t - xp.where(near, xp.number(ROOT_LOW), xp.number(0.0))
    c = xp.number(C, C_LOW)
    p, q, _ = xp.exp_ratio(t)
    d, _, _ = xp.expm1_ratio(t)
    e = xp.where(near, c * p, p)
    s = q + e
    y = e * ((t * q + xp.where(near, c * d, s)) / s) / s
    return xp.rarely(x > FAR, xp.number(1.0), y)


ROOT = float.fromhex("-0x1.474974p+0")
ROOT_REST = float.fromhex("0x1.bdf6fa40e5168p-27")
ROOT_LOW = float.fromhex("0x1.b29f55d76b5fdp-81")
"""The zero, −1 − W(1/e) with Lambert's W, in three parts.

The first is subtracted without an error from all between half of it and twice it; next to it, the
second is too, so that all digits of the difference are right."""

C = float.fromhex("0x1.1d25cf210482ep-2")
C_LOW = float.fromhex("-0x1.ca2d0d94faaecp-60")
"""W(1/e), in two parts."""

FAR = 50.0
"""From here on x·e^−x does not show beside 1 in any dtype."""

BELOW = 760.0
"""BELOW·e^−BELOW rounds to 0 in float64 and narrower dtypes."""


def reference(m: Any, x: Any) -> Any:
    """(1 + x/(1 + e^x))/(1 + e^−x)."""
    return (1 + x / (1 + m.exp(x))) / (1 + m.exp(-x))


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """The second derivative of the SiLU."""
    return evaluate(SECOND, x)


def second_formula(xp: Vocabulary, x: Any) -> Any:
    """σ′(x)·(2 − x·tanh(x/2)), an even function."""
    z = -xp.limit(xp.abs(x), 0.0, BELOW)
    p, _, s = xp.exp_ratio(z)
    d, _, _ = xp.expm1_ratio(z)
    y = p / s
    return y * (xp.number(1.0) - y) * (xp.number(2.0) - xp.number(z) * (d / s))


def second_reference(m: Any, x: Any) -> Any:
    """σ′(x)·(2 − x·tanh(x/2))."""
    return (2 - x * m.tanh(x / 2)) / (2 + m.exp(-x) + m.exp(x))


def third(evaluate: Evaluate, x: Any) -> Any:
    """3σ″ + xσ′·(1 − 6σ′)."""
    y = evaluate(sigmoid_derivative.SPEC, x)
    return 3 * evaluate(sigmoid_derivative.SECOND, x) + evaluate(WEIGHTED, x) * (1 - 6 * y)


def weighted_formula(xp: Vocabulary, x: Any) -> Any:
    """x·σ′(x), 0 at infinity."""
    z = xp.limit(xp.abs(x), 0.0, BELOW)
    p, _, s = xp.exp_ratio(-z)
    y = p / s
    return xp.copysign(xp.number(z) * (y * (xp.number(1.0) - y)), x)


def weighted_reference(m: Any, x: Any) -> Any:
    """x·σ′(x)."""
    return x / (2 + m.exp(-x) + m.exp(x))


def weighted_derivative(evaluate: Evaluate, x: Any) -> Any:
    """σ′ + xσ″, which closes the chain: it is SiLU″ − σ′."""
    return evaluate(SECOND, x) - evaluate(sigmoid_derivative.SPEC, x)


def beside(_xp: Vocabulary, x: Any) -> Any:
    """The side of ½, where ½ + x/2 of ½ + x/2 − x³/12 + … is a midpoint."""
    return x


EDGES = ((-math.inf, -0.0), (-0.0, 0.5), (0.0, 0.5), (math.inf, 1.0))

EXCEPTIONS = exceptions(
    ("0x1.250c04p-10", "0x1.004942p-1"),
    ("0x1.184a0ep-9", "0x1.008c26p-1"),
    ("-0x1.56339cp-3", "0x1.aad894p-2"),
)

LARGEST = 1.099839320128867
"""Where x·tanh(x/2) = 2, at x = 2.3994; the slopes of x and −x are 1 together."""

SPEC = Spec(
    "silu_derivative",
    formula,
    reference,
    derivative,
    EDGES,
    beside,
    exceptions=EXCEPTIONS,
    range=(1 - LARGEST, LARGEST),
    moderate=((-FAR, FAR),),
)
SECOND = Spec(
    "silu_second_derivative",
    second_formula,
    second_reference,
    third,
    ((-math.inf, -0.0), (math.inf, -0.0)),
    compiled=False,
)
WEIGHTED = Spec(
    "weighted_sigmoid_derivative",
    weighted_formula,
    weighted_reference,
    weighted_derivative,
    ((-math.inf, -0.0), (-0.0, -0.0), (0.0, 0.0), (math.inf, 0.0)),
    compiled=False,
)


@of_one
@dispatched(SPEC)
def silu_derivative(
    x: Any,
    /,
    *,
    backend: Backend | None = None,
    accuracy: Accuracy | None = None,
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The slope of the SiLU, :math:`\sigma(x) (1 + x \sigma(-x))`.

    The argument is x, not silu(x).

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
    silu : The function whose slope this is.

    Notes
    -----
    **Accuracy**, in units in the last place (ulp): float16, bfloat16 and float32 results are
    correctly rounded, and float64 results within 0.51 ulp (``numpy``: 0.76); with
    ``accuracy="fast"`` all are within 6.3 ulp (``numpy``: 380), but ``jax`` may then return 0 for
    subnormal numbers.

    **Edge values**, the same on every backend: −0 at −∞, ½ at ±0, 1 at ∞, NaN stays NaN.  The zero
    at x = −1.278464542761074 keeps the relative accuracy of all other results.

    JAX and PyTorch differentiate it by σ′(x)·(2 − x·tanh(x/2)), and further in any order.

    References
    ----------
    .. [1] S. Elfwing, E. Uchibe, K. Doya, "Sigmoid-weighted linear units for neural network
       function approximation in reinforcement learning", Neural Networks 107, 2018.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.silu_derivative(0)
    0.5
    >>> sg.silu_derivative(-1.278464542761074)
    -2.452007938935708e-17
    """
