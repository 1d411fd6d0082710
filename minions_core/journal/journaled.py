"""A model with a journal."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import Counter, defaultdict
from collections.abc import Generator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from minions_core.models import Wrapping, sized_for

if TYPE_CHECKING:
    from minions_core.effects import Ask
    from minions_core.journal.replies import Journal
    from minions_core.messages import Reply
    from minions_core.models import OnText


class _Turns:
    """Counts equal calls."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._taken: Counter[bytes] = Counter()
        self._freed: defaultdict[bytes, list[int]] = defaultdict(list)

    @contextmanager
    def next(self, key: bytes) -> Generator[int, None, None]:
        """The lowest turn that no other call has; free again for the next if the call fails."""
        with self._lock:
            freed = self._freed.pop(key, [])
            if freed:
                turn, *self._freed[key] = sorted(freed)
            else:
                self._taken[key] += 1
                turn = self._taken[key]
        try:
            yield turn
        except BaseException:
            with self._lock:
                self._freed[key].append(turn)
            raise


@dataclass(frozen=True, slots=True)
class Journaled(Wrapping):
    """A model that answers from a journal what it was asked before, and records what it was not.

    Two calls are the same if role, model name, messages, schema, the longest reply wanted and the
    number of the sample are the same; settings inside the model, such as its temperature, are not
    looked at. Equal calls of one run are told apart by their order: each has its own reply. A run
    begins with `sized_for`, which is called once before it; then everything recorded is served
    again from the first.

    A reply from the journal has zero usage, so that the ledger counts new spending only; the usage
    it had stays in the file. Failed calls are not recorded. Calls in flight when the process dies
    are lost, and made again.

    Attributes:
        model: the model that does the work.
        journal: where its replies are kept.
    """

    journal: Journal
    _turns: _Turns = field(init=False, repr=False, compare=False, default_factory=_Turns)

    def sized_for(self, tokens: int) -> Journaled:
        """The model within, with room for `tokens`, and the same journal, at its beginning."""
        return Journaled(sized_for(self.model, tokens), self.journal)

    def reply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """The recorded reply, or a new one, blocking.

        Raises:
            JournalError: the journal cannot be read or written.
        """
        key = self._key(ask)
        with self._turns.next(key) as turn:
            recorded = self.journal.find(key, turn)
            if recorded is not None:
                return recorded
            reply = self.model.reply(ask, on_text)
            return self.journal.record(key, turn, reply)

    async def areply(self, ask: Ask, on_text: OnText | None = None) -> Reply:
        """The recorded reply, or a new one, without blocking the event loop.

        Raises:
            JournalError: the journal cannot be read or written.
        """
        key = self._key(ask)
        with self._turns.next(key) as turn:
            recorded = await self.journal.afind(key, turn)
            if recorded is not None:
                return recorded
            reply = await self.model.areply(ask, on_text)
            return await self.journal.arecord(key, turn, reply)

    def _key(self, ask: Ask) -> bytes:
        identity = {
            "role": ask.role,
            "model": self.name,
            "messages": [[message.role, message.content] for message in ask.messages],
            "schema": ask.schema and [ask.schema.name, ask.schema.schema],
            "max_output_tokens": ask.max_output_tokens,
            "sample": ask.sample,
        }
        return hashlib.sha256(json.dumps(identity, sort_keys=True).encode()).digest()
