"""The arctangent as a sigmoid: (2/π)·arctan(πx/2), from −1 to 1 with slope 1 at 0."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import dispatched
from sigmoids.functions import arctan_sigmoid_derivative
from sigmoids.signatures import of_one
from sigmoids.spec import Accuracy, Spec, exceptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.registry import Backend
    from sigmoids.spec import Evaluate, Vocabulary


def formula(xp: Vocabulary, x: Any) -> Any:
    """(2/π)·arctan(|x|/(2/π)) with the sign of x."""
    magnitude = xp.limit(xp.abs(x), 0.0, FAR)
    unit = xp.number(TWO_OVER_PI, TWO_OVER_PI_LOW)
    y = unit * xp.arctan_ratio(xp.number(magnitude), unit)
    return xp.copysign(xp.where(magnitude < NEAR, xp.itself(magnitude), y), x)


TWO_OVER_PI = float.fromhex("0x1.45f306dc9c883p-1")
TWO_OVER_PI_LOW = float.fromhex("-0x1.6b01ec5417056p-55")

FAR = 2.0**100
"""From here on the result rounds to 1 in every dtype."""

NEAR = 2.0**-33
"""Below it x − π²x³/12 + … rounds to x in every dtype."""


def reference(m: Any, x: Any) -> Any:
    """(2/π)·arctan(πx/2); the arctangent of 1 is π/4 in the type of x."""
    quarter = m.arctan(x**0)
    return m.arctan(2 * quarter * x) / (2 * quarter)


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """1/(1 + (πx/2)²)."""
    return evaluate(arctan_sigmoid_derivative.SPEC, x)


EDGES = ((-math.inf, -1.0), (-0.0, -0.0), (0.0, 0.0), (math.inf, 1.0))

EXCEPTIONS = exceptions(
    ("0x1.cd125ep-7", "0x1.ccff28p-7"),
    ("-0x1.cd125ep-7", "-0x1.ccff28p-7"),
    ("0x1.bc87fep+15", "0x1.ffff12p-1"),
    ("-0x1.bc87fep+15", "-0x1.ffff12p-1"),
    ("0x1.9f02f6p+23", "0x1.fffffep-1"),
    ("-0x1.9f02f6p+23", "-0x1.fffffep-1"),
    ("0x1.8a8518p-4", "0x1.878ce2p-4"),
    ("-0x1.8a8518p-4", "-0x1.878ce2p-4"),
    ("0x1.7b706cp+18", "0x1.ffffdcp-1"),
    ("-0x1.7b706cp+18", "-0x1.ffffdcp-1"),
)

SPEC = Spec(
    "arctan_sigmoid",
    formula,
    reference,
    derivative,
    EDGES,
    exceptions=EXCEPTIONS,
    range=(-1.0, 1.0),
    moderate=((-FAR, FAR),),
)


@of_one
@dispatched(SPEC)
def arctan_sigmoid(
    x: Any,
    /,
    *,
    backend: Backend | None = None,
    accuracy: Accuracy | None = None,
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The arctangent as a sigmoid, :math:`(2/\pi) \arctan(\pi x / 2)`.

    It runs from −1 to 1 with slope 1 at 0, and approaches its limits as 1/x only.

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
    arctan_sigmoid_derivative : Its slope.
    tanh : A sigmoid with exponential tails.

    Notes
    -----
    **Accuracy**, in units in the last place (ulp): float16, bfloat16 and float32 results are
    correctly rounded, and float64 results within 0.66 ulp (``numpy``: 0.73); with
    ``accuracy="fast"`` all are within 2.5 ulp (``numpy``: 3.2), but ``jax`` may then return 0 for
    subnormal numbers.

    **Edge values**, the same on every backend: ±1 at ±∞, ±0 at ±0, NaN stays NaN; the function is
    odd, and tiny numbers come back as they are, subnormal ones included.

    References
    ----------
    .. [1] NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov/4.23.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.arctan_sigmoid(1.0)
    0.6390929267718917
    >>> sg.arctan_sigmoid(1e300)
    1.0
    """
