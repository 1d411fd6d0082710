"""What both synthesizers share: everything but the protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypedDict, TypeVar

from llama_index.core.base.response.schema import (
    RESPONSE_TYPE,
    AsyncStreamingResponse,
    PydanticResponse,
    Response,
    StreamingResponse,
)
from llama_index.core.callbacks import CallbackManager, CBEventType, EventPayload
from llama_index.core.instrumentation.events.synthesis import (
    SynthesizeEndEvent,
    SynthesizeStartEvent,
)
from llama_index.core.llms import LLM, MockLLM
from llama_index.core.llms.structured_llm import StructuredLLM
from llama_index.core.response_synthesizers import BaseSynthesizer
from llama_index.core.schema import NodeWithScore, QueryBundle, QueryType
from llama_index.core.settings import Settings
from llama_index_instrumentation import get_dispatcher
from pydantic import BaseModel

from llama_index_minions import _prompts
from llama_index_minions._asking import Asking, Context
from llama_index_minions._models import as_model
from llama_index_minions._report import Sources, filled
from minions_core.config import RunConfig
from minions_core.door import settings as checked_settings
from minions_core.engine import Engine

if TYPE_CHECKING:
    import os
    from contextlib import AbstractContextManager

    from llama_index.core.callbacks.base import EventContext
    from llama_index.core.prompts.mixin import PromptDictType

    from minions_core.journal import Journal
    from minions_core.models import Model
    from minions_core.result import MinionsResult

dispatcher = get_dispatcher(__name__)

C = TypeVar("C", bound=RunConfig)


class SynthesizerOptions(TypedDict, Generic[C], total=False):
    """What a synthesizer takes besides two models; see `ProtocolSynthesizer`."""

    settings: C | None
    output_cls: type[BaseModel] | None
    streaming: bool
    callback_manager: CallbackManager | None
    empty_response: str
    journal: Journal | str | os.PathLike[str] | None
    doc_metadata: str


class ProtocolSynthesizer(BaseSynthesizer, Generic[C]):
    """What `MinionsSynthesizer` and `MinionSynthesizer` share: everything but the protocol.

    Nothing is asked of a server before a question is. The LLMs are never changed, nor are
    LlamaIndex's `Settings`: a `callback_manager` hears of the synthesis, and of calls to an LLM
    only if that LLM was given it too. `get_prompts` and `update_prompts` are those of the core.

    Args:
        local: the LLM beside the data, or a model of `minions_core`.
        remote: the LLM paid by the token, or a model of `minions_core`; `Settings.llm` if None.
        settings: the settings of a run; the defaults if None.
        output_cls: a pydantic class the answer is put into, by one more call of the remote LLM; the
            response is a `PydanticResponse` then, and not streamed. An LLM made with
            `remote.as_structured_llm(output_cls)` says the same.
        streaming: give the answer piece by piece. The reading is done by then: only the last reply
            of the remote LLM is streamed. Should that reply break off, or the answer be taken back
            for another plan, the one that counts follows what was told after a blank line.
        callback_manager: told when a synthesis begins and ends; that of the `Settings` if None.
        empty_response: what to say when there is nothing to read.
        journal: a file (or `minions_core.Journal`) that keeps every reply, so that a run that broke
            off is repeated without being paid again.
        doc_metadata: what the remote LLM should know about the documents.

    Raises:
        UsageError: a model is no model, or the settings are another protocol's.
    """

    _engine_class: ClassVar[type[Engine[Any]]]
    _settings_class: ClassVar[type[RunConfig]]

    def __init__(  # noqa: PLR0913  # by keyword, as LlamaIndex's own have them
        self,
        local: LLM | Model,
        remote: LLM | Model | None = None,
        *,
        settings: C | None = None,
        output_cls: type[BaseModel] | None = None,
        streaming: bool = False,
        callback_manager: CallbackManager | None = None,
        empty_response: str = "Empty Response",
        journal: Journal | str | os.PathLike[str] | None = None,
        doc_metadata: str = "",
    ) -> None:
        answerer = Settings.llm if remote is None else remote
        # The base class asks its LLM for metadata, which may mean asking a server, and hands it
        # the callback manager. A stand-in spares the real one both.
        stand_in = MockLLM()
        super().__init__(
            llm=stand_in,
            callback_manager=callback_manager or _callback_manager_of_settings(),
            streaming=streaming,
        )
        self._empty_response = empty_response
        self._llm = answerer if isinstance(answerer, LLM) else stand_in
        if isinstance(answerer, StructuredLLM):
            output_cls, answerer = output_cls or answerer.output_cls, answerer.llm
        given: RunConfig | None = settings
        chosen = checked_settings(given, self._settings_class())
        if output_cls is not None:
            chosen = chosen.replaced(output_schema=output_cls)
        self._output_cls = chosen.output_schema
        self._doc_metadata = doc_metadata
        self._engine = self._engine_class(
            as_model(local, "local"),
            as_model(answerer, "remote"),
            config=chosen,
            journal=journal,
        )

    @property
    def callback_manager(self) -> CallbackManager:
        """Told when a synthesis begins and ends."""
        return self._callback_manager

    @callback_manager.setter
    def callback_manager(self, callback_manager: CallbackManager) -> None:
        self._callback_manager = callback_manager

    @property
    def settings(self) -> RunConfig:
        """The settings of every run, with the class the answer is put into and own prompts."""
        config: RunConfig = self._engine.config
        return config

    def synthesize(
        self,
        query: QueryType,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **_response_kwargs: Any,
    ) -> RESPONSE_TYPE:
        """Answer a question about some nodes.

        Args:
            query: the question.
            nodes: what to read: the text of each, without its metadata.
            additional_source_nodes: not read, only listed after the source nodes.
            _response_kwargs: taken, as LlamaIndex may pass some, and unused.

        Returns:
            A `Response`, a `StreamingResponse` if streaming, or a `PydanticResponse`.

        Raises:
            MinionsError: the run failed; its `partial` is the result as far as it went.
        """
        dispatcher.event(SynthesizeStartEvent(query=query))
        sources = Sources(nodes, additional_source_nodes or ())
        if not sources.reading.documents:
            response = self._nothing()
        else:
            query = _bundle(query)
            with self._synthesis(query) as event:
                response = self._answer(query.query_str, sources)
                event.on_end(payload={EventPayload.RESPONSE: response})
        dispatcher.event(SynthesizeEndEvent(query=query, response=response))
        return response

    async def asynthesize(
        self,
        query: QueryType,
        nodes: list[NodeWithScore],
        additional_source_nodes: Sequence[NodeWithScore] | None = None,
        **_response_kwargs: Any,
    ) -> RESPONSE_TYPE:
        """`synthesize` on the running event loop; an `AsyncStreamingResponse` if streaming."""
        dispatcher.event(SynthesizeStartEvent(query=query))
        sources = await asyncio.to_thread(Sources, nodes, additional_source_nodes or ())
        if not sources.reading.documents:
            response = self._anothing()
        else:
            query = _bundle(query)
            with self._synthesis(query) as event:
                response = await self._aanswer(query.query_str, sources)
                event.on_end(payload={EventPayload.RESPONSE: response})
        dispatcher.event(SynthesizeEndEvent(query=query, response=response))
        return response

    def get_response(
        self, query_str: str, text_chunks: Sequence[str], **_response_kwargs: Any
    ) -> str | BaseModel | Generator[str, None, None]:
        """The answer alone, from bare texts: its text, the object it was put into, or pieces."""
        if not any(map(str.strip, text_chunks)):
            return _all_of(self._empty_response) if self._streams else self._empty_response
        asking = self._asking(query_str, text_chunks)
        return asking.pieces() if self._streams else self._alone(asking.answer())

    async def aget_response(
        self, query_str: str, text_chunks: Sequence[str], **_response_kwargs: Any
    ) -> str | BaseModel | AsyncGenerator[str, None]:
        """`get_response` without blocking the event loop."""
        if not any(map(str.strip, text_chunks)):
            return _aall_of(self._empty_response) if self._streams else self._empty_response
        asking = self._asking(query_str, text_chunks)
        return await asking.apieces() if self._streams else self._alone(await asking.aanswer())

    def without_streaming(self) -> Self:
        """The same synthesizer, whose answers come whole."""
        twin = copy(self)
        twin._streaming = False  # noqa: SLF001  # its own
        return twin

    def _get_prompts(self) -> PromptDictType:
        return _prompts.templates(self._engine.protocol, self.settings.prompts)

    def _update_prompts(self, prompts_dict: PromptDictType) -> None:
        texts = _prompts.changed(self._engine.protocol, self.settings.prompts, prompts_dict)
        changed = checked_settings(self.settings.replaced(prompts=texts), self._settings_class())
        self._engine = copy(self._engine)  # a run that is on its way goes on as it began
        self._engine.config = changed

    @property
    def _streams(self) -> bool:
        """An object is whole or not at all, so with one there is nothing to stream."""
        return self._streaming and self._output_cls is None

    def _synthesis(self, query: QueryBundle) -> AbstractContextManager[EventContext]:
        payload: dict[str, Any] = {EventPayload.QUERY_STR: query.query_str}
        return self._callback_manager.event(CBEventType.SYNTHESIZE, payload=payload)

    def _asking(
        self,
        question: str,
        context: Context,
        on_result: Callable[[MinionsResult], None] | None = None,
    ) -> Asking:
        return Asking(self._engine, question, context, self._doc_metadata, on_result)

    def _answer(self, question: str, sources: Sources) -> RESPONSE_TYPE:
        asking = self._asking(question, sources.reading.documents, sources.settle)
        if self._streams:
            return StreamingResponse(asking.pieces(), sources.nodes, sources.metadata)
        return self._whole(asking.answer(), sources)

    async def _aanswer(self, question: str, sources: Sources) -> RESPONSE_TYPE:
        asking = self._asking(question, sources.reading.documents, sources.settle)
        if self._streams:
            return AsyncStreamingResponse(await asking.apieces(), sources.nodes, sources.metadata)
        return self._whole(await asking.aanswer(), sources)

    def _whole(self, result: MinionsResult, sources: Sources) -> RESPONSE_TYPE:
        answer = self._alone(result)
        if isinstance(answer, str):
            return Response(answer, sources.nodes, sources.metadata)
        return PydanticResponse(answer, sources.nodes, sources.metadata)

    def _alone(self, result: MinionsResult) -> str | BaseModel:
        return result.answer if self._output_cls is None else filled(result, self._output_cls)

    def _nothing(self) -> RESPONSE_TYPE:
        if self._streams:
            return StreamingResponse(_all_of(self._empty_response))
        return Response(self._empty_response)

    def _anothing(self) -> RESPONSE_TYPE:
        if self._streams:
            return AsyncStreamingResponse(_aall_of(self._empty_response))
        return Response(self._empty_response)


def _callback_manager_of_settings() -> CallbackManager:
    """That of the `Settings`, or one of nobody: to ask them for theirs would make it.

    With one made they hand it to `Settings.llm` at every look, in place of what that had.
    """
    manager: CallbackManager | None = vars(Settings)["_callback_manager"]
    return manager or CallbackManager()


def _bundle(query: QueryType) -> QueryBundle:
    return QueryBundle(query) if isinstance(query, str) else query


def _all_of(text: str) -> Generator[str, None, None]:
    yield text


async def _aall_of(text: str) -> AsyncGenerator[str, None]:
    yield text
