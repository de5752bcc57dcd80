"""Other libraries' functions, each called as its documentation says is fastest.

One module per library, imported only when the library is installed and asked for.  ``sigmoids
verify`` measures them, ``sigmoids bench`` times them.
"""

from __future__ import annotations

import importlib
import importlib.util
from typing import TYPE_CHECKING, cast

if TYPE_CHECKING:
    from sigmoids.peers.peer import Library, Peer

LIBRARIES = ("numpy", "scipy", "numexpr", "torch", "jax")


def library(name: str) -> Library:
    """One library, imported."""
    return cast("Library", importlib.import_module(f"sigmoids.peers.{name}").library)


def installed(name: str) -> bool:
    """Whether a library is there, without importing it."""
    return importlib.util.find_spec(name) is not None


def plain_peers(function: str, dtype: str) -> list[Peer]:
    """Every installed library's plain call for one of our functions, if it returns the dtype."""
    return [
        found.peers[function][0]
        for found in map(library, filter(installed, LIBRARIES))
        if dtype in found.dtypes and function in found.peers
    ]
