"""JAX on the CPU: compiled loops as foreign functions of XLA."""

from __future__ import annotations

import ctypes
import re
import threading
from functools import partial
from pathlib import Path

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import cases
import sigmoids as sg
from sigmoids.accuracy import inputs
from sigmoids.accuracy.bounds import bound
from sigmoids.accuracy.truth import Truth, same
from sigmoids.backends import call_frame
from sigmoids.backends import jax as jax_engine
from sigmoids.backends.jax import foreign
from sigmoids.functions import FUNCTIONS, JOINT
from test_process import run

ALL = FUNCTIONS | JOINT
LONG = 100_003
"""Elements that XLA's threads share."""

HEADER = {
    call_frame.Extension: "XLA_FFI_Extension_Base",
    call_frame.Version: "XLA_FFI_Api_Version",
    call_frame.Metadata: "XLA_FFI_Metadata",
    call_frame.Api: "XLA_FFI_Api",
    call_frame.Buffers: "XLA_FFI_Args",
    call_frame.Buffer: "XLA_FFI_Buffer",
    call_frame.CallFrame: "XLA_FFI_CallFrame",
    call_frame.Schedule: "XLA_FFI_ThreadPool_Schedule_Args",
    call_frame.NumThreads: "XLA_FFI_ThreadPool_NumThreads_Args",
    call_frame.ErrorDestroy: "XLA_FFI_Error_Destroy_Args",
}


def header():
    text = (Path(jax.ffi.include_dir()) / "xla/ffi/api/c_api.h").read_text()
    return re.sub(r"//[^\n]*", "", text)


def structures(text):
    """Of every structure in the header its fields: their names and types."""
    found = {}
    for name, body in re.findall(r"struct (\w+) \{(.*?)\n\}", text, flags=re.DOTALL):
        body = re.sub(r"_XLA_FFI_API_STRUCT_FIELD\((\w+)\)", r"void* \1", body)
        body = re.sub(r"\w+ \(\*(\w+)\)\([^)]*\)", r"void* \1", body)
        fields = [line.split() for line in body.replace("\n", " ").split(";") if line.strip()]
        found[name] = {field[-1]: " ".join(field[:-1]) for field in fields}
    return found


def layout(name, found):
    """Offsets of a structure's fields by C's rules, its size and its alignment."""
    basic = {"size_t": 8, "int64_t": 8, "int32_t": 4, "uint32_t": 4, "int": 4}
    offsets, end, widest = {}, 0, 1
    for field, kind in found[name].items():
        if kind.endswith("*"):
            size = alignment = 8
        elif kind in found:
            _, size, alignment = layout(kind, found)
        else:  # the others are enumerations
            size = alignment = basic.get(kind, 4)
        end += -end % alignment
        offsets[field] = end
        end += size
        widest = max(widest, alignment)
    return offsets, end + -end % widest, widest


def test_structures_are_those_of_the_header():
    found = structures(header())
    assert set(HEADER.values()) <= set(found)
    found["XLA_FFI_Extension_Base"]["metadata"] = "void*"  # of XLA_FFI_Metadata_Extension
    aliases = {"types": "types", "buffers": "args"}
    for structure, name in HEADER.items():
        offsets, _, _ = layout(name, found)
        in_order = list(offsets)
        for position, (field, _) in enumerate(structure._fields_):
            theirs = aliases.get(field, field)
            if structure is call_frame.Api:
                theirs = in_order[position]
                plain = theirs.removeprefix("XLA_FFI_").replace("_", "").lower()
                assert plain == field.replace("_", "")
            assert getattr(structure, field).offset == offsets[theirs], (name, field)
    assert found["XLA_FFI_Rets"].keys() - {"rets"} == found["XLA_FFI_Args"].keys() - {"args"}
    assert layout("XLA_FFI_Rets", found)[1] == ctypes.sizeof(call_frame.Buffers)


def test_the_version_is_that_of_the_header():
    numbers = re.findall(r"#define XLA_FFI_API_M\w+ (\d+)", header())
    assert tuple(map(int, numbers)) in call_frame.VERSIONS
    assert f"Metadata = {call_frame.METADATA}" in header()
    assert foreign.problem() is None


