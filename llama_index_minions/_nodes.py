"""Nodes as documents to read, and passages of those documents as places in nodes again.

Readers and splitters hand out a file in pieces: a node a page, a node a thousand tokens, often
overlapping. The core reads best what is whole, so pieces of one source are put together again,
each of them keeping its own text:

- pieces that overlap or touch, by their `start_char_idx`, are joined without the repetition;
- consecutive pages, by a numeric `page_label`, are parted by a form feed, so that pages are known;
- other pieces of one source are parted by a blank line, in the order of their place in it;
- where a page is missing between two, a new document begins.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llama_index.core.schema import MetadataMode, NodeWithScore, TextNode

from minions_core.documents import PAGE_BREAK, Document, Span

if TYPE_CHECKING:
    from llama_index.core.schema import BaseNode

    from minions_core.result import Citation

_BETWEEN_PIECES = "\n\n"
_RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")


@dataclass(frozen=True, slots=True)
class Piece:
    """A node, and where its text stands in the document it became part of.

    Attributes:
        node: the node as it was given.
        text: its text, without metadata; the document holds it at `span`.
        start: the first character of it in the document.
    """

    node: NodeWithScore
    text: str
    start: int = 0

    @property
    def span(self) -> Span:
        """Where the text stands in the document."""
        return Span(self.start, self.start + len(self.text))

    @property
    def page(self) -> int | None:
        """The number of its page, if it has one that is a number."""
        label = str(_metadata(self.node.node).get("page_label", ""))
        return int(label) if label.isdecimal() else None

    @property
    def place(self) -> int | None:
        """Its first character in the text that was split, if the splitter told."""
        node = self.node.node
        return node.start_char_idx if isinstance(node, TextNode) else None


@dataclass(frozen=True, slots=True)
class Place:
    """A passage of a node.

    Attributes:
        node: the node.
        span: the passage in the node's own text, or None if only the node is known.
    """

    node: NodeWithScore
    span: Span | None


@dataclass(frozen=True, slots=True)
class Reading:
    """What a run is given to read, and what nodes it was made of.

    Attributes:
        documents: the documents, in the order in which their sources first appear.
        pieces: for each document, its pieces from first to last.
    """

    documents: tuple[Document, ...]
    pieces: tuple[tuple[Piece, ...], ...]

    @classmethod
    def of(cls, nodes: Iterable[NodeWithScore]) -> Reading:
        """Put `nodes` together to documents; those without text are left out."""
        sources: dict[str, list[Piece]] = {}
        for node in nodes:
            text = node.node.get_content(metadata_mode=MetadataMode.NONE)
            if text.strip():
                sources.setdefault(_source(node.node), []).append(Piece(node, text))
        runs = [run for pieces in sources.values() for run in _runs(_in_order(pieces))]
        joined = [_joined(run) for run in runs]
        return cls(
            documents=tuple(
                _document(text, pieces[0], number)
                for number, (text, pieces) in enumerate(joined, 1)
            ),
            pieces=tuple(pieces for _, pieces in joined),
        )

    def place(self, citation: Citation) -> Place | None:
        """Where a citation stands in the nodes, or None if that cannot be told.

        A passage that runs over the edge of a node is placed in the node that holds most of it.
        """
        pieces = self.pieces[citation.document_index]
        if citation.start is None or citation.end is None:
            return Place(pieces[0].node, None) if len(pieces) == 1 else None
        passage = Span(citation.start, citation.end)
        best = max(pieces, key=lambda piece: len(_common(piece.span, passage)))
        common = _common(best.span, passage)
        return Place(best.node, common.shifted(-best.start)) if common else None


def _common(one: Span, other: Span) -> Span:
    start = max(one.start, other.start)
    return Span(start, max(start, min(one.end, other.end)))


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


def _document(text: str, first: Piece, number: int) -> Document:
    node = first.node.node
    return Document(text, name=_name(node, number), metadata=_metadata(node), first_page=first.page)


def _in_order(pieces: Sequence[Piece]) -> list[Piece]:
    """By page, then by the text they were split from, then by the place in it."""
    texts: dict[str | None, int] = {}
    for piece in pieces:
        texts.setdefault(piece.node.node.ref_doc_id, len(texts))
    return sorted(
        pieces,
        key=lambda piece: (piece.page or 0, texts[piece.node.node.ref_doc_id], piece.place or 0),
    )


def _runs(pieces: Iterable[Piece]) -> Iterator[list[Piece]]:
    """Pieces that make one document each."""
    run: list[Piece] = []
    for piece in pieces:
        if run and _separator(run[-1], piece) is None:
            yield run
            run = []
        run.append(piece)
    if run:
        yield run


def _separator(before: Piece, piece: Piece) -> str | None:
    """What stands between two pieces of a source; None if they do not belong together."""
    if before.page is None and piece.page is None:
        return _BETWEEN_PIECES
    if before.page is None or piece.page is None or PAGE_BREAK in before.text:
        return None
    return {0: _BETWEEN_PIECES, 1: PAGE_BREAK}.get(piece.page - before.page)


def _joined(run: Sequence[Piece]) -> tuple[str, tuple[Piece, ...]]:
    text, placed = run[0].text, [run[0]]
    for piece in run[1:]:
        start = _overlapping(text, placed[-1], piece)
        if start is None:
            text += _separator(placed[-1], piece) or ""
            start = len(text)
        text += piece.text[len(text) - start :]
        placed.append(Piece(piece.node, piece.text, start))
    return text, tuple(placed)


def _overlapping(text: str, before: Piece, piece: Piece) -> int | None:
    """Where `piece` begins inside `text`, if it repeats or touches the end of it; else None."""
    if before.place is None or piece.place is None or before.page != piece.page:
        return None
    if before.node.node.ref_doc_id != piece.node.node.ref_doc_id:
        return None
    start = before.start + piece.place - before.place
    rest = text[start:]
    agrees = piece.text.startswith(rest) or rest.startswith(piece.text)
    return start if start <= len(text) and agrees else None
