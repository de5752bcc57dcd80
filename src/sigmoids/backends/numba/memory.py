"""Memory by its address, as compiled code that is called from C reads it."""

from __future__ import annotations

import sys
from typing import Any

from llvmlite import ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

from sigmoids.backends.numba.mode import architecture

WORD = ir.IntType(64)


def _at(builder: Any, address: Any, kind: Any) -> Any:
    return builder.inttoptr(address, kind.as_pointer())


@intrinsic
def load(_typing: Any, _address: Any) -> Any:
    """The 64 bits there."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.load(_at(builder, arguments[0], WORD))

    return types.int64(types.int64), code


@intrinsic
def load_int(_typing: Any, _address: Any) -> Any:
    """The C ``int`` there."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.sext(builder.load(_at(builder, arguments[0], ir.IntType(32))), WORD)

    return types.int64(types.int64), code


@intrinsic
def store(_typing: Any, _address: Any, _value: Any) -> Any:
    """Write 64 bits there."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        builder.store(arguments[1], _at(builder, arguments[0], WORD))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), code


@intrinsic
def store_int(_typing: Any, _address: Any, _value: Any) -> Any:
    """Write a C ``int`` there."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        number = ir.IntType(32)
        builder.store(builder.trunc(arguments[1], number), _at(builder, arguments[0], number))
        return context.get_dummy_value()

    return types.void(types.int64, types.int64), code


@intrinsic
def add(_typing: Any, _address: Any, _amount: Any) -> Any:
    """Add to a counter that several threads share; its value before."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        place = _at(builder, arguments[0], WORD)
        return builder.atomic_rmw("add", place, arguments[1], "seq_cst")

    return types.int64(types.int64, types.int64), code


@intrinsic
def look(_typing: Any, _address: Any) -> Any:
    """A counter that several threads share, and all that was written before it was changed."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.load_atomic(_at(builder, arguments[0], WORD), "acquire", 8)

    return types.int64(types.int64), code


@intrinsic
def exchange(_typing: Any, _address: Any, _old: Any, _new: Any) -> Any:
    """Write a value that several threads share, if it is the old one still; whether it was."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        place = _at(builder, arguments[0], WORD)
        found = builder.cmpxchg(place, arguments[1], arguments[2], "seq_cst", "seq_cst")
        return builder.extract_value(found, 1)

    return types.boolean(*[types.int64] * 3), code


@intrinsic
def allocate(_typing: Any, _size: Any) -> Any:
    """The address of so many bytes; 0 where there are none."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        return builder.ptrtoint(context.nrt.allocate(builder, arguments[0]), WORD)

    return types.int64(types.int64), code


@intrinsic
def release(_typing: Any, _address: Any) -> Any:
    """Give back what was allocated."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        context.nrt.free(builder, builder.inttoptr(arguments[0], cgutils.voidptr_t))
        return context.get_dummy_value()

    return types.void(types.int64), code


@intrinsic(prefer_literal=True)
def on_stack(_typing: Any, size: Any) -> Any:
    """The address of so many bytes, a constant number, until the function returns."""
    number = size.literal_value

    def code(_context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        place = cgutils.alloca_once(builder, ir.ArrayType(WORD, -(-number // 8)))
        return builder.ptrtoint(place, WORD)

    return types.int64(size), code


@intrinsic
def call(_typing: Any, _function: Any, _argument: Any) -> Any:
    """Call the C function there with one pointer; the pointer that it returns."""

    def code(_context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(WORD, [WORD])
        return builder.call(_at(builder, arguments[0], kind), [arguments[1]])

    return types.int64(types.int64, types.int64), code


@intrinsic
def call_for(_typing: Any, _function: Any, _pointer: Any, _start: Any, _stop: Any) -> Any:
    """Call the C function there with a pointer and two numbers."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        kind = ir.FunctionType(ir.VoidType(), [WORD] * 3)
        builder.call(_at(builder, arguments[0], kind), arguments[1:])
        return context.get_dummy_value()

    return types.void(*[types.int64] * 4), code


@intrinsic
def give_way(_typing: Any) -> Any:
    """Let another thread of the system have this processor, if one waits for it."""
    name = "SwitchToThread" if sys.platform == "win32" else "sched_yield"

    def code(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        kind = ir.FunctionType(ir.IntType(32), [])
        builder.call(cgutils.get_or_insert_function(builder.module, kind, name), [])
        return context.get_dummy_value()

    return types.void(), code


@intrinsic
def pause(_typing: Any) -> Any:
    """Let the processor's other thread, or none, have its units for a moment."""

    def code(context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        hint = PAUSES.get(architecture(builder))
        if hint is not None:
            name, numbers = hint
            kind = ir.FunctionType(ir.VoidType(), [ir.IntType(32)] * len(numbers))
            function = cgutils.get_or_insert_function(builder.module, kind, name)
            builder.call(function, [ir.IntType(32)(number) for number in numbers])
        return context.get_dummy_value()

    return types.void(), code


PAUSES: dict[str, tuple[str, tuple[int, ...]]] = {
    "x86_64": ("llvm.x86.sse2.pause", ()),
    "i686": ("llvm.x86.sse2.pause", ()),
    "aarch64": ("llvm.aarch64.hint", (1,)),
    "arm64": ("llvm.aarch64.hint", (1,)),
}
"""What tells the processor that a loop waits, by architecture."""
