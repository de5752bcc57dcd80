"""Numba's compiled loops as targets of XLA's foreign function interface, on the CPU.

A target has a name that says what its machine code was made of.  A program that XLA keeps in its
cache knows no more than that name: another process finds its own machine code by it.
"""

from __future__ import annotations

import ctypes
from functools import cache
from typing import TYPE_CHECKING, Any

import jax

from sigmoids.backends import call_frame, registry
from sigmoids.backends.first_use import first_use
from sigmoids.backends.notice import warn_once

if TYPE_CHECKING:
    import numpy as np

    from sigmoids.spec import Function

PLATFORM = "cpu"

_problem: str | None = None


def problem() -> str | None:
    """Why XLA computes on the CPU what compiled loops could; None if they do, as far as known."""
    return _problem


def target(spec: Function, dtype: np.dtype[Any]) -> str | None:
    """The name to call the function's loop by; None where there is none, and XLA has to compute."""
    with first_use():
        return _target(spec, dtype)


@cache
def _target(spec: Function, dtype: np.dtype[Any]) -> str | None:
    global _problem
    if not spec.compiled or (dtype.itemsize == 1 and len(spec.arguments) > 1):
        return None  # there are too many pairs for a table
    if (reason := _reason()) is not None:
        _problem = reason
        return None
    from sigmoids.backends.numba import xla  # Numba may not be installed

    try:
        name, address = xla.handler(spec, dtype, "high")
        _register(name, address)
        jax.ffi.register_ffi_target_as_batch_partitionable(name)
    except (MemoryError, RuntimeWarning):  # no fault of the compiler's
        raise
    except Exception as fault:
        text = " ".join(f"{type(fault).__name__}: {fault}".split())
        _problem = f"XLA computes what Numba cannot compile for it ({text})"
        warn_once("foreign", f"sigmoids is slower than it should be: {_problem}")
        return None
    return name


@cache
def _reason() -> str | None:
    """What stands in the way of all targets."""
    if not registry.installed(registry.find("numba")):
        return "without Numba, XLA computes on the CPU as well, and takes longer"
    try:
        from sigmoids.backends.numba import compiles

        engine = registry.load("numba")
    except ImportError as fault:
        return f"XLA computes on the CPU as well ({fault})"
    if not compiles():
        return f"XLA computes on the CPU as well: {engine.problem()}"
    if (reason := _unknown_interface()) is not None:
        return f"XLA computes on the CPU as well: Numba's loops do not know {reason}"
    return None


def _unknown_interface() -> str | None:
    """What about XLA's interface is not as compiled handlers presume; None if nothing is.

    XLA asks a handler about itself when it is registered.  This one looks at what it is asked with.
    """
    found: list[str | None] = []

    def look(address: int) -> None:
        frame = call_frame.CallFrame.from_address(address)
        found.append(call_frame.unknown(frame))
        call_frame.answer(frame)

    probe = call_frame.HANDLER(look)
    _alive.append(probe)
    try:
        _register("sigmoids_probe", ctypes.cast(probe, ctypes.c_void_p).value)
    except Exception as fault:
        return f"this version of JAX ({type(fault).__name__}: {fault})"
    return found[0] if found else "when XLA registers handlers"


def _register(name: str, address: int | None) -> None:
    jax.devices(PLATFORM)  # XLA asks at once then, and not when nobody could answer for it
    capsule = jax.ffi.pycapsule(ctypes.c_void_p(address))
    jax.ffi.register_ffi_target(name, capsule, platform=PLATFORM)


_alive: list[Any] = []
"""What XLA may call."""
