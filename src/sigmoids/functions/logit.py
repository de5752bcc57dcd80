"""The logit log(p/(1 − p)), the inverse of the logistic function."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from sigmoids.dispatch import dispatched
from sigmoids.signatures import of_one
from sigmoids.spec import Accuracy, Spec, exceptions

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from sigmoids.backends.registry import Backend
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
    y = xp.where(x < 2.0**-60, xp.itself(xp.plain(1.0) / xp.plain(inner)), one / (p * (one - p)))
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

EXCEPTIONS = exceptions(
    ("0x1.13986cp-22", "-0x1.e59d8ap+3"),
    ("0x1.22d57p-65", "-0x1.676a7cp+5"),
    ("0x1.10d8dp-11", "-0x1.e3dd04p+2"),
    ("0x1.917748p-100", "-0x1.137588p+6"),
    ("0x1.cde79ap-4", "-0x1.08086cp+1"),
    ("0x1.390ffp-93", "-0x1.010bbep+6"),
    ("0x1.088d96p-74", "-0x1.9a148ap+5"),
    ("0x1.9f2956p-5", "-0x1.771208p+1"),
    ("0x1.996896p-115", "-0x1.3cf834p+6"),
    ("0x1.80c1f4p-112", "-0x1.34e674p+6"),
    ("0x1.c3fec6p-97", "-0x1.0aaacap+6"),
)

SPEC = Spec(
    "logit",
    formula,
    reference,
    derivative,
    EDGES,
    domain=DOMAIN,
    inverse="sigmoid",
    exceptions=EXCEPTIONS,
    moderate=(MODERATE,),
)
FIRST = Spec(
    "logit_derivative",
    first_formula,
    first_reference,
    second,
    ((-0.0, math.inf), (0.0, math.inf), (0.5, 4.0), (1.0, math.inf)),
    domain=DOMAIN,
    compiled=False,
)
SECOND = Spec(
    "logit_second_derivative",
    second_formula,
    second_reference,
    third,
    ((-0.0, -math.inf), (0.0, -math.inf), (0.5, 0.0), (1.0, math.inf)),
    domain=DOMAIN,
    compiled=False,
)


@of_one
@dispatched(SPEC)
def logit(
    x: Any,
    /,
    *,
    backend: Backend | None = None,
    accuracy: Accuracy | None = None,
    out: NDArray[Any] | None = None,
) -> Any:
    r"""The logit, :math:`\log(p / (1 - p))`, the inverse of the logistic function.

    Parameters
    ----------
    x : array_like
        Probabilities, real numbers of any shape: a Python number, a list, or an array, such as
        NumPy's, JAX's or PyTorch's.
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
    sigmoid : Its inverse.

    Notes
    -----
    **Accuracy**, in units in the last place (ulp): float16, bfloat16 and float32 results are
    correctly rounded, and float64 results within 0.52 ulp (``numpy``: 0.53); with
    ``accuracy="fast"`` all are within 3.1 ulp (``numba``: 3.5).

    **Edge values**, the same on every backend: logit(±0) = −∞, logit(½) = 0, logit(1) = ∞; outside
    [0, 1] and for NaN the result is NaN, without a warning.

    JAX and PyTorch differentiate it by 1/(p·(1 − p)) and (2p − 1)/(p·(1 − p))².

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
