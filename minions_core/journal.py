"""Replies already paid for, kept on disk: a run repeated after a crash does not buy them again.

    journal = Journal("run.jsonl")
    engine = Minions(Journaled(local, journal), Journaled(remote, journal))

The file is JSON lines, one reply each. It holds what the models said, and with it words of the
documents: it is created readable by its owner alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import threading
from collections import defaultdict
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from minions_core.errors import UsageError
from minions_core.messages import Reply, Usage
from minions_core.models import Model, schema_of_workers, sized_for

if TYPE_CHECKING:
    from pydantic import BaseModel

    from minions_core.effects import Ask
    from minions_core.models import OnText

_FIRST_BYTES = b'{"key": "'


class Journal:
    """The recorded replies of one run, in a file that only grows.

    Equal calls of one run (samples of one job, say) are served in the order of their recording:
    the first such call gets the first record, the second the second. A record made since the
    journal was opened is not served before `rewind`, because samples must be able to differ.
    One journal may be shared by both models of a run and by many threads.

    Args:
        path: the file; created with mode 0600 if it is not there.

    Raises:
        UsageError: the file is no journal.
        OSError: the file cannot be read or created.
    """

    def __init__(self, path: str | os.PathLike[str]) -> None:
        self.path = Path(path)
        self._lock = threading.Lock()
        self._replies: defaultdict[str, list[Reply]] = defaultdict(list)
        self._claimed: defaultdict[str, int] = defaultdict(int)
        self._append(b"")
        self._load()

    def __len__(self) -> int:
        """How many replies are recorded."""
        return sum(map(len, self._replies.values()))

    def claim(self, key: str) -> Reply | None:
        """The next recorded reply to the call with this key, or None if it must be made.

        Its usage is zero: it was paid for when it was recorded.
        """
        with self._lock:
            recorded, turn = self._replies[key], self._claimed[key]
            self._claimed[key] += 1
            return recorded[turn] if turn < len(recorded) else None

    def record(self, key: str, reply: Reply) -> None:
        """Keep a reply; it is in the file when this returns.

        Raises:
            OSError: the file cannot be written.
        """
        line = json.dumps({"key": key, **asdict(reply)}).encode() + b"\n"
        with self._lock:
            self._append(line)
            self._replies[key].append(_paid(reply))

    def rewind(self) -> None:
        """Serve every record again from the first, for a run repeated in the same process."""
        with self._lock:
            self._claimed.clear()

    def _append(self, data: bytes) -> None:
        flags = os.O_WRONLY | os.O_APPEND | os.O_CREAT | getattr(os, "O_BINARY", 0)
        with os.fdopen(os.open(self.path, flags, mode=0o600), "ab") as file:
            file.write(data)

    def _load(self) -> None:
        """Read the records; a last line torn by a crash is cut off, anything else is refused."""
        data = self.path.read_bytes()
        *lines, tail = data.split(b"\n")
        for number, line in enumerate(lines, start=1):
            self._remember(line, f"line {number}")
        if tail and (tail.startswith(_FIRST_BYTES) or _FIRST_BYTES.startswith(tail)):
            os.truncate(self.path, len(data) - len(tail))
        elif tail:
            raise self._refusal("the last line")

    def _remember(self, line: bytes, where: str) -> None:
        try:
            record: dict[str, Any] = json.loads(line)
            key: str = record.pop("key")
            usage = record.pop("usage")
            reply = Reply(**record, usage=Usage(**usage) if usage else None)
        except (ValueError, TypeError, KeyError, AttributeError) as error:
            raise self._refusal(where) from error
        self._replies[key].append(_paid(reply))

    def _refusal(self, where: str) -> UsageError:
        return UsageError(f"{self.path} is no journal ({where}): choose another file, or remove it")


def _paid(reply: Reply) -> Reply:
    return Reply(
        text=reply.text, usage=Usage(), finish_reason=reply.finish_reason, model=reply.model
    )


@dataclass(frozen=True, slots=True)
class Journaled:
    """A model that answers from a journal what it was asked before, and records what it was not.

    Two calls are the same if role, model name, messages, schema and the longest reply wanted are
    the same; settings inside the model, such as its temperature, are not looked at. A reply from
    the journal has zero usage, so that the ledger counts new spending only; the usage it had stays
    in the file. Failed calls are not recorded.

    Attributes:
        model: the model that does the work.
        journal: where its replies are kept.
    """

    model: Model
    journal: Journal

    @property
    def name(self) -> str:
        """The name of the model within."""
        return self.model.name

    @property
    def context_window(self) -> int | None:
        """The window of the model within."""
        return self.model.context_window

    @property
    def structured_output_schema(self) -> type[BaseModel] | None:
        """The form of a worker's reply the model within was made with."""
        return schema_of_workers(self.model)

    def sized_for(self, tokens: int) -> Journaled:
        """The model within, with room for `tokens`, and the same journal."""
        return Journaled(sized_for(self.model, tokens), self.journal)

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """The recorded reply, or a new one, blocking."""
        key = self._key(ask)
        recorded = self.journal.claim(key)
        if recorded is not None:
            return recorded
        reply = self.model.reply(ask, on_text)
        self.journal.record(key, reply)
        return reply

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """The recorded reply, or a new one, without blocking the event loop for the call."""
        key = self._key(ask)
        recorded = self.journal.claim(key)
        if recorded is not None:
            return recorded
        reply = await self.model.areply(ask, on_text)
        self.journal.record(key, reply)
        return reply

    def _key(self, ask: Ask) -> str:
        identity = {
            "role": ask.role,
            "model": self.name,
            "messages": [[message.role, message.content] for message in ask.messages],
            "schema": ask.schema and [ask.schema.name, ask.schema.schema],
            "max_output_tokens": ask.max_output_tokens,
        }
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).hexdigest()
