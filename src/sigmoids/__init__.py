"""The sigmoid family: one call on any array, the same bits from every backend."""

from typing import TYPE_CHECKING

from sigmoids import inventory as _inventory  # noqa: F401  # it makes `backends` callable
from sigmoids.backends.threads import get_num_threads, set_num_threads, use_num_threads
from sigmoids.facts import info
from sigmoids.functions.arctan_sigmoid import arctan_sigmoid
from sigmoids.functions.arctan_sigmoid_derivative import arctan_sigmoid_derivative
from sigmoids.functions.log_sigmoid import log_sigmoid
from sigmoids.functions.logit import logit
from sigmoids.functions.sigmoid import sigmoid
from sigmoids.functions.sigmoid_and_derivative import sigmoid_and_derivative
from sigmoids.functions.sigmoid_binary_cross_entropy import sigmoid_binary_cross_entropy
from sigmoids.functions.sigmoid_derivative import sigmoid_derivative
from sigmoids.functions.silu import silu
from sigmoids.functions.silu_derivative import silu_derivative
from sigmoids.functions.softplus import softplus
from sigmoids.functions.tanh import tanh
from sigmoids.functions.tanh_derivative import tanh_derivative
from sigmoids.options import with_options
from sigmoids.plotting import plot
from sigmoids.selection import (
    set_default_accuracy,
    set_default_backend,
    use_accuracy,
    use_backend,
)
from sigmoids.value_and_derivative import value_and_derivative

if TYPE_CHECKING:
    from sigmoids.inventory import backends

    __version__: str
else:

    def __getattr__(name):
        """The version, which the metadata of the installed package has; they are slow to read."""
        if name != "__version__":
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        from importlib.metadata import version

        return version(__name__)


__all__ = [
    "arctan_sigmoid",
    "arctan_sigmoid_derivative",
    "backends",
    "get_num_threads",
    "info",
    "log_sigmoid",
    "logit",
    "plot",
    "set_default_accuracy",
    "set_default_backend",
    "set_num_threads",
    "sigmoid",
    "sigmoid_and_derivative",
    "sigmoid_binary_cross_entropy",
    "sigmoid_derivative",
    "silu",
    "silu_derivative",
    "softplus",
    "tanh",
    "tanh_derivative",
    "use_accuracy",
    "use_backend",
    "use_num_threads",
    "value_and_derivative",
    "with_options",
]

for _name in set(__all__) - {"backends"}:
    # What is called is of the package, wherever it is written.
    globals()[_name].__module__ = __name__
