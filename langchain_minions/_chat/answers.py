"""Answers as messages: whole or in pieces, with what they used and the record of the run."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any, TypeVar

from langchain_core.messages import AIMessage, AIMessageChunk
from langchain_core.messages.ai import UsageMetadata
from langchain_core.utils.utils import LC_ID_PREFIX

from langchain_minions._chains.streaming import Chunks, WholeText
from langchain_minions._chat.conversation import Conversation
from langchain_minions._chat.stopping import UntilStop, cut
from langchain_minions._models.messages import to_reply, usage_metadata
from langchain_minions._models.model import as_model
from langchain_minions._runs.engines import Engines
from langchain_minions._runs.reading import Reading
from langchain_minions._runs.record import DIRECT, RECORD, digest_of, record, usage_of
from minions_core.events import Event
from minions_core.ledger import Call, Ledger, Meter
from minions_core.messages import Usage
from minions_core.result import MinionsResult
from minions_core.tokens import token_counter

M = TypeVar("M", bound=AIMessage)

_OF_A_RUN = (LC_ID_PREFIX, "run-")
_MODEL_NAME = "model_name"
"""Where counters of usage look for the model that was used; without it they pass a message by."""


def name_of(model: object) -> str:
    """What a model is called, for people and for prices."""
    return as_model(model).name


def joint_name(engines: Engines) -> str:
    """What both models together are called."""
    return f"{name_of(engines.local)}+{name_of(engines.remote)}"


def without_name(message: M) -> M:
    """A reply of the remote model as one of ours: without the name of its model and its run."""
    kept: dict[str, Any] = message.response_metadata
    update: dict[str, Any] = {
        "response_metadata": {key: value for key, value in kept.items() if key != _MODEL_NAME}
    }
    if message.id and message.id.startswith(_OF_A_RUN):
        update["id"] = None
    return message.model_copy(update=update)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What an answer is made of.

    Attributes:
        conversation: what was said.
        engines: whose models answered.
        stop: strings that end the answer.
        is_traced: whether the calls of the models are runs of their own, which tell what they used
            under their own names. Then the answer leaves out the name under which it would be
            counted again.
        result: what the run came to, if there was one.
        reply: the last word of the remote model, if it was called with the conversation.
    """

    conversation: Conversation
    engines: Engines
    stop: Sequence[str] = ()
    is_traced: bool = True
    result: MinionsResult | None = None
    reply: AIMessage | None = None

    @property
    def message(self) -> AIMessage:
        """The answer as a message."""
        told_of = {"usage_metadata": self.usage, "response_metadata": self.metadata}
        if self.reply is None:
            return AIMessage(content=cut(self._found.answer, self.stop), **told_of)
        kept = without_name(self.reply)
        told_of["response_metadata"] = {**kept.response_metadata, **self.metadata}
        return kept.model_copy(update=told_of)

    @property
    def last_piece(self) -> AIMessageChunk:
        """What ends the pieces of the answer."""
        in_blocks = self.reply is not None and isinstance(self.reply.content, list)
        return AIMessageChunk(
            content=[] if in_blocks else "",
            usage_metadata=self.usage,
            response_metadata=self.metadata,
            chunk_position="last",
        )

    @property
    def usage(self) -> UsageMetadata | None:
        """Tokens of all calls together; None if there was but one, and it does not tell."""
        if self._is_direct:
            return self._reply.usage_metadata
        bill = self._ledger
        return usage_metadata(bill.local.usage + bill.remote.usage)

    @property
    def metadata(self) -> dict[str, Any]:
        """What the answer tells of itself: the record of the run, and a name, where it has one."""
        named = {} if self.is_traced else {_MODEL_NAME: self._name}
        return {**named, RECORD: dict(DIRECT) if self._is_direct else self.record}

    @property
    def record(self) -> Mapping[str, Any]:
        """What the run came to that the answer rests on; what was used is the answer's own."""
        if self.result is not None:
            told = record(replace(self.result, ledger=self._ledger))
            return {**told, "texts": digest_of(self.conversation.texts)}
        return {**(self.conversation.record or {}), **usage_of(self._ledger)}

    @property
    def _is_direct(self) -> bool:
        return self.result is None and self.conversation.record is None

    @property
    def _name(self) -> str:
        if self.result is not None:
            return joint_name(self.engines)
        return str(self._reply.response_metadata.get(_MODEL_NAME) or name_of(self.engines.remote))

    @property
    def _ledger(self) -> Ledger:
        ran = self.result.ledger if self.result else None
        if self.reply is None:
            return ran or Ledger()
        call = self._closing_call
        meter = Meter(
            price_as=self.engines.settings.price_as, otherwise=name_of(self.engines.remote)
        )
        meter.note(call)
        closed = meter.ledger()
        if ran is None:
            return closed
        cost = None if ran.cost is None or closed.cost is None else ran.cost + closed.cost
        return replace(ran, remote=ran.remote.with_call(call), cost=cost)

    @property
    def _closing_call(self) -> Call:
        reply = to_reply(self._reply)
        model = reply.model or name_of(self.engines.remote)
        return Call(role="remote", label="close", model=model, usage=reply.usage or self._counted)

    @property
    def _counted(self) -> Usage:
        count = token_counter(name_of(self.engines.remote))
        said = sum(count(str(message.text)) for message in self.conversation.messages)
        return Usage(input_tokens=said, output_tokens=count(str(self._reply.text)), estimated=True)

    @property
    def _found(self) -> MinionsResult:
        if self.result is None:
            raise AssertionError("unreachable")
        return self.result

    @property
    def _reply(self) -> AIMessage:
        if self.reply is None:
            raise AssertionError("unreachable")
        return self.reply


@dataclass(slots=True)
class Pieces:
    """The pieces of an answer, which add up to its message.

    Attributes:
        conversation: what was said.
        stop: strings that end the answer.
    """

    conversation: Conversation
    stop: Sequence[str]
    _chunks: Chunks = field(init=False)
    _until: UntilStop = field(init=False)
    _replies: list[AIMessageChunk] = field(default_factory=list[AIMessageChunk])
    _has_begun: bool = False

    def __post_init__(self) -> None:
        self._chunks = Chunks(Reading.of(self.conversation.texts))
        self._until = UntilStop(self.stop)

    def of_run(self, event: Event) -> Iterator[AIMessageChunk]:
        """The piece that an event of a run brings, if it brings one.

        Should the answer begin anew, or the run end with another than it began to tell, that one
        follows after a blank line, since what was streamed cannot be taken back.
        """
        chunk: dict[str, Any] | None = self._chunks.of(event)
        text: str | None = chunk.get("answer") if chunk else None
        if text is None:
            return
        if isinstance(text, WholeText) and self._has_begun:
            yield from self._shown(self._until.rest() + "\n\n")
            self._until = UntilStop(self.stop)
        yield from self._shown(self._until.feed(text))

    def of_reply(self, piece: AIMessageChunk) -> AIMessageChunk:
        """A piece of the remote model's reply; what it used is told at the end."""
        self._replies.append(piece)
        return without_name(piece).model_copy(
            update={"usage_metadata": None, "chunk_position": None}
        )

    def rest(self) -> Iterator[AIMessageChunk]:
        """What was kept back."""
        yield from self._shown(self._until.rest())

    @property
    def reply(self) -> AIMessage | None:
        """The remote model's reply, whole; None if it said nothing, or was not called."""
        if not self._replies:
            return None
        first, *others = self._replies
        return first + others

    def _shown(self, text: str) -> Iterator[AIMessageChunk]:
        if text:
            self._has_begun = True
            yield AIMessageChunk(content=text)
