"""What both query engines share: everything but the protocol."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from copy import copy
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypeVar, Unpack

from llama_index.core.query_engine import RetrieverQueryEngine

from llama_index_minions._options import SynthesizerOptions, refuse_unknown
from llama_index_minions._protocol_synthesizer import ProtocolSynthesizer
from llama_index_minions._sources import AllNodes, source
from llama_index_minions._tool import TOOL_NAME, MinionsTool
from minions_core.config import RunConfig
from minions_core.errors import UsageError

if TYPE_CHECKING:
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.indices.base import BaseIndex
    from llama_index.core.llms import LLM
    from llama_index.core.postprocessor.types import BaseNodePostprocessor
    from llama_index.core.schema import BaseNode, Document

    from minions_core.engine import Engine
    from minions_core.models import Model

C = TypeVar("C", bound=RunConfig)


class EngineOptions(SynthesizerOptions[C], Generic[C], total=False):
    """What an engine takes besides two LLMs and something to read; see `ProtocolQueryEngine`."""

    node_postprocessors: list[BaseNodePostprocessor] | None


class ProtocolQueryEngine(RetrieverQueryEngine, Generic[C]):
    """What `MinionsQueryEngine` and `MinionQueryEngine` share: everything but the protocol.

    Exactly one of `retriever`, `nodes` and `documents` says what to read. Nodes and documents are
    read whole at every query; that takes no embeddings, no node parser and no network.

    Args:
        local: the LLM beside the data, or a model of `minions_core`.
        remote: the LLM paid by the token, or a model of `minions_core`; `Settings.llm` if None.
        retriever: finds what to read.
        nodes: what to read: nodes as an index holds them.
        documents: what to read: documents as readers load them.
        node_postprocessors: what is done with nodes before they are read.
        options: `settings`, `output_cls`, `streaming`, `callback_manager`, `empty_response`,
            `source_nodes`, `journal`, `doc_metadata`: as of a `ProtocolSynthesizer`.

    Raises:
        UsageError: none or several of the sources are given, one of them holds what cannot be read,
            a model is no model, or the settings are another protocol's.
    """

    _synthesizer_class: ClassVar[type[ProtocolSynthesizer[Any]]]

    def __init__(  # by keyword, and LlamaIndex's own engines take more
        self,
        local: LLM | Model,
        remote: LLM | Model | None = None,
        *,
        retriever: BaseRetriever | None = None,
        nodes: Sequence[BaseNode] | None = None,
        documents: Sequence[Document] | None = None,
        node_postprocessors: list[BaseNodePostprocessor] | None = None,
        **options: Unpack[SynthesizerOptions[C]],
    ) -> None:
        refuse_unknown(options)
        self._synthesizer = synthesizer = self._synthesizer_class(local, remote, **options)
        super().__init__(
            retriever=source(retriever, nodes, documents, synthesizer.callback_manager),
            response_synthesizer=synthesizer,
            node_postprocessors=node_postprocessors,
            callback_manager=synthesizer.callback_manager,
        )
        synthesizer.callback_manager = options.get("callback_manager")  # not what it was just now

    @property
    def callback_manager(self) -> CallbackManager:
        """Told of queries and syntheses: the one given, or that the `Settings` have now."""
        return self._synthesizer.callback_manager

    @callback_manager.setter
    def callback_manager(self, callback_manager: CallbackManager | None) -> None:
        self._synthesizer.callback_manager = callback_manager

    @property
    def core_engine(self) -> Engine[Any]:
        """What runs the protocol."""
        return self._synthesizer.core_engine

    @property
    def settings(self) -> RunConfig:
        """The settings of every run, with the class the answer is put into and own prompts."""
        return self._synthesizer.settings

    @classmethod
    def from_documents(
        cls,
        documents: Sequence[Document],
        *,
        local: LLM | Model,
        remote: LLM | Model | None = None,
        **options: Unpack[EngineOptions[C]],
    ) -> Self:
        """An engine that reads documents, each of them one source node with its whole text."""
        return cls(local, remote, documents=documents, **options)

    @classmethod
    def from_nodes(
        cls,
        nodes: Sequence[BaseNode],
        *,
        local: LLM | Model,
        remote: LLM | Model | None = None,
        **options: Unpack[EngineOptions[C]],
    ) -> Self:
        """An engine that reads nodes; those cut from one text are put together for reading."""
        return cls(local, remote, nodes=nodes, **options)

    @classmethod
    def from_index(
        cls,
        index: BaseIndex[Any],
        *,
        local: LLM | Model,
        remote: LLM | Model | None = None,
        retriever_kwargs: Mapping[str, Any] | None = None,
        **options: Unpack[EngineOptions[C]],
    ) -> Self:
        """An engine that reads what an index finds for a question.

        Args:
            index: the index; a `SummaryIndex` finds all it holds.
            local: the LLM beside the data.
            remote: the LLM paid by the token.
            retriever_kwargs: what `index.as_retriever` takes, such as `similarity_top_k`. A few
                dozen nodes are not too many, since the local LLM reads them.
            options: as of the class.
        """
        retriever = index.as_retriever(**(retriever_kwargs or {}))
        return cls(local, remote, retriever=retriever, **options)

    @classmethod
    def from_retriever(
        cls,
        retriever: BaseRetriever,
        *,
        local: LLM | Model,
        remote: LLM | Model | None = None,
        **options: Unpack[EngineOptions[C]],
    ) -> Self:
        """An engine that reads what `retriever` finds for a question."""
        return cls(local, remote, retriever=retriever, **options)

    @classmethod
    def from_args(  # type: ignore[override]  # two LLMs, and no response mode
        cls,
        retriever: BaseRetriever,
        llm: LLM | None = None,
        *,
        local: LLM | Model,
        remote: LLM | Model | None = None,
        **options: Unpack[EngineOptions[C]],
    ) -> Self:
        """`from_retriever`, under the name it has in other engines.

        Args:
            retriever: finds what to read.
            llm: another name for `remote`.
            local: the LLM beside the data.
            remote: the LLM paid by the token.
            options: as of the class.

        Raises:
            UsageError: both `llm` and `remote` are given, or as of the class.
        """
        if llm is not None and remote is not None:
            raise UsageError("llm and remote are two names for one thing: pass one of them")
        return cls(local, remote or llm, retriever=retriever, **options)

    def with_retriever(self, retriever: BaseRetriever) -> Self:
        """The same engine, with the same prompts, reading what another retriever finds.

        Raises:
            UsageError: it is no retriever.
        """
        twin = copy(self)
        twin._retriever = source(retriever, None, None, self.callback_manager)  # noqa: SLF001  # its own
        return twin

    def as_tool(
        self,
        name: str = TOOL_NAME,
        description: str | None = None,
        *,
        return_direct: bool = False,
    ) -> MinionsTool:
        """This engine as a tool of an agent, or a choice of a router; see `create_minions_tool`.

        LlamaIndex's own `QueryEngineTool` would tell an agent's model the whole answer, whatever
        `privacy` and `redactor` of the settings say; this one does not.

        Args:
            name: what the agent's model calls it.
            description: what it is for. By default it names the documents; say more where there are
                several tools, and with a retriever, whose documents are not known before.
            return_direct: whether the agent's answer is what the tool says.
        """
        known = self.retriever.nodes if isinstance(self.retriever, AllNodes) else ()
        return MinionsTool(
            self, known, name=name, description=description, return_direct=return_direct
        )

    def without_streaming(self) -> Self:
        """The same engine, whose answers come whole; the prompts of one are those of both."""
        synthesizer = self._synthesizer.without_streaming()
        if synthesizer is self._synthesizer:
            return self
        twin = copy(self)
        twin._response_synthesizer = twin._synthesizer = synthesizer  # noqa: SLF001  # its own
        return twin
