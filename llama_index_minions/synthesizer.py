"""Response synthesizers: nodes in, an answer with checked citations out.

What a response holds besides its text:

- `source_nodes`: the cited nodes in the order in which the answer first points at them, then the
  others as they were given. They are the very nodes that were passed in, each once, unchanged.
- `metadata[node_id]`: the metadata of each node, as every synthesizer of LlamaIndex has it.
- `metadata["minions"]`: plain JSON data. `status`; `citations`, each with its `number` (the `[n]`
  of the answer), `node_id`, `start` and `end` (in the node's own text), `quote`, `page`, `heading`,
  `document` and `check`; `usage` by role; `cost`, `baseline` and `saving` in US dollars as strings,
  None if a price is unknown; `rounds`; `disclosure`; `notes`.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any, ClassVar, Generic, TypeVar

from llama_index.core.base.response.schema import (
    RESPONSE_TYPE,
    AsyncStreamingResponse,
    Response,
    StreamingResponse,
)
from llama_index.core.callbacks import CallbackManager, CBEventType, EventPayload
from llama_index.core.instrumentation.events.synthesis import (
    SynthesizeEndEvent,
    SynthesizeStartEvent,
)
from llama_index.core.llms import LLM, MockLLM
from llama_index.core.response_synthesizers import BaseSynthesizer
from llama_index.core.schema import NodeWithScore, QueryBundle, QueryType
from llama_index.core.settings import Settings
from llama_index_instrumentation import get_dispatcher

from llama_index_minions._models import as_model
from llama_index_minions._report import AnswerText, Sources
from minions_core.config import MinionConfig, MinionsConfig, RunConfig
from minions_core.engine import Engine, Minion, Minions
from minions_core.errors import UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from llama_index.core.callbacks.base import EventContext
    from llama_index.core.prompts.mixin import PromptDictType

    from minions_core.documents import Document
    from minions_core.events import Event
    from minions_core.models import Model
    from minions_core.result import MinionsResult

dispatcher = get_dispatcher(__name__)

C = TypeVar("C", bound=RunConfig)


class ProtocolSynthesizer(BaseSynthesizer, Generic[C]):
    """What `MinionsSynthesizer` and `MinionSynthesizer` share: everything but the protocol.

    Nothing is asked of a server before a question is. The LLMs are never changed, nor are
    LlamaIndex's `Settings`: a `callback_manager` hears of the synthesis, and of calls to an LLM
    only if that LLM was given it too. The prompts are the core's and cannot be edited from here.

    Args:
        local: the LLM beside the data, or a model of `minions_core`.
        remote: the LLM paid by the token, or a model of `minions_core`; `Settings.llm` if None.
        settings: the settings of a run; the defaults if None.
        streaming: give the answer piece by piece. The reading is done by then: only the last reply
            of the remote LLM is streamed. Should that reply break off, or the answer be taken back
            for another plan, the one that counts follows what was told after a blank line.
        callback_manager: told when a synthesis begins and ends.
        empty_response: what to say when there is nothing to read.

    Raises:
        UsageError: a model is no model, or the settings are another protocol's.
    """

    _engine_class: ClassVar[type[Engine[Any]]]
    _settings_class: ClassVar[type[RunConfig]]

    def __init__(
        self,
        local: LLM | Model,
        remote: LLM | Model | None = None,
        *,
        settings: C | None = None,
        streaming: bool = False,
        callback_manager: CallbackManager | None = None,
        empty_response: str = "Empty Response",
    ) -> None:
        if not isinstance(settings, self._settings_class | None):
            raise UsageError(
                f"settings: expected a {self._settings_class.__name__}, "
                f"got {type(settings).__name__}"
            )
        answerer = Settings.llm if remote is None else remote
        # The base class asks its LLM for metadata, which may mean asking a server, and hands it
        # the callback manager. A stand-in spares the real one both.
        stand_in = MockLLM()
        super().__init__(
            llm=stand_in,
            callback_manager=callback_manager or CallbackManager(),
            streaming=streaming,
        )
        self._llm = answerer if isinstance(answerer, LLM) else stand_in
        self._empty_response = empty_response
        self._engine = self._engine_class(
            as_model(local, "local"), as_model(answerer, "remote"), config=settings
        )

    @property
    def callback_manager(self) -> CallbackManager:
        """Told when a synthesis begins and ends."""
        return self._callback_manager

    @callback_manager.setter
    def callback_manager(self, callback_manager: CallbackManager) -> None:
        self._callback_manager = callback_manager

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
            A `Response`, or a `StreamingResponse` if streaming.

        Raises:
            MinionsError: the run failed; its `partial` is the result as far as it went.
        """
        dispatcher.event(SynthesizeStartEvent(query=query))
        sources = Sources(nodes, additional_source_nodes or ())
        bundle = QueryBundle(query) if isinstance(query, str) else query
        if not sources.reading.documents:
            response = self._nothing()
        else:
            with self._synthesis(bundle) as event:
                response = self._answer(bundle.query_str, sources)
                event.on_end(payload={EventPayload.RESPONSE: response})
        dispatcher.event(SynthesizeEndEvent(query=bundle, response=response))
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
        sources = Sources(nodes, additional_source_nodes or ())
        bundle = QueryBundle(query) if isinstance(query, str) else query
        if not sources.reading.documents:
            response = self._anothing()
        else:
            with self._synthesis(bundle) as event:
                response = await self._aanswer(bundle.query_str, sources)
                event.on_end(payload={EventPayload.RESPONSE: response})
        dispatcher.event(SynthesizeEndEvent(query=bundle, response=response))
        return response

    def get_response(
        self, query_str: str, text_chunks: Sequence[str], **_response_kwargs: Any
    ) -> str | Generator[str, None, None]:
        """The answer alone, from bare texts: its text, or the pieces of it if streaming."""
        if self._streaming:
            return self._stream(query_str, text_chunks)
        return self._engine.run(query_str, text_chunks).answer

    async def aget_response(
        self, query_str: str, text_chunks: Sequence[str], **_response_kwargs: Any
    ) -> str | AsyncGenerator[str, None]:
        """`get_response` without blocking the event loop."""
        if self._streaming:
            return await self._astream(query_str, text_chunks)
        return (await self._engine.arun(query_str, text_chunks)).answer

    def _get_prompts(self) -> PromptDictType:
        return {}

    def _update_prompts(self, prompts_dict: PromptDictType) -> None:
        """Do nothing: the prompts are the core's."""

    def _synthesis(self, query: QueryBundle) -> AbstractContextManager[EventContext]:
        payload: dict[str, Any] = {EventPayload.QUERY_STR: query.query_str}
        return self._callback_manager.event(CBEventType.SYNTHESIZE, payload=payload)

    def _answer(self, question: str, sources: Sources) -> RESPONSE_TYPE:
        documents = sources.reading.documents
        if self._streaming:
            text = self._stream(question, documents, sources.settle)
            return StreamingResponse(text, sources.nodes, sources.metadata)
        result = self._engine.run(question, documents)
        sources.settle(result)
        return Response(result.answer, sources.nodes, sources.metadata)

    async def _aanswer(self, question: str, sources: Sources) -> RESPONSE_TYPE:
        documents = sources.reading.documents
        if self._streaming:
            text = await self._astream(question, documents, sources.settle)
            return AsyncStreamingResponse(text, sources.nodes, sources.metadata)
        result = await self._engine.arun(question, documents)
        sources.settle(result)
        return Response(result.answer, sources.nodes, sources.metadata)

    def _nothing(self) -> RESPONSE_TYPE:
        if self._streaming:
            return StreamingResponse(_all_of(self._empty_response))
        return Response(self._empty_response)

    def _anothing(self) -> RESPONSE_TYPE:
        if self._streaming:
            return AsyncStreamingResponse(_aall_of(self._empty_response))
        return Response(self._empty_response)

    def _stream(
        self,
        question: str,
        context: Sequence[str | Document],
        on_result: Callable[[MinionsResult], None] | None = None,
    ) -> Generator[str, None, None]:
        """The pieces of the answer, once the first of them is here."""
        pieces = _pieces(self._engine.stream(question, context), AnswerText(on_result))
        return _all_of(next(pieces, ""), pieces)

    async def _astream(
        self,
        question: str,
        context: Sequence[str | Document],
        on_result: Callable[[MinionsResult], None] | None = None,
    ) -> AsyncGenerator[str, None]:
        pieces = _apieces(self._engine.astream(question, context), AnswerText(on_result))
        return _aall_of(await anext(pieces, ""), pieces)


