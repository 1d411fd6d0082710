"""The documents of a run, as evidence is held against them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

from minions_core.documents import Chunk, Document, Span
from minions_core.evidence.coverage import page_finder
from minions_core.evidence.folding import fold
from minions_core.evidence.quotes import Source
from minions_core.evidence.support import names_in
from minions_core.evidence.wording import Wording
from minions_core.tables import Tables


@dataclass(frozen=True, slots=True)
class Passage:
    """Where a quote stands.

    Attributes:
        document: index of the document.
        span: from the start of the quote's first part to the end of its last.
        quote: its parts as they stand in the document, joined by ` ... `.
        words: the same, widened so that no word or figure is cut.
        around: the text its worker read.
    """

    document: int
    span: Span
    quote: str
    words: str
    around: Source


class Library:
    """The documents of a run; one serves all its rounds.

    What it takes to look things up (folded text, tables, page breaks) is worked out when it is
    first needed, and kept.

    Args:
        documents: the documents, in the order in which chunks and findings count them.
    """

    def __init__(self, documents: Sequence[Document]) -> None:
        self.documents = tuple(documents)
        self._shelves = tuple(map(_Shelf, documents))
        self._names = Counter(document.name for document in documents)
        self._read: dict[Chunk, Source] = {}

    def name(self, document: int) -> str:
        """What people call a document."""
        return self._shelves[document].document.name

    def named(self, name: str, *, first: int | None = None) -> list[int]:
        """The documents of a name, the one at the index `first` before others."""
        same = [index for index, item in enumerate(self.documents) if item.name == name]
        return sorted(same, key=lambda index: index != first)

    def label(self, document: int) -> str | None:
        """The name and the index of a document, as an inventory has them, if others share it."""
        name = self.name(document)
        return f"{document}: {name}" if self._names[name] > 1 else None

    @cached_property
    def wording(self) -> Wording:
        """The runs of words of all documents."""
        return Wording(document.text for document in self.documents)

    def strangers(self, text: str) -> list[str]:
        """The names in a text that stand in no document, nor in the name of one."""
        names = [fold(document.name) for document in self.documents]
        return [
            name
            for name in dict.fromkeys(names_in(text))
            if (word := fold(name))
            and not any(word in other for other in names)
            and not any(shelf.source.has_word(word) for shelf in self._shelves)
        ]

    def page_at(self, document: int, offset: int) -> int | None:
        """The page that holds a character of a document, or None where pages are not known."""
        return self._shelves[document].page_at(offset)

    def columns_at(self, document: int, offset: int) -> str | None:
        """The column titles of the table around a character of a document, or None."""
        return self._shelves[document].tables.header_at(offset)

    def find(self, quote: str, chunk: Chunk) -> Passage | None:
        """Where a quote stands: in its chunk if there, else anywhere in the chunk's document.

        Args:
            quote: as the worker gave it.
            chunk: what the worker read; if a plan composed it, every document is searched.
        """
        read = self._source(chunk)
        parts = read.locate(quote)
        if parts and chunk.document is not None and chunk.span:
            shifted = [part.shifted(chunk.span.start) for part in parts]
            return self._passage(chunk.document, shifted, read)
        if parts:
            quote = _joined(read, parts)
        candidates = range(len(self._shelves)) if chunk.document is None else (chunk.document,)
        for index in candidates:
            whole = self._shelves[index].source
            parts = whole.locate_words(quote) if read.text.strip() else whole.locate(quote)
            if parts:
                return self._passage(index, parts, read if read.text.strip() else whole)
        return None

    def find_again(self, quote: str, document: int, expected: Span) -> Passage | None:
        """Where a passage that stood in a document once stands in it now, if it still does.

        Args:
            quote: the passage as it stood there.
            document: index of the document.
            expected: where it stood; if it does not any more, it is looked for elsewhere.
        """
        whole = self._shelves[document].source
        if whole.text[expected.start : expected.end] == quote:
            return self._passage(document, [expected], whole)
        parts = whole.locate(quote, slips=False)
        if not parts:
            return None
        span = Span(parts[0].start, parts[-1].end)
        is_whole = fold(whole.text[span.start : span.end]) == fold(quote)
        return self._passage(document, [span], whole) if is_whole else None

    def _passage(self, index: int, parts: Sequence[Span], around: Source) -> Passage:
        whole = self._shelves[index].source
        return Passage(
            document=index,
            span=Span(parts[0].start, parts[-1].end),
            quote=_joined(whole, parts),
            words=" ... ".join(map(whole.words_at, parts)),
            around=around,
        )

    def _source(self, chunk: Chunk) -> Source:
        if chunk not in self._read:
            text = chunk.text
            if chunk.document is not None and chunk.span:
                whole = self._shelves[chunk.document].document.text
                text = whole[chunk.span.start : chunk.span.end]
            self._read[chunk] = Source(text)
        return self._read[chunk]


class _Shelf:
    """One document and what it takes to look things up in it."""

    def __init__(self, document: Document) -> None:
        self.document = document
        self.source = Source(document.text)

    @cached_property
    def page_at(self) -> Callable[[int], int | None]:
        return page_finder(self.document)

    @cached_property
    def tables(self) -> Tables:
        return Tables(self.document.text)


def _joined(source: Source, parts: Sequence[Span]) -> str:
    return " ... ".join(source.text[part.start : part.end] for part in parts)
