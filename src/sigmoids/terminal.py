"""Pictures in terminals that can show them: by Sixel or by Kitty's protocol."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from matplotlib.figure import Figure
    from rich.console import Console


def show(console: Console, figure: Figure) -> bool:
    """Show a figure; whether the console could."""
    if not console.is_terminal:
        return False
    try:
        # It asks the terminal, as soon as it is imported.
        from textual_image.renderable import Image, SixelImage, TGPImage
    except ImportError:
        return False
    if Image not in (SixelImage, TGPImage):  # blocks of colour are no picture of a curve
        return False
    picture = io.BytesIO()
    figure.savefig(picture, format="png")
    console.print(Image(picture))
    return True
