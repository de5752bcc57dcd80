"""The sparse arrays and matrices of SciPy, which hold the elements that are not 0."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sigmoids.containers.overriding import Holding

if TYPE_CHECKING:
    from sigmoids.containers.overriding import Elementwise


class SciPySparse(Holding):
    """``scipy.sparse.sparray`` and ``spmatrix``, of every format."""

    rank = 11

    def of(self, function: Elementwise, arguments: tuple[Any, ...]) -> Any:
        """The same format, where 0 stays 0."""
        at_0 = function(*len(arguments) * (0.0,))
        if at_0 != 0:
            zeros = ", ".join("0" for _ in arguments)
            raise TypeError(
                f"{function.function}({zeros}) is {at_0:.3g} and no SciPy sparse array can hold "
                "that everywhere: use toarray(), or sparse.COO, which can"
            )
        (x,) = arguments
        # Linked lists and dictionaries have no array of their elements.
        y = x.tocsr() if x.format in ("lil", "dok") else x.copy()
        if hasattr(y, "sum_duplicates"):
            y.sum_duplicates()  # elements that are given in parts
        y.data = function(y.data)
        return y.asformat(x.format)


container = SciPySparse()
