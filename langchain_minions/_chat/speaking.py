"""A call of a core model with a conversation of LangChain's."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from dataclasses import dataclass, replace

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage

from langchain_minions._chat.hiding import Hiding
from langchain_minions._chat.stopping import cut
from langchain_minions._models.messages import to_message
from langchain_minions._runs.history import Speaker, speaker_of
from minions_core.effects import Ask
from minions_core.errors import UsageError
from minions_core.messages import Message, MessageRole, Reply
from minions_core.models import Model

_ROLES: Mapping[Speaker, MessageRole] = {"system": "system", "human": "user", "ai": "assistant"}


@dataclass(frozen=True, slots=True, kw_only=True)
class CoreCall:
    """A call of a remote model that is a core `Model`. Its reply comes in one piece.

    Attributes:
        model: the model.
        messages: the conversation.
        ask: what the call is called, without the conversation.
        stop: strings that end the reply, which is cut on this side.
        hiding: hides what must not leave, and reveals it in the reply.
    """

    model: Model
    messages: tuple[BaseMessage, ...]
    ask: Ask
    stop: Sequence[str]
    hiding: Hiding

    def reply(self) -> AIMessage:
        """The reply, blocking.

        Raises:
            UsageError: something in the conversation is not text.
        """
        return self._said(self.model.reply(self._sent()))

    async def areply(self) -> AIMessage:
        """The reply."""
        return self._said(await self.model.areply(await asyncio.to_thread(self._sent)))

    def pieces(self) -> Generator[AIMessageChunk]:
        """The reply as the one piece it comes in."""
        yield AIMessageChunk(**self.reply().model_dump(exclude={"type"}))

    async def apieces(self) -> AsyncGenerator[AIMessageChunk]:
        """The reply as the one piece it comes in."""
        reply = await self.areply()
        yield AIMessageChunk(**reply.model_dump(exclude={"type"}))

    def _sent(self) -> Ask:
        sent = map(self.hiding.hidden, self.messages)
        return replace(self.ask, messages=tuple(map(_to_core, sent)))

    def _said(self, reply: Reply) -> AIMessage:
        message = self.hiding.revealed(to_message(reply, self.model.name))
        return message.model_copy(update={"content": cut(str(message.text), self.stop)})


def _to_core(message: BaseMessage) -> Message:
    role = _ROLES.get(speaker_of(message))
    if role is None or getattr(message, "tool_calls", None) or not _is_text(message):
        raise UsageError(
            "the remote model is a core client, which takes text only, not what is in a "
            f"{type(message).__name__} of this conversation: pass as remote= a LangChain chat "
            "model, such as ChatOpenAI"
        )
    return Message(role, str(message.text))


def _is_text(message: BaseMessage) -> bool:
    return all(block["type"] in ("text", "reasoning") for block in message.content_blocks)
