"""The replies in a journal."""

from __future__ import annotations

import os
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from minions_core.journal.database import Database
from minions_core.messages import Reply, Usage
from minions_core.models import well_formed

if TYPE_CHECKING:
    from types import TracebackType
    from typing import Self

_INSERT = "INSERT OR IGNORE INTO replies VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
_SELECT = (
    "SELECT text, finish_reason, model, input_tokens, output_tokens, cached_input_tokens, estimated"
    " FROM replies WHERE key = ? AND turn = ?"
)


def _usage(given: int, told: int, cached: int, estimated: int) -> Usage:
    return Usage(
        input_tokens=given,
        output_tokens=told,
        cached_input_tokens=cached,
        estimated=bool(estimated),
    )


class Journal:
    """The recorded replies of one run or of many, in a file that only grows.

    A call is known by its key and by its turn: of equal calls of one run the first is turn 1.
    Threads, event loops and processes may share a file, and threads and event loops a `Journal`.
    A reply is safe from a crash of the process when `record` returns, and from a loss of power
    as far as the disk keeps what it has confirmed.

    The file is an SQLite database. It holds what the models said, and with it words of the
    documents: it is created readable by its owner alone. While it is in use, and after a crash
    until it is used again, the files beside it that end in `-wal` and `-shm` are part of it.
    There is no need to close a journal; one that was closed opens again when it is next used. A
    deep copy is the same journal.

    Args:
        path: the file; created with mode 0600 if it is not there.

    Raises:
        UsageError: the file is no journal, or one of another format.
        JournalError: it cannot be used, or another program keeps it locked.
        OSError: it cannot be created.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path).absolute()
        self._database = Database(self.path)
        with self._database.connected():
            pass

    def __deepcopy__(self, memo: object) -> Self:
        return self

    def __len__(self) -> int:
        """How many replies are recorded."""
        with self._database.connected() as database:
            counted: tuple[int] = database.execute("SELECT count(*) FROM replies").fetchone()
        return counted[0]

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, _: TracebackType | None
    ) -> None:
        self.close()

    def close(self) -> None:
        """Give the file back."""
        self._database.close()

    def find(self, key: bytes, turn: int) -> Reply | None:
        """The reply recorded to this call, or None if the call must be made.

        Its usage is zero: it was paid for when it was recorded, and `recorded` says with what.

        Raises:
            JournalError: the file cannot be read.
        """
        with self._database.connected() as database:
            row = database.execute(_SELECT, (key, turn)).fetchone()
        if row is None:
            return None
        text, finish_reason, model, *used = row
        return Reply(
            text=text,
            usage=Usage(),
            finish_reason=finish_reason,
            model=model,
            recorded=_usage(*used) if None not in used else None,
        )

    def record(self, key: bytes, turn: int, reply: Reply) -> Reply:
        """Keep a reply; it is on the disk when this returns.

        Returns:
            The reply that counts. If another process has recorded one to this call meanwhile, it
            is that one, with the usage of this one; two processes at one run so come to the same.

        Raises:
            JournalError: the file cannot be written.
        """
        used = reply.usage
        tokens = (
            (used.input_tokens, used.output_tokens, used.cached_input_tokens, used.estimated)
            if used
            else (None,) * 4
        )
        row = (key, turn, well_formed(reply.text), reply.finish_reason, reply.model, *tokens)
        with self._database.connected() as database:
            if database.execute(_INSERT, row).rowcount:
                return reply
        recorded = self.find(key, turn)
        return replace(recorded, usage=used, recorded=None) if recorded else reply

    async def afind(self, key: bytes, turn: int) -> Reply | None:
        """`find`, without blocking the event loop."""
        return await self._database.aside(partial(self.find, key, turn))

    async def arecord(self, key: bytes, turn: int, reply: Reply) -> Reply:
        """`record`, without blocking the event loop; done even if this is cancelled."""
        return await self._database.aside(partial(self.record, key, turn, reply))


def opened(journal: Journal | str | os.PathLike[str] | None) -> Journal | None:
    """A journal as given, or the one at a path."""
    return journal if journal is None or isinstance(journal, Journal) else Journal(journal)
