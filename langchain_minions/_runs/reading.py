"""LangChain documents as texts to read, and passages of those texts as places in them again.

Loaders hand out a file as a document a page, and splitters as several a page. Neighbours in the
list that are known to follow each other in their source are joined, as
`minions_core.documents.joined` tells: consecutive pages, parts of one page, and, where pages are
not known, parts with a growing `start_index`. All others stay apart, as rows of a table and finds
of a search do, and so do strings. What is given twice, as by a search that asks in several ways, is
read once.

Loaders count `page` from 0 and `page_number` from 1; `page_label` is what is printed on the page.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple, TypeAlias

from langchain_core.documents import Document as LangChainDocument

from langchain_minions._runs.names import names_of
from minions_core.documents import Document, Joined, Piece, Span, joined
from minions_core.errors import UsageError
from minions_core.result import Citation

CoreText: TypeAlias = str | Document
Source: TypeAlias = CoreText | Joined[LangChainDocument]


@dataclass(frozen=True, slots=True)
class Reading:
    """What a run is given to read, and what it was made of.

    Attributes:
        texts: what the core reads, in the caller's order, repetitions left out.
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
        for run in _runs(_once(given)):
            sources.extend(joined(run) if isinstance(run, list) else [run])
        return cls(tuple(_texts(sources)), tuple(sources))

    def evidence(self, citation: Citation) -> LangChainDocument:
        """A passage as a LangChain document: the quote, with the metadata of where it stands.

        What the document says of itself comes back as it was; ours are the keys it leaves free. Its
        `id`, if it has one, is `document_id` among them: several passages may come from one. Of a
        passage that was evidence before, the place and number are told anew.
        """
        origin, found = self._found(citation)
        place = {
            "document": found.document,
            "start": found.start,
            "end": found.end,
            "page_label": None if found.page is None else str(found.page),
            "number": found.number,
            "check": found.check,
        }
        if place.keys() <= origin.keys():
            origin = {key: value for key, value in origin.items() if key not in _TOLD_ANEW}
        return LangChainDocument(found.quote, metadata={**place, **origin})

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


_TOLD_ANEW = ("document", "start", "end", "number", "check")


class _Origin(NamedTuple):
    """What tells a page from others: its source, its number as printed, and as counted from 1."""

    source: str
    page: int | None
    counted: int | None


def _once(given: Iterable[object]) -> list[object]:
    """All but strings, and documents of the same text and metadata, that were there before."""
    kept: list[object] = []
    known: set[tuple[str, str]] = set()
    for item in given:
        if isinstance(item, str | LangChainDocument):
            # Values of metadata, such as arrays, may be neither hashable nor comparable.
            same = (
                (item, "") if isinstance(item, str) else (item.page_content, repr(_metadata(item)))
            )
            if same in known:
                continue
            known.add(same)
        kept.append(item)
    return kept


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
    counted, from_zero = _whole(metadata.get("page_number")), _whole(metadata.get("page"))
    if counted is None and from_zero is not None:
        counted = from_zero + 1
    label = str(metadata.get("page_label") or "")
    # People look for the printed number, where it is a number.
    page = int(label) if label.isdecimal() else counted
    return _Origin(str(metadata.get("source") or ""), page, counted)


def _whole(number: object) -> int | None:
    # Splitters say -1 where they did not find a part in the text it came from.
    return number if isinstance(number, int) and number >= 0 else None


def _goes_on(before: Piece[LangChainDocument], piece: Piece[LangChainDocument]) -> bool:
    """Whether a document is known to follow another in their source."""
    one, other = _origin(before.given), _origin(piece.given)
    if not one.source or one.source != other.source:
        return False
    if one != other:
        uncounted = one.counted is None and other.counted is None
        adjacent = uncounted or _is_next(one.counted, other.counted)
        return adjacent and _is_next(one.page, other.page)
    if before.place is not None and piece.place is not None:
        return before.place < piece.place
    return one.page is not None


def _is_next(one: int | None, other: int | None) -> bool:
    return one is not None and other is not None and other == one + 1


def _texts(sources: Sequence[Source]) -> Iterator[CoreText]:
    """Texts as the core reads them: names from `source` or `title`, pages as `_origin` has them."""
    named = names_of(_source(source) for source in sources if isinstance(source, Joined))
    for number, source in enumerate(sources, 1):
        if not isinstance(source, Joined):
            yield source
            continue
        shared = _shared([_metadata(piece.given) for piece in source.pieces])
        unnamed = "document" if len(sources) == 1 else f"document {number}"
        yield Document(
            source.text,
            name=named[_source(source)] or str(shared.get("title") or "") or unnamed,
            metadata=shared,
            first_page=source.pieces[0].page,
        )


def _source(text: Joined[LangChainDocument]) -> str:
    return _origin(text.pieces[0].given).source


def _shared(metadata: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """What is the same in all of them."""
    first, *others = metadata
    missing = object()
    return {
        key: value
        for key, value in first.items()
        if all(other.get(key, missing) == value for other in others)
    }
