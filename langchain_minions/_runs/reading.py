"""LangChain documents as texts to read, and passages of those texts as places in them again.

Loaders hand out a file as a document a page, and splitters as several a page. Neighbours in the
list that are known to follow each other in their source are joined, as
`minions_core.documents.joined` tells: consecutive pages, parts of one page, and, where pages are
not known, parts with a growing `start_index`. All others stay apart, as rows of a table and finds
of a search do, and so do strings.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import PureWindowsPath
from typing import Any, NamedTuple, TypeAlias

from langchain_core.documents import Document as LangChainDocument

from minions_core.documents import Document, Joined, Piece, Span, joined
from minions_core.errors import UsageError
from minions_core.result import Citation

CoreText: TypeAlias = str | Document
Source: TypeAlias = CoreText | Joined[LangChainDocument]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a run is given to read, and what it was made of.

    Attributes:
        texts: what the core reads, in the caller's order.
        sources: for each, the LangChain documents joined in it, or the text itself if it is read
            as it was given.
    """

    texts: tuple[CoreText, ...]
    sources: tuple[Source, ...]

    @classmethod
    def of(cls, given: Iterable[object]) -> Reading:
        """Take strings and core documents as they are, and join LangChain documents.

        Raises:
            UsageError: something is neither a string nor a document.
        """
        sources: list[Source] = []
        for run in _runs(given):
            sources.extend(joined(run) if isinstance(run, list) else [run])
        named = (_unnamed(number, len(sources)) for number in range(1, len(sources) + 1))
        texts = map(_text, sources, named)
        return cls(tuple(texts), tuple(sources))

    def evidence(self, citation: Citation) -> LangChainDocument:
        """A passage as a LangChain document: the quote, with the metadata of where it stands.

        The `id` of the document given, if it has one, is `document_id` among the metadata: several
        passages may come from one.
        """
        origin, found = self._found(citation)
        place = {
            "document": found.document,
            "start": found.start,
            "end": found.end,
            "page": found.page,
            "number": found.number,
            "check": found.check,
        }
        known = {key: value for key, value in place.items() if value is not None}
        return LangChainDocument(found.quote, metadata={**place, **origin, **known})

    def _found(self, citation: Citation) -> tuple[Mapping[str, Any], Citation]:
        """The metadata of the document that was given and holds a passage, and its place in that.

        A passage over the edge of a document is placed in the one that holds most of it. What
        stands nowhere has the metadata that all documents joined with its own share.
        """
        if citation.document_index is None:
            return {}, citation
        text = self.texts[citation.document_index]
        source = self.sources[citation.document_index]
        if isinstance(text, str):
            return {}, citation
        if not isinstance(source, Joined):
            return text.metadata, citation
        held = source.place_of(Span(citation.start or 0, citation.end or 0))
        if held is None:
            return text.metadata, replace(citation, start=None, end=None)
        index, span = held
        page = text.page_at(source.starts[index] + span.start)
        given = source.pieces[index].given
        origin = {"document_id": given.id, **_metadata(given)} if given.id else _metadata(given)
        return origin, replace(citation, start=span.start, end=span.end, page=page)


class _Origin(NamedTuple):
    """What tells a page from others: its source, its number as printed, and as loaders count."""

    source: str
    page: int | None
    loaded_as: int | None


def _runs(given: Iterable[object]) -> list[CoreText | list[Piece[LangChainDocument]]]:
    """Documents that follow each other in their source together, all else alone."""
    runs: list[CoreText | list[Piece[LangChainDocument]]] = []
    for item in given:
        if isinstance(item, str | Document):
            runs.append(item)
            continue
        piece = _piece(item)
        last = runs[-1] if runs else None
        if isinstance(last, list) and _goes_on(last[-1], piece):
            last.append(piece)
        else:
            runs.append([piece])
    return runs


def _piece(given: object) -> Piece[LangChainDocument]:
    if not isinstance(given, LangChainDocument):
        raise UsageError(
            "a context is made of strings and LangChain Documents, "
            f"not of {type(given).__name__} objects"
        )
    origin = _origin(given)
    place = _whole(_metadata(given).get("start_index"))
    return Piece(given, given.page_content, page=origin.page, origin=origin, place=place)


def _metadata(given: LangChainDocument) -> dict[str, Any]:
    return given.metadata


def _origin(given: LangChainDocument) -> _Origin:
    metadata = _metadata(given)
    loaded_as = _whole(metadata.get("page"))
    label = str(metadata.get("page_label") or "")
    # Loaders count pages from 0. People look for the printed number, where it is a number.
    from_one = None if loaded_as is None else loaded_as + 1
    page = int(label) if label.isdecimal() else from_one
    return _Origin(str(metadata.get("source") or ""), page, loaded_as)


def _whole(number: object) -> int | None:
    # Splitters say -1 where they did not find a part in the text it came from.
    return number if isinstance(number, int) and number >= 0 else None


def _goes_on(before: Piece[LangChainDocument], piece: Piece[LangChainDocument]) -> bool:
    """Whether a document is known to follow another in their source."""
    one, other = _origin(before.given), _origin(piece.given)
    if not one.source or one.source != other.source:
        return False
    if one != other:
        uncounted = one.loaded_as is None and other.loaded_as is None
        adjacent = uncounted or _is_next(one.loaded_as, other.loaded_as)
        return adjacent and _is_next(one.page, other.page)
    if before.place is not None and piece.place is not None:
        return before.place < piece.place
    return one.page is not None


def _is_next(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and other == one + 1


def _unnamed(number: int, of: int) -> str:
    return "document" if of == 1 else f"document {number}"


def _text(source: Source, unnamed: str) -> CoreText:
    """A text as the core reads it: its name from `source` or `title`, its page from `page`."""
    if not isinstance(source, Joined):
        return source
    shared = _shared([_metadata(piece.given) for piece in source.pieces])
    return Document(
        source.text,
        name=_name(shared) or unnamed,
        metadata=shared,
        first_page=source.pieces[0].page,
    )


def _shared(metadata: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What is the same in all of them."""
    first, *others = metadata
    missing = object()
    return {
        key: value
        for key, value in first.items()
        if all(other.get(key, missing) == value for other in others)
    }


def _name(metadata: Mapping[str, Any]) -> str:
    source = str(metadata.get("source") or "")
    # A web address stays whole; of a path only the file name is anybody else's business.
    named = source if "://" in source else PureWindowsPath(source).name
    return named or str(metadata.get("title") or "")
