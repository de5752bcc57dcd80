"""The Numba engine: one pass of vector code, compiled when first needed and cached on disk."""

from sigmoids.backends.numba.engine import NumbaEngine

engine = NumbaEngine()
