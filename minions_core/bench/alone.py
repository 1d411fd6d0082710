"""One benchmark at a time in a folder: two would pay for every answer twice."""

from __future__ import annotations

import sqlite3
from collections.abc import Generator
from contextlib import closing, contextmanager
from pathlib import Path

from minions_core.errors import UsageError

LOCK_NAME = "records.lock"


@contextmanager
def alone_in(folder: Path) -> Generator[None]:
    """Keep other benchmarks out of a folder, also those of other processes.

    Args:
        folder: where records and reports are kept; made if it is not there. An empty file in it
            is locked. Whoever ends, however it does, holds it no longer.

    Raises:
        UsageError: another is at work there, or nothing can be written there.
    """
    # SQLite knows how files are locked on each system; nothing is written to this one.
    try:
        folder.mkdir(parents=True, exist_ok=True)
        held = sqlite3.connect(folder / LOCK_NAME, timeout=0, isolation_level=None)
    except (OSError, sqlite3.Error) as error:
        raise UsageError(_unwritable(folder, error)) from error
    with closing(held):
        try:
            held.execute("BEGIN EXCLUSIVE")
        except sqlite3.Error as error:
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                raise UsageError(_unwritable(folder, error)) from error
            raise UsageError(
                f"another benchmark is at work in {folder}: wait for it, or name another folder "
                "with --out"
            ) from error
        yield


def _unwritable(folder: Path, error: Exception) -> str:
    reason = getattr(error, "strerror", None) or error
    return f"{folder} cannot be written to: {reason}; name another folder with --out"
