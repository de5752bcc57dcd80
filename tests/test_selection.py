"""Who computes."""

from __future__ import annotations

import asyncio
import threading

import jax
import jax.numpy as jnp
import numpy as np
import pytest

import sigmoids as sg
from conftest import forget_routes
from sigmoids.backends import notice, registry
from sigmoids.choice import usable_backends

X = np.linspace(-1, 1, 5)


@pytest.fixture
def served(monkeypatch):
    """The names of the engines that are asked to compute."""
    names = []
    for name in usable_backends():
        engine = registry.load(name)

        def spy(*key, _name=name, _bind=engine.bind):
            def evaluate(*args):
                names.append(_name)
                return _bind(*key)(*args)

            return evaluate

        monkeypatch.setattr(engine, "bind", spy)
        monkeypatch.setattr(engine, "ufunc", lambda *_key: None, raising=False)
    yield names
    forget_routes()


def test_precedence(served, monkeypatch):
    sg.sigmoid(X)
    monkeypatch.setenv("SIGMOIDS_BACKEND", "numpy")
    forget_routes()
    sg.sigmoid(X)
    sg.set_default_backend("jax")
    sg.sigmoid(X)
    with sg.use_backend("numba"):
        sg.sigmoid(X)
        sg.sigmoid(X, backend="numpy")
        with sg.use_backend("jax"):
            sg.sigmoid(X)
        sg.sigmoid(X)
    sg.sigmoid(X)
    sg.set_default_backend(None)
    sg.sigmoid(X)
    assert served == ["numba", "numpy", "jax", "numba", "numpy", "jax", "numba", "jax", "numpy"]


def test_the_array_decides_when_nobody_does(served):
    sg.sigmoid(1.0)
    sg.sigmoid([1.0])
    assert served == ["numba", "numba"]
    assert isinstance(sg.sigmoid(jnp.ones(2)), jnp.ndarray)
    assert served == ["numba", "numba"], "a JAX array does not go through NumPy"


def test_numpy_serves_where_numba_is_not(monkeypatch):
    from sigmoids.containers import numpy_kind

    def load(name):
        raise ImportError(name)

    registry.fastest_usable.cache_clear()
    monkeypatch.setattr(notice, "_given", set())
    with monkeypatch.context() as context:
        context.setattr(numpy_kind.registry, "load", load)
        with pytest.raises(RuntimeWarning, match="slower than it should be: NumPy computes; numba"):
            numpy_kind.Array().default_backend()
        assert numpy_kind.Array().default_backend() == "numpy"
    registry.fastest_usable.cache_clear()
    with monkeypatch.context() as context:
        context.setattr(registry, "installed", lambda row: row.name != "numba")
        registry.load.cache_clear()
        assert numpy_kind.Array().default_backend() == "numpy", "without a word"
    registry.load.cache_clear()
    registry.fastest_usable.cache_clear()


@pytest.mark.parametrize("numbers", [X, (X, X), (X, 1.0)], ids=["one", "two", "with a number"])
def test_small_arrays_follow_every_choice(monkeypatch, numbers):
    """They are computed by a ufunc that is kept for function, dtype and choice."""
    functions = {1: sg.sigmoid, 2: sg.sigmoid_binary_cross_entropy}
    function = functions[len(numbers) if isinstance(numbers, tuple) else 1]
    arguments = numbers if isinstance(numbers, tuple) else (numbers,)
    accuracies = []

    def spy(_spec, _dtype, accuracy):
        def ufunc(*_operands):
            accuracies.append(accuracy)
            return X

        return ufunc

    numba = registry.load("numba")
    monkeypatch.setattr(numba, "ufunc", spy)

    def counted():
        """Which accuracies the ufuncs of two calls had; the first call finds its own way."""
        accuracies.clear()
        for _ in range(2):
            function(*arguments)
        return accuracies[:]

    assert counted() == ["high"]
    with sg.use_accuracy("fast"):
        assert counted() == ["fast"]
        with sg.use_backend("numpy"):
            assert counted() == []
        assert counted() == ["fast", "fast"]
    sg.set_default_accuracy("fast")
    assert counted() == ["fast"]
    sg.set_default_backend("numpy")
    assert counted() == []
    sg.set_default_accuracy(None)
    sg.set_default_backend(None)
    assert counted() == ["high", "high"]
    accuracies.clear()
    for _ in range(2):
        function(*arguments, accuracy="fast", backend="numba")
    assert accuracies == ["fast"]
    forget_routes()


