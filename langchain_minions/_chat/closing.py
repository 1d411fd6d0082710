"""The one call of the remote model that makes the next message of a conversation."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Generator, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, cast

from langchain_core.messages import (
    AIMessage,
    AIMessageChunk,
    BaseMessage,
    SystemMessage,
    message_chunk_to_message,
)
from langchain_core.runnables import Runnable, RunnableConfig
from langchain_core.runnables.configurable import DynamicRunnable

from langchain_minions._chat.children import Around, astep_by_step, step_by_step
from langchain_minions._chat.hiding import Hiding
from langchain_minions._models.messages import text_of
from langchain_minions._models.open_calls import closed_if_cancelled
from langchain_minions._models.runnables import Answering, called_once, changed, chat_models
from minions_core.errors import UsageError


@dataclass(frozen=True, slots=True, kw_only=True)
class RemoteCall:
    """A call of a remote model that is a runnable, with a conversation as it stands.

    Attributes:
        remote: the model, with all that is bound to it.
        messages: the conversation.
        config: the config of the call.
        around: what each step of the call is made within.
        hiding: hides what must not leave, and reveals it in the reply.
    """

    remote: Answering
    messages: tuple[BaseMessage, ...]
    config: RunnableConfig
    around: Around
    hiding: Hiding

    def reply(self) -> AIMessage:
        """The reply, blocking."""
        messages = self._sent()
        with self.around():
            answer = self.remote.invoke(messages, self.config)
        return self.hiding.revealed(_as_message(answer))

    async def areply(self) -> AIMessage:
        """The reply."""
        messages = await asyncio.to_thread(self._sent)
        async with closed_if_cancelled(self.remote, self.config) as config:
            with self.around():
                answer = await self.remote.ainvoke(messages, config)
        return self.hiding.revealed(_as_message(answer))

    def pieces(self) -> Generator[AIMessageChunk]:
        """The reply as it arrives; in one piece if something is hidden."""
        if self.hiding.hides:
            yield _as_chunk(self.reply())
            return
        stream = self.remote.stream(self._sent(), self.config)
        for piece in step_by_step(cast("Generator[Any]", stream), self.around):
            yield _as_chunk(piece)

    async def apieces(self) -> AsyncGenerator[AIMessageChunk]:
        """The reply as it arrives; in one piece if something is hidden."""
        if self.hiding.hides:
            yield _as_chunk(await self.areply())
            return
        stream = self.remote.astream(self._sent(), self.config)
        async for piece in astep_by_step(cast("AsyncGenerator[Any]", stream), self.around):
            yield _as_chunk(piece)

    def _sent(self) -> list[BaseMessage]:
        return [self.hiding.hidden(message) for message in self.messages]


def bound(
    remote: Answering,
    *,
    tools: Sequence[Any] = (),
    options: Mapping[str, Any],
    stop: Sequence[str] = (),
    config: RunnableConfig | None = None,
) -> Answering:
    """A remote model, on a copy, with what a caller bound to the chat model around it.

    Calling again after a failure is left to the core.

    Args:
        remote: the model.
        tools: the tools it may call.
        options: what was given beside them, such as `tool_choice` or `temperature`.
        stop: strings that end its reply.
        config: the config of the run, which may configure the model.

    Raises:
        UsageError: the model takes no tools.
    """
    if isinstance(remote, DynamicRunnable):
        remote, _ = remote.prepare(config)
    remote = changed(remote, called_once)
    told = {**({} if tools else options), **({"stop": list(stop)} if stop else {})}
    chosen = _with_tools(remote, tools, options) if tools else remote
    return chosen.bind(**told) if told else chosen


def _with_tools(remote: Answering, tools: Sequence[Any], options: Mapping[str, Any]) -> Answering:
    if not any(True for _ in chat_models(remote)):
        raise takes_none(remote, "holds no chat model to bind them to")
    try:
        return changed(remote, lambda model: model.bind_tools(tools, **options))
    except NotImplementedError as error:
        raise takes_none(remote, "takes no tools") from error


def takes_none(remote: object, why: str) -> UsageError:
    """The error to raise where tools are bound to what takes none."""
    return UsageError(
        f"tools and structured output are the remote model's, and {type(remote).__name__} {why}: "
        "pass as remote= a LangChain chat model that offers them, such as ChatOpenAI"
    )


def refuse_options(remote: object, options: Iterable[str]) -> None:
    """Refuse what cannot be given with a call of a core client.

    Raises:
        UsageError: there is any.
    """
    if isinstance(remote, Runnable):
        return
    given = sorted(options)
    if "tools" in given:
        raise takes_none(remote, "is a core client, which takes text only")
    if given:
        raise UsageError(
            f"{', '.join(given)}: {type(remote).__name__} is a core client, which takes no "
            "settings with a call: set them where it is made, or pass as remote= a LangChain chat "
            "model"
        )


def briefed(messages: Iterable[BaseMessage], briefing: str) -> tuple[BaseMessage, ...]:
    """A conversation with a briefing at the end of its system message, or as its first."""
    first, *others = [*messages]
    if not isinstance(first, SystemMessage):
        return SystemMessage(briefing), first, *others
    content: Any = first.content
    told = (
        f"{content}\n\n{briefing}"
        if isinstance(content, str)
        else [*content, {"type": "text", "text": briefing}]
    )
    return first.model_copy(update={"content": told}), *others


def _as_message(answer: object) -> AIMessage:
    """What a model answered, as a message.

    Raises:
        ModelError: it is neither a message nor text.
    """
    if isinstance(answer, AIMessageChunk):
        return cast("AIMessage", message_chunk_to_message(answer))
    return answer if isinstance(answer, AIMessage) else AIMessage(text_of(answer))


def _as_chunk(answer: object) -> AIMessageChunk:
    """What a model answered, or a piece of it, as a chunk.

    Raises:
        ModelError: it is neither a message nor text.
    """
    if isinstance(answer, AIMessageChunk):
        return answer
    return AIMessageChunk(**_as_message(answer).model_dump(exclude={"type"}))
