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

COLOURS = {
    "numpy": "#b07d00",
    "scipy": "#009e73",
    "numexpr": "#cc79a7",
    "torch": "#d55e00",
    "jax": "#0072b2",
}
"""Okabe and Ito's, which the colour-blind can tell apart too; the first one darker."""


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
    ax.set(yscale="log", ylim=(0.1, 1e8), xlabel="x", ylabel="largest error, ulp",
           title=f"{name}, float32")  # fmt: skip
    ax.legend(frameon=False, fontsize="small")


def draw_times(ax, cases, library):
    """One library's fastest call of each size beside ours on Numba and a memory copy."""
    color = COLOURS[library]
    lines = {
        "sigmoids, high": (lambda t: t.contender == "numba high", {"color": "black"}),
        "sigmoids, fast": (lambda t: t.contender == "numba fast",
                           {"color": "black", "linestyle": (0, (2.5, 1))}),
        "memory copy": (lambda t: t.kind == "limit", {"color": "0.6", "linestyle": ":"}),
        library: (lambda t: (t.kind, t.library) == ("peer", library), {"color": color}),
    }  # fmt: skip
    for label, (chosen, style) in lines.items():
        fastest = {
            case.size: min(t.nanoseconds for t in timings if chosen(t))
            for case, timings in cases.items()
            if any(map(chosen, timings))
        }
        ax.plot(fastest.keys(), fastest.values(), label=label, linewidth=2, **style)
    ax.set(xscale="log", yscale="log")


def speed(path):
    """The picture of a run of the harness: a row for each library, a column for each dtype."""
    cases = Results.load(path).cases()
    figure = Figure(figsize=(5.2, 10), layout="constrained", dpi=150)
    panels = figure.subplots(len(COLOURS), 2, sharex=True, sharey="row")
    for row, library in zip(panels, COLOURS, strict=True):
        for ax, dtype in zip(row, ("float32", "float64"), strict=True):
            of_dtype = {
                case: found
                for case, found in cases.items()
                if (case.function, case.dtype) == ("sigmoid", dtype)
            }
            draw_times(ax, of_dtype, library)
            ax.set_title(f"{library}, {dtype}", color=COLOURS[library], fontsize=11)
        row[0].set_ylabel("ns per element")
    for ax in panels[-1]:
        ax.set_xlabel("elements")
    legend = panels[0, 0].get_lines()[:3]
    figure.legend(legend, [line.get_label() for line in legend], loc="outside upper center",
                  ncols=2, frameon=False)  # fmt: skip
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
