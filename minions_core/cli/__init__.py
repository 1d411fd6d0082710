"""The `minions` command: its door, which opens without the packages of the `cli` extra."""

from __future__ import annotations

import io
import os
import sys
import threading
from typing import NoReturn

from minions_core.errors import MissingExtra

_PACKAGES = ("typer", "rich")
_FAILED = 1
_INTERRUPTED = 130
_SIGNALLED = 128


def main() -> NoReturn:
    """Run the command line of the process; ends it with an exit code.

    0: done. 1: an error, told in one line. 2: wrong usage. 3: no regular answer: rounds, or a
    limit, were used up, and the best that is known was printed. 130: stopped by Ctrl-C. 128 and the
    number of a signal: stopped by that signal.
    """
    _write_what_can_be_written()
    try:
        code = _run()
    except KeyboardInterrupt:
        code = _INTERRUPTED
    if code > _SIGNALLED or any(thread.daemon for thread in threading.enumerate()):
        _leave(code)
    sys.exit(code)


def _run() -> int:
    try:
        from minions_core.cli.commands import app
        from minions_core.cli.completing import asked_by_bash, complete_in_bash
    except ModuleNotFoundError as error:
        package = (error.name or "").partition(".")[0]
        if package not in _PACKAGES:
            raise
        sys.stderr.write(f"{MissingExtra(package, 'cli')}\n")
        return _FAILED
    try:
        if asked_by_bash(os.environ):
            complete_in_bash(os.environ, app)
        else:
            app()
    except SystemExit as ended:
        return ended.code if isinstance(ended.code, int) else _FAILED
    return 0


def _write_what_can_be_written() -> None:
    """Have marks that an output's encoding lacks told by their numbers, not end the command."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")


def _leave(code: int) -> NoReturn:
    """End the process at once: threads still in a call abort an interpreter that tidies up."""
    sys.stdout.flush()
    sys.stderr.flush()
    os._exit(code)
