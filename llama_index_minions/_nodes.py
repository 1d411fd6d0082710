"""Nodes as documents to read, and passages of those documents as places in nodes again.

Readers and splitters hand out a file in pieces: a node a page, a node a thousand tokens, often
overlapping. Nodes of one source are put in the order of their numeric `page_label` and their
`start_char_idx`, and joined to documents as `minions_core.documents.joined` tells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llama_index.core.schema import Document as LlamaIndexDocument
from llama_index.core.schema import MetadataMode, NodeWithScore, TextNode

from minions_core.documents import Document, Joined, Piece, Span, joined

if TYPE_CHECKING:
    from llama_index.core.schema import BaseNode

    from minions_core.result import Citation

_RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Place:
    """A passage of a node.

    Attributes:
        node: the node.
        span: the passage in the node's own text, or None if only the node is known.
    """

    node: NodeWithScore
    span: Span | None

    @property
    def page_label(self) -> str | None:
        """The page as the reader of the document labelled it, such as `iv`; None if it did not."""
        label = _metadata(self.node.node).get("page_label")
        return None if label is None else str(label)

    @property
    def in_document(self) -> Span | None:
        """The passage in the text of the document the node was cut from; None if not known."""
        start = _start_in_document(self.node.node)
        return None if self.span is None or start is None else self.span.shifted(start)


@dataclass(frozen=True, slots=True)
class Reading:
    """What a run is given to read, and what nodes it was made of.

    Attributes:
        documents: the documents, in the order in which their sources first appear.
        parts: for each document, its nodes from first to last.
    """

    documents: tuple[Document, ...]
    parts: tuple[Joined[NodeWithScore], ...]

    @classmethod
    def of(cls, nodes: Iterable[NodeWithScore]) -> Reading:
        """Put `nodes` together to documents; those without text are left out."""
        sources: dict[str, list[Piece[NodeWithScore]]] = {}
        for node in nodes:
            piece = _piece(node)
            if piece.text.strip():
                sources.setdefault(_source(node.node), []).append(piece)
        parts = [part for pieces in sources.values() for part in joined(_in_order(pieces))]
        documents = (_document(part, number) for number, part in enumerate(parts, 1))
        return cls(tuple(documents), tuple(parts))

    def place(self, citation: Citation) -> Place | None:
        """Where a citation stands in the nodes, or None if that cannot be told.

        A passage that runs over the edge of a node is placed in the node that holds most of it.
        """
        if citation.document_index is None:
            return None
        part = self.parts[citation.document_index]
        if citation.start is None or citation.end is None:
            return Place(part.pieces[0].given, None) if len(part.pieces) == 1 else None
        found = part.place_of(Span(citation.start, citation.end))
        return Place(part.pieces[found[0]].given, found[1]) if found else None


def _start_in_document(node: BaseNode) -> int | None:
    """Where a node begins in its document, if its text stands there as it is."""
    if isinstance(node, LlamaIndexDocument) or node.ref_doc_id == node.node_id:
        return 0
    if not isinstance(node, TextNode) or node.start_char_idx is None:
        return None
    size = len(node.get_content(metadata_mode=MetadataMode.NONE))
    return node.start_char_idx if node.end_char_idx == node.start_char_idx + size else None


def _metadata(node: BaseNode) -> dict[str, Any]:
    return node.metadata


def _source(node: BaseNode) -> str:
    """What pieces of one source have in common."""
    metadata = _metadata(node)
    told = metadata.get("file_path") or metadata.get("file_name")
    return str(told or node.ref_doc_id or node.node_id)


def _name(node: BaseNode, number: int) -> str:
    """What people call it; an id that was made up by chance tells nobody anything."""
    metadata = _metadata(node)
    told = metadata.get("file_name") or metadata.get("title")
    own = node.ref_doc_id or node.node_id
    return str(told or (f"document {number}" if _RANDOM_ID.fullmatch(own) else own))


def _piece(given: NodeWithScore) -> Piece[NodeWithScore]:
    node = given.node
    label = str(_metadata(node).get("page_label", ""))
    return Piece(
        given,
        node.get_content(metadata_mode=MetadataMode.NONE),
        page=int(label) if label.isdecimal() else None,
        origin=node.ref_doc_id,
        place=node.start_char_idx if isinstance(node, TextNode) else None,
    )


def _document(part: Joined[NodeWithScore], number: int) -> Document:
    first = part.pieces[0]
    node = first.given.node
    return Document(
        part.text, name=_name(node, number), metadata=_metadata(node), first_page=first.page
    )


def _in_order(pieces: Iterable[Piece[NodeWithScore]]) -> list[Piece[NodeWithScore]]:
    """By page, then by the text they were split from, then by the place in it."""
    texts: dict[object, int] = {}
    return sorted(
        pieces,
        key=lambda piece: (
            piece.page or 0,
            texts.setdefault(piece.origin, len(texts)),
            piece.place or 0,
        ),
    )
