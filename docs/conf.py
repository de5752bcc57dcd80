"""Configuration of the documentation."""

import sys
from pathlib import Path

import sigmoids

sys.path.append(str(Path(__file__).parent))  # where Sphinx-Gallery finds gallery_style

project = "sigmoids"
author = "The sigmoids developers"
release = sigmoids.__version__
version = release.partition(".dev")[0]  # in the title, for which telephones have little room

extensions = [
    "myst_parser",
    "numpydoc",
    "sphinx.ext.autodoc",
    "sphinx.ext.autosummary",
    "sphinx.ext.mathjax",
    "sphinx-mathjax-offline",  # so that pages load nothing from elsewhere
    "sphinx_gallery.gen_gallery",
]
exclude_patterns = ["_build", "gallery", "auto_gallery/*/index.rst", "**/sg_execution_times.rst"]

myst_enable_extensions = ["dollarmath"]
myst_heading_anchors = 3

autosummary_generate = True
templates_path = ["templates"]
numpydoc_show_class_members = False
autodoc_typehints = "none"

sphinx_gallery_conf = {
    "examples_dirs": "gallery",
    "gallery_dirs": "auto_gallery",
    "filename_pattern": r"\.py$",
    "subsection_order": [
        f"gallery/{part}" for part in ("curves", "learning", "history", "accuracy")
    ],
    "within_subsection_order": "gallery_style.ReadingOrder",
    "reset_modules": ("matplotlib", "gallery_style.reset"),
    "nested_sections": False,
    "backreferences_dir": "auto_gallery/uses",
    "doc_module": ("sigmoids",),
    "capture_repr": (),
    "download_all_examples": False,
    "notebook_extensions": (),
    "min_reported_time": 3600,
    "show_signature": False,
    "write_computation_times": False,
}

html_theme = "furo"
html_title = f"sigmoids {version}"
html_show_copyright = False
html_static_path = ["static"]
html_css_files = ["site.css"]
