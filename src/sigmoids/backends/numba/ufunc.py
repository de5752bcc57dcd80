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

from sigmoids.backends.numba.mode import enter_standard_mode, leave_standard_mode
from sigmoids.backends.numba.primitives import jit

if TYPE_CHECKING:
    from collections.abc import Callable

LOOP = types.void(
    types.CPointer(types.intp), types.CPointer(types.intp), types.CPointer(types.intp), types.intp
)
"""Addresses of the arrays, the number of elements, the steps between them, and what the ufunc adds:
an address, or nothing."""


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
    def at(addresses: Any, steps: Any, which: Any, first: Any, size: Any) -> Any:
        return carray(pointer(addresses[which] + first * steps[which]), (size,), real)

    @jit
    def one(addresses: Any, steps: Any, first: Any, size: Any) -> None:
        fill((at(addresses, steps, 0, first, size),), (at(addresses, steps, 1, first, size),), 0)

    @jit
    def two(addresses: Any, steps: Any, first: Any, size: Any) -> None:
        out, other = at(addresses, steps, 1, first, size), at(addresses, steps, 2, first, size)
        fill((at(addresses, steps, 0, first, size),), (out, other), 0)

    @jit
    def from_two(addresses: Any, steps: Any, first: Any, size: Any) -> None:
        x, y = at(addresses, steps, 0, first, size), at(addresses, steps, 1, first, size)
        fill((x, y), (at(addresses, steps, 2, first, size),), 0)

    compute = {(1, 1): one, (1, 2): two, (2, 1): from_two}[inputs, outputs]

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


def make_ufunc(
    loop: Any, name: str, inputs: int, outputs: int, dtype: np.dtype[Any], added: Any = None
) -> np.ufunc:
    """The ufunc of one compiled loop, for arrays of one dtype, and of an array that is added."""
    parts = (
        (ctypes.c_void_p * 1)(loop.address),
        (ctypes.c_void_p * 1)(None if added is None else added.ctypes.data),
        ctypes.create_string_buffer(bytes([dtype.num] * (inputs + outputs))),
        ctypes.create_string_buffer(name.encode()),
    )
    _alive.append((loop, parts, added))
    functions, data, kinds, text = [ctypes.addressof(part) for part in parts]
    make = _from_function_and_data()
    return cast("np.ufunc", make(functions, data, kinds, 1, inputs, outputs, -1, text, text, 0))


_alive: list[Any] = []
"""What ufuncs point to, which they do not own."""


@cache
def _from_function_and_data() -> Any:
    """``PyUFunc_FromFuncAndData`` of NumPy's C interface, whose table it is the second entry of."""
    core: Any = importlib.import_module("numpy._core._multiarray_umath")
    address = ctypes.pythonapi.PyCapsule_GetPointer
    address.restype, address.argtypes = ctypes.c_void_p, [ctypes.py_object, ctypes.c_char_p]
    table = ctypes.cast(address(core._UFUNC_API, None), ctypes.POINTER(ctypes.c_void_p))
    pointer, number = ctypes.c_void_p, ctypes.c_int
    kind = ctypes.PYFUNCTYPE(
        ctypes.py_object, *3 * [pointer], *4 * [number], *2 * [pointer], number
    )
    return kind(table[1])