def exact_and_fast(x, convert=np.asarray):
    """Results of both accuracies by the argument, which differ somewhere."""
    high, fast = (convert(sg.sigmoid(x, accuracy=accuracy)) for accuracy in ("high", "fast"))
    assert (high != fast).any()
    return high, fast


KINDS = {
    "NumPy": np.asarray,
    "a number": lambda x: float(x[3]),
    "a list": lambda x: x.tolist(),
    "masked": np.ma.asarray,
    "JAX": jnp.asarray,
    "PyTorch": lambda x: pytest.importorskip("torch").from_numpy(x.copy()),
}


@pytest.mark.parametrize("size", [40, 2000])
@pytest.mark.parametrize("kind", KINDS)
def test_preferred_accuracy(kind, size, monkeypatch):
    """Of block, process and environment, in this order, for every kind of array."""
    single = kind not in ("a number", "a list")
    x = KINDS[kind](np.linspace(-9.1, 9.3, size, dtype=np.float32 if single else np.float64))
    if kind == "a number":
        candidates = np.linspace(-9, 9, 999).tolist()
        high, fast = (sg.sigmoid(np.array(candidates), accuracy=a) for a in ("high", "fast"))
        x = candidates[int(np.flatnonzero(high != fast)[0])]
    high, fast = exact_and_fast(x)

    def found():
        y = np.asarray(sg.sigmoid(x))
        return "high" if (y == high).all() else "fast" if (y == fast).all() else "neither"

    assert found() == "high"
    monkeypatch.setenv("SIGMOIDS_ACCURACY", "fast")
    forget_routes()
    assert found() == "fast"
    sg.set_default_accuracy("high")
    assert found() == "high"
    with sg.use_accuracy("fast"):
        assert found() == "fast"
        with sg.use_accuracy("high"):
            assert found() == "high"
        assert found() == "fast"
        with sg.use_backend("numpy"):
            both = sg.sigmoid(x), sg.sigmoid(x, backend="numpy", accuracy="fast")
            assert (np.asarray(both[0]) == np.asarray(both[1])).all()
        assert (np.asarray(sg.sigmoid(x, accuracy="high")) == high).all()
    assert found() == "high"


def test_preferred_accuracy_of_programs():
    """JAX's and PyTorch's compilers see the preference of the time when they trace."""
    torch = pytest.importorskip("torch")
    x = np.linspace(-9.1, 9.3, 2000, dtype=np.float32)
    _, fast = exact_and_fast(jnp.asarray(x))
    with sg.use_accuracy("fast"):
        assert (jax.jit(lambda x: sg.sigmoid(x))(x) == fast).all()
        assert (jax.jit(jax.vmap(lambda x: sg.sigmoid(x)))(x) == fast).all()
    tensor = torch.from_numpy(x)
    high, fast = exact_and_fast(tensor)
    with sg.use_accuracy("fast"):
        found = torch.compile(lambda x: sg.sigmoid(x), fullgraph=True, backend="eager")(tensor)
        assert (found.numpy() == fast).all()
        found = sg.sigmoid_derivative(tensor)
    assert (found == sg.sigmoid_derivative(tensor, accuracy="fast")).all()
    assert (np.asarray(sg.with_options(sg.sigmoid)(tensor)) == high).all()


@pytest.mark.parametrize("choose", [sg.use_accuracy, sg.set_default_accuracy])
def test_unknown_accuracy_is_refused_at_once(choose):
    for accuracy in ("exact", "", ["high"], 1):
        with pytest.raises(ValueError, match=r"unknown accuracy .*: there are 'high' and 'fast'"):
            choose(accuracy)


def test_unknown_accuracy_in_the_environment(monkeypatch):
    monkeypatch.setenv("SIGMOIDS_ACCURACY", "exact")
    forget_routes()
    for x in (X, 0.5):
        with pytest.raises(ValueError, match="SIGMOIDS_ACCURACY: unknown accuracy 'exact'"):
            sg.sigmoid(x)
    assert sg.sigmoid(0.0, accuracy="fast") == 0.5


