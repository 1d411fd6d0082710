"""Query engines: a local and a remote LLM answer together from what a retriever finds.

They are `RetrieverQueryEngine`s and compose like one: as tools of agents, under routers, behind
sub-questions, in chat engines. `llama_index_minions.synthesizer` tells what a response holds.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, ClassVar, Generic, Self, TypedDict, TypeVar, Unpack

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.schema import (
    BaseNode,
    Document,
    MetadataMode,
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    TextNode,
)

from llama_index_minions.synthesizer import (
    MinionsSynthesizer,
    MinionSynthesizer,
    ProtocolSynthesizer,
)
from minions_core.config import MinionConfig, MinionsConfig, RunConfig
from minions_core.errors import UsageError

if TYPE_CHECKING:
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.llms import LLM
    from llama_index.core.postprocessor.types import BaseNodePostprocessor

    from minions_core.models import Model

C = TypeVar("C", bound=RunConfig)


class EngineOptions(TypedDict, Generic[C], total=False):
    """What an engine takes besides two models and something to read.

    Attributes:
        remote: the LLM paid by the token; `Settings.llm` if left out.
        settings: the settings of a run.
        streaming: give the answer piece by piece.
        node_postprocessors: what is done with nodes before they are read.
        callback_manager: told of queries and syntheses; an LLM or retriever tells its own.
    """

    remote: LLM | Model | None
    settings: C | None
    streaming: bool
    node_postprocessors: list[BaseNodePostprocessor] | None
    callback_manager: CallbackManager | None


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
        settings: the settings of a run; the defaults if None.
        streaming: give the answer piece by piece.
        node_postprocessors: what is done with nodes before they are read.
        callback_manager: told of queries and syntheses; an LLM or retriever tells its own.

    Raises:
        UsageError: none or several of the sources are given, or a model is no model.
    """

    _synthesizer_class: ClassVar[type[ProtocolSynthesizer[Any]]]

    def __init__(  # noqa: PLR0913  # by keyword, and LlamaIndex's own engines take more
        self,
        local: LLM | Model,
        remote: LLM | Model | None = None,
        *,
        retriever: BaseRetriever | None = None,
        nodes: Sequence[BaseNode] | None = None,
        documents: Sequence[Document] | None = None,
        settings: C | None = None,
        streaming: bool = False,
        node_postprocessors: list[BaseNodePostprocessor] | None = None,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        synthesizer = self._synthesizer_class(
            local,
            remote,
            settings=settings,
            streaming=streaming,
            callback_manager=callback_manager,
        )
        super().__init__(
            retriever=_source(retriever, nodes, documents, synthesizer.callback_manager),
            response_synthesizer=synthesizer,
            node_postprocessors=node_postprocessors,
            callback_manager=synthesizer.callback_manager,
        )

    @classmethod
    def from_documents(
        cls,
        documents: Sequence[Document],
        *,
        local: LLM | Model,
        **options: Unpack[EngineOptions[C]],
    ) -> Self:
        """An engine that reads documents, each of them one source node with its whole text."""
        return cls(local, documents=documents, **options)

    @classmethod
    def from_nodes(
        cls, nodes: Sequence[BaseNode], *, local: LLM | Model, **options: Unpack[EngineOptions[C]]
    ) -> Self:
        """An engine that reads nodes; those cut from one text are put together for reading."""
        return cls(local, nodes=nodes, **options)

    @classmethod
    def from_retriever(
        cls, retriever: BaseRetriever, *, local: LLM | Model, **options: Unpack[EngineOptions[C]]
    ) -> Self:
        """An engine that reads what `retriever` finds for a question."""
        return cls(local, retriever=retriever, **options)

    @classmethod
    def from_args(cls, retriever: BaseRetriever, *args: Any, **kwargs: Any) -> Self:
        """`from_retriever`, under the name other query engines have for it; by keyword only."""
        if args:
            raise UsageError("from_args: pass everything but the retriever by keyword")
        return cls.from_retriever(retriever, **kwargs)


class MinionsQueryEngine(ProtocolQueryEngine[MinionsConfig]):
    """Answers by MinionS: the remote LLM plans, the local one reads, the evidence goes back.

    engine = MinionsQueryEngine.from_documents(
        documents, local=Ollama("llama3.2"), remote=OpenAI("gpt-4o")
    )
    response = engine.query("What was FY2023 capital expenditure?")
    print(response, response.metadata["minions"]["citations"])
    """

    _synthesizer_class = MinionsSynthesizer


class MinionQueryEngine(ProtocolQueryEngine[MinionConfig]):
    """Answers by Minion: the local LLM has all nodes before it, and the remote one questions it.

    For what fits the local LLM's window; `MinionConfig(overflow="search")` reads the best part.
    """

    _synthesizer_class = MinionSynthesizer


class _AllNodes(BaseRetriever):
    """Finds the same nodes for every question."""

    def __init__(self, nodes: Sequence[BaseNode], callback_manager: CallbackManager) -> None:
        super().__init__(callback_manager)  # pyright: ignore[reportUnknownMemberType]  # a bare Dict
        self._nodes = nodes

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:  # noqa: ARG002  # all alike
        return [NodeWithScore(node=node) for node in self._nodes]


def _source(
    retriever: BaseRetriever | None,
    nodes: Sequence[BaseNode] | None,
    documents: Sequence[Document] | None,
    callback_manager: CallbackManager,
) -> BaseRetriever:
    if [retriever, nodes, documents].count(None) != 2:  # noqa: PLR2004  # of the three
        raise UsageError("pass exactly one of retriever, nodes and documents")
    if retriever is not None:
        return retriever
    whole = [_whole(document) for document in documents or ()]
    return _AllNodes([*(nodes or ()), *whole], callback_manager)


def _whole(document: Document) -> TextNode:
    """A document as one node with its id, since a source node is expected to be a `TextNode`."""
    return TextNode(
        id_=document.node_id,
        text=document.get_content(metadata_mode=MetadataMode.NONE),
        metadata=document.metadata,
        excluded_llm_metadata_keys=document.excluded_llm_metadata_keys,
        excluded_embed_metadata_keys=document.excluded_embed_metadata_keys,
        relationships={NodeRelationship.SOURCE: document.as_related_node_info()},
    )
