"""Nodes as documents to read, and passages of those documents as places in nodes again.

Readers and splitters hand out a file in pieces: a node a page, a node a thousand tokens, often
overlapping. Nodes of one source are put in the order of their `page_label` and their
`start_char_idx`, and joined to documents as `minions_core.documents.joined` tells. Pages that were
not found, or are blank, count as empty ones, so that the pages a search finds in one file are one
document with the numbers they have in the file.

A name tells the remote model which document is which, so it leaves with the outline. It is the
`file_name` or the `title`, unless `excluded_llm_metadata_keys` holds that key. With every file it
reads `SimpleDirectoryReader` excludes `file_name` along with size and dates: where that whole list
is excluded, nobody has decided about the name. Of an id that is a path or an address, only the last
part leaves.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from llama_index.core.schema import Document as LlamaIndexDocument
from llama_index.core.schema import MetadataMode, NodeWithScore, TextNode

from minions_core.documents import Document, Joined, Piece, Span, joined

if TYPE_CHECKING:
    from llama_index.core.schema import BaseNode

    from minions_core.result import Citation

_RANDOM_ID = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
_ROMAN_NUMBER = re.compile(r"[ivxlcdm]+", re.IGNORECASE)
_NAMES = ("file_name", "title")
_EXCLUDED_BY_READERS = frozenset(
    {
        "file_name",
        "file_type",
        "file_size",
        "creation_date",
        "last_modified_date",
        "last_accessed_date",
    }
)
_MOST_DIGITS = 9
_MOST_MISSING_PAGES = 500


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
        return _label(self.node.node)

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
        documents: list[Document] = []
        parts: list[Joined[NodeWithScore]] = []
        for source in _sources(map(_piece, nodes)):
            told = [piece for piece in _in_order(source) if piece.text.strip()]
            of_it = joined(told, _MOST_MISSING_PAGES)
            for part in of_it:
                parts.append(part)
                documents.append(_document(part, len(parts), whole=len(of_it) == 1))
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


def _label(node: BaseNode) -> str | None:
    label = _metadata(node).get("page_label")
    return None if label is None else str(label)


def _sources(pieces: Iterable[Piece[NodeWithScore]]) -> Iterator[list[Piece[NodeWithScore]]]:
    """Pieces of one source together, in the order in which the sources first appear."""
    sources: dict[tuple[str, str], list[Piece[NodeWithScore]]] = {}
    for piece in pieces:
        sources.setdefault(_source(piece.given.node), []).append(piece)
    for (told_by, _), together in sources.items():
        yield from _files(together) if told_by == "file_name" else [together]


def _origin(node: BaseNode) -> str | None:
    """The id of the text a node was cut out of, or is the whole of."""
    return node.ref_doc_id or (node.node_id if isinstance(node, LlamaIndexDocument) else None)


def _source(node: BaseNode) -> tuple[str, str]:
    """What pieces of one source have in common, and what tells it.

    Readers of paged files make every page a document of its own, which says nothing of the file.
    """
    metadata, of = _metadata(node), _origin(node)
    path, name = metadata.get("file_path"), metadata.get("file_name")
    if path:
        return "file_path", str(path)
    if name and (_label(node) or not of):
        return "file_name", str(name)
    return "id", of or node.node_id


def _files(pieces: Sequence[Piece[NodeWithScore]]) -> list[list[Piece[NodeWithScore]]]:
    """Pieces of files of one name, by file.

    They are of several files if one page is of two texts, or one of the texts has several pages.
    """
    pages: dict[object, set[str | None]] = {}
    texts: dict[str | None, set[object]] = {}
    for piece in pieces:
        label = _label(piece.given.node)
        pages.setdefault(piece.origin, set()).add(label)
        texts.setdefault(label, set()).add(piece.origin)
    if any(len(labels) > 1 for labels in pages.values()):
        return _told_apart(pieces, texts_are_pages=False)
    if any(len(origins) > 1 for origins in texts.values()):
        return _told_apart(pieces, texts_are_pages=True)
    return [list(pieces)]


def _told_apart(
    pieces: Iterable[Piece[NodeWithScore]], *, texts_are_pages: bool
) -> list[list[Piece[NodeWithScore]]]:
    """Pieces of one text together and, if texts are pages, those that follow each other as given.

    Of other pages nothing tells which file they are of: they stay apart.
    """
    files: list[list[Piece[NodeWithScore]]] = []
    known: dict[object, list[Piece[NodeWithScore]]] = {}
    for piece in pieces:
        if piece.origin not in known:
            if not (files and texts_are_pages and _is_next_page(files[-1][-1], piece)):
                files.append([])
            known[piece.origin] = files[-1]
        known[piece.origin].append(piece)
    return files


def _is_next_page(before: Piece[NodeWithScore], piece: Piece[NodeWithScore]) -> bool:
    return before.page is not None and piece.page == before.page + 1


def _name(node: BaseNode, number: int) -> str:
    """What people call it, as far as its owner lets the models know.

    An id that was made up by chance tells nobody anything, and one that names a file tells what
    its owner hides with the file's name.
    """
    names = {key: str(told) for key in _NAMES if (told := _metadata(node).get(key))}
    hidden = _hidden(node).intersection(names)
    told = [name for key, name in names.items() if key not in hidden]
    if not names:
        told = [_telling(node.ref_doc_id or node.node_id)]
    return (told[0] if told else "") or f"document {number}"


def _hidden(node: BaseNode) -> set[str]:
    """The keys of metadata that the owner, and not a reader of files, keeps from models."""
    excluded = set(node.excluded_llm_metadata_keys)
    return excluded - {"file_name"} if excluded >= _EXCLUDED_BY_READERS else excluded


def _telling(identity: str) -> str:
    """What of an id may be told: of a path or an address its last part, of a random one nothing."""
    path = re.split(r"[?#]", identity)[0] if "://" in identity else identity
    last = re.split(r"[/\\]", path.rstrip("/\\"))[-1]
    return "" if _RANDOM_ID.fullmatch(last) else last


def _piece(given: NodeWithScore) -> Piece[NodeWithScore]:
    node = given.node
    return Piece(
        given,
        node.get_content(metadata_mode=MetadataMode.NONE),
        page=_page(_label(node) or ""),
        origin=_origin(node),
        place=node.start_char_idx if isinstance(node, TextNode) else None,
    )


def _page(label: str) -> int | None:
    return int(label) if label.isdecimal() and len(label) <= _MOST_DIGITS else None


def _document(part: Joined[NodeWithScore], number: int, *, whole: bool) -> Document:
    first = part.pieces[0]
    node = first.given.node
    name = _name(node, number)
    return Document(
        part.text,
        name=name if whole else f"{name}{_pages(part)}",
        metadata=_metadata(node),
        first_page=first.page,
    )


def _pages(part: Joined[NodeWithScore]) -> str:
    """What tells a part of a source from the others, if it has page labels."""
    first, last = (_label(part.pieces[at].given.node) for at in (0, -1))
    if not first or not last:
        return ""
    return f", p. {first}" if first == last else f", p. {first} to {last}"


def _in_order(pieces: Iterable[Piece[NodeWithScore]]) -> list[Piece[NodeWithScore]]:
    """By page, then by the text they were split from, then by the place in it."""
    texts: dict[object, int] = {}
    return sorted(
        pieces,
        key=lambda piece: (
            _matter(piece),
            piece.page or 0,
            texts.setdefault(piece.origin, len(texts)),
            piece.place or 0,
        ),
    )


def _matter(piece: Piece[NodeWithScore]) -> int:
    """Front matter, which has Roman numbers, comes before the numbered pages, all else after."""
    if piece.page is not None:
        return 1
    return 0 if _ROMAN_NUMBER.fullmatch(_label(piece.given.node) or "") else 2