def test_context_belongs_to_its_thread(served):
    with sg.use_backend("numpy"):
        thread = threading.Thread(target=sg.sigmoid, args=(X,))
        thread.start()
        thread.join()
        sg.sigmoid(X)
    assert served == ["numba", "numpy"]


def test_context_belongs_to_its_task(served):
    async def one(name, turn, other):
        with sg.use_backend(name):
            turn.set()
            await other.wait()
            sg.sigmoid(X)

    async def both():
        a, b = asyncio.Event(), asyncio.Event()
        await asyncio.gather(one("numpy", a, b), one("jax", b, a))

    asyncio.run(both())
    assert sorted(served) == ["jax", "numpy"]


def test_context_ends_with_an_error(served):
    def fail():
        with sg.use_backend("numpy"):
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    sg.sigmoid(X)
    assert served == ["numba"]


def test_backends_is_data_and_text():
    found = sg.backends()
    assert list(found) == list(registry.ROWS)
    usable = [found[name] for name in usable_backends()]
    assert all(info.usable and info.version and info.devices for info in usable)
    heading, *rows, choice = repr(found).splitlines()
    assert heading.split() == ["backend", "version", "devices", "computes", "on"]
    assert [row.split()[0] for row in rows] == list(registry.ROWS)
    assert choice == "nobody has chosen a backend: the array decides"


def test_backends_says_who_has_chosen(monkeypatch):
    monkeypatch.setenv("SIGMOIDS_BACKEND", "numpy")
    forget_routes()
    assert repr(sg.backends()).splitlines()[-1] == "preferred: numpy, by SIGMOIDS_BACKEND"
    sg.set_default_backend("jax")
    assert repr(sg.backends()).splitlines()[-1] == "preferred: jax, by set_default_backend"
    with sg.use_backend("numba"):
        found = sg.backends()
    assert (found.chosen, found.chosen_by) == ("numba", "use_backend")


def test_backends_says_what_is_wrong_with_the_environment(monkeypatch):
    monkeypatch.setenv("SIGMOIDS_BACKEND", "nunpy")
    forget_routes()
    found = sg.backends()
    assert found.chosen is None
    assert "SIGMOIDS_BACKEND: unknown backend 'nunpy'" in found.problem
    assert repr(found).splitlines()[-1] == found.problem


def test_a_choice_is_a_preference_for_what_can_follow_it(monkeypatch, typical):
    """Somebody's model in JAX is not broken by what the process prefers elsewhere."""
    x = jnp.array([0.25, 0.5])

    def model(x):
        return typical.function(x).sum()

    expected = jax.jit(jax.value_and_grad(model))(x)
    for name in ("numpy", "numba"):
        with sg.use_backend(name):
            found = jax.jit(jax.value_and_grad(model))(x)
            assert found[0] == expected[0]
            assert (found[1] == expected[1]).all()
            assert (jax.vmap(typical.function)(x) == typical.function(x)).all()
        sg.set_default_backend(name)
        assert jax.grad(model)(x).shape == (2,)
        sg.set_default_backend(None)
        monkeypatch.setenv("SIGMOIDS_BACKEND", name)
        forget_routes()
        assert jax.grad(model)(x).shape == (2,)
        monkeypatch.delenv("SIGMOIDS_BACKEND")
        forget_routes()


def test_arrays_that_can_follow_a_preference_do(served):
    with sg.use_backend("numpy"):
        assert isinstance(sg.sigmoid(jnp.ones(2)), jax.Array)
    assert served == ["numpy"]


def test_modules_of_the_package_that_a_function_is_named_like():
    import sigmoids.backends.registry
    import sigmoids.backends.threads as found

    assert found.get_num_threads is sg.get_num_threads
    assert sigmoids.backends.registry.ROWS is registry.ROWS
    assert list(sg.backends()) == list(registry.ROWS)


def test_backends_says_what_is_missing(monkeypatch):
    found = registry.installed
    monkeypatch.setattr(registry, "installed", lambda row: row.name != "jax" and found(row))
    registry.load.cache_clear()
    info = sg.backends()["jax"]
    assert not info.usable
    assert 'pip install "sigmoids[jax]"' in info.problem
    assert "not installed" in repr(sg.backends())
    registry.load.cache_clear()
