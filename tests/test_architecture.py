"""The structure of the package is as documented."""

from __future__ import annotations

import ast
import importlib
import inspect
from pathlib import Path

import pytest

import sigmoids
from sigmoids.backends import registry
from sigmoids.functions import FUNCTIONS, JOINT

ROOT = Path(sigmoids.__file__).parent

FLOORS = (
    {"spec"},
    {"arithmetic", "derivatives"},
    {"backends"},
    {"containers", "selection"},
    {"dispatch", "signatures"},
    {"functions", "colors"},
    {"accuracy", "choice", "facts", "inventory", "njit", "options", "peers", "plotting", "torch"}
    | {"value_and_derivative"},
    {"__init__"},
    {"bench", "demo"},
    {"cli"},
    {"__main__"},
)
"""From the ground up: a module imports from its own floor and from lower ones."""


def floor_of(part):
    return next(number for number, parts in enumerate(FLOORS) if part in parts)


def imports(path):
    """The package's own parts that a file imports, anywhere in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        for name in names:
            package, _, rest = name.partition(".")
            if package == "sigmoids":
                part = rest.split(".")[0]
                yield part if any(part in parts for parts in FLOORS) else "__init__"


FILES = sorted(ROOT.rglob("*.py"))


def name_of(path):
    """A module's name."""
    return ".".join(path.relative_to(ROOT.parent).with_suffix("").parts).removesuffix(".__init__")


def mentions(path):
    """The modules that a file imports or names, and their packages."""
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Constant) and isinstance(node.value, str):
            names = [node.value]
        for name in names:
            parts = name.split(".")
            yield from (".".join(parts[:length]) for length in range(1, len(parts) + 1))


NEEDED = {name for path in FILES for name in mentions(path) if name != name_of(path)}


@pytest.mark.parametrize("path", FILES, ids=lambda p: str(p.relative_to(ROOT)))
def test_imports_go_downward_only(path):
    own = path.relative_to(ROOT).parts[0].removesuffix(".py")
    for part in imports(path):
        assert floor_of(part) <= floor_of(own), f"{own} imports {part}"


def test_the_lowest_floor_needs_the_standard_library_only():
    tree = ast.parse((ROOT / "spec.py").read_text())
    modules = {n.module for n in ast.walk(tree) if isinstance(n, ast.ImportFrom)}
    modules |= {a.name for n in ast.walk(tree) if isinstance(n, ast.Import) for a in n.names}
    assert modules <= {"__future__", "collections.abc", "dataclasses", "math", "typing"}


def test_every_function_file_is_in_the_table():
    files = {path.stem for path in (ROOT / "functions").glob("*.py")} - {"__init__"}
    assert files == set(FUNCTIONS | JOINT)


def test_every_function_is_public_with_one_signature():
    signatures = set()
    for name, member in (FUNCTIONS | JOINT).items():
        assert getattr(sigmoids, name) is member.function
        assert name in sigmoids.__all__
        arguments, options = [], []
        for p in inspect.signature(member.function).parameters.values():
            (arguments if p.kind is p.POSITIONAL_ONLY else options).append((p.name, p.default))
        assert tuple(name for name, _ in arguments) == member.spec.arguments
        signatures.add(tuple(options))
        for section in ("Parameters", "Returns", "Raises", "Notes", "Examples"):
            assert f"{section}\n    ---" in member.function.__doc__, (name, section)
    assert len(signatures) == 1


def test_every_backend_file_is_in_the_registry():
    for row in filter(registry.installed, registry.ROWS.values()):
        assert importlib.import_module(row.module).engine.name == row.name


@pytest.mark.parametrize("part", ["backends", "containers"])
def test_every_file_of_an_engine_or_a_container_is_needed(part):
    """Another one imports it, or names it in a table."""
    files = {name_of(path) for path in FILES if path.relative_to(ROOT).parts[0] == part}
    assert files
    assert files <= NEEDED


def test_every_backend_has_its_extra():
    import tomllib

    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
    for row in registry.ROWS.values():
        needed = project["dependencies"]
        if row.name != "numpy":
            needed = project["optional-dependencies"][row.name]
        assert needed == [f"{row.requires}>={row.at_least}"]
