"""The derivative of the hyperbolic tangent: 1/cosh² x = 4σ′(2x).

Computed from x itself.  The textbook 1 − tanh² x is 0 as soon as tanh x rounds to ±1 (x = 9.01 in
float32, 19.1 in float64), where the true slope is still 6e-8 and 1e-16.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import apply
from sigmoids.spec import Accuracy, Bound, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.spec import Evaluate, Vocabulary


def formula(xp: Vocabulary, x: Any) -> Any:
    """4y·(1 − y) with y = σ(−2|x|) ≤ ½, so that nothing cancels."""
    magnitude = xp.abs(x)
    p, q = xp.exp_ratio(-(magnitude + xp.limit(magnitude, 0.0, FAR)))
    y4 = xp.number(4.0) * p / (q + p)
    return y4 * (xp.number(1.0) - xp.number(0.25) * y4)


FAR = 400.0
"""e^(−2·FAR) rounds to 0 in float64; twice the largest number would overflow."""


def reference(m: Any, x: Any) -> Any:
    """1/cosh² x."""
    return 1 / m.cosh(x) ** 2


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """The second derivative of the hyperbolic tangent."""
    return evaluate(SECOND, x)


def second_formula(xp: Vocabulary, x: Any) -> Any:
    """−2·tanh x/cosh² x."""
    magnitude = xp.abs(x)
    z = -(magnitude + magnitude)
    p, q = xp.exp_ratio(z)
    d, _ = xp.expm1_ratio(z)
    s = q + p
    y = p / s
    return xp.copysign(xp.number(8.0) * y * (xp.number(1.0) - y) * (-d / s), -x)


def second_reference(m: Any, x: Any) -> Any:
    """−2·tanh x/cosh² x."""
    return -2 * m.tanh(x) * reference(m, x)


def third(evaluate: Evaluate, x: Any) -> Any:
    """y·(4 − 6y) with y = 1/cosh² x, which closes the chain."""
    y = evaluate(SPEC, x)
    return y * (4 - 6 * y)


EDGES = (-math.inf, 0.0), (-0.0, 1.0), (0.0, 1.0), (math.inf, 0.0)

BOUNDS: dict[tuple[str, Accuracy], dict[str, Bound]] = {
    ("float64", "high"): {
        "numpy": Bound(0.76, "0x1.627261fa6a750p+8"),
        "numba": Bound(0.51, "0x1.99ea3c32cea28p+2"),
        "jax": Bound(0.51, "0x1.99ea3c32cea28p+2"),
    },
    ("float64", "fast"): {
        "numpy": Bound(3.4, "0x1.b36dae47b0c14p+0"),
        "numba": Bound(3.7, "-0x1.090dd761b80b0p+1"),
        "jax": Bound(3.9, "0x1.cce163724b928p-1"),
    },
    ("float32", "fast"): {
        "numpy": Bound(4.6, "0x1.364aa20000000p+1"),
        "numba": Bound(3.5, "0x1.ccc12e0000000p-1"),
        "jax": Bound(3.6, "0x1.52b04e0000000p+0", flushes=True),
    },
    ("float16", "fast"): {
        "jax": Bound(0.51, "0x1.6200000000000p-2"),
    },
    ("bfloat16", "fast"): {
        "jax": Bound(0.51, "0x1.e400000000000p+0", flushes=True),
    },
}

SPEC = Spec("tanh_derivative", formula, reference, derivative, EDGES, BOUNDS)
SECOND = Spec(
    "tanh_second_derivative",
    second_formula,
    second_reference,
    third,
    ((-math.inf, 0.0), (-0.0, 0.0), (0.0, -0.0), (math.inf, -0.0)),
    {},
    near_zero="linear",
)


def tanh_derivative(
    x: Any,
    /,
    *,
    backend: str | None = None,
    accuracy: Accuracy = "high",
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The slope of the hyperbolic tangent, :math:`\tanh' x = 1 / \cosh^2 x`.

    The argument is x, not tanh(x).

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
    tanh : The function whose slope this is.

    Notes
    -----
    **Accuracy**, as largest total error: with ``accuracy="high"`` float16, bfloat16 and float32
    results are correctly rounded on every backend, subnormal ones included; float64 results are
    within 0.76 ulp on ``numpy`` (x = 0x1.627261fa6a750p+8), 0.51 ulp on ``numba`` (x =
    0x1.99ea3c32cea28p+2), 0.51 ulp on ``jax`` (x = 0x1.99ea3c32cea28p+2). With ``"fast"`` they
    are within 4.6 ulp in float32 and 3.9 ulp in float64; JAX then flushes what is proportional
    to a subnormal number in float32 and bfloat16.

    **Edge values**, the same on every backend: 0 at ±∞, 1 at ±0, NaN stays NaN; the function is
    even, and far from 0 its values become subnormal and then 0.

    Its own derivative, −2·tanh(x)/cosh²(x), is declared too and serves second and higher orders
    under ``jax.grad``.

    References
    ----------
    .. [1] NIST Digital Library of Mathematical Functions, https://dlmf.nist.gov/4.34.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.tanh_derivative(0)
    1.0
    >>> sg.tanh_derivative(20.0)
    1.6993417021166355e-17
    """
    return apply(SPEC, x, backend, accuracy, out)
