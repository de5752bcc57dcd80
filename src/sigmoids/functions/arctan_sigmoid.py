"""The arctangent as a sigmoid: (2/π)·arctan(πx/2), from −1 to 1 with slope 1 at 0."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import apply
from sigmoids.functions import arctan_sigmoid_derivative
from sigmoids.spec import Accuracy, Bound, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

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

TIES = (
    (float.fromhex("0x1.cd125ep-7"), 0.096),
    (float.fromhex("-0x1.cd125ep-7"), 0.096),
    (float.fromhex("0x1.bc87fep+15"), 1.077),
    (float.fromhex("-0x1.bc87fep+15"), 1.077),
    (float.fromhex("0x1.9f02f6p+23"), -1.318),
    (float.fromhex("-0x1.9f02f6p+23"), -1.318),
    (float.fromhex("0x1.8a8518p-4"), 2.537),
    (float.fromhex("-0x1.8a8518p-4"), 2.537),
    (float.fromhex("0x1.7b706cp+18"), -2.925),
    (float.fromhex("-0x1.7b706cp+18"), -2.925),
)

BOUNDS: dict[tuple[str, Accuracy], dict[str, Bound]] = {
    ("float64", "high"): {
        "numpy": Bound(0.73, "-0x1.e39a8dc39e260p-3"),
        "numba": Bound(0.67, "-0x1.fa6858c3a0ba0p-3"),
        "jax": Bound(0.71, "0x1.05ca8488c51dcp-2"),
    },
    ("float64", "fast"): {
        "numpy": Bound(2, "0x1.8a4d2adf1a5c6p-11"),
        "numba": Bound(2.6, "0x1.7f9c3e4c57630p-2"),
        "jax": Bound(2.6, "0x1.ff9cb059ca21ep-1"),
    },
    ("float32", "fast"): {
        "numpy": Bound(3.2, "0x1.4f458c0000000p-4"),
        "numba": Bound(2.4, "0x1.7bd5780000000p-2"),
        "jax": Bound(2.3, "0x1.cebc820000000p-2", flushes=True),
    },
    ("float16", "fast"): {
        "jax": Bound(0.51, "0x1.3f40000000000p+2"),
    },
    ("bfloat16", "fast"): {
        "jax": Bound(0.51, "0x1.4c00000000000p+5", flushes=True),
    },
}

SPEC = Spec(
    "arctan_sigmoid",
    formula,
    reference,
    derivative,
    EDGES,
    BOUNDS,
    near_zero="linear",
    ties=TIES,
    moderate=((-FAR, FAR),),
)


def arctan_sigmoid(
    x: Any,
    /,
    *,
    backend: str | None = None,
    accuracy: Accuracy = "high",
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The arctangent as a sigmoid, :math:`(2/\pi) \arctan(\pi x / 2)`.

    It runs from −1 to 1 with slope 1 at 0, and approaches its limits as 1/x only.

    Parameters
    ----------
    x : array_like
        Real numbers of any shape; as for :func:`sigmoid`.
    backend : {"numpy", "numba", "jax"}, optional
        Who computes; as for :func:`sigmoid`.
    accuracy : {"high", "fast"}, optional
        As for :func:`sigmoid`.
    out : ndarray, optional
        Where to write the result; as for :func:`sigmoid`.

    Returns
    -------
    array
        The kind of array that ``x`` is; as for :func:`sigmoid`.

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
    **Accuracy**, as largest total error: with ``accuracy="high"`` float16, bfloat16 and float32
    results are correctly rounded on every backend, subnormal ones included; float64 results are
    within 0.73 ulp on ``numpy`` (x = -0x1.e39a8dc39e260p-3), 0.67 ulp on ``numba`` (x =
    -0x1.fa6858c3a0ba0p-3), 0.71 ulp on ``jax`` (x = 0x1.05ca8488c51dcp-2). With ``"fast"`` they
    are within 3.2 ulp in float32 and 2.6 ulp in float64; JAX then flushes what is proportional
    to a subnormal number in float32 and bfloat16.

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
    return apply(SPEC, x, backend, accuracy, out)
