"""The derivative of the arctangent sigmoid: 1/(1 + (πx/2)²)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import dispatched
from sigmoids.signatures import of_one
from sigmoids.spec import Accuracy, Spec, exceptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Evaluate, Vocabulary


def formula(xp: Vocabulary, x: Any) -> Any:
    """u²/(u² + x²) with u = 2/π; where x² could overflow, (u/x)²."""
    magnitude = xp.abs(x)
    large = magnitude > LARGE
    near = xp.number(xp.limit(magnitude, 0.0, LARGE))
    far = xp.number(xp.limit(magnitude, 0.0, FAR))
    square = xp.number(SQUARE, SQUARE_LOW)
    n = xp.rarely(large, xp.number(TWO_OVER_PI, TWO_OVER_PI_LOW), square)
    y = n / xp.rarely(large, far, square + near * near)
    return xp.rarely(large, xp.squared(y), y)


TWO_OVER_PI = float.fromhex("0x1.45f306dc9c883p-1")
TWO_OVER_PI_LOW = float.fromhex("-0x1.6b01ec5417056p-55")
SQUARE = float.fromhex("0x1.9f02f6222c720p-2")
SQUARE_LOW = float.fromhex("-0x1.24a918f92ba3dp-56")
"""2/π and its square, in two parts."""

LARGE = 2.0**32

FAR = 2.0**540
"""From here on the result rounds to 0 in float64 and narrower dtypes."""


def reference(m: Any, x: Any) -> Any:
    """1/(1 + (πx/2)²); the arctangent of 1 is π/4 in the type of x."""
    return 1 / (1 + (2 * m.arctan(x**0) * x) ** 2)


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """The second derivative of the arctangent sigmoid."""
    return evaluate(SECOND, x)


def second_formula(xp: Vocabulary, x: Any) -> Any:
    """−(π²/2)·x·y² with y = 1/(1 + (πx/2)²)."""
    y = formula(xp, x)
    slope = xp.number(xp.limit(xp.abs(x), 0.0, FAR)) * y
    return xp.copysign(xp.number(HALF_PI_SQUARED, HALF_PI_SQUARED_LOW) * slope * y, -x)


HALF_PI_SQUARED = float.fromhex("0x1.3bd3cc9be45dep+2")
HALF_PI_SQUARED_LOW = float.fromhex("0x1.692b71366cc04p-52")
"""π²/2, in two parts."""


def second_reference(m: Any, x: Any) -> Any:
    """−(π²/2)·x/(1 + (πx/2)²)²."""
    return -8 * m.arctan(x**0) ** 2 * x * reference(m, x) ** 2


def third(evaluate: Evaluate, x: Any) -> Any:
    """The third derivative of the arctangent sigmoid."""
    return evaluate(THIRD, x)


def third_formula(xp: Vocabulary, x: Any) -> Any:
    """(π²/2)·y²·(3 − 4y) with y = 1/(1 + (πx/2)²)."""
    y = formula(xp, x)
    scale = xp.number(HALF_PI_SQUARED, HALF_PI_SQUARED_LOW)
    return scale * y * y * (xp.number(3.0) - xp.number(4.0) * y)


def third_reference(m: Any, x: Any) -> Any:
    """(π²/2)·y²·(3 − 4y)."""
    y = reference(m, x)
    return 8 * m.arctan(x**0) ** 2 * y**2 * (3 - 4 * y)


def fourth(evaluate: Evaluate, x: Any) -> Any:
    """3π²·y·(1 − 2y)·y′, which closes the chain."""
    y = evaluate(SPEC, x)
    return 6 * HALF_PI_SQUARED * y * (1 - 2 * y) * evaluate(SECOND, x)


EDGES = ((-math.inf, 0.0), (-0.0, 1.0), (0.0, 1.0), (math.inf, 0.0))

EXCEPTIONS = exceptions(
    ("0x1.9a223p-7", "0x1.ffcd5cp-1"),
    ("-0x1.9a223p-7", "0x1.ffcd5cp-1"),
    ("0x1.85d14cp+23", "0x1.65f876p-49"),
    ("-0x1.85d14cp+23", "0x1.65f876p-49"),
    ("0x1.30e5dp-12", "0x1.fffffap-1"),
    ("-0x1.30e5dp-12", "0x1.fffffap-1"),
)

SPEC = Spec(
    "arctan_sigmoid_derivative",
    formula,
    reference,
    derivative,
    EDGES,
    exceptions=EXCEPTIONS,
    range=(0.0, 1.0),
    moderate=((-(2.0**23), 2.0**23),),
)
SECOND = Spec(
    "arctan_sigmoid_second_derivative",
    second_formula,
    second_reference,
    third,
    ((-math.inf, 0.0), (-0.0, 0.0), (0.0, -0.0), (math.inf, -0.0)),
    compiled=False,
)
THIRD = Spec(
    "arctan_sigmoid_third_derivative",
    third_formula,
    third_reference,
    fourth,
    ((-math.inf, 0.0), (math.inf, 0.0)),
    compiled=False,
)


@of_one
@dispatched(SPEC)
def arctan_sigmoid_derivative(
    x: Any,
    /,
    *,
    backend: Backend | None = None,
    accuracy: Accuracy | None = None,
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The slope of the arctangent sigmoid, :math:`1 / (1 + (\pi x / 2)^2)`.

    The argument is x, not arctan_sigmoid(x).

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
    arctan_sigmoid : The function whose slope this is.

    Notes
    -----
    **Accuracy**, in units in the last place (ulp): float16, bfloat16 and float32 results are
    correctly rounded, and float64 results within 1.45 ulp (``numpy``: 1.49); with
    ``accuracy="fast"`` all are within 3.4 ulp, but ``jax`` may then return 0 for subnormal numbers.

    **Edge values**, the same on every backend: 0 at ±∞, 1 at ±0, NaN stays NaN; the function is
    even, and falls as 1/x², so that it becomes subnormal and 0 only beyond 5.9e18 in float32 and
    4.2e153 in float64.

    JAX and PyTorch differentiate it by −(π²/2)·x/(1 + (πx/2)²)², and further in any order.

    References
    ----------
    .. [1] NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov/4.24.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.arctan_sigmoid_derivative(0)
    1.0
    >>> sg.arctan_sigmoid_derivative(1e10)
    4.052847345693511e-21
    """
