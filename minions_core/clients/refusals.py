"""Servers that do not take everything a call may hold: asked again without it, once and for all.

A server that knows no `response_format`, a model that takes no temperature: it answers 400 and says
so, more or less clearly. The call is then made again without that part, and calls after it leave
it out from the start.
"""

from __future__ import annotations

import re
import weakref
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Literal, TypeAlias

from minions_core.failures import is_overlong, refusal_text, status_of

if TYPE_CHECKING:
    from minions_core.messages import Reply

Part: TypeAlias = Literal["schema", "chance", "max_tokens", "stream_options"]
"""What a server may refuse.

`schema`: being held to a form. `chance`: temperature and seed. `max_tokens`: the limit by that
name. `stream_options`: telling the usage of a stream.
"""

Parts: TypeAlias = frozenset[Part]

_FIELDS: Mapping[Part, tuple[str, ...]] = {
    "stream_options": ("stream_options",),
    "max_tokens": ("max_tokens",),
    "schema": ("response_format",),
    "chance": ("temperature", "seed"),
}
_CLEAR_SIGNS: Mapping[Part, re.Pattern[str]] = {
    "stream_options": re.compile(r"stream_options|include_usage"),
    "max_tokens": re.compile(r"max_tokens.{1,80}not supported|max_completion_tokens"),
    "schema": re.compile(
        r"response_format|json_schema|structured.output|grammar|guided|invalid format",
        re.IGNORECASE,
    ),
    "chance": re.compile(r"temperature|\bseed\b"),
}
_BAD_REQUEST = frozenset({400, 422})
_REFUSING = _BAD_REQUEST | {500, 501}  # llama.cpp and Ollama answer 500 where a grammar fails


def parts_of(request: Mapping[str, Any]) -> Parts:
    """The parts of a request to OpenAI's chat API that its server may refuse."""
    return frozenset(
        part for part, fields in _FIELDS.items() if any(field in request for field in fields)
    )


class Refusals:
    """The parts of a call that a model's server refuses; shared by threads and event loops."""

    def __init__(self) -> None:
        self._known: Parts = frozenset()

    @property
    def known(self) -> Parts:
        """What is left out of every call."""
        return self._known

    def add(self, part: Part) -> None:
        """Leave `part` out from now on."""
        self._known = self._known.union(
            (part,)
        )  # two at once may lose one, which is then learned again

    def answer(self, sent: Parts, call: Callable[[Parts], Reply]) -> Reply:
        """Make a call, again without what was refused; calls that were refused count as failed.

        Args:
            sent: the parts the call would hold.
            call: makes the call without the parts it is given.

        Raises:
            Exception: what `call` raises for another reason.
        """
        attempt = _Attempt(self, sent)
        while True:
            try:
                return attempt.answered(call(attempt.without))
            except Exception as error:
                if not attempt.concedes(error):
                    raise

    async def aanswer(self, sent: Parts, call: Callable[[Parts], Awaitable[Reply]]) -> Reply:
        """Make a call without blocking the event loop; otherwise like `answer`."""
        attempt = _Attempt(self, sent)
        while True:
            try:
                return attempt.answered(await call(attempt.without))
            except Exception as error:
                if not attempt.concedes(error):
                    raise


class _Attempt:
    """One call, and how it is made again."""

    def __init__(self, refusals: Refusals, sent: Parts) -> None:
        self._refusals = refusals
        self._sent = sent
        self._is_schema_suspected = False
        self._failed = 0
        self.without: Parts = refusals.known

    def concedes(self, error: Exception) -> bool:
        """Whether the call is worth making again without a part that `error` is about."""
        part = self._blamed(error)
        if part is None:
            return False
        self.without = self.without.union((part,))
        self._failed += 1
        return True

    def answered(self, reply: Reply) -> Reply:
        """`reply`, which shows whether a vague error was about the schema."""
        if self._is_schema_suspected:
            self._refusals.add("schema")
        return replace(reply, failed=reply.failed + self._failed) if self._failed else reply

    def _blamed(self, error: Exception) -> Part | None:
        status, left = status_of(error), self._sent - self.without
        if status not in _REFUSING or is_overlong(error):
            return None
        said = refusal_text(error)
        for part, sign in _CLEAR_SIGNS.items():
            if part in left and sign.search(said):
                self._refusals.add(part)
                return part
        self._is_schema_suspected = "schema" in left and status in _BAD_REQUEST
        return "schema" if self._is_schema_suspected else None


_by_model: dict[int, Refusals] = {}


def refusals_of(model: object) -> Refusals:
    """What the server of a framework's model refuses, known for as long as that object lives."""
    known = _by_model.get(id(model))
    if known is None:
        weakref.finalize(model, _by_model.pop, id(model), None).atexit = False
        known = _by_model.setdefault(id(model), Refusals())
    return known
