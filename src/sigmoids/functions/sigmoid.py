"""The logistic function σ(x) = 1/(1 + e^−x)."""

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
    """e^x/(1 + e^x) with e^x = p/q: accurate in both tails, and one division."""
    p, q = xp.exp_ratio(x)
    return p / (q + p)


def reference(m: Any, x: Any) -> Any:
    """1 / (1 + e^−x)."""
    return 1 / (1 + m.exp(-x))


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """σ′."""
    return evaluate(sigmoid_derivative.SPEC, x)


def break_ties(xp: Vocabulary, x: Any) -> Any:
    """Settle the float32 inputs near 0 whose result float64 cannot tell from a midpoint.

    For |x| < 2^−14, σ(x) = ½ + x/4 − x³/48 + …, where ½ + x/4 can be the midpoint of two float32
    numbers.  The exact value then lies on the side of ½, by as little as 2^−75.  So x is shortened
    by a 2^−27th; where ½ + x/4 is no midpoint, it is further from one than that and than x³/48.
    """
    return xp.where(xp.abs(x) < 2.0**-14, x * (1 - 2.0**-27), x)


def nudge(xp: Vocabulary, x: Any) -> Any:
    """Half an ulp toward ½, which is the side of the exact value where ½ + x/4 is a midpoint."""
    return xp.copysign(2.0**-53, -x)


TIES = (
    (float.fromhex("0x1.250c08p-9"), -2.19),
    (float.fromhex("0x1.437902p-5"), -0.49),
    (float.fromhex("-0x1.250c02p-10"), 0.25),
    (float.fromhex("-0x1.2082e0p-3"), -1.06),
)

EDGES = ((-math.inf, 0.0), (-0.0, 0.5), (0.0, 0.5), (math.inf, 1.0))

BOUNDS: dict[tuple[str, Accuracy], dict[str, Bound]] = {
    ("float64", "high"): {
        "numpy": Bound(0.76, "-0x1.61ab9ab6aef2dp+9"),
        "numba": Bound(0.51, "-0x1.054bbee90c24cp+7"),
        "jax": Bound(0.51, "-0x1.054bbee90c24cp+7"),
    },
    ("float64", "fast"): {
        "numpy": Bound(3.0, "-0x1.0a1f660ac3ae8p+2"),
        "numba": Bound(2.5, "-0x1.a58a5dbff2638p+3"),
        "jax": Bound(3.0, "-0x1.c6ba7b8214698p+4"),
    },
    ("float32", "fast"): {
        "numpy": Bound(3.75, "-0x1.ba7fec0000000p+1"),
        "numba": Bound(2.5, "-0x1.f36f2a0000000p+0"),
        "jax": Bound(2.5, "-0x1.0a111a0000000p+2", flushes=True),
    },
    ("float16", "fast"): {"jax": Bound(0.51, "0x1.6000000000000p-7")},
    ("bfloat16", "fast"): {"jax": Bound(0.51, "-0x1.0000000000000p-8", flushes=True)},
}

SPEC = Spec("sigmoid", formula, reference, derivative, EDGES, BOUNDS, break_ties, nudge, ties=TIES)


def sigmoid(
    x: Any,
    /,
    *,
    backend: str | None = None,
    accuracy: Accuracy = "high",
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The logistic function, :math:`\sigma(x) = 1 / (1 + e^{-x})`.

    Parameters
    ----------
    x : array_like
        Real numbers of any shape: a Python number, a list, a NumPy array or scalar, a JAX array
        or tracer.
    backend : {"numpy", "numba", "jax"}, optional
        Who computes.  By default the choice of :func:`use_backend`, :func:`set_default_backend`
        or the environment variable ``SIGMOIDS_BACKEND``, in this order; where none was made, JAX
        for JAX arrays, and for everything else Numba where it is installed, else NumPy.
    accuracy : {"high", "fast"}, optional
        ``"high"`` computes float32 and narrower dtypes in float64 and rounds once; ``"fast"``
        computes in the dtype itself.
    out : ndarray, optional
        Where to write the result: the shape and dtype of the result; may be ``x`` itself or
        overlap it.

    Returns
    -------
    array
        The kind of array that ``x`` is, with its shape, device and floating dtype: a Python float
        for a Python number, a NumPy array for a list.  Integers and booleans become the library's
        default float.  With ``out`` it is ``out``.

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
    sigmoid_derivative : The slope, accurate in both tails.

    Notes
    -----
    **Accuracy**, as largest total error: with ``accuracy="high"`` float16, bfloat16 and float32
    results are correctly rounded on every backend, subnormal ones included; float64 results are
    within 0.76 ulp on ``numpy`` (x = -0x1.61ab9ab6aef2dp+9), 0.51 ulp on ``numba``
    (x = -0x1.054bbee90c24cp+7), 0.51 ulp on ``jax`` (x = -0x1.054bbee90c24cp+7).  With ``"fast"``
    they are within 3.75 ulp in float32 and 3 ulp in float64; JAX then flushes subnormal float32
    and bfloat16 results.

    **Edge values**, the same on every backend: σ(−∞) = 0, σ(±0) = ½, σ(∞) = 1, NaN stays NaN;
    σ(x) = 1 exactly for large x; for very negative x the result becomes subnormal and then 0
    (float32 below −103.98, float64 below −745.14).

    References
    ----------
    .. [1] P.-F. Verhulst, "Recherches mathématiques sur la loi d'accroissement de la
       population", Nouveaux mémoires de l'Académie royale des sciences et belles-lettres de
       Bruxelles 18, 1845.

    Examples
    --------
    >>> import numpy as np
    >>> import sigmoids as sg
    >>> sg.sigmoid(0)
    0.5
    >>> sg.sigmoid(np.array([-50, 0, 50], np.float32))
    array([1.9287499e-22, 5.0000000e-01, 1.0000000e+00], dtype=float32)
    """
    return apply(SPEC, x, backend, accuracy, out)
