"""The command line's door: ``sigmoids`` and ``python -m sigmoids``."""

import sys


def main() -> None:
    """Run the command line, or say what to install for it."""
    try:
        import rich  # noqa: F401
        import typer  # noqa: F401
    except ImportError:
        sys.exit('the command line needs typer and rich: pip install "sigmoids[cli]"')
    from sigmoids.cli import app

    app(prog_name="sigmoids")


if __name__ == "__main__":
    main()
