"""Any function of the family and its derivative in one pass."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sigmoids.derivatives import with_slope
from sigmoids.dispatch import dispatcher
from sigmoids.functions import FUNCTIONS, JOINT

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from sigmoids.spec import Accuracy, Joint


def value_and_derivative(
    function: Callable[..., Any],
    /,
    *arguments: Any,
    backend: str | None = None,
    accuracy: Accuracy | None = None,
    out: tuple[NDArray[Any], NDArray[Any]] | None = None,
) -> tuple[Any, Any]:
    """A function of the family and its derivative, in one pass over the array.

    Parameters
    ----------
    function : callable
        One of this package's functions with one result, such as :func:`silu`.
    *arguments : array_like
        What it is called with.
    backend : str, optional
        As for the function.
    accuracy : {"high", "fast"}, optional
        As for the function.
    out : pair of ndarray, optional
        NumPy arrays to write the two results to.

    Returns
    -------
    value, derivative : array
        Each of the kind, shape and floating dtype that the function returns.  Of two arguments, as
        of :func:`sigmoid_binary_cross_entropy`, it is the derivative by the first, the gradient
        by the logits.

    Raises
    ------
    TypeError
        Not such a function; otherwise as for the function.
    ValueError, ImportError
        As for the function.

    See Also
    --------
    sigmoid_and_derivative : The same for the logistic function.

    Notes
    -----
    **Accuracy**: the value is as accurate as the function's, and the derivative as accurate as that
    of a function such as :func:`silu_derivative`; those of :func:`logit` and
    :func:`sigmoid_binary_cross_entropy`, and second derivatives, within 2 ulp with
    ``accuracy="high"``.

    **Edge values** are those of the function and of its derivative.

    Examples
    --------
    >>> import sigmoids as sg
    >>> sg.value_and_derivative(sg.softplus, 0.0)
    (0.6931471805599453, 0.5)
    >>> loss, gradient = sg.value_and_derivative(sg.sigmoid_binary_cross_entropy, [2.0], [1.0])
    """
    try:
        joint, dispatch = _JOINTS[function]
    except (KeyError, TypeError):  # not there, or not to be hashed
        raise TypeError(
            f"value_and_derivative() takes one of {', '.join(FUNCTIONS)}; not {function!r}"
        ) from None
    if len(arguments) != len(joint.arguments):
        needed = " and ".join(joint.arguments)
        raise TypeError(f"{joint.parts[0].name}() takes {needed}, not {len(arguments)} arguments")
    return dispatch(*arguments, backend=backend, accuracy=accuracy, out=out)


_SHARED = {member.spec.parts[0]: member.spec for member in JOINT.values()}
"""Where a formula for both was written down."""


def _with_dispatcher(joint: Joint) -> tuple[Joint, Callable[..., Any]]:
    return joint, dispatcher(joint)


_JOINTS = {
    member.function: _with_dispatcher(_SHARED.get(member.spec) or with_slope(member.spec))
    for member in FUNCTIONS.values()
}
