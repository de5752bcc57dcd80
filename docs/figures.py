"""Makes the pictures of the documentation.

python docs/figures.py             the curves and their errors
python docs/figures.py run.json    the times in a file of `sigmoids bench --json run.json`
"""

import sys
from pathlib import Path

import numpy as np
from matplotlib.figure import Figure

import sigmoids as sg
from sigmoids.accuracy import verify
from sigmoids.accuracy.truth import Truth
from sigmoids.bench.results import Results
from sigmoids.plotting import sheet

FOLDER = Path(__file__).parent / "figures"
BINS = 260
RANGE = (-110.0, 20.0)
INPUTS = 2000
"""Inputs in every bin."""


def largest_errors(name, candidates):
    """The largest error in every bin of x, for every candidate."""
    spec = sg.functions.FUNCTIONS[name].spec
    edges = np.linspace(*RANGE, BINS + 1)
    x = np.random.default_rng(0).uniform(edges[:-1, None], edges[1:, None], (BINS, INPUTS))
    x = x.astype(np.float32)
    truth = Truth.of(spec, x.ravel())
    for candidate in candidates:
        with np.errstate(all="ignore"):
            errors = truth.errors(candidate.call(x.ravel()))
        yield candidate, edges[:-1], errors.reshape(x.shape).max(axis=1)


def draw_errors(ax, name):
    """Ours and the peers' errors over x, in float32."""
    found = verify.candidates(name, "float32", ["numba"], ["high"], others=True)
    for candidate, x, errors in largest_errors(name, found):
        ours = candidate.accuracy == "high"
        label = "sigmoids, every backend" if ours else candidate.computed_by
        style = {"color": "black", "linewidth": 2.5} if ours else {"linewidth": 1, "alpha": 0.8}
        ax.plot(x, np.maximum(errors, 1e-3), label=label, **style)
    ax.set(yscale="log", ylim=(0.1, 1e8), xlabel="x", ylabel="largest error, ulp", title=name)
    ax.legend(frameon=False, fontsize="small")


def draw_times(ax, results, dtype):
    """Everyone's time per element over the size, ours in bold and in black and red."""
    lines = {}
    for case, timings in results.cases().items():
        if (case.function, case.dtype) == ("sigmoid", dtype):
            for timing in timings:
                lines.setdefault((timing.contender, timing.kind), []).append(timing)
    colours = {"high": "black", "fast": "red"}
    marks = {"numba": "o", "numpy": "s", "jax": "^"}
    for (name, kind), timings in lines.items():
        style = {"linewidth": 1, "alpha": 0.8}
        if kind == "ours":
            backend, accuracy = name.split()
            style = {"color": colours[accuracy], "marker": marks[backend], "linewidth": 2}
        elif kind == "limit":
            style = {"color": "grey", "linestyle": ":"}
        ax.plot(
            [t.case.size for t in timings], [t.nanoseconds for t in timings], label=name, **style
        )
    ax.set(xscale="log", yscale="log", title=f"sigmoid, {dtype}", xlabel="n",
           ylabel="ns per element")  # fmt: skip
    ax.legend(frameon=False, fontsize="x-small", ncols=2)


def speed(path):
    """The picture of a run of the harness."""
    results = Results.load(path)
    figure = Figure(figsize=(11, 5), layout="constrained", dpi=150)
    for ax, dtype in zip(figure.subplots(1, 2), ("float32", "float64"), strict=True):
        draw_times(ax, results, dtype)
    figure.savefig(FOLDER / "speed.png")


def curves():
    """The pictures of the functions."""
    figure = Figure(figsize=(5, 3.2), layout="constrained", dpi=150)  # for telephones, too
    sg.plot("sigmoid", ax=figure.add_subplot())
    figure.savefig(FOLDER / "sigmoid.png")
    sheet().savefig(FOLDER / "family.png")


def accuracy():
    """The picture of the errors."""
    figure = Figure(figsize=(10, 4), layout="constrained", dpi=150)
    for ax, name in zip(figure.subplots(1, 2), ("sigmoid", "sigmoid_derivative"), strict=True):
        draw_errors(ax, name)
    figure.savefig(FOLDER / "error.png")


if __name__ == "__main__":
    if len(sys.argv) > 1:
        speed(Path(sys.argv[1]))
    else:
        curves()
        accuracy()