def arguments(spec, x):
    labels = np.linspace(0, 1, x.size).reshape(x.shape).astype(x.dtype)
    return (x, labels)[: len(spec.arguments)]


def is_compiled(function, *values):
    return "_high_segment_" in jax.jit(function).lower(*values).as_text()


@pytest.mark.parametrize("name", ALL)
def test_the_same_bits_as_for_numpy_arrays(name, dtype):
    function, spec = ALL[name]
    x = np.random.default_rng(1).normal(0, 30, LONG).astype(dtype)
    x[: cases.SPECIAL.size] = cases.SPECIAL.astype(dtype)
    with jax.enable_x64(True):
        for part in (x, x[:7], x[3], x[:24].reshape(2, 3, 4), x[:0]):
            values = arguments(spec, part)
            expected, found = function(*values), jax.jit(function)(*values)
            pairs = zip(expected, found, strict=True) if name in JOINT else [(expected, found)]
            for one, other in pairs:
                assert other.dtype == dtype
                assert one.shape == other.shape
                assert (cases.bits(one) == cases.bits(np.asarray(other))).all()
        assert is_compiled(function, *values)


@pytest.mark.parametrize("name", ALL)
def test_derivatives_are_compiled_too(name):
    function, spec = ALL[name]
    x = np.float32(0.3)
    gradient = jax.grad(lambda *v: jax.tree.leaves(function(*v))[0])
    if spec.parts[0].derivative.__module__.endswith(("_derivative", "logit")):
        return  # a derivative of a derivative, which is left to the formula
    assert is_compiled(gradient, *arguments(spec, x))


@pytest.mark.parametrize("name", ["sigmoid", "sigmoid_binary_cross_entropy"])
def test_an_output_may_be_an_input(name):
    function, spec = ALL[name]
    x = np.random.default_rng(2).normal(0, 9, LONG).astype(np.float32)
    values = arguments(spec, x)
    target = foreign.target(spec, x.dtype)
    kind = jax.ShapeDtypeStruct(x.shape, x.dtype)
    for which in range(len(values)):
        call = jax.ffi.ffi_call(target, kind, input_output_aliases={which: 0})
        in_place = jax.jit(call, donate_argnums=which).lower(*values).compile()
        own = tuple(map(jnp.array, values))
        place = own[which].unsafe_buffer_pointer()
        y = in_place(*own)
        assert y.unsafe_buffer_pointer() == place
        assert same(np.asarray(y), function(*values)).all()


def test_threads_that_call_at_the_same_time():
    x = np.random.default_rng(3).normal(0, 9, 10 * LONG).astype(np.float32)
    expected, f = sg.sigmoid(x), jax.jit(sg.sigmoid)
    found = []

    def work():
        found.extend(same(np.asarray(f(x)), expected).all() for _ in range(5))

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(found) == 30
    assert all(found)


def test_many_calls_in_one_program():
    """XLA runs independent calls on its threads, all of which may wait for help at once."""
    x = jnp.asarray(np.random.default_rng(4).normal(0, 9, (24, LONG)).astype(np.float32))
    y = jax.jit(lambda x: [sg.sigmoid(row) for row in x])(x)
    assert same(np.stack(y), sg.sigmoid(np.asarray(x))).all()


@pytest.fixture
def by_formula(monkeypatch):
    """As on other platforms."""
    monkeypatch.setattr(foreign, "target", lambda *_: None)
    jax.clear_caches()
    yield
    jax.clear_caches()


@pytest.mark.usefixtures("by_formula")
def test_the_formula_has_the_same_bits(member):
    x = inputs.dense_float32(999_983)
    assert not is_compiled(member.function, x)
    assert same(np.asarray(jax.jit(member.function)(x)), member.function(x)).all()


