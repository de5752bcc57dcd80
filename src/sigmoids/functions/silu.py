"""The SiLU x·σ(x), also called swish: a smooth rectifier that dips below 0."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import apply
from sigmoids.functions import silu_derivative
from sigmoids.spec import Accuracy, Bound, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.spec import Evaluate, Vocabulary


def formula(xp: Vocabulary, x: Any) -> Any:
    """|x|·e^x/(1 + e^x) with the sign of x."""
    z = xp.limit(x, -BELOW, FAR)
    p, q = xp.exp_ratio(z)
    y = xp.number(xp.abs(z)) * p / (q + p)
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


def break_ties(xp: Vocabulary, x: Any) -> Any:
    """Settle x/2 + x²/4 − x⁴/48 + …, where its first terms are a midpoint of float32 numbers.

    Where x/2 + x²/4 is one, the result lies below.  Where x/2 itself is midway between two
    subnormal numbers, it lies above.
    """
    more, less = x * (1 + 2.0**-50), x * (1 - 2.0**-50)
    above, below = xp.where(x < 0, less, more), xp.where(x < 0, more, less)
    magnitude = xp.abs(x)
    moved = xp.where(magnitude < 2.0**-30, above, below)
    return xp.where(magnitude < 2.0**-14, moved, x)


EDGES = ((-math.inf, -0.0), (-0.0, -0.0), (0.0, 0.0), (math.inf, math.inf))

BOUNDS: dict[tuple[str, Accuracy], dict[str, Bound]] = {
    ("float64", "high"): {
        "numpy": Bound(0.76, "-0x1.64d98bc0ec7bbp+9"),
        "numba": Bound(0.52, "-0x1.60a5cd0f1ce01p+9"),
        "jax": Bound(0.52, "-0x1.60a5cd0f1ce01p+9"),
    },
    ("float64", "fast"): {
        "numpy": Bound(410, "-0x1.74910d8f43b41p+9"),
        "numba": Bound(3.6, "-0x1.457edec500cb3p+4"),
        "jax": Bound(3.7, "-0x1.e862489ae6280p+0"),
    },
    ("float32", "fast"): {
        "numpy": Bound(54, "-0x1.9fe3680000000p+6"),
        "numba": Bound(3.6, "-0x1.dfbfde0000000p+0"),
        "jax": Bound(3.5, "-0x1.7c16d40000000p+2", flushes=True),
    },
    ("float16", "fast"): {
        "jax": Bound(0.51, "-0x1.5cc0000000000p+1"),
    },
    ("bfloat16", "fast"): {
        "jax": Bound(0.51, "-0x1.0000000000000p-8", flushes=True),
    },
}

SPEC = Spec(
    "silu",
    formula,
    reference,
    derivative,
    EDGES,
    BOUNDS,
    break_ties,
    near_zero="linear",
    moderate=((-FAR, FAR),),
)


def silu(
    x: Any,
    /,
    *,
    backend: str | None = None,
    accuracy: Accuracy = "high",
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The sigmoid linear unit, :math:`x \sigma(x)`, also called swish.

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
    silu_derivative : Its slope.
    softplus : Another smooth rectifier.

    Notes
    -----
    **Accuracy**, as largest total error: with ``accuracy="high"`` float16, bfloat16 and float32
    results are correctly rounded on every backend, subnormal ones included; float64 results are
    within 0.76 ulp on ``numpy`` (x = -0x1.64d98bc0ec7bbp+9), 0.52 ulp on ``numba`` (x =
    -0x1.60a5cd0f1ce01p+9), 0.52 ulp on ``jax`` (x = -0x1.60a5cd0f1ce01p+9). With ``"fast"``
    they are within 54 ulp in float32 and 410 ulp in float64 (on ``numpy``, where e^x is
    subnormal; 3.6 and 3.7 elsewhere); JAX then flushes what is proportional to a subnormal
    number in float32 and bfloat16.

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
    return apply(SPEC, x, backend, accuracy, out)
