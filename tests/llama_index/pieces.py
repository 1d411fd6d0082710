"""Nodes as readers and splitters hand them out, and what becomes of them."""

from llama_index.core import Document
from llama_index.core.schema import NodeRelationship, NodeWithScore, TextNode

from llama_index_minions._nodes import Reading


def scored(text: str, source: str | None = None, start: int | None = None, **metadata):
    """A node as found: of a text with the id `source`, in which it begins at `start`."""
    relationships = {}
    if source is not None:
        relationships[NodeRelationship.SOURCE] = Document(id_=source).as_related_node_info()
    node = TextNode(text=text, metadata=metadata, start_char_idx=start, relationships=relationships)
    return NodeWithScore(node=node)


def page(label: object, text: str | None = None, source: str | None = None, **metadata):
    """A page of `10-K.pdf`."""
    told = f"page {label}" if text is None else text
    return scored(told, source, **({"file_name": "10-K.pdf", "page_label": label} | metadata))


def texts(nodes) -> list[str]:
    return [document.text for document in Reading.of(nodes).documents]


def names(nodes) -> list[str]:
    return [document.name for document in Reading.of(nodes).documents]


def texts_in_place(nodes: list[NodeWithScore]) -> list[tuple[str, NodeWithScore]]:
    """What stands in the documents made of some nodes where each node is said to stand."""
    reading = Reading.of(nodes)
    return [
        (document.text[span.start : span.end], piece.given)
        for document, part in zip(reading.documents, reading.parts, strict=True)
        for span, piece in zip(part.spans, part.pieces, strict=True)
    ]
