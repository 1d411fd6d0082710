"""What both synthesizers share: everything but the protocol."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar, Generic, NoReturn, Self, TypeVar

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
from llama_index_minions._asking import Asking, Context, asaid, said
from llama_index_minions._models import as_model
from llama_index_minions._options import Kept, listed, with_output
from llama_index_minions._report import Listed, Sources, filled
from minions_core.config import RunConfig
from minions_core.door import settings as checked_settings
from minions_core.engine import Engine
from minions_core.errors import UsageError

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

_EMPTY = "Empty Response"  # as LlamaIndex's own synthesizers say it


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
        empty_response: what to say when there is nothing to read, or nothing to say: "Empty
            Response" if None.
        source_nodes: whether a response lists all nodes, the cited ones first, or `cited` ones
            alone. Evaluators show an LLM all that is listed, word for word.
        journal: a file (or `minions_core.Journal`) that keeps every reply, so that a run that broke
            off is repeated without being paid again.
        doc_metadata: what the remote LLM should know about the documents.

    Raises:
        UsageError: a model is no model, the settings are another protocol's, or another argument is
            not what it says above.
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
        empty_response: str | None = None,
        source_nodes: Listed = "all",
        journal: Journal | str | os.PathLike[str] | None = None,
        doc_metadata: str = "",
    ) -> None:
        answerer = Settings.llm if remote is None else remote
        # The base class asks its LLM for metadata, which may mean asking a server, and hands it
        # the callback manager. A stand-in spares the real one both.
        stand_in = MockLLM()
        super().__init__(
            llm=stand_in,
            callback_manager=callback_manager or CallbackManager(),
            streaming=streaming,
        )
        self._empty_response = _EMPTY if empty_response is None else empty_response
        self._given_manager = callback_manager
        self._listed: Listed = listed(source_nodes)
        self._llm = answerer if isinstance(answerer, LLM) else stand_in
        if isinstance(answerer, StructuredLLM):
            output_cls, answerer = output_cls or answerer.output_cls, answerer.llm
        given: RunConfig | None = settings
        chosen = with_output(checked_settings(given, self._settings_class()), output_cls)
        self._output_cls = chosen.output_schema
        self._streaming = streaming and self._output_cls is None  # an object is whole or not at all
        self._doc_metadata = doc_metadata
        self._kept = Kept(
            self._engine_class(
                as_model(local, "local"),
                as_model(answerer, "remote"),
                config=chosen,
                journal=journal,
            )
        )

    def __copy__(self) -> Self:
        """A copy has prompts of its own, as one of LlamaIndex's synthesizers has."""
        twin = object.__new__(type(self))
        vars(twin).update(vars(self), _kept=Kept(self._kept.engine))
        return twin

    @property
    def callback_manager(self) -> CallbackManager:
        """Told when a synthesis begins and ends: the one given, or that the `Settings` have now."""
        # To ask the settings for theirs would make one, which they hand to `Settings.llm` at every
        # look from then on, in place of what that had.
        of_settings: CallbackManager | None = vars(Settings).get("_callback_manager")
        return self._given_manager or of_settings or self._callback_manager

    @callback_manager.setter
    def callback_manager(self, callback_manager: CallbackManager | None) -> None:
        self._given_manager = callback_manager

    @property
    def core_engine(self) -> Engine[Any]:
        """What runs the protocol."""
        return self._kept.engine

    @property
    def settings(self) -> RunConfig:
        """The settings of every run, with the class the answer is put into and own prompts."""
        config: RunConfig = self.core_engine.config
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
        sources = Sources(nodes, additional_source_nodes or (), self._listed)
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
        sources = await asyncio.to_thread(
            Sources, nodes, additional_source_nodes or (), self._listed
        )
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
            return said(self._empty_response) if self._streaming else self._empty_response
        asking = self._asking(query_str, text_chunks)
        return asking.pieces() if self._streaming else self._alone(asking.answer())

    async def aget_response(
        self, query_str: str, text_chunks: Sequence[str], **_response_kwargs: Any
    ) -> str | BaseModel | AsyncGenerator[str, None]:
        """`get_response` without blocking the event loop."""
        if not any(map(str.strip, text_chunks)):
            return asaid(self._empty_response) if self._streaming else self._empty_response
        asking = self._asking(query_str, text_chunks)
        return await asking.apieces() if self._streaming else self._alone(await asking.aanswer())

    def get_response_from_messages(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Not here: there is no reading of images.

        Raises:
            UsageError: always.
        """
        raise UsageError("multimodal synthesis is not offered: MinionS and Minion read text alone")

    async def aget_response_from_messages(self, *_args: Any, **_kwargs: Any) -> NoReturn:
        """Not here, either."""
        self.get_response_from_messages()

    def without_streaming(self) -> Self:
        """The same synthesizer, whose answers come whole; the prompts of one are those of both."""
        if not self._streaming:
            return self
        twin = copy(self)
        twin._streaming, twin._kept = False, self._kept  # noqa: SLF001  # its own
        return twin

    def _get_prompts(self) -> PromptDictType:
        return _prompts.templates(self.core_engine.protocol, self.settings.prompts)

    def _update_prompts(self, prompts_dict: PromptDictType) -> None:
        texts = _prompts.changed(self.core_engine.protocol, self.settings.prompts, prompts_dict)
        changed = checked_settings(self.settings.replaced(prompts=texts), self._settings_class())
        engine = copy(self.core_engine)  # a run that is on its way goes on as it began
        engine.config = changed
        self._kept.engine = engine

    def _synthesis(self, query: QueryBundle) -> AbstractContextManager[EventContext]:
        payload: dict[str, Any] = {EventPayload.QUERY_STR: query.query_str}
        return self.callback_manager.event(CBEventType.SYNTHESIZE, payload=payload)

    def _asking(
        self,
        question: str,
        context: Context,
        on_result: Callable[[MinionsResult], None] | None = None,
    ) -> Asking:
        return Asking(
            self.core_engine,
            question,
            context,
            notes=self._doc_metadata,
            empty=self._empty_response,
            on_result=on_result,
        )

    def _answer(self, question: str, sources: Sources) -> RESPONSE_TYPE:
        asking = self._asking(question, sources.reading.documents, sources.settle)
        if self._streaming:
            return StreamingResponse(asking.pieces(), sources.nodes, sources.metadata)
        return self._whole(asking.answer(), sources)

    async def _aanswer(self, question: str, sources: Sources) -> RESPONSE_TYPE:
        asking = self._asking(question, sources.reading.documents, sources.settle)
        if self._streaming:
            return AsyncStreamingResponse(await asking.apieces(), sources.nodes, sources.metadata)
        return self._whole(await asking.aanswer(), sources)

    def _whole(self, result: MinionsResult, sources: Sources) -> RESPONSE_TYPE:
        answer = self._alone(result)
        if isinstance(answer, str):
            return Response(answer, sources.nodes, sources.metadata)
        return PydanticResponse(answer, sources.nodes, sources.metadata)

    def _alone(self, result: MinionsResult) -> str | BaseModel:
        if self._output_cls is not None:
            return filled(result, self._output_cls)
        return result.answer or self._empty_response

    def _nothing(self) -> RESPONSE_TYPE:
        if self._streaming:
            return StreamingResponse(said(self._empty_response))
        return Response(self._empty_response)

    def _anothing(self) -> RESPONSE_TYPE:
        if self._streaming:
            return AsyncStreamingResponse(asaid(self._empty_response))
        return Response(self._empty_response)


def _bundle(query: QueryType) -> QueryBundle:
    return QueryBundle(query) if isinstance(query, str) else query
