"""JAX arrays and tracers."""

from __future__ import annotations

from contextlib import nullcontext
from functools import partial
from typing import TYPE_CHECKING, Any

import jax
import jax.numpy as jnp
import numpy as np

from sigmoids.backends.jax import JaxEngine
from sigmoids.backends.jax.types import convert, is_weak
from sigmoids.containers import numpy_kind

if TYPE_CHECKING:
    from sigmoids.backends.engine import Engine
    from sigmoids.containers.container import Route
    from sigmoids.spec import Accuracy, Function


class JaxArray:
    """``jax.Array``, which tracers count as."""

    rank = 6

    def default_backend(self) -> str:
        """JAX itself."""
        return "jax"

    def can_follow(self, backend: str, kinds: tuple[type, ...]) -> bool:
        """Tracers belong to JAX, while arrays can be converted."""
        return backend == "jax" or not any(issubclass(kind, jax.core.Tracer) for kind in kinds)

    def route(self, engine: Engine, spec: Function, accuracy: Accuracy) -> Route:
        """See :class:`~sigmoids.containers.container.Container`."""

        def route(x: Any, out: Any) -> Any:
            return self._apply(engine, spec, accuracy, (x,), out)

        return route

    def route_of_several(self, engine: Engine, spec: Function, accuracy: Accuracy) -> Route:
        """See :class:`~sigmoids.containers.container.Container`."""
        return partial(self._apply, engine, spec, accuracy)

    def _apply(
        self, engine: Engine, spec: Function, accuracy: Accuracy, arguments: Any, out: Any
    ) -> Any:
        """A JAX array on the same device, sharded alike."""
        if out is not None:
            raise TypeError("JAX arrays are immutable: out= takes NumPy arrays, for NumPy input")
        inputs = together(arguments, spec.name)
        if isinstance(engine, JaxEngine):
            results = engine.evaluate_native(spec, inputs, accuracy)
            return results[0] if len(results) == 1 else results
        if any(isinstance(x, jax.core.Tracer) for x in inputs):
            raise TypeError(
                f"backend {engine.name!r} computes on concrete arrays and cannot run inside a JAX "
                'transformation such as jit, grad or vmap: use backend="jax" there'
            )
        values = tuple(map(np.asarray, inputs))
        computed = numpy_kind.evaluate(engine, spec, accuracy, values, None)
        with jax.enable_x64(True):
            return numpy_kind.each(lambda y: jax.device_put(y, inputs[0].sharding), computed)


def together(arguments: tuple[Any, ...], name: str) -> tuple[jax.Array, ...]:
    """Arrays of one floating dtype and shape, as JAX promotes and broadcasts."""
    if any(isinstance(x, np.ma.MaskedArray) for x in arguments):
        raise TypeError("JAX arrays have no mask: np.ma.filled() the masked array beside one first")
    arguments = tuple(_known(x, name) for x in arguments)
    for x in arguments:
        _result_dtype(jnp.result_type(x), name)
    # Without the x64 flag JAX promotes to float32 even what is float64 all the same.
    is_double = any(isinstance(x, jax.Array) and x.dtype == np.float64 for x in arguments)
    dtype = np.dtype(np.float64) if is_double else _result_dtype(jnp.result_type(*arguments), name)
    weak = all(map(is_weak, arguments))
    with jax.enable_x64(True) if dtype == np.float64 else nullcontext():
        arrays = tuple(_converted(x, dtype, weak) for x in arguments)
        return arrays if len(arrays) == 1 else tuple(jnp.broadcast_arrays(*arrays))


def _known(x: Any, name: str) -> Any:
    """What JAX can promote; of the numbers of lists it makes its own default float."""
    if isinstance(x, jax.Array | np.ndarray | np.generic | float | int):
        return x
    array = numpy_kind.as_array(x, name)
    return jnp.asarray(array, float) if isinstance(x, list | tuple) else array


def _converted(x: Any, dtype: Any, weak: bool) -> jax.Array:
    if isinstance(x, jax.Array) and x.dtype == dtype:
        return x
    x = jnp.asarray(x, dtype)
    return convert(x, dtype, weak=True) if weak else x


def _result_dtype(dtype: Any, name: str) -> Any:
    if jnp.issubdtype(dtype, jnp.floating):
        return dtype
    if jnp.issubdtype(dtype, jnp.integer) or dtype == np.bool_:
        return jnp.result_type(float)
    raise TypeError(
        f"{name}() takes real numbers, not dtype {dtype}: convert to a floating dtype first"
    )


container = JaxArray()
