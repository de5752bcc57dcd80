"""The derivative of the SiLU: σ(x)·(1 + x·σ(−x))."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import apply
from sigmoids.functions import sigmoid_derivative
from sigmoids.spec import Accuracy, Bound, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.spec import Evaluate, Vocabulary


def formula(xp: Vocabulary, x: Any) -> Any:
    """e^z·(1 + z + e^z)/(1 + e^z)² at z = −|x|, and 1 less that for positive x.

    With t = z − ROOT and c = e^ROOT = −1 − ROOT, 1 + z + e^z is t + c·(e^t − 1), whose terms have
    the same sign: nothing cancels around the zero of the function.  Farther from it, it is
    (2 + z) + (e^z − 1).
    """
    z = -xp.limit(xp.abs(x), 0.0, BELOW)
    around = (z > -2.0) & (z < -0.75)
    zero, one = xp.number(0.0), xp.number(1.0)
    t = xp.number(z) - xp.where(around, xp.number(ROOT), zero)
    t = t - xp.where(around, xp.number(ROOT_REST, ROOT_LOW), zero)
    c = xp.where(around, xp.number(C, C_LOW), one)
    p, q = xp.exp_ratio(t)
    d, _ = xp.expm1_ratio(t)
    e = c * p
    s = q + e
    y = e * ((t + xp.where(around, zero, xp.number(2.0))) * q + c * d) / (s * s)
    return xp.where(x < 0, y, one - y)


ROOT = float.fromhex("-0x1.474974p+0")
ROOT_REST = float.fromhex("0x1.bdf6fa40e5168p-27")
ROOT_LOW = float.fromhex("0x1.b29f55d76b5fdp-81")
"""The zero, −1 − W(1/e) with Lambert's W: a float32 number, which is subtracted from others without
an error, and the rest in two parts."""

C = float.fromhex("0x1.1d25cf210482ep-2")
C_LOW = float.fromhex("-0x1.ca2d0d94faaecp-60")
"""W(1/e), in two parts."""

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
    p, q = xp.exp_ratio(z)
    d, _ = xp.expm1_ratio(z)
    s = q + p
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
    p, q = xp.exp_ratio(-z)
    y = p / (q + p)
    return xp.copysign(xp.number(z) * (y * (xp.number(1.0) - y)), x)


def weighted_reference(m: Any, x: Any) -> Any:
    """x·σ′(x)."""
    return x / (2 + m.exp(-x) + m.exp(x))


def weighted_derivative(evaluate: Evaluate, x: Any) -> Any:
    """σ′ + xσ″, which closes the chain: it is SiLU″ − σ′."""
    return evaluate(SECOND, x) - evaluate(sigmoid_derivative.SPEC, x)


def break_ties(xp: Vocabulary, x: Any) -> Any:
    """Settle ½ + x/2 − x³/12 + … where ½ + x/2 is a midpoint: it lies on the side of ½."""
    return xp.where(xp.abs(x) < 2.0**-14, x * (1 - 2.0**-27), x)


EDGES = ((-math.inf, -0.0), (-0.0, 0.5), (0.0, 0.5), (math.inf, 1.0))

TIES = (
    (float.fromhex("0x1.250c04p-10"), -0.769),
    (float.fromhex("0x1.184a0ep-9"), 1.015),
    (float.fromhex("-0x1.56339cp-3"), -1.074),
)

BOUNDS: dict[tuple[str, Accuracy], dict[str, Bound]] = {
    ("float64", "high"): {
        "numpy": Bound(0.76, "-0x1.64ea5f82fddfap+9"),
        "numba": Bound(0.52, "-0x1.618c9b9f110a8p+6"),
        "jax": Bound(0.52, "-0x1.618c9b9f110a8p+6"),
    },
    ("float64", "fast"): {
        "numpy": Bound(410, "-0x1.74910d8f43b41p+9"),
        "numba": Bound(6.2, "-0x1.26e4348ca0bf5p+5"),
        "jax": Bound(5.5, "-0x1.af674005b1b78p-1"),
    },
    ("float32", "fast"): {
        "numpy": Bound(53, "-0x1.9fe3680000000p+6"),
        "numba": Bound(6.7, "-0x1.b288da0000000p-1"),
        "jax": Bound(6.2, "-0x1.b02c160000000p-1", flushes=True),
    },
    ("float16", "fast"): {
        "jax": Bound(0.51, "-0x1.1800000000000p-7"),
    },
    ("bfloat16", "fast"): {
        "jax": Bound(0.51, "-0x1.8000000000000p-8", flushes=True),
    },
}

SPEC = Spec(
    "silu_derivative",
    formula,
    reference,
    derivative,
    EDGES,
    BOUNDS,
    break_ties,
    ties=TIES,
    root=ROOT,
)
SECOND = Spec(
    "silu_second_derivative",
    second_formula,
    second_reference,
    third,
    ((-math.inf, -0.0), (math.inf, -0.0)),
    {},
    root=2.3993572805154,
)
WEIGHTED = Spec(
    "weighted_sigmoid_derivative",
    weighted_formula,
    weighted_reference,
    weighted_derivative,
    ((-math.inf, -0.0), (-0.0, -0.0), (0.0, 0.0), (math.inf, 0.0)),
    {},
    near_zero="linear",
)


def silu_derivative(
    x: Any,
    /,
    *,
    backend: str | None = None,
    accuracy: Accuracy = "high",
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The slope of the SiLU, :math:`\sigma(x) (1 + x \sigma(-x))`.

    The argument is x, not silu(x).

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
    silu : The function whose slope this is.

    Notes
    -----
    **Accuracy**, as largest total error: with ``accuracy="high"`` float16, bfloat16 and float32
    results are correctly rounded on every backend, subnormal ones included; float64 results are
    within 0.76 ulp on ``numpy`` (x = -0x1.64ea5f82fddfap+9), 0.52 ulp on ``numba`` (x =
    -0x1.618c9b9f110a8p+6), 0.52 ulp on ``jax`` (x = -0x1.618c9b9f110a8p+6). With ``"fast"``
    they are within 53 ulp in float32 and 410 ulp in float64 (on ``numpy``, where e^x is
    subnormal; 6.7 and 6.2 elsewhere); JAX then flushes what is proportional to a subnormal
    number in float32 and bfloat16.

    **Edge values**, the same on every backend: −0 at −∞, ½ at ±0, 1 at ∞, NaN stays NaN.  The zero
    at x = −1.278464542761074 keeps the relative accuracy of all other results.

    Its own derivative, σ′(x)·(2 − x·tanh(x/2)), is declared too and serves second and higher orders
    under ``jax.grad``.

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
    return apply(SPEC, x, backend, accuracy, out)
