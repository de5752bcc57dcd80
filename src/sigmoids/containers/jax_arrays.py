"""JAX arrays and tracers."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from sigmoids.backends.jax import JaxEngine
from sigmoids.containers import numpy_kind

if TYPE_CHECKING:
    from sigmoids.backends.engine import Engine
    from sigmoids.containers.container import Route
    from sigmoids.spec import Accuracy, Function


class JaxArray:
    """``jax.Array``, which tracers count as."""

    def default_backend(self) -> str:
        """JAX itself."""
        return "jax"

    def route(self, engine: Engine, spec: Function, accuracy: Accuracy) -> Route:
        """See :class:`~sigmoids.containers.container.Container`."""
        return partial(self.apply, engine, spec, accuracy)

    def apply(self, engine: Engine, spec: Function, accuracy: Accuracy, x: Any, out: Any) -> Any:
        """A JAX array on the same device, sharded alike."""
        if out is not None:
            raise TypeError("JAX arrays are immutable: out= takes NumPy arrays, for NumPy input")
        dtype = _result_dtype(x.dtype, spec.name)
        if isinstance(engine, JaxEngine):
            number = x if x.dtype == dtype else x.astype(dtype)
            results = engine.evaluate_native(spec, number, accuracy)
            return results[0] if len(results) == 1 else results
        if isinstance(x, jax.core.Tracer):
            raise TypeError(
                f"backend {engine.name!r} computes on concrete arrays and cannot run inside a JAX "
                'transformation such as jit, grad or vmap: use backend="jax" there'
            )
        values = np.asarray(x).astype(dtype, copy=False)
        computed = numpy_kind.evaluate(engine, spec, accuracy, values, None)
        with jax.enable_x64(True):
            return numpy_kind.each(lambda y: jax.device_put(y, x.sharding), computed)


def _result_dtype(dtype: Any, name: str) -> Any:
    if jnp.issubdtype(dtype, jnp.floating):
        return dtype
    if jnp.issubdtype(dtype, jnp.integer) or dtype == np.bool_:
        return jnp.result_type(float)
    raise TypeError(
        f"{name}() takes real numbers, not dtype {dtype}: convert to a floating dtype first"
    )


container = JaxArray()
