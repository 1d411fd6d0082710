"""Where the nodes of an engine come from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, cast

from llama_index.core.base.base_retriever import BaseRetriever
from llama_index.core.schema import (
    BaseNode,
    Document,
    MetadataMode,
    NodeRelationship,
    NodeWithScore,
    QueryBundle,
    RelatedNodeInfo,
    TextNode,
)

from minions_core.errors import UsageError
from minions_core.models import well_formed

if TYPE_CHECKING:
    from llama_index.core.callbacks import CallbackManager

_CHANGEABLE = (
    "metadata",
    "excluded_llm_metadata_keys",
    "excluded_embed_metadata_keys",
    "relationships",
)


class AllNodes(BaseRetriever):
    """Finds the same nodes for every question.

    It hands out copies, since postprocessors may give nodes other scores, texts and metadata.
    """

    def __init__(self, nodes: Sequence[BaseNode], callback_manager: CallbackManager) -> None:
        super().__init__(callback_manager)  # pyright: ignore[reportUnknownMemberType]  # a bare Dict
        self.nodes = [NodeWithScore(node=node) for node in nodes]

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:  # noqa: ARG002  # all alike
        return [NodeWithScore(node=_copied(each.node)) for each in self.nodes]


def source(
    retriever: BaseRetriever | None,
    nodes: Sequence[BaseNode] | None,
    documents: Sequence[Document] | None,
    callback_manager: CallbackManager,
) -> BaseRetriever:
    """What finds the nodes for a question: a retriever, or all of some nodes or documents.

    Raises:
        UsageError: not exactly one of them is given, or it is not what its name says, or nodes
            of different texts have one id.
    """
    if [retriever, nodes, documents].count(None) != 2:  # noqa: PLR2004  # of the three
        raise UsageError("pass exactly one of retriever, nodes and documents")
    if retriever is not None:
        return _checked_retriever(retriever)
    if nodes is not None:
        return AllNodes(as_nodes(checked(nodes, "nodes", BaseNode)), callback_manager)
    return AllNodes(as_nodes(checked(documents, "documents", Document)), callback_manager)


def as_nodes(given: Iterable[BaseNode]) -> list[BaseNode]:
    """Nodes as they can be source nodes: a document as one node with its id and its whole text.

    What is given twice is there once.

    Raises:
        UsageError: two have one id and different texts: LlamaIndex's retrievers drop one of them.
    """
    known: dict[str, BaseNode] = {}
    for node in given:
        first = known.setdefault(node.node_id, node)
        if _text(first) != _text(node):
            raise UsageError(
                f"two different texts have the id {node.node_id!r}: give each an id of its own"
            )
    return [_whole(node) if isinstance(node, Document) else node for node in known.values()]


def _checked_retriever(given: object) -> BaseRetriever:
    if isinstance(given, BaseRetriever):
        return given
    advice = (
        "pass what its as_retriever() returns, or use from_index"
        if hasattr(given, "as_retriever")
        else "pass a BaseRetriever"
    )
    raise UsageError(f"retriever is a {type(given).__name__}: {advice}")


def checked(given: object, name: str, wanted: type[Any]) -> list[Any]:
    """What was given, if it is a list of such nodes.

    Raises:
        UsageError: it is not.
    """
    if isinstance(given, BaseNode | str) or not isinstance(given, Iterable):
        raise UsageError(f"{name} is a {type(given).__name__}: pass a list of {wanted.__name__}s")
    listed = list(cast("Iterable[object]", given))
    for each in listed:
        if not isinstance(each, wanted):
            raise UsageError(f"{name} holds a {type(each).__name__}: {_advice(each, wanted)}")
    return listed


def _advice(each: object, wanted: type[BaseNode]) -> str:
    if isinstance(each, str):
        made = "Document" if wanted is Document else "TextNode"
        return f"make it a {made}(text=...)"
    if isinstance(each, NodeWithScore):
        return "pass its `node`"
    if isinstance(each, BaseNode):
        return "pass it as one of `nodes`"
    return f"pass LlamaIndex's {wanted.__name__}s"


def _text(node: BaseNode) -> str:
    return node.get_content(metadata_mode=MetadataMode.NONE)


def _copied(node: BaseNode) -> BaseNode:
    """A node of which nothing that can be changed in place is the given one's."""
    return node.model_copy(update={name: _apart(getattr(node, name)) for name in _CHANGEABLE})


def _apart(value: object) -> Any:
    """A copy down to what is no list or mapping: metadata may hold what cannot be copied."""
    if isinstance(value, dict):
        return {key: _apart(each) for key, each in cast("dict[object, object]", value).items()}
    if isinstance(value, list):
        return [_apart(each) for each in cast("list[object]", value)]
    if isinstance(value, RelatedNodeInfo):
        return value.model_copy(update={"metadata": _apart(cast("object", value.metadata))})
    return value


def _readable(document: Document) -> Document:
    """A document of which LlamaIndex can make a hash: it cannot where a surrogate is alone."""
    text = _text(document)
    if well_formed(text) == text:
        return document
    readable = document.model_copy()
    readable.set_content(well_formed(text))
    return readable


def _whole(document: Document) -> TextNode:
    """A document as a `TextNode`, as which LlamaIndex's own classes treat source nodes."""
    document = _readable(document)
    return TextNode(
        id_=document.node_id,
        text=_text(document),
        metadata=document.metadata,
        excluded_llm_metadata_keys=document.excluded_llm_metadata_keys,
        excluded_embed_metadata_keys=document.excluded_embed_metadata_keys,
        relationships={NodeRelationship.SOURCE: document.as_related_node_info()},
    )
