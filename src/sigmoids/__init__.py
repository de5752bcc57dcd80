"""The sigmoid family: one call on any array, the same bits from every backend."""

from sigmoids.functions.sigmoid import sigmoid
from sigmoids.functions.sigmoid_derivative import sigmoid_derivative
from sigmoids.inventory import backends
from sigmoids.plotting import plot
from sigmoids.selection import set_default_backend, use_backend

__version__ = "0.1.0"

__all__ = [
    "backends",
    "plot",
    "set_default_backend",
    "sigmoid",
    "sigmoid_derivative",
    "use_backend",
]
