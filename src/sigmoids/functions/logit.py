"""The logit log(p/(1 − p)), the inverse of the logistic function."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import apply
from sigmoids.spec import Accuracy, Bound, Spec

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.spec import Evaluate, Vocabulary


def formula(xp: Vocabulary, x: Any) -> Any:
    """The logarithm of a quotient whose parts differ by 2p − 1, so that nothing cancels at ½."""
    outside = (x <= 0) | (x >= 1) | (x != x)
    nan = xp.number(math.nan)
    p = xp.number(xp.rarely(outside, 0.5, x))
    one = xp.number(1.0)
    y = xp.log_ratio(p, one - p, (p + p) - one)
    y = xp.rarely(outside, xp.where(x == 1, xp.number(math.inf), nan), y)
    return xp.rarely(x == 0, xp.number(-math.inf), y)


def reference(m: Any, x: Any) -> Any:
    """Log(p/(1 − p)), by the difference of its parts where they are about equal."""
    return m.where(x < 0.25, m.log(x / (1 - x)), m.log1p((2 * x - 1) / (1 - x)))


def derivative(evaluate: Evaluate, x: Any) -> Any:
    """1/(p·(1 − p))."""
    return evaluate(FIRST, x)


def first_formula(xp: Vocabulary, x: Any) -> Any:
    """1/(p·(1 − p)), which is 1/p next to 0."""
    inside = (x > 0) & (x < 1)
    inner = xp.where(inside, x, 0.5)
    p, one = xp.number(inner), xp.number(1.0)
    ends = xp.where((x == 0) | (x == 1), xp.number(math.inf), xp.number(math.nan))
    y = xp.where(x < 2.0**-60, xp.itself(1 / inner), one / (p * (one - p)))
    return xp.where(inside, y, ends)


def first_reference(_m: Any, x: Any) -> Any:
    """1/(p·(1 − p))."""
    return 1 / (x * (1 - x))


def second(evaluate: Evaluate, x: Any) -> Any:
    """The second derivative of the logit."""
    return evaluate(SECOND, x)


def second_formula(xp: Vocabulary, x: Any) -> Any:
    """(2p − 1)/(p·(1 − p))², where 2p − 1 is 0 at ½ exactly; infinite from p = 2^−512 down."""
    inside = (x > 2.0**-512) & (x < 1)
    p = xp.number(xp.where(inside, x, 0.5))
    one = xp.number(1.0)
    y = one / (p * (one - p))
    ends = xp.where(x == 1, xp.number(math.inf), xp.number(math.nan))
    ends = xp.where((x >= 0) & (x < 0.5), xp.number(-math.inf), ends)
    return xp.where(inside, ((p + p) - one) * y * y, ends)


def second_reference(_m: Any, x: Any) -> Any:
    """(2p − 1)/(p·(1 − p))²."""
    return (2 * x - 1) / (x * (1 - x)) ** 2


def third(evaluate: Evaluate, x: Any) -> Any:
    """2y²·(y − 3) with y = 1/(p·(1 − p)), which closes the chain."""
    y = evaluate(FIRST, x)
    return 2 * y * y * (y - 3)


DOMAIN = (0.0, 1.0)
MODERATE = (math.ulp(0.0), 1 - math.ulp(0.5))
"""All between the ends."""

EDGES = ((-0.0, -math.inf), (0.0, -math.inf), (0.5, 0.0), (1.0, math.inf))

TIES = (
    (float.fromhex("0x1.13986cp-22"), -0.125),
    (float.fromhex("0x1.22d570p-65"), 0.227),
    (float.fromhex("0x1.10d8d0p-11"), -0.608),
    (float.fromhex("0x1.917748p-100"), 0.996),
    (float.fromhex("0x1.cde79ap-4"), 1.008),
    (float.fromhex("0x1.390ff0p-93"), 1.291),
    (float.fromhex("0x1.088d96p-74"), 1.689),
    (float.fromhex("0x1.9f2956p-5"), 2.426),
    (float.fromhex("0x1.996896p-115"), -2.779),
    (float.fromhex("0x1.80c1f4p-112"), 2.953),
    (float.fromhex("0x1.c3fec6p-97"), 2.977),
)

BOUNDS: dict[tuple[str, Accuracy], dict[str, Bound]] = {
    ("float64", "high"): {
        "numpy": Bound(0.53, "0x1.2ff5dd22deddbp-1"),
        "numba": Bound(0.53, "0x1.2d5d7f9acacd3p-1"),
        "jax": Bound(0.53, "0x1.a360b0ce54fecp-2"),
    },
    ("float64", "fast"): {
        "numpy": Bound(2.4, "0x1.82bcbd1decfe9p-2"),
        "numba": Bound(3, "0x1.90243d73dc06dp-2"),
        "jax": Bound(3, "0x1.90243d73dc06dp-2"),
    },
    ("float32", "fast"): {
        "numpy": Bound(3.1, "0x1.1cd0020000000p-2"),
        "numba": Bound(3.5, "0x1.a952560000000p-2"),
        "jax": Bound(3.1, "0x1.34d9040000000p-1"),
    },
    ("float16", "fast"): {
        "jax": Bound(0.51, "0x1.2140000000000p-11"),
    },
    ("bfloat16", "fast"): {
        "jax": Bound(0.51, "0x1.ca00000000000p-20"),
    },
}

SPEC = Spec(
    "logit",
    formula,
    reference,
    derivative,
    EDGES,
    BOUNDS,
    near_zero="logarithmic",
    domain=DOMAIN,
    ties=TIES,
    moderate=(MODERATE,),
)
FIRST = Spec(
    "logit_derivative",
    first_formula,
    first_reference,
    second,
    ((-0.0, math.inf), (0.0, math.inf), (0.5, 4.0), (1.0, math.inf)),
    {},
    domain=DOMAIN,
)
SECOND = Spec(
    "logit_second_derivative",
    second_formula,
    second_reference,
    third,
    ((-0.0, -math.inf), (0.0, -math.inf), (0.5, 0.0), (1.0, math.inf)),
    {},
    domain=DOMAIN,
)


def logit(
    x: Any,
    /,
    *,
    backend: str | None = None,
    accuracy: Accuracy = "high",
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The logit, :math:`\log(p / (1 - p))`, the inverse of the logistic function.

    Parameters
    ----------
    x : array_like
        Probabilities: real numbers of any shape; as for :func:`sigmoid`.
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
    sigmoid : Its inverse.

    Notes
    -----
    **Accuracy**, as largest total error: with ``accuracy="high"`` float16, bfloat16 and float32
    results are correctly rounded on every backend, subnormal ones included; float64 results are
    within 0.53 ulp on ``numpy`` (x = 0x1.2ff5dd22deddbp-1), 0.53 ulp on ``numba`` (x =
    0x1.2d5d7f9acacd3p-1), 0.53 ulp on ``jax`` (x = 0x1.a360b0ce54fecp-2). With ``"fast"`` they
    are within 3.5 ulp in float32 and 3 ulp in float64.

    **Edge values**, the same on every backend: logit(±0) = −∞, logit(½) = 0, logit(1) = ∞; outside
    [0, 1] and for NaN the result is NaN, without a warning.

    Its derivatives 1/(p·(1 − p)) and (2p − 1)/(p·(1 − p))² are declared and serve ``jax.grad``.

    References
    ----------
    .. [1] J. Berkson, "Application of the logistic function to bio-assay", Journal of the American
       Statistical Association 39, 1944.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.logit(0.5)
    0.0
    >>> sg.logit(1e-300)
    -690.7755278982137
    """
    return apply(SPEC, x, backend, accuracy, out)
