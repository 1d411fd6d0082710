"""The file of a journal: an SQLite database that opens itself when it is needed."""

from __future__ import annotations

import asyncio
import os
import sqlite3
import threading
import weakref
from collections.abc import Callable, Generator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, TypeVar

from minions_core.errors import JournalError, UsageError

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")

_APPLICATION = 0x4D4E4A4C  # "MNJL", in the head of the file, tells it from any other database
_VERSION = 1
_SCHEMA = """
CREATE TABLE replies (
    key BLOB NOT NULL,
    turn INTEGER NOT NULL,
    text TEXT NOT NULL,
    finish_reason TEXT NOT NULL,
    model TEXT,
    input_tokens INTEGER,
    output_tokens INTEGER,
    cached_input_tokens INTEGER,
    estimated INTEGER,
    PRIMARY KEY (key, turn)
)
"""
_PATIENCE = 30.0  # seconds another process may keep the file locked; a write takes milliseconds

_creating = threading.Lock()


class Database:
    """One connection, shared by all threads of a process, and a thread for event loops to use it.

    A forked process opens its own: SQLite's connections do not come along.

    Args:
        path: the file, by its absolute path.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self._begin()
        _databases.add(self)

    def _begin(self) -> None:
        self._lock = threading.Lock()
        self._connection: sqlite3.Connection | None = None
        self._finalizer: weakref.finalize[[], Database] | None = None
        self._thread: ThreadPoolExecutor | None = None

    @contextmanager
    def connected(self) -> Generator[sqlite3.Connection, None, None]:
        """The connection, for one thread at a time; opened if need be.

        Raises:
            UsageError: the file is no journal, or one of another format.
            JournalError: it cannot be used, or another program keeps it locked.
            OSError: it cannot be created.
        """
        with self._lock, self._explained():
            if self._connection is None:
                self._connection = _open(self.path)
                self._finalizer = weakref.finalize(self, self._connection.close)
            yield self._connection

    async def aside(self, work: Callable[[], T]) -> T:
        """Do some work with the database while the event loop goes on.

        It is done even if whoever waits for it is cancelled. The thread is its own, so that it
        does not queue up behind models that block those of the event loop.
        """
        with self._lock:
            if self._thread is None:
                self._thread = ThreadPoolExecutor(1, "minions-journal")
            doing = self._thread.submit(work)
        return await asyncio.shield(asyncio.wrap_future(doing))

    def close(self) -> None:
        """Let go of the file, once what is being done with it is done."""
        with self._lock:
            thread, self._thread = self._thread, None
        if thread:
            thread.shutdown()
        with self._lock:
            if self._finalizer:
                self._finalizer()
            self._connection = self._finalizer = None

    def leave_to_parent(self) -> None:
        """Begin anew in a forked process."""
        _inherited.append(self._connection)  # closing it here could harm the parent's
        if self._finalizer:
            self._finalizer.detach()
        self._begin()

    @contextmanager
    def _explained(self) -> Generator[None, None, None]:
        try:
            yield
        except sqlite3.Error as error:
            if getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_NOTADB:
                raise _refusal(self.path) from error
            raise JournalError(
                f"the journal {self.path} cannot be used ({error}): what it holds is kept; "
                "run again once that is mended, and nothing is paid for twice"
            ) from error


_databases: weakref.WeakSet[Database] = weakref.WeakSet()
_inherited: list[sqlite3.Connection | None] = []


def _leave_all_to_parent() -> None:
    for database in _databases:
        database.leave_to_parent()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_all_to_parent)


def _open(path: Path) -> sqlite3.Connection:
    """A connection to the journal at `path`, which is made one if it is empty or not there."""
    # Closing a file lets go of all locks the process has on it: no thread may hold one meanwhile.
    with _creating, suppress(FileExistsError):
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_RDWR, mode=0o600))
    database = sqlite3.connect(
        f"{path.as_uri()}?mode=rw",
        uri=True,
        timeout=_PATIENCE,
        isolation_level=None,
        check_same_thread=False,
    )
    try:
        _make_ready(database, path)
    except BaseException:
        database.close()
        raise
    return database


def _make_ready(database: sqlite3.Connection, path: Path) -> None:
    if _marks(database) == (0, 0, 0):
        with database:
            database.execute("BEGIN IMMEDIATE")
            if _marks(database) == (0, 0, 0):  # no other process was quicker
                database.execute(_SCHEMA)
                database.execute(f"PRAGMA application_id = {_APPLICATION}")
                database.execute(f"PRAGMA user_version = {_VERSION}")
    application, version, _ = _marks(database)
    if application != _APPLICATION:
        raise _refusal(path)
    if version != _VERSION:
        raise UsageError(
            f"{path} is a journal of format {version}, and this version writes format {_VERSION}: "
            "choose another file, or the version that wrote it"
        )
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")


def _marks(database: sqlite3.Connection) -> tuple[int, int, int]:
    """What kind of database it is, of which format, and how many tables it has."""
    statements = (
        "PRAGMA application_id",
        "PRAGMA user_version",
        "SELECT count(*) FROM sqlite_master",
    )
    application, version, tables = (database.execute(one).fetchone()[0] for one in statements)
    return application, version, tables


def _refusal(path: Path) -> UsageError:
    return UsageError(f"{path} is no journal: choose another file, or remove it")
