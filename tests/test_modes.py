"""The processor's floating-point mode: whoever set it, results are the same and raise nothing."""

from __future__ import annotations

import ctypes
import platform
import sys
import threading
from contextlib import contextmanager

import numpy as np
import pytest

import cases
import sigmoids as sg
from sigmoids.backends import floating_point, narrow, registry
from sigmoids.backends.numba import crew, shared
from sigmoids.functions import FUNCTIONS, JOINT
from test_process import run

CONTROL_WORDS = {
    "flushes to zero": 0x8000,
    "takes subnormal numbers for zero": 0x0040,
    "both": 0x8040,
    "rounds down": 0x2000,
    "rounds up": 0x4000,
    "rounds to zero": 0x6000,
}
"""What is set in MXCSR."""

MXCSR = 28
"""Its place in glibc's ``fenv_t`` for x86-64."""

needs_x86 = pytest.mark.skipif(
    sys.platform != "linux" or platform.machine() != "x86_64", reason="sets a register of x86's"
)


@contextmanager
def control_word(bits):
    """Set bits of this thread's control word."""
    library = ctypes.CDLL("libm.so.6")
    saved = ctypes.create_string_buffer(64)
    library.fegetenv(saved)
    changed = ctypes.create_string_buffer(saved.raw, 64)
    word = int.from_bytes(saved.raw[MXCSR : MXCSR + 4], "little") | bits
    changed[MXCSR : MXCSR + 4] = word.to_bytes(4, "little")
    library.fesetenv(changed)
    try:
        yield lambda: in_force(library)
    finally:
        library.fesetenv(saved)


def in_force(library):
    now = ctypes.create_string_buffer(64)
    library.fegetenv(now)
    return int.from_bytes(now.raw[MXCSR : MXCSR + 4], "little") & ~0x3F  # without the flags


MODES = [pytest.param(bits, id=name) for name, bits in CONTROL_WORDS.items()]

SAMPLE = [
    pytest.param(
        bits, id=name,
        marks=() if name in ("both", "rounds up") else pytest.mark.exhaustive,
    )
    for name, bits in CONTROL_WORDS.items()
]  # fmt: skip

X = np.concatenate([np.linspace(-760, 60, 1500), [-740.0, 1e-310, -1e-310, 5e-324], cases.SPECIAL])


def arguments(member, x):
    """For as many as it takes, and within its domain."""
    if member.function is sg.logit:
        x = np.abs(x) / x.dtype.type(1000)
    return (x, x.dtype.type(0.25))[: len(member.spec.arguments)]


MEMBERS = FUNCTIONS | JOINT


@pytest.fixture(
    params=[
        pytest.param(cases.TYPICAL_NAMES, id="typical"),
        pytest.param(tuple(MEMBERS), id="all", marks=pytest.mark.exhaustive),
    ]
)
def members(request):
    return [MEMBERS[name] for name in request.param]


@needs_x86
@pytest.mark.parametrize("bits", SAMPLE)
@pytest.mark.parametrize("backend", ["numpy", "numba"])
def test_results_do_not_depend_on_the_callers_mode(members, backend, bits, dtype, accuracy):
    with np.errstate(all="ignore"):
        x = X.astype(dtype)
    for member in members:
        for size in (x.size, 100):
            with np.errstate(all="ignore"):
                given = arguments(member, x[-size:])
            options = {"backend": backend, "accuracy": accuracy}
            expected = np.stack(member.function(*given, **options))
            with control_word(bits) as in_force:
                before = in_force()
                found = np.stack(member.function(*given, **options))
                assert in_force() == before, "the caller's mode is as it was"
            assert (cases.bits(found) == cases.bits(expected)).all(), member.spec.name


@needs_x86
def test_helpers_born_in_another_mode(monkeypatch):
    """Threads inherit the mode of the one that starts them, and keep it."""
    born = crew.crew.__wrapped__()
    monkeypatch.setattr(shared, "crew", lambda: born)
    monkeypatch.setattr(registry.load("numba"), "_loops", {})
    x = np.full(2**20, -740.0)
    assert sg.sigmoid(-740.0) == 4.2e-322
    sg.set_num_threads(3)
    try:
        with control_word(CONTROL_WORDS["both"]):
            there = sg.sigmoid(x)
        helpers = [t for t in threading.enumerate() if t.name == "sigmoids"]
        assert helpers
        assert np.unique(there).tolist() == [4.2e-322]
        assert np.unique(sg.sigmoid(x)).tolist() == [4.2e-322]
    finally:
        sg.set_num_threads(None)