class MinionsSynthesizer(ProtocolSynthesizer[MinionsConfig]):
    """Answers by MinionS: the remote LLM plans, the local one reads, the evidence goes back.

    synthesizer = MinionsSynthesizer(local=Ollama("llama3.2"), remote=OpenAI("gpt-4o"))
    engine = RetrieverQueryEngine(index.as_retriever(), synthesizer)
    """

    _engine_class = Minions
    _settings_class = MinionsConfig


class MinionSynthesizer(ProtocolSynthesizer[MinionConfig]):
    """Answers by Minion: the local LLM has all nodes before it, and the remote one questions it."""

    _engine_class = Minion
    _settings_class = MinionConfig


def _pieces(events: Generator[Event, None, None], text: AnswerText) -> Generator[str, None, None]:
    with closing(events):
        for event in events:
            if piece := text.piece(event):
                yield piece


async def _apieces(
    events: AsyncGenerator[Event, None], text: AnswerText
) -> AsyncGenerator[str, None]:
    async with aclosing(events):
        async for event in events:
            if piece := text.piece(event):
                yield piece


def _all_of(
    first: str, pieces: Generator[str, None, None] | None = None
) -> Generator[str, None, None]:
    yield first
    if pieces is not None:
        yield from pieces


async def _aall_of(
    first: str, pieces: AsyncGenerator[str, None] | None = None
) -> AsyncGenerator[str, None]:
    yield first
    if pieces is not None:
        async with aclosing(pieces):
            async for piece in pieces:
                yield piece