@pytest.mark.parametrize("name", sorted(FUNCTIONS.keys() - {"logit"}))
def test_the_formula_makes_no_nan_on_the_way_to_a_number(name):
    """But the logit's, which selects a constant NaN outside of its domain."""
    spec = FUNCTIONS[name].spec
    with jax.debug_nans(True), jax.disable_jit():
        for x in map(jnp.float32, (0.5, 1e-40, -80.0)):
            (y,) = jax_engine.formula(spec, *[x] * len(spec.arguments))
            assert not np.isnan(y)


@pytest.mark.usefixtures("by_formula")
def test_the_formula_keeps_its_bounds_in_float64(member):
    x = inputs.float64_points(member.spec, 4000)
    with jax.enable_x64(True):
        y = np.asarray(jax.jit(member.function)(x))
    errors = Truth.of(member.spec, x).errors(y)
    assert errors.max() <= bound(member.spec.name, "jax", "float64", "high").ulp


@pytest.mark.parametrize("name", ALL)
def test_what_is_exported_runs_anywhere(name):
    function, spec = ALL[name]
    kinds = [jax.ShapeDtypeStruct((4,), jnp.float32)] * len(spec.arguments)
    exported = jax.export.export(jax.jit(function), platforms=("cpu", "cuda"))(*kinds)
    assert "custom_call" not in exported.mlir_module()


def test_tpus_are_said_to_be_untested():
    with pytest.warns(RuntimeWarning, match='use accuracy="fast"'):
        jax.jit(sg.sigmoid).trace(jnp.ones(3)).lower(lowering_platforms=("tpu",))


REPORT = """
import warnings, sys; warnings.simplefilter("error")
import jax, numpy as np, sigmoids as sg
x = np.linspace(-9, 9, 1001, dtype=np.float32)
f = jax.jit(sg.sigmoid)
assert (np.asarray(f(x)) == sg.sigmoid(x, backend="numpy")).all()
assert "_segment_" not in f.lower(x).as_text()
from sigmoids.backends import registry
print(registry.load("jax").problem())
"""


def test_an_unknown_version_of_the_interface_is_left_alone():
    code = f"from sigmoids.backends import call_frame; call_frame.VERSIONS.clear()\n{REPORT}"
    assert "do not know version 0." in run(code).stdout


def test_without_a_compiler_the_formula_serves():
    assert "NUMBA_DISABLE_JIT" in run(REPORT, NUMBA_DISABLE_JIT="1").stdout


CACHED = """
import jax, numpy as np, sigmoids as sg
hits = []
jax.monitoring.register_event_listener(lambda event, **_: hits.append(event))
jax.config.update("jax_compilation_cache_dir", {folder!r})
jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
jax.config.update("jax_persistent_cache_min_entry_size_bytes", 0)
x = np.linspace(-9, 9, 100_003, dtype=np.float32)
f = jax.jit(lambda x: sg.sigmoid(x) + 0 * jax.grad(lambda x: sg.silu(x).sum())(x))
assert (np.asarray(f(x)) == sg.sigmoid(x)).all()
print(hits.count("/jax/compilation_cache/cache_hits"))
"""


def test_programs_in_jaxs_cache_find_the_machine_code_of_their_process(tmp_path):
    code = CACHED.format(folder=str(tmp_path))
    first, second = (int(run(code).stdout) for _ in range(2))
    assert first == 0
    assert second > 0


