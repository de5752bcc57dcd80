"""The engines: each in a file or folder of its own, imported when first used.

The package's name is that of a public function, so the package is that function too:
``sigmoids.backends()`` lists the engines, and ``import sigmoids.backends.threads`` finds a module.
"""

from __future__ import annotations

import sys
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from sigmoids.inventory import Backends


class _Package(ModuleType):
    def __call__(self) -> Backends:
        from sigmoids.inventory import backends  # which stands on this package

        return backends()


sys.modules[__name__].__class__ = _Package
