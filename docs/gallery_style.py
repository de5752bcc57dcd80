"""What the pages of the gallery have in common: the look of their pictures, and their order."""

from matplotlib import rcParams
from sphinx_gallery.sorting import ExampleTitleSortKey

ORDER = [
    "curve_and_slope.py", "side_by_side.py", "rectifiers.py",
    "logistic_regression.py", "sigmoid_unit.py", "gates.py", "vanishing_gradient.py",
    "zigzag.py", "sparsity.py", "cost.py",
    "verhulst.py", "tumour.py", "cutoff.py", "wilson_cowan.py", "lenet.py",
    "ulp.py", "implementations.py", "tails.py", "slopes.py", "same_bytes.py", "backends.py",
]  # fmt: skip


class ReadingOrder(ExampleTitleSortKey):
    """Scripts as they are listed above; one that is not is an error."""

    def __call__(self, filename):
        """The place of a script."""
        return ORDER.index(str(filename))


def reset(_gallery, _script):
    """Before every script: pictures whose letters can be read 350 pixels wide, as on telephones."""
    rcParams.update(
        {
            "figure.figsize": (5, 3.4),
            "figure.dpi": 150,
            "figure.constrained_layout.use": True,
            "font.size": 10.5,
            "axes.titlesize": "medium",
            "axes.spines.top": False,
            "axes.spines.right": False,
            "legend.frameon": False,
        }
    )