SHARDED = """
import jax, jax.numpy as jnp, numpy as np, sigmoids as sg
from jax.sharding import AxisType, NamedSharding, PartitionSpec as P
from sigmoids.functions import FUNCTIONS
jax.config.update("jax_use_shardy_partitioner", {shardy})
entropy = sg.sigmoid_binary_cross_entropy
values = np.linspace(-4, 4, 128, dtype=np.float32).reshape(16, 8)
mesh = jax.make_mesh((4, 2), ("x", "y"), axis_types=(AxisType.Auto,) * 2)
for parts in (P("x", "y"), P(("x", "y"), None), P(None, "x"), P()):
    x = jax.device_put(values, NamedSharding(mesh, parts))
    for f in (
        sg.sigmoid,
        lambda x: entropy(x, x / 8 + 0.5),
        jax.grad(lambda x: sg.silu(x).sum()),
        lambda x: sg.sigmoid_and_derivative(x)[1],
        jax.vmap(sg.tanh, in_axes=1, out_axes=1),
    ):
        compiled = jax.jit(f).lower(x).compile()
        text = compiled.as_text()
        assert "_segment_" in text
        assert not any(word in text for word in ("all-gather", "all-to-all", "collective")), text
        y = compiled(x)
        assert y.sharding.is_equivalent_to(x.sharding, 2), (y.sharding, parts)
        assert (np.asarray(y) == np.asarray(jax.jit(f)(values))).all()
if {shardy}:
    row, labels = P("x"), np.linspace(0, 1, 8, dtype=np.float32)
    mapped = jax.shard_map(entropy, mesh=mesh, in_specs=(row, P()), out_specs=row)
    assert (np.asarray(jax.jit(mapped)(values, labels)) == entropy(values, labels)).all()
    assert (np.asarray(jax.pmap(sg.sigmoid)(values[:8])) == sg.sigmoid(values[:8])).all()
    mesh = jax.make_mesh((4, 2), ("x", "y"), axis_types=(AxisType.Explicit,) * 2)
    x = jax.device_put(values, NamedSharding(mesh, P("x")))
    slopes = jax.grad(lambda x, y: entropy(x, y).sum())
    textbook = lambda x, y: jnp.maximum(x, 0) - x * y + jnp.log1p(jnp.exp(-jnp.abs(x)))
    for y in (labels, jnp.asarray(labels), np.abs(values) / 4, 0.5,
              jax.device_put(np.abs(values) / 4, NamedSharding(mesh, P(None, "y")))):
        for wrapped in (lambda f: f, jax.jit):
            loss = wrapped(entropy)(x, y)
            expected = jax.typeof(wrapped(textbook)(x, y)).sharding
            assert jax.typeof(loss).sharding == expected, (jax.typeof(loss), expected)
            assert (np.asarray(loss) == entropy(values, np.asarray(y, np.float32))).all()
        with jax.set_mesh(mesh):
            assert jax.jit(slopes)(x, y).shape == x.shape
    assert jax.typeof(sg.sigmoid(x)).sharding == jax.typeof(x).sharding
print("done")
"""


@pytest.mark.parametrize("shardy", cases.sampled([True, False], [True]))
def test_what_is_spread_over_devices_stays_there(shardy):
    flags = "--xla_force_host_platform_device_count=8"
    assert "done" in run(SHARDED.format(shardy=shardy), XLA_FLAGS=flags).stdout


def test_ahead_of_time_and_donated():
    x = np.linspace(-9, 9, LONG, dtype=np.float32)
    compiled = jax.jit(sg.sigmoid, donate_argnums=0).lower(x).compile()
    assert same(np.asarray(compiled(jnp.array(x))), sg.sigmoid(x)).all()


def test_loops_while_and_linearize():
    x = np.linspace(-3, 3, 5, dtype=np.float32)

    def more(state):
        return state[0] < 3

    def step(state):
        return state[0] + 1, sg.tanh(state[1])

    def repeated(x):
        return jax.lax.while_loop(more, step, (0, x))[1]

    assert same(np.asarray(jax.jit(repeated)(x)), sg.tanh(sg.tanh(sg.tanh(x)))).all()
    y, move = jax.linearize(sg.sigmoid, x)
    assert same(np.asarray(y), sg.sigmoid(x)).all()
    assert same(np.asarray(move(np.ones_like(x))), sg.sigmoid_derivative(x)).all()


def test_vmap_of_two_arguments():
    x, y = np.linspace(-3, 3, 12).reshape(3, 4), np.linspace(0, 1, 4)
    f, batched = sg.sigmoid_binary_cross_entropy, partial(jax.vmap, in_axes=(1, 0), out_axes=1)
    with jax.enable_x64(True):
        assert same(np.asarray(batched(f)(x, y)), f(x, y)).all()
        once = jax.vmap(lambda x: jax.vmap(f, in_axes=(0, None))(x, 0.25))(x)
        assert same(np.asarray(once), f(x, 0.25)).all()
