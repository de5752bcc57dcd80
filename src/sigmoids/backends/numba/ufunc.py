"""NumPy ufuncs around compiled loops: the quickest way to call machine code with a few numbers.

The loops are of NumPy's own kind (``PyUFuncGenericFunction``), which its C interface makes a ufunc
of.  NumPy asks the processor after every loop which exceptions there were, and tells the user; as
these loops put the status flags back, there are none.
"""

from __future__ import annotations

import ctypes
import importlib
from functools import cache
from typing import TYPE_CHECKING, Any, cast

import numpy as np
from numba import carray, types
from numba.extending import intrinsic

from sigmoids.backends.numba.inline import jit
from sigmoids.backends.numba.loops import each
from sigmoids.backends.numba.memory import load
from sigmoids.backends.numba.mode import enter_standard_mode, leave_standard_mode

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

LOOP = types.void(
    types.CPointer(types.intp), types.CPointer(types.intp), types.CPointer(types.intp), types.intp
)
"""Addresses of the arrays, the number of elements, the steps between them, and the address of what
the ufunc adds."""


@intrinsic
def pointer(_typing: Any, _address: Any) -> Any:
    """An address as a pointer."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.inttoptr(arguments[0], context.get_value_type(types.voidptr))

    return types.voidptr(types.intp), code


def make_loop(
    name: str, fill: Callable[..., bool], inputs: int, outputs: int, real: type[np.generic]
) -> Callable[..., None]:
    """NumPy's kind of loop around ``fill(xs, outs, start)`` of contiguous arrays.

    Arrays with other steps, of which calls have few elements, are taken an element at a time.
    """
    step = np.dtype(real).itemsize
    operands = inputs + outputs

    @jit
    def at(which: Any, addresses: Any, steps: Any, first: Any, size: Any) -> Any:
        return carray(pointer(addresses[which] + first * steps[which]), (size,), real)

    sources, targets = each(inputs, at), each(outputs, at)
    of_sources, of_targets = tuple(range(inputs)), tuple(range(inputs, operands))

    @jit
    def compute(addresses: Any, steps: Any, first: Any, size: Any) -> None:
        xs = sources(of_sources, addresses, steps, first, size)
        fill(xs, targets(of_targets, addresses, steps, first, size), 0)

    def loop(addresses: Any, sizes: Any, steps: Any, _data: Any) -> None:
        mode = enter_standard_mode()
        size = sizes[0]
        contiguous = True
        for i in range(operands):
            contiguous &= steps[i] == step
        if contiguous:
            compute(addresses, steps, 0, size)
        else:
            for i in range(size):
                compute(addresses, steps, i, 1)
        leave_standard_mode(mode)

    loop.__qualname__ = name
    return loop


def make_look_up(outputs: int, bits: np.dtype[Any]) -> Callable[..., None]:
    """NumPy's kind of loop that reads results from tables, whose addresses the ufunc adds."""
    entries = 2 ** (8 * bits.itemsize)

    @jit
    def array(address: Any, size: Any) -> Any:
        return carray(pointer(address), (size,), bits)

    def look_up(addresses: Any, sizes: Any, steps: Any, tables: Any) -> None:
        for i in range(sizes[0]):
            index = array(addresses[0] + i * steps[0], 1)[0]
            for which in range(outputs):
                out = array(addresses[1 + which] + i * steps[1 + which], 1)
                out[0] = array(load(tables + 8 * which), entries)[index]

    return look_up


def make_ufunc(
    loop: Any,
    name: str,
    inputs: int,
    outputs: int,
    dtype: np.dtype[Any],
    added: NDArray[np.int64] | None = None,
) -> np.ufunc:
    """The ufunc of one compiled loop, for arrays of one dtype, and of numbers that are added."""
    address = None if added is None else added.ctypes.data
    text = ctypes.create_string_buffer(name.encode())
    alive: list[Any] = [loop, added, text]
    of_numpy = dtype.isbuiltin == 1
    functions = data = kinds = None
    if of_numpy:
        parts = (
            (ctypes.c_void_p * 1)(loop.address),
            (ctypes.c_void_p * 1)(address),
            ctypes.create_string_buffer(bytes([dtype.num] * (inputs + outputs))),
        )
        functions, data, kinds = [ctypes.addressof(part) for part in parts]
        alive.extend(parts)
    _alive.append(alive)
    words = ctypes.addressof(text)
    made = _new()(functions, data, kinds, int(of_numpy), inputs, outputs, -1, words, words, 0)
    if not of_numpy:  # of all that is added later NumPy keeps an account of its own
        _add_loop()(made, dtype.num, loop.address, None, address)
    return cast("np.ufunc", made)


_alive: list[Any] = []
"""What ufuncs point to, which they do not own."""


POINTER, NUMBER = ctypes.c_void_p, ctypes.c_int


@cache
def _new() -> Any:
    """``PyUFunc_FromFuncAndData``."""
    return _of_interface(1, ctypes.py_object, *3 * [POINTER], *4 * [NUMBER], *2 * [POINTER], NUMBER)


@cache
def _add_loop() -> Any:
    """``PyUFunc_RegisterLoopForType``, for the dtypes that other libraries have added."""
    return _of_interface(2, NUMBER, ctypes.py_object, NUMBER, *3 * [POINTER])


def _of_interface(place: int, *kinds: Any) -> Any:
    """The function of NumPy's C interface at that place of its table for ufuncs."""
    core: Any = importlib.import_module("numpy._core._multiarray_umath")
    address = ctypes.pythonapi.PyCapsule_GetPointer
    address.restype, address.argtypes = POINTER, [ctypes.py_object, ctypes.c_char_p]
    table = ctypes.cast(address(core._UFUNC_API, None), ctypes.POINTER(POINTER))
    return ctypes.PYFUNCTYPE(*kinds)(table[place])
