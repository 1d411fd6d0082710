"""One message to a chat model, and all that goes into the answer."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator, Mapping, Sequence
from contextlib import AbstractContextManager, aclosing, closing
from dataclasses import dataclass, field, replace
from typing import Any, cast

from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage
from langchain_core.runnables import Runnable, RunnableConfig

from langchain_minions._chat.answers import Answer, Pieces, name_of
from langchain_minions._chat.children import Call, astep_by_step, inheriting, step_by_step
from langchain_minions._chat.closing import RemoteCall, bound, briefed
from langchain_minions._chat.conversation import Conversation
from langchain_minions._chat.hiding import Hiding
from langchain_minions._chat.speaking import CoreCall
from langchain_minions._chat.trying import Tried, refuse_if_too_dear
from langchain_minions._models.model import as_model
from langchain_minions._models.runnables import Answering
from langchain_minions._models.traced import child_run
from langchain_minions._runs.engines import Engines
from langchain_minions._runs.history import speaker_of
from langchain_minions._runs.progress import Progress
from langchain_minions._runs.record import record
from minions_core.briefing import briefing, form_of, reading_only
from minions_core.effects import Ask
from minions_core.engine import Engine
from minions_core.events import Event, RunFinished
from minions_core.models import Model
from minions_core.result import MinionsResult

_FORMS = frozenset({"response_format", "format"})
"""Options that bind the form of a reply, and so are for the last call only."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """What a chat model was asked, and how the answer to it is made.

    Text to read is read first, in a run of the protocol. Its answer is the answer, unless tools or
    a form are bound to it, or the conversation went on after the question: then the remote model
    is called once more, with the conversation and a briefing of what the run found. Where there is
    nothing to read, that call is all there is.

    Attributes:
        conversation: what was said.
        engines: makes the engine of a run.
        call: the call of the chat model.
        tools: the tools that are bound, in OpenAI's form.
        options: what else was given with the call.
        stop: strings that end the answer.
        is_traced: whether the calls of the models are child runs.
    """

    conversation: Conversation
    engines: Engines
    call: Call
    tools: Sequence[Mapping[str, Any]] = ()
    options: Mapping[str, Any] = field(default_factory=dict[str, Any])
    stop: Sequence[str] = ()
    is_traced: bool = True

    def answer(self) -> AIMessage:
        """The answer, blocking."""
        result = self._read() if self._reads else None
        reply = self._remote_call(result).reply() if self._calls else None
        return self._answered(result, reply).message

    async def aanswer(self) -> AIMessage:
        """The answer."""
        result = await self._aread() if self._reads else None
        reply = await self._remote_call(result).areply() if self._calls else None
        return self._answered(result, reply).message

    def pieces(self) -> Generator[AIMessageChunk]:
        """The answer as it arrives; the last piece tells of its use and of the run."""
        result: MinionsResult | None = None
        pieces = Pieces(self.conversation, self.stop)
        if self._reads:
            for event in self._happening():
                result = event.result if isinstance(event, RunFinished) else None
                yield from () if self._calls else pieces.of_run(event)
        if self._calls:
            with closing(self._remote_call(result).pieces()) as replies:
                yield from map(pieces.of_reply, replies)
        yield from pieces.rest()
        yield self._answered(result, pieces.reply).last_piece

    async def apieces(self) -> AsyncGenerator[AIMessageChunk]:
        """The answer as it arrives; the last piece tells of its use and of the run."""
        result: MinionsResult | None = None
        pieces = Pieces(self.conversation, self.stop)
        if self._reads:
            async with aclosing(self._ahappening(streams=True)) as events:
                async for event in events:
                    result = event.result if isinstance(event, RunFinished) else None
                    for piece in () if self._calls else pieces.of_run(event):
                        yield piece
        if self._calls:
            async with aclosing(self._remote_call(result).apieces()) as replies:
                async for piece in replies:
                    yield pieces.of_reply(piece)
        for piece in pieces.rest():
            yield piece
        yield self._answered(result, pieces.reply).last_piece

    @property
    def _reads(self) -> bool:
        """Whether there is text that no run of this conversation has read yet."""
        return bool(self.conversation.texts) and self.conversation.record is None

    @property
    def _calls(self) -> bool:
        """Whether the remote model is called with the conversation itself."""
        goes_on = speaker_of(self.conversation.messages[-1]) not in ("human", "system")
        wants_form = bool(self.tools) or not _FORMS.isdisjoint(self.options)
        return not self._reads or wants_form or goes_on

    @property
    def _is_direct(self) -> bool:
        return not self._reads and self.conversation.record is None

    def _read(self) -> MinionsResult:
        progress = Progress(self.call.children)
        with self._around():
            engine = self._engine(streams=False)
            return engine.run(**self._arguments, on_event=progress.tell)

    async def _aread(self) -> MinionsResult:
        async with aclosing(self._ahappening(streams=False)) as events:
            async for event in events:
                if isinstance(event, RunFinished):
                    return event.result
        raise AssertionError("unreachable")

    def _happening(self) -> Generator[Event]:
        """What happens in a run, each event after it was told of."""
        progress = Progress(self.call.children)
        events = self._engine(streams=True).stream(**self._arguments)
        for event in step_by_step(events, self._around):
            progress.tell(event)
            yield event

    async def _ahappening(self, *, streams: bool) -> AsyncGenerator[Event]:
        """What happens in a run, each event after it was told of."""
        progress = Progress(self.call.children)
        events = self._engine(streams=streams).astream(**self._arguments)
        async with aclosing(astep_by_step(events, self._around)) as steps:
            async for event in steps:
                await progress.atell(event)
                yield event

    @property
    def _arguments(self) -> dict[str, Any]:
        said = self.conversation
        return {
            "task": said.task,
            "context": said.texts,
            "doc_metadata": "\n\n".join(filter(None, (said.instructions, self._purpose))),
            "history": said.history,
        }

    @property
    def _purpose(self) -> str:
        """What the run is told of the tools that come after it."""
        if self.options.get("tool_choice") not in (None, False, "auto", "none"):
            return form_of(self.tools)
        return reading_only() if self.tools else ""

    def _engine(self, *, streams: bool) -> Engine[Any]:
        engines = self.engines
        if self.options and not self._calls:
            remote = bound(engines.remote, options=self.options, config=self._children)
            engines = replace(engines, remote=remote)
        return engines.engine(self._children, streams=streams)

    def _remote_call(self, result: MinionsResult | None) -> Tried:
        engines = self.engines.at_once(self._children.get("max_concurrency"))
        settings, name, call = engines.settings, name_of(engines.remote), self._once(result)
        if result is not None:
            refuse_if_too_dear(call.messages, result, settings, name)
        return Tried(
            call=call,
            name=name,
            permits=engines.shared.permits_for(settings),
            retries=settings.max_retries,
            partial=result,
        )

    def _once(self, result: MinionsResult | None) -> RemoteCall | CoreCall:
        said = self.conversation
        remote: Model | Answering = self.engines.remote
        texts = [*map(_text_of, said.texts), *(str(message.text) for message in said.messages)]
        messages = said.messages if self._is_direct else self._briefed(result)
        ask = Ask("remote", (), label="answer" if self._is_direct else "close")
        hiding = Hiding.of(self.engines.settings.redactor, texts)
        if not isinstance(remote, Runnable):
            model = as_model(remote, self._children)
            return CoreCall(model=model, messages=messages, ask=ask, stop=self.stop, hiding=hiding)
        return RemoteCall(
            remote=bound(
                remote,
                tools=self.tools,
                options=self.options,
                stop=self.stop,
                config=self._children,
            ),
            messages=messages,
            config=child_run(ask, self._children),
            around=self._around,
            hiding=hiding,
        )

    def _briefed(self, result: MinionsResult | None) -> tuple[BaseMessage, ...]:
        """The conversation with what the run, this one or an earlier one, has found."""
        known = record(result) if result else self.conversation.record or {}
        told = briefing(
            known["question"], known["answer"], known["status"], known.get("reports") or ()
        )
        return briefed(self.conversation.messages, told)

    def _answered(self, result: MinionsResult | None, reply: AIMessage | None) -> Answer:
        return Answer(
            conversation=self.conversation,
            engines=self.engines,
            stop=self.stop,
            is_traced=self.is_traced,
            result=result,
            reply=reply,
        )

    @property
    def _children(self) -> RunnableConfig:
        children = self.call.children
        if not self.is_traced:
            children["callbacks"] = []
        return children

    def _around(self) -> AbstractContextManager[None]:
        return inheriting(self._children, is_seen=self.is_traced)


def _text_of(given: object) -> str:
    return given if isinstance(given, str) else cast("Any", given).text
