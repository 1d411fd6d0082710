"""The `minions` command: its door, which opens without the packages of the `cli` extra."""

from __future__ import annotations

import os
import sys
from typing import NoReturn

from minions_core.errors import MissingExtra

_PACKAGES = ("typer", "rich")
_INTERRUPTED = 130


def main() -> None:
    """Run the command line of the process; ends it with an exit code.

    0: done. 1: an error, told in one line. 2: wrong usage. 130: stopped by Ctrl-C.
    """
    try:
        from minions_core.cli.commands import app
    except ModuleNotFoundError as error:
        if error.name not in _PACKAGES:
            raise
        sys.stderr.write(f"{MissingExtra(error.name, 'cli')}\n")
        sys.exit(1)
    try:
        app()
    except SystemExit as ended:
        if ended.code == _INTERRUPTED:
            _leave(_INTERRUPTED)
        raise


def _leave(code: int) -> NoReturn:
    """End the process at once: threads still in a call abort an interpreter that tidies up."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
