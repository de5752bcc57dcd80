"""What Numba makes of the kernels: vector code, and the same bits on every processor."""

from __future__ import annotations

import platform
import re

import numpy as np
import pytest
from numba.np.ufunc import ufuncbuilder

import cases
from sigmoids.backends.numba import compile as compiling
from sigmoids.backends.numba import kernels
from sigmoids.functions import FUNCTIONS, JOINT
from test_process import run

PACKED_DIVISION = re.compile(r"\bv?divp[sd]\s|\bfdiv\s+v\d+\.\d")
"""x86's SSE, AVX and AVX-512, and Arm's NEON."""


@pytest.mark.parametrize("accuracy", cases.ACCURACIES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=cases.dtype_id)
@pytest.mark.parametrize(
    ("name", "in_place"),
    [*((name, False) for name in (*FUNCTIONS, *JOINT)), ("sigmoid", True)],
)
def test_loops_are_vector_code(monkeypatch, name, in_place, dtype, accuracy):
    """Every division is in a formula; a loop that was not vectorised would have scalar ones."""
    monkeypatch.setattr(compiling, "SourceCache", lambda _function: compiling.NullCache())
    member = (FUNCTIONS | JOINT)[name]
    loop = kernels.loop(member.spec, np.dtype(dtype), accuracy, in_place)
    (code,) = loop.inspect_asm().values()
    filling = re.split(r"^(?=\S*_fill\S*:)", code, flags=re.MULTILINE)[1:]
    assert len(filling) == 1 + (accuracy == "high"), "another for moderate arguments"
    for function in filling:
        assert PACKED_DIVISION.search(function)
    # A function that is not a part of the loop could be taken for another of the same name, which
    # was compiled in another process and then loaded from the cache.
    visible = re.findall(r"^\s*\.(?:globl|weak)\s+(\S*sigmoids\S*)", code, re.MULTILINE)
    unique = f"{name}_{np.dtype(dtype)}_{accuracy}"
    assert len(visible) == 3 + len(filling), "the function, and Numba's two entries to it"
    assert all(unique in symbol for symbol in visible)


@pytest.mark.parametrize("accuracy", cases.ACCURACIES)
@pytest.mark.parametrize("dtype", [np.float32, np.float64], ids=cases.dtype_id)
def test_ufuncs_are_vector_code(monkeypatch, dtype, accuracy):
    monkeypatch.setattr(compiling, "SourceCache", lambda _function: compiling.NullCache())
    wrappers = []

    def spy(*args, _build=ufuncbuilder.build_ufunc_wrapper, **options):
        wrappers.append(_build(*args, **options))
        return wrappers[-1]

    monkeypatch.setattr(ufuncbuilder, "build_ufunc_wrapper", spy)
    kernels.ufunc(FUNCTIONS["sigmoid"].spec, np.dtype(dtype), accuracy)
    (wrapper,) = wrappers
    assert PACKED_DIVISION.search(wrapper.library.get_asm_str())


BITS = """
import zlib, numpy as np, sigmoids as sg
x = np.random.default_rng(0).normal(scale=30, size=10_000)
for dtype in (np.float32, np.float64):
    for accuracy in ("high", "fast"):
        options = {"backend": "numba", "accuracy": accuracy}
        for function in (sg.sigmoid, sg.sigmoid_and_derivative, sg.softplus, sg.silu_derivative,
                         sg.arctan_sigmoid, sg.logit):
            number = np.abs(x) / 200 if function is sg.logit else x
            results = np.stack(function(number.astype(dtype), **options))
            print(function.__name__, dtype.__name__, accuracy, zlib.crc32(results.tobytes()))
"""


@pytest.mark.skipif(platform.machine() != "x86_64", reason="knows the names of x86 processors")
@pytest.mark.parametrize(
    "processor",
    [
        {"NUMBA_CPU_NAME": "haswell", "NUMBA_CPU_FEATURES": "+avx,+avx2,+fma"},
        {"NUMBA_CPU_NAME": "x86-64", "NUMBA_CPU_FEATURES": ""},  # fused in software
    ],
    ids=["AVX2", "SSE2"],
)
def test_the_same_bits_on_other_processors(tmp_path, processor):
    if "fma" in processor["NUMBA_CPU_FEATURES"]:
        from llvmlite.binding import get_host_cpu_features

        if not get_host_cpu_features()["fma"]:
            pytest.skip("cannot run such code")
    there = run(BITS, NUMBA_CACHE_DIR=str(tmp_path), **processor).stdout
    assert there == run(BITS).stdout
    assert len(there.splitlines()) == 24
