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


def libraries() -> list[Library]:
    """The installed libraries, imported."""
    return [library(name) for name in LIBRARIES if importlib.util.find_spec(name)]


def peers(function: str, dtype: str) -> list[Peer]:
    """The installed peers of one of our functions that return that dtype."""
    return [peer for group in _groups(function, dtype) for peer in group]


def plain_peers(function: str, dtype: str) -> list[Peer]:
    """Of every library the plain call alone."""
    return [group[0] for group in _groups(function, dtype)]


def _groups(function: str, dtype: str) -> list[tuple[Peer, ...]]:
    return [
        found.peers[function]
        for found in libraries()
        if dtype in found.dtypes and function in found.peers
    ]