@needs_x86
def test_what_is_made_at_first_use_is_right_for_good():
    """Tables, constants and machine code are made while subnormal numbers are switched off."""
    code = f"""
import ctypes, numpy as np, ml_dtypes
library = ctypes.CDLL("libm.so.6")
saved = ctypes.create_string_buffer(64)
library.fegetenv(saved)
changed = ctypes.create_string_buffer(saved.raw, 64)
word = int.from_bytes(saved.raw[{MXCSR}:{MXCSR + 4}], "little") | 0x8040
changed[{MXCSR}:{MXCSR + 4}] = word.to_bytes(4, "little")
library.fesetenv(changed)
import sigmoids as sg
small = np.full(300, -90, ml_dtypes.bfloat16)
there = [sg.sigmoid(small).view(np.uint16), sg.sigmoid(np.full(300, -740.0)),
         sg.sigmoid_binary_cross_entropy(np.float32([-100.0] * 300), np.float64(1e-320))]
library.fesetenv(saved)
here = [sg.sigmoid(small).view(np.uint16), sg.sigmoid(np.full(300, -740.0)),
        sg.sigmoid_binary_cross_entropy(np.float32([-100.0] * 300), np.float64(1e-320))]
print(here[0][0], here[1][0], here[2][0])
print(all((a.view(f"u{{a.itemsize}}") == b.view(f"u{{b.itemsize}}")).all()
          for a, b in zip(there, here)))
"""
    values, equal = run(code).stdout.splitlines()
    table = narrow.tables(FUNCTIONS["sigmoid"].spec, cases.DTYPES[1])[0]
    import ml_dtypes

    smallest = table[ml_dtypes.bfloat16(-90).view(np.uint16)]
    assert values.split()[:2] == [str(smallest), "4.2e-322"]
    assert equal == "True"


@needs_x86
@pytest.mark.parametrize("bits", MODES)
def test_the_mode_is_recognised(bits):
    assert floating_point.is_standard()
    with control_word(bits):
        assert not floating_point.is_standard()
        with floating_point.standard_mode():
            assert floating_point.is_standard()
        assert not floating_point.is_standard()


def test_registers_of_other_processors():
    """Machine code for ARM sets FPCR to 0, and puts it and FPSR back."""
    from llvmlite import binding, ir

    from sigmoids.backends.numba.mode import Arm64

    binding.initialize_all_targets()
    binding.initialize_all_asmprinters()
    module = ir.Module()
    module.triple = "aarch64-unknown-linux-gnu"
    function = ir.Function(module, ir.FunctionType(ir.VoidType(), []), "loop")
    builder = ir.IRBuilder(function.append_basic_block())
    state = Arm64.read(builder)
    Arm64.write(builder, state.type(Arm64.standard))
    Arm64.write(builder, state)
    builder.ret_void()
    machine = binding.Target.from_triple(module.triple).create_target_machine()
    code = machine.emit_assembly(binding.parse_assembly(str(module)))
    assert (code.count("mrs\t"), code.count("msr\t")) == (2, 4)


# Results of functions that saturate raise nothing.


@pytest.mark.parametrize(
    ("backend", "size"),
    [
        *((backend, size) for backend in ("numpy", "numba") for size in (1, 100, 1000)),
        pytest.param("jax", 1, marks=pytest.mark.exhaustive),
        ("jax", 1000),
    ],
)
def test_nothing_is_raised(members, backend, size, dtype, accuracy):
    with np.errstate(all="ignore"):
        special = X[-size:].astype(dtype)
        scalars = special[:: max(1, special.size // 20)]
    for member in members:
        options = {"backend": backend, "accuracy": accuracy}
        with np.errstate(all="ignore"):
            given = arguments(member, special)
            alone = [arguments(member, x) for x in scalars]
        with np.errstate(all="raise"):
            member.function(*given, **options)
            if size == 1000 and backend != "jax":
                for given in alone:
                    member.function(*given, **options)


@pytest.mark.parametrize("x", [-745.0, 745.0, 1e-310, -1e-310, 1e308, np.inf, np.nan, 0.0])
def test_nothing_is_raised_for_numbers(members, x):
    for member in members:
        with np.errstate(all="raise"):
            for number in (x, np.float64(x), np.float64([x])):
                member.function(*(number, 0.5)[: len(member.spec.arguments)])


def test_the_status_flags_of_others_are_kept():
    """A caller's own exceptions are neither lost nor added to."""
    with np.errstate(all="raise"):
        sg.sigmoid(np.full(1000, -745.0))
        assert np.float64(1) / np.float64(3) > 0
        with pytest.raises(FloatingPointError):
            np.float64([1.0]) / np.float64([0.0])
