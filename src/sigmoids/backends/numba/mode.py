"""The processor's floating-point mode, which compiled loops set for themselves.

It belongs to a thread, and may be anybody's: flushing subnormal numbers, rounding upwards, or
stopping the program at an overflow.  Loops compute in the standard mode, whichever thread runs
them, and put back what they found.  The status flags are a part of it, so that what vector code
raises on the side of a select that is not taken is nobody's warning.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding, ir
from numba import types
from numba.core import cgutils
from numba.extending import intrinsic

WORD, LONG_WORD, NOTHING = ir.IntType(32), ir.IntType(64), ir.VoidType()


class X86:
    """SSE's control and status register MXCSR; x87's is not used."""

    standard = 0x1F80
    """Nearest-even, no flushing, no interrupts, no flags."""

    @staticmethod
    def read(builder: Any) -> Any:
        """The register, as a number of 64 bits."""
        place = cgutils.alloca_once(builder, WORD)
        _call(builder, "llvm.x86.sse.stmxcsr", [builder.bitcast(place, cgutils.voidptr_t)])
        return builder.zext(builder.load(place), LONG_WORD)

    @staticmethod
    def write(builder: Any, state: Any) -> None:
        """Set the register."""
        place = cgutils.alloca_once(builder, WORD)
        builder.store(builder.trunc(state, WORD), place)
        _call(builder, "llvm.x86.sse.ldmxcsr", [builder.bitcast(place, cgutils.voidptr_t)])


class Arm64:
    """The control register FPCR, and the status register FPSR in the upper half."""

    standard = 0

    @staticmethod
    def read(builder: Any) -> Any:
        """Both registers."""
        control, status = (
            _call(builder, f"llvm.aarch64.get.{name}", [], LONG_WORD) for name in ("fpcr", "fpsr")
        )
        return builder.or_(control, builder.shl(status, LONG_WORD(32)))

    @staticmethod
    def write(builder: Any, state: Any) -> None:
        """Set both registers."""
        control = builder.and_(state, LONG_WORD(2**32 - 1))
        _call(builder, "llvm.aarch64.set.fpcr", [control])
        _call(builder, "llvm.aarch64.set.fpsr", [builder.lshr(state, LONG_WORD(32))])


def _call(builder: Any, name: str, arguments: list[Any], result: Any = NOTHING) -> Any:
    """Call an operation of the processor's that LLVM knows by that name."""
    kind = ir.FunctionType(result, [argument.type for argument in arguments])
    function = cgutils.get_or_insert_function(builder.module, kind, name)
    return builder.call(function, arguments)


REGISTERS: dict[str, Any] = {"x86_64": X86, "i686": X86, "aarch64": Arm64, "arm64": Arm64}


def registers(builder: Any) -> Any:
    """Those of the processor that code is generated for; None where they are not known."""
    return REGISTERS.get(architecture(builder))


def architecture(builder: Any) -> str:
    """What kind of processor code is generated for."""
    triple: str = builder.module.triple or binding.get_process_triple()
    return triple.split("-")[0]


@intrinsic
def enter_standard_mode(_typing: Any) -> Any:
    """Set the standard mode; what :func:`leave_standard_mode` needs to put the thread's back."""

    def code(_context: Any, builder: Any, _signature: Any, _arguments: Any) -> Any:
        known = registers(builder)
        if known is None:
            return LONG_WORD(0)
        state = known.read(builder)
        known.write(builder, LONG_WORD(known.standard))
        return state

    return types.int64(), code


@intrinsic
def leave_standard_mode(_typing: Any, _state: Any) -> Any:
    """Put the thread's own mode and flags back."""

    def code(context: Any, builder: Any, _signature: Any, arguments: Any) -> Any:
        known = registers(builder)
        if known is not None:
            known.write(builder, arguments[0])
        return context.get_dummy_value()

    return types.void(types.int64), code
