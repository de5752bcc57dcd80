"""The derivative of the logistic function: σ′(x) = e^−|x| / (1 + e^−|x|)².

Computed from x itself.  The textbook y·(1 − y) with y = σ(x) is 0 as soon as y rounds to 1 (x = 17
in float32, 37 in float64), where the true slope is still 4e-8 and 9e-17.
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
    """y·(1 − y) with y = σ(−|x|) ≤ ½, which never rounds to 1, so that nothing cancels."""
    p, q = xp.exp_ratio(-xp.abs(x))
    y = p / (q + p)
    return y * (xp.number(1.0) - y)


def reference(m: Any, x: Any) -> Any:
    """1 / (2 + 2·cosh x)."""
    return 1 / (m.exp(-x) + m.exp(x) + 2)


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """The second derivative of the logistic function."""
    return evaluate(SECOND, x)


def second_formula(xp: Vocabulary, x: Any) -> Any:
    """−σ′(x)·tanh(x/2), where tanh(|x|/2) = (q−p)/(q+p)."""
    z = -xp.abs(x)
    p, q = xp.exp_ratio(z)
    d, _ = xp.expm1_ratio(z)
    s = q + p
    y = p / s
    return y * (xp.number(1.0) - y) * (xp.where(x < 0, -d, d) / s)


def second_reference(m: Any, x: Any) -> Any:
    """−σ′(x)·tanh(x/2)."""
    return -reference(m, x) * m.tanh(x / 2)


def third(evaluate: Evaluate, x: Any) -> Any:
    """σ‴ = σ′·(1 − 6σ′), which closes the chain: σ″ is the derivative of σ′ again."""
    y = evaluate(SPEC, x)
    return y * (1 - 6 * y)


EDGES = ((-math.inf, 0.0), (-0.0, 0.25), (0.0, 0.25), (math.inf, 0.0))

BOUNDS: dict[tuple[str, Accuracy], dict[str, Bound]] = {
    ("float64", "high"): {
        "numpy": Bound(0.76, "-0x1.619057bbabd61p+9"),
        "numba": Bound(0.51, "-0x1.054bbee90c24cp+7"),
        "jax": Bound(0.51, "-0x1.054bbee90c24cp+7"),
    },
    ("float64", "fast"): {
        "numpy": Bound(3.5, "-0x1.e7eda5f565480p+2"),
        "numba": Bound(3.4, "0x1.08727a7afff19p+2"),
        "jax": Bound(3.75, "0x1.63b877484b895p+3"),
    },
    ("float32", "fast"): {
        "numpy": Bound(4.5, "0x1.364aa20000000p+2"),
        "numba": Bound(3.4, "0x1.ccc12e0000000p+0"),
        "jax": Bound(3.6, "0x1.52b04e0000000p+1", flushes=True),
    },
    ("float16", "fast"): {"jax": Bound(0.51, "0x1.6200000000000p-1")},
    ("bfloat16", "fast"): {"jax": Bound(0.51, "0x1.e400000000000p+1", flushes=True)},
}

SPEC = Spec("sigmoid_derivative", formula, reference, derivative, EDGES, BOUNDS)
SECOND = Spec(
    "sigmoid_second_derivative",
    second_formula,
    second_reference,
    third,
    ((-math.inf, 0.0), (math.inf, -0.0)),
    {("float64", "high"): {"jax": Bound(0.52, "-0x1.6da98afbb4770p-2")}},
    near_zero="linear",
)


def sigmoid_derivative(
    x: Any,
    /,
    *,
    backend: str | None = None,
    accuracy: Accuracy = "high",
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The slope of the logistic function, :math:`\sigma'(x) = e^{-|x|} / (1 + e^{-|x|})^2`.

    The argument is x, not σ(x).

    Parameters
    ----------
    x : array_like
        Real numbers of any shape: a Python number, a list, a NumPy array or scalar, a JAX array
        or tracer.
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
    sigmoid : The function whose slope this is.

    Notes
    -----
    **Accuracy**, as largest total error: with ``accuracy="high"`` float16, bfloat16 and float32
    results are correctly rounded on every backend, subnormal ones included; float64 results are
    within 0.76 ulp on ``numpy`` (x = -0x1.619057bbabd61p+9), 0.51 ulp on ``numba``
    (x = -0x1.054bbee90c24cp+7), 0.51 ulp on ``jax`` (x = -0x1.054bbee90c24cp+7).  With ``"fast"``
    they are within 4.5 ulp in float32 and 3.75 ulp in float64; JAX then flushes subnormal float32
    and bfloat16 results.

    **Edge values**, the same on every backend: σ′(±∞) = 0, σ′(±0) = ¼, NaN stays NaN; the
    function is even, and far from 0 its values become subnormal and then 0.

    Its own derivative, −σ′(x)·tanh(x/2), is declared too and serves second and higher orders under
    ``jax.grad``: correctly rounded in float32 and within 0.52 ulp in float64
    (x = -0x1.6da98afbb4770p-2), where the result is normal.  It is +0 at +0 and −0, and has the
    sign of −x elsewhere.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.sigmoid_derivative(0)
    0.25
    >>> sg.sigmoid_derivative(40.0)
    4.248354255291589e-18
    """
    return apply(SPEC, x, backend, accuracy, out)
