"""The logarithm of the logistic function: log σ(x) = −log(1 + e^−x)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import apply
from sigmoids.functions import sigmoid
from sigmoids.spec import Accuracy, Bound, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.spec import Evaluate, Vocabulary


def formula(xp: Vocabulary, x: Any) -> Any:
    """min(x, 0) − log(1 + e^−|x|): the terms have one sign, the second comes from e^−|x| itself."""
    p, q = xp.exp_ratio(-xp.abs(x))
    rest = -xp.log1p_ratio(p, q)
    y = xp.where(x < 0, xp.number(xp.limit(x, -FAR, FAR)) + rest, rest)
    return xp.rarely(x < -FAR, xp.itself(x), y)


FAR = 50.0
"""e^−FAR is less than half an ulp of FAR in every dtype."""


def reference(m: Any, x: Any) -> Any:
    """−(max(−x, 0) + log(1 + e^−|x|))."""
    return -(m.maximum(-x, 0) + m.log1p(m.exp(-abs(x))))


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """σ(−x)."""
    return evaluate(sigmoid.SPEC, -x)


TIES = (
    (float.fromhex("-0x1.d483a0p-12"), 0.044),
    (float.fromhex("-0x1.47f110p+2"), -0.88),
    (float.fromhex("-0x1.ad174ep-10"), 1.221),
    (float.fromhex("-0x1.172c44p-12"), -1.535),
    (float.fromhex("0x1.df473ep-25"), 2.714),
)

EDGES = ((-math.inf, -math.inf), (math.inf, -0.0))

BOUNDS: dict[tuple[str, Accuracy], dict[str, Bound]] = {
    ("float64", "high"): {
        "numpy": Bound(0.76, "0x1.619071457ead3p+9"),
        "numba": Bound(0.53, "0x1.9f559430c8f32p-1"),
        "jax": Bound(0.54, "0x1.82b79d79b2c94p-1"),
    },
    ("float64", "fast"): {
        "numpy": Bound(1.7, "0x1.60e6f1e178896p+1"),
        "numba": Bound(3.2, "0x1.0a867cb4c697cp+4"),
        "jax": Bound(3.9, "0x1.208bf871767afp+4"),
    },
    ("float32", "fast"): {
        "numpy": Bound(3.5, "0x1.056d660000000p+1"),
        "numba": Bound(2.9, "0x1.47004e0000000p+0"),
        "jax": Bound(3.1, "0x1.5d25920000000p-1", flushes=True),
    },
    ("float16", "fast"): {
        "jax": Bound(0.51, "-0x1.ef00000000000p-10"),
    },
    ("bfloat16", "fast"): {
        "jax": Bound(0.51, "0x1.f400000000000p-7", flushes=True),
    },
}

SPEC = Spec(
    "log_sigmoid",
    formula,
    reference,
    derivative,
    EDGES,
    BOUNDS,
    ties=TIES,
    moderate=((-FAR, FAR),),
)


def log_sigmoid(
    x: Any,
    /,
    *,
    backend: str | None = None,
    accuracy: Accuracy = "high",
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The logarithm of the logistic function, :math:`\log \sigma(x) = -\log(1 + e^{-x})`.

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
    softplus : −log σ(−x).
    sigmoid : The function whose logarithm this is.

    Notes
    -----
    **Accuracy**, as largest total error: with ``accuracy="high"`` float16, bfloat16 and float32
    results are correctly rounded on every backend, subnormal ones included; float64 results are
    within 0.76 ulp on ``numpy`` (x = 0x1.619071457ead3p+9), 0.53 ulp on ``numba`` (x =
    0x1.9f559430c8f32p-1), 0.54 ulp on ``jax`` (x = 0x1.82b79d79b2c94p-1). With ``"fast"`` they
    are within 3.5 ulp in float32 and 3.9 ulp in float64; JAX then flushes what is proportional
    to a subnormal number in float32 and bfloat16.

    **Edge values**, the same on every backend: −∞ at −∞, −0 at ∞, NaN stays NaN; for very negative
    x the result is x, for large x it is −e^−x, down to the subnormal numbers and −0.

    Its derivative, σ(−x), and all further ones are declared and serve ``jax.grad``.

    References
    ----------
    .. [1] M. Mächler, "Accurately computing log(1 − exp(−|a|))", vignette of the R package Rmpfr,
       2012.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.log_sigmoid(0)
    -0.6931471805599453
    >>> sg.log_sigmoid(-1000.0)
    -1000.0
    """
    return apply(SPEC, x, backend, accuracy, out)
