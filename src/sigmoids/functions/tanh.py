"""The hyperbolic tangent, 2·σ(2x) − 1."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import apply
from sigmoids.functions import tanh_derivative
from sigmoids.spec import Accuracy, Bound, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.spec import Evaluate, Vocabulary


def formula(xp: Vocabulary, x: Any) -> Any:
    """(1 − e^−2|x|)/(1 + e^−2|x|) with the sign of x; with e^−2|x| − 1 nothing cancels near 0."""
    magnitude = xp.abs(x)
    d, q = xp.expm1_ratio(-(magnitude + xp.limit(magnitude, 0.0, tanh_derivative.FAR)))
    return xp.copysign(-d / ((q + q) + d), x)


def reference(m: Any, x: Any) -> Any:
    """Tanh x."""
    return m.tanh(x)


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """1/cosh² x."""
    return evaluate(tanh_derivative.SPEC, x)


EDGES = (-math.inf, -1.0), (-0.0, -0.0), (0.0, 0.0), (math.inf, 1.0)

BOUNDS: dict[tuple[str, Accuracy], dict[str, Bound]] = {
    ("float64", "high"): {
        "numpy": Bound(0.52, "0x1.f59457ca4d800p-10"),
        "numba": Bound(0.52, "-0x1.66991ddc65058p-3"),
        "jax": Bound(0.52, "-0x1.66991ddc65058p-3"),
    },
    ("float64", "fast"): {
        "numpy": Bound(2.8, "0x1.0d135af07e7a9p+3"),
        "numba": Bound(3.9, "0x1.a89067cec6034p-3"),
        "jax": Bound(4.1, "0x1.6d407e5ea2f0bp-3"),
    },
    ("float32", "fast"): {
        "numpy": Bound(3.7, "0x1.1817940000000p-1"),
        "numba": Bound(3.9, "0x1.63f3b40000000p-3"),
        "jax": Bound(6.9, "0x1.ffc20c0000000p-3", flushes=True),
    },
    ("float16", "fast"): {
        "jax": Bound(0.51, "0x1.b100000000000p+0"),
    },
    ("bfloat16", "fast"): {
        "jax": Bound(0.51, "0x1.7200000000000p-4", flushes=True),
    },
}

SPEC = Spec("tanh", formula, reference, derivative, EDGES, BOUNDS, near_zero="linear")


def tanh(
    x: Any,
    /,
    *,
    backend: str | None = None,
    accuracy: Accuracy = "high",
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The hyperbolic tangent, :math:`\tanh x = 2 \sigma(2 x) - 1`.

    A sigmoid from −1 to 1 with slope 1 at 0.

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
    tanh_derivative : Its slope, accurate in both tails.

    Notes
    -----
    **Accuracy**, as largest total error: with ``accuracy="high"`` float16, bfloat16 and float32
    results are correctly rounded on every backend, subnormal ones included; float64 results are
    within 0.52 ulp on ``numpy`` (x = 0x1.f59457ca4d800p-10), 0.52 ulp on ``numba`` (x =
    -0x1.66991ddc65058p-3), 0.52 ulp on ``jax`` (x = -0x1.66991ddc65058p-3). With ``"fast"``
    they are within 6.9 ulp in float32 and 4.1 ulp in float64; JAX then flushes what is
    proportional to a subnormal number in float32 and bfloat16.

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
    return apply(SPEC, x, backend, accuracy, out)
