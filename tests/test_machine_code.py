"""What Numba makes of the kernels: vector code, and the same bits on every processor."""

from __future__ import annotations

import platform
import re
from itertools import product

import numpy as np
import pytest

import cases
from sigmoids.backends.numba import compile as compiling
from sigmoids.backends.numba import kernels
from sigmoids.functions import FUNCTIONS, JOINT
from test_process import run

PACKED_DIVISION = re.compile(r"\bv?divp[sd]\s.*|\bfdiv\s+v\d+\.\d.*")
"""x86's SSE, AVX and AVX-512, and Arm's NEON."""

LABEL = re.compile(r"\.?LBB\d+_\d+")

WORDS = (
    "sigmoid", "sigmoid_and_derivative", "softplus", "silu_derivative", "arctan_sigmoid", "logit",
)  # fmt: skip
"""Functions with all words of the vocabulary."""
SAMPLE = [
    ("silu_derivative", "float32", "high"), ("sigmoid_binary_cross_entropy", "float64", "high"),
    ("arctan_sigmoid", "float64", "fast"), ("sigmoid_binary_cross_entropy", "float32", "fast"),
]  # fmt: skip
"""Loops of which both kinds of arguments, all dtypes and accuracies are among."""

CPU_OF_X86 = pytest.mark.skipif(
    platform.machine() != "x86_64", reason="knows the names of x86 processors"
)


def vector_loops(code):
    """The packed divisions in each innermost loop of some assembly that has any.

    Every division is in a formula.  Beside such a loop there is one for the last few numbers, whose
    divisions are of one number at a time, as those of a loop that was not vectorised.
    """
    lines, places, loops = code.splitlines(), {}, []
    for end, line in enumerate(lines):
        if label := LABEL.match(line):
            places[label[0]] = end
        else:
            loops += [(places[name], end) for name in LABEL.findall(line) if name in places]
    innermost = [
        loop for loop in loops
        if not any(loop != other and loop[0] <= other[0] and other[1] <= loop[1] for other in loops)
    ]  # fmt: skip
    found = (PACKED_DIVISION.findall("\n".join(lines[start:end])) for start, end in innermost)
    return [divisions for divisions in found if divisions]


def fills(code):
    """The functions in some assembly that hold the loops over arrays."""
    return re.split(r"^(?=\S*_fill\S*:)", code, flags=re.MULTILINE)[1:]


@pytest.mark.parametrize(
    ("name", "dtype", "accuracy"),
    cases.sampled(product(FUNCTIONS | JOINT, ["float32", "float64"], cases.ACCURACIES), SAMPLE),
)
def test_loops_are_vector_code(monkeypatch, name, dtype, accuracy):
    """Those for moderate and for all arguments too, where these are different ones."""
    monkeypatch.setattr(compiling.Store, "load_overload", lambda *_: None)  # has no assembly
    member = (FUNCTIONS | JOINT)[name]
    _, loop = kernels.segment(member.spec, np.dtype(dtype), accuracy)
    code = loop._library.get_asm_str()
    filling = fills(code)
    assert len(filling) == 1 + (accuracy == "high"), "another for moderate arguments"
    for function in filling:
        assert vector_loops(function)
    # A function that is not a part of the loop could be taken for another of the same name, which
    # was compiled in another process and then loaded from the cache.
    visible = re.findall(r"^\s*\.(?:globl|weak)\s+(\S*sigmoids\S*)", code, re.MULTILINE)
    unique = f"{name}_{dtype}_{accuracy}"
    assert len(visible) == 2 + len(filling), "the function, and its entry from C"
    assert all(unique in symbol for symbol in visible)


@pytest.mark.parametrize("accuracy", cases.ACCURACIES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=cases.dtype_id)
def test_ufuncs_are_vector_code(monkeypatch, dtype, accuracy):
    monkeypatch.setattr(compiling.Store, "load_overload", lambda *_: None)
    compiled = []

    def spy(*args, _compile=kernels.compile_callback):
        compiled.append(_compile(*args))
        return compiled[-1]

    monkeypatch.setattr(kernels, "compile_callback", spy)
    kernels.ufunc(FUNCTIONS["sigmoid"].spec, np.dtype(dtype), accuracy)
    (loop,) = compiled
    assert vector_loops(loop._library.get_asm_str())


ASSEMBLY = """
import numpy as np
from sigmoids.backends.numba import kernels
from sigmoids.functions import FUNCTIONS
_, loop = kernels.segment(FUNCTIONS["sigmoid"].spec, np.dtype("{dtype}"), "high")
print(loop._library.get_asm_str())
"""


@CPU_OF_X86
@pytest.mark.parametrize("dtype", cases.sampled(["float32", "float64"], ["float32"]))
def test_vectors_are_as_wide_as_the_processor_has_them(tmp_path, dtype):
    """Of 512 bits, of which LLVM takes half on this one by itself.  Nothing is executed there."""
    processor = {
        "NUMBA_CPU_NAME": "skylake-avx512",
        "NUMBA_CPU_FEATURES": "+avx2,+fma,+avx512f,+avx512dq,+avx512vl,+avx512bw",
    }
    code = ASSEMBLY.format(dtype=dtype)
    filling = fills(run(code, NUMBA_CACHE_DIR=str(tmp_path), **processor).stdout)
    assert len(filling) == 2, "for all and for moderate arguments"
    for function in filling:  # what a loop of eight leaves may be done by one of four
        assert any(all("zmm" in d for d in divisions) for divisions in vector_loops(function))


BITS = """
import zlib, numpy as np, sigmoids as sg
x = np.random.default_rng(0).normal(scale=30, size=10_000)
for dtype in (np.float32, np.float64):
    for accuracy in ("high", "fast"):
        options = {"backend": "numba", "accuracy": accuracy}
        for name in {functions}:
            number = np.abs(x) / 200 if name == "logit" else x
            results = np.stack(getattr(sg, name)(number.astype(dtype), **options))
            print(name, dtype.__name__, accuracy, zlib.crc32(results.tobytes()))
"""


AVX2 = {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma"}
SSE2 = {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""}  # fused in software


@CPU_OF_X86
@pytest.mark.parametrize(
    ("processor", "functions"),
    [
        pytest.param(SSE2, ("softplus",), id="SSE2"),
        pytest.param(SSE2, WORDS, marks=pytest.mark.exhaustive, id="SSE2, all words"),
        pytest.param(AVX2, WORDS, marks=pytest.mark.exhaustive, id="AVX2, all words"),
    ],
)
def test_the_same_bits_on_other_processors(processor, functions):
    if "fma" in processor["NUMBA_CPU_FEATURES"]:
        from llvmlite.binding import get_host_cpu_features

        if not get_host_cpu_features()["fma"]:
            pytest.skip("cannot run such code")
    code = BITS.replace("{functions}", repr(functions))
    there = run(code, **processor).stdout
    assert there == run(code).stdout
    assert len(there.splitlines()) == 4 * len(functions)
