"""C functions of one pointer, each of which calls a common one with constants of its own besides.

Who takes a function's address and no more, as XLA does, is served so by machine code that is
compiled once.  To make one takes a millisecond.
"""

from __future__ import annotations

from typing import Any

from llvmlite import binding, ir


def make_trampoline(name: str, function: int, *constants: int) -> int:
    """The address of a C function of ``pointer`` that calls ``function(pointer, *constants)``."""
    word = ir.IntType(64)
    module = ir.Module()
    trampoline = ir.Function(module, ir.FunctionType(word, [word]), name)
    builder = ir.IRBuilder(trampoline.append_basic_block())
    kind = ir.FunctionType(word, [word] * (1 + len(constants)))
    target = builder.inttoptr(word(function), kind.as_pointer())
    builder.ret(builder.call(target, [*trampoline.args, *map(word, constants)]))
    machine = binding.Target.from_default_triple().create_target_machine(jit=True)
    engine = binding.create_mcjit_compiler(binding.parse_assembly(str(module)), machine)
    engine.finalize_object()
    _alive.append(engine)
    return int(engine.get_function_address(name))


_alive: list[Any] = []
"""What owns the machine code."""
