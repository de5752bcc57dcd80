"""The command line: ``sigmoids info | plot | verify | bench | demo``."""

from __future__ import annotations

from contextlib import contextmanager
from importlib.metadata import version as version_of
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

import sigmoids
from sigmoids import plotting, terminal
from sigmoids.backends import registry
from sigmoids.backends.threads import get_num_threads, processors
from sigmoids.functions import FUNCTIONS, RESULTS
from sigmoids.inventory import backends

if TYPE_CHECKING:
    from collections.abc import Iterator

    from matplotlib.figure import Figure

NEXT = {
    "sigmoids plot": "the logistic function and its slope",
    "sigmoids demo": "one model on every backend, compared bit by bit",
    "sigmoids bench --quick": "who is fastest on this machine, in a minute",
}
"""What to try first."""

WIDTH = 180
"""Columns of output that goes to a file: room for the widest table."""

app = typer.Typer(
    help="The sigmoid family: one call on any array, the same bits from every backend.",
    invoke_without_command=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
console = Console()
if not console.is_terminal:
    console.width = max(console.width, WIDTH)


@contextmanager
def plain_errors() -> Iterator[None]:
    """Report what the user can mend in one line, with exit status 2."""
    try:
        yield
    except (ImportError, ValueError, OSError) as problem:
        typer.echo(f"sigmoids: {problem}", err=True)
        raise typer.Exit(2) from None


def say_version(asked: bool) -> None:
    """Print the version and nothing else."""
    if asked:
        typer.echo(f"sigmoids {sigmoids.__version__}")
        raise typer.Exit


@app.callback()
def greet(
    context: typer.Context,
    version: Annotated[  # noqa: ARG001  # the callback acts on it
        bool, typer.Option("--version", callback=say_version, is_eager=True,
                           help="Print the version.")
    ] = False,
) -> None:  # fmt: skip
    """The sigmoid family: one call on any array, the same bits from every backend."""
    if context.invoked_subcommand is not None:
        return
    console.print(f"[bold]sigmoids {sigmoids.__version__}[/]: {greet.__doc__}")
    for row in registry.ROWS.values():
        there = registry.installed(row)
        console.print(
            f"  {row.name:6} {version_of(row.requires)}" if there
            else f'  {row.name:6} not installed: pip install "sigmoids[{row.name}]"',
            markup=False,
        )  # fmt: skip
    console.print("Next:")
    for command, what in NEXT.items():
        console.print(f"  [bold]{command:24}[/] {what}")
    console.print("All commands: sigmoids --help")


@app.command()
def info() -> None:
    """Show backends, versions, devices, threads, the cache's place, and who computes by default."""
    found = backends()
    heading, *rows = found.rows()
    table = Table(*heading)
    for row in rows:
        table.add_row(*row)
    console.print(table)
    console.print(found.choice(), soft_wrap=True, markup=False)
    console.print(f"sigmoids {sigmoids.__version__}, NumPy {np.__version__}")
    console.print(f"processors this process may use: {processors()}, threads: {get_num_threads()}")
    if found["numba"].usable:
        from sigmoids.backends.numba.compile import cache_folder

        console.print(f"compiled code is kept in {cache_folder()}", soft_wrap=True)
    if found.problem:
        raise typer.Exit(2)


@app.command()
def plot(
    functions: Annotated[
        list[str] | None, typer.Argument(help=f"Any of {', '.join(FUNCTIONS)}.")
    ] = None,
    output: Annotated[
        Path | None,
        typer.Option(
            "--output",
            "-o",
            help="The file to write, .png or .svg.",
            show_default="none where the terminal shows pictures, else sigmoid.png or family.png",
        ),
    ] = None,
    whole: Annotated[
        bool, typer.Option("--sheet", help="The whole family for comparison, a panel each.")
    ] = False,
) -> None:
    """Draw functions with their derivatives: in a terminal that shows pictures, or to a file."""
    with plain_errors():
        if output is not None and output.suffix not in (".png", ".svg"):
            raise ValueError(f"cannot write {output.name}: the file's suffix must be .png or .svg")
        if whole and functions:
            raise ValueError("--sheet draws the whole family: leave out the functions' names")
        figure = cast(
            "Figure", plotting.sheet() if whole else sigmoids.plot(*(functions or ())).figure
        )
        if output is None and terminal.show(console, figure):
            return
        output = output or Path("family.png" if whole else "sigmoid.png")
        figure.savefig(output)
    console.print(f"wrote {output}")


@app.command()
def verify(
    functions: Annotated[
        list[str] | None, typer.Argument(help=f"Any of {', '.join(RESULTS)}; all by default.")
    ] = None,
    backend: Annotated[list[str] | None, typer.Option(help="Only these backends.")] = None,
    dtype: Annotated[list[str] | None, typer.Option(help="Only these dtypes.")] = None,
    accuracy: Annotated[list[str] | None, typer.Option(help="Only high, or only fast.")] = None,
    exhaustive: Annotated[
        bool, typer.Option("--exhaustive", help="All 2^32 float32 inputs: minutes.")
    ] = False,
    peers: Annotated[
        bool, typer.Option("--peers", help="Measure other libraries' functions too.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write the rows to this file.")] = None,
    write: Annotated[
        bool, typer.Option("--write", help="Declare what was measured in the table of the bounds.")
    ] = False,
) -> None:
    """Measure accuracy against mpmath, and check every declared bound.

    The exit status is 1 where one is exceeded, with --write too.
    """
    with plain_errors():
        try:
            from sigmoids.accuracy import report
            from sigmoids.choice import Choice
        except ImportError as missing:
            raise ImportError(
                f'verify needs {missing.name}: pip install "sigmoids[verify]"'
            ) from missing
        holds = report.run(
            console,
            Choice.of(functions, backend, dtype, accuracy),
            exhaustive=exhaustive,
            others=peers,
            json=json,
            write=write,
        )
    if not holds:
        raise typer.Exit(1)


@app.command()
def bench(
    functions: Annotated[
        list[str] | None, typer.Argument(help="What to time; all there is by default.")
    ] = None,
    backend: Annotated[list[str] | None, typer.Option(help="Only these backends.")] = None,
    dtype: Annotated[list[str] | None, typer.Option(help="Only these dtypes.")] = None,
    accuracy: Annotated[list[str] | None, typer.Option(help="Only high, or only fast.")] = None,
    sizes: Annotated[
        str | None, typer.Option(help="Numbers of elements: 1:1e7 by powers of ten, or 1,100,1e6.")
    ] = None,
    peers: Annotated[
        bool, typer.Option("--peers/--no-peers", help="Time other installed libraries too.")
    ] = True,
    threads: Annotated[
        int | None, typer.Option(help="Processors to use; all there are by default.")
    ] = None,
    quick: Annotated[
        bool, typer.Option("--quick", help="A minute: sigmoid, float32 and float64, four sizes.")
    ] = False,
    json: Annotated[Path | None, typer.Option(help="Write every time to this file.")] = None,
    html: Annotated[Path | None, typer.Option(help="Write a report with charts.")] = None,
    compare: Annotated[
        tuple[Path, Path] | None,
        typer.Option(help="Measure nothing; say what changed between two --json files."),
    ] = None,
    threshold: Annotated[
        float, typer.Option(help="The change that --compare reports, as a share.", min=0.0)
    ] = 0.1,
) -> None:
    """Time every backend, other libraries and a memory copy, side by side.

    With --compare the exit status is 1 where anything became slower.
    """
    with plain_errors():
        try:
            from sigmoids.bench import comparison, report
            from sigmoids.bench.results import Results
            from sigmoids.bench.run import Plan
        except ImportError as missing:
            raise ImportError(
                f'bench needs {missing.name}: pip install "sigmoids[bench]"'
            ) from missing
        if compare is not None:
            before, after = map(Results.load, compare)
            holds = comparison.run(console, before, after, threshold)
        else:
            plan = Plan.of(
                functions, backend, dtype, accuracy, sizes,
                peers=peers, threads=threads, quick=quick,
            )  # fmt: skip
            report.run(console, plan, json=json, html=html)
            holds = True
    if not holds:
        raise typer.Exit(1)


@app.command()
def demo(
    output: Annotated[
        Path, typer.Option("--output", "-o", help="Where to write the figure, .png or .svg.")
    ] = Path("sigmoids-demo.png"),
    everything: Annotated[
        bool, typer.Option("--all", help="Compare the backends on the whole family too.")
    ] = False,
) -> None:
    """Fit the same logistic regression on every installed backend and compare."""
    with plain_errors():
        try:
            from sigmoids.demo import report
        except ImportError as missing:
            raise ImportError(
                f'the demo needs {missing.name}: pip install "sigmoids[demo]"'
            ) from missing
        agree = report.run(console, output, everything=everything)
    if not agree:
        raise typer.Exit(1)
