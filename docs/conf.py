"""Configuration of the documentation."""

import sigmoids

project = "sigmoids"
author = "The sigmoids developers"
version = release = sigmoids.__version__

extensions = ["myst_parser", "numpydoc", "sphinx.ext.autodoc", "sphinx.ext.autosummary",
              "sphinx.ext.mathjax"]  # fmt: skip
exclude_patterns = ["_build"]
autosummary_generate = True
numpydoc_show_class_members = False
autodoc_typehints = "none"
html_theme = "furo"
html_title = f"sigmoids {version}"
