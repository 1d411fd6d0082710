"""The helpers a plan may call: as functions on plain strings for code, on chunks for data."""

from __future__ import annotations

import inspect
import re
from collections.abc import Callable, Generator, Iterable, Mapping, Sequence
from contextlib import contextmanager
from functools import cache, partial

from minions_core.chunking import CHUNKERS, chunk_by_page
from minions_core.documents import PAGE_BREAK, Chunk, Document, Span
from minions_core.effects import FindingPlace
from minions_core.errors import UsageError
from minions_core.messages import TokenCounter, estimate_tokens
from minions_core.plan_tools.arguments import at_least_one, string, strings, whole, within
from minions_core.plan_tools.places import Places
from minions_core.plan_tools.reference import CHUNKER_NAMES, translated
from minions_core.search import Index

_NEAR_CHARS = 1500
_MOST_CHUNKS = 100_000
_MOST_PHRASINGS = 50
_MOST_READINGS = 100
_ALWAYS_READ = 1_000_000
_NUMBER = re.compile(r"-?\d+")
_LARGEST_TOLD = 10**15  # of larger ones chunkers tell in words


class PlanTools:
    """The helpers a plan may call, within limits on all they do for one plan together.

    Args:
        documents: what the plan is about.
        places: where the evidence was read that `near` may be asked for.
        earlier: chunks of jobs done before, which the plan may use again.
        count: counts the tokens of chunks that are cut by tokens.
        check: called before a helper goes through any text; may raise, to stop the plan.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        places: Sequence[FindingPlace] = (),
        earlier: Iterable[Chunk] = (),
        count: TokenCounter = estimate_tokens,
        check: Callable[[], None] = lambda: None,
    ) -> None:
        self._documents = documents
        self._count = count
        self._check = check
        self._evidence = {place.number: place.chunk for place in places}
        self._wholes = [
            Chunk(document.text, index, Span(0, len(document.text)), 1, 1)
            for index, document in enumerate(documents)
        ]
        self._places = Places(documents, (*self._wholes, *earlier))
        self._pages: dict[int, dict[int, Span]] = {}
        self._indices: dict[tuple[str, ...], Index] = {}
        chars = sum(len(document.text) for document in documents)
        self._chars_left = _MOST_READINGS * chars + _ALWAYS_READ
        self._chunks_left = _MOST_CHUNKS

    def functions(self) -> Mapping[str, Callable[..., object]]:
        """Each helper by the name plan code calls it."""
        names = {**{name: name for name in CHUNKERS}, **CHUNKER_NAMES}
        chunkers = {theirs: partial(self._chunks, ours) for theirs, ours in names.items()}
        return {**chunkers, "search": self._search, "page": self._page, "near": self._near}

    def places_of(self, text: str) -> list[Chunk]:
        """`text` as a chunk at each place it is known from; without one if in no document."""
        return self._places.of(text)

    def whole(self, i: object) -> Chunk:
        """All of document `i`.

        Raises:
            UsageError: there is no such document; so with all helpers, for whatever is wrong.
        """
        return self._wholes[within(i, len(self._documents), "the number of the document")]

    def cut(self, name: str, source: Chunk, **options: object) -> list[Chunk]:
        """A chunk cut by the chunker called `name`."""
        return self._cut(name, source.text, [source], **options)[0]

    def best(self, texts: Sequence[str], query: str | Sequence[str], k: object) -> list[int]:
        """Which `k` texts suit a query, or several phrasings of it, best."""
        most = min(at_least_one(k, "search: k, how many to find"), len(texts) or 1)
        queries = [query] if isinstance(query, str) else query
        if len(queries) > _MOST_PHRASINGS:
            raise UsageError(f"search: at most {_MOST_PHRASINGS} phrasings at once")
        self._check()
        searched = tuple(texts)
        if searched not in self._indices:
            self._read(sum(map(len, searched)) + len(searched))
            self._indices[searched] = Index(searched)
        return self._indices[searched].top(queries, most)

    def pages(self, i: object) -> Mapping[int, Span]:
        """The pages of document `i` that are not blank, by their numbers."""
        index = within(i, len(self._documents), "page: i, the number of the document")
        if index not in self._pages:
            self._check()
            self._pages[index] = _numbered_pages(self._documents[index])
        return self._pages[index]

    def page(self, i: object, n: object) -> Chunk:
        """Page `n` of document `i`."""
        pages = self.pages(i)
        number = whole(n, "page: n, the number of the page")
        if number not in pages:
            known = f"{min(pages)} to {max(pages)}" if pages else "none"
            raise UsageError(f"page: document {i} has no page {number}; its pages: {known}")
        return self._given(_part(self.whole(i), pages[number], number, max(pages)))

    def near(self, n: object) -> Chunk:
        """Evidence number `n` with the text around it, up to whole lines."""
        chunk = self._evidence.get(whole(n, "near: n, the evidence number"))
        if chunk is None or chunk.document is None or chunk.span is None:
            shown = ", ".join(str(number) for number in sorted(self._evidence)) or "none yet"
            raise UsageError(
                f"near: there is no evidence with that number and a place; known: {shown}"
            )
        text = self._documents[chunk.document].text
        start = text.rfind("\n", 0, max(0, chunk.span.start - _NEAR_CHARS)) + 1
        start = max(start, chunk.span.start - 2 * _NEAR_CHARS, 0)
        end = text.find("\n", chunk.span.end + _NEAR_CHARS)
        end = min(end if end >= 0 else len(text), chunk.span.end + 2 * _NEAR_CHARS)
        return self._given(_part(self._wholes[chunk.document], Span(start, end)))

    def _chunks(
        self, name: str, text: object = None, *args: object, doc: object = None, **options: object
    ) -> list[str]:
        given = doc if text is None else text  # the reference implementation calls it `doc`
        source = string(given, f"the text given to {name}")
        ours = translated(options)
        with _untold(*args, *ours.values()):
            cuts = self._cut(name, source, self._places.of(source), *args, **ours)
        return [chunk.text for chunk in cuts[0]]

    def _search(self, chunks: object, query: object, k: object = 5) -> list[str]:
        texts = strings(chunks, "the chunks given to search")
        queries = query if isinstance(query, str) else strings(query, "the query")
        return [texts[index] for index in self.best(texts, queries, k)]

    def _page(self, i: object, n: object) -> str:
        with _untold(i, n):
            return self.page(i, n).text

    def _near(self, n: object) -> str:
        return self.near(n).text

    def _cut(
        self, name: str, text: str, places: Sequence[Chunk], *args: object, **options: object
    ) -> list[list[Chunk]]:
        """The chunks of a text, for each place it stands at."""
        self._read(len(text) * len(places))
        spans = self._spans(name, text, *args, **options)
        cuts = [
            [_part(place, span, number, len(spans)) for number, span in enumerate(spans, start=1)]
            for place in places
        ]
        for chunks in cuts:
            for chunk in chunks:
                self._places.remember(chunk)
        return cuts

    def _spans(self, name: str, text: str, *args: object, **options: object) -> list[Span]:
        signature, takes = _signature(name)
        try:
            arguments = signature.bind(text, *args, **options).arguments
            size = arguments.get(takes[1]) if len(takes) > 1 else None
        except TypeError as error:  # which may quote what the plan passed
            message = f"{name}: wrong arguments; it takes {', '.join(takes)}"
            raise UsageError(message) from error
        if "count" in inspect.signature(CHUNKERS[name]).parameters:
            arguments["count"] = self._count
        fewest = len(text) // size if isinstance(size, int) and size > 0 else 0
        spans = CHUNKERS[name](**arguments) if fewest <= self._chunks_left else None
        if spans is None or len(spans) > self._chunks_left:
            raise UsageError(
                f"{name}: a plan gets at most {_MOST_CHUNKS} chunks in all; cut larger ones"
            )
        self._chunks_left -= len(spans)
        return spans

    def _read(self, chars: int) -> None:
        """Count what a helper goes through, since its work is not the sandbox's to bound."""
        self._check()
        self._chars_left -= chars
        if self._chars_left < 0:
            raise UsageError(
                f"the helpers have read {_MOST_READINGS} times the text: "
                "call them once and keep what they return"
            )

    def _given(self, chunk: Chunk) -> Chunk:
        self._read(len(chunk.text))
        self._places.remember(chunk)
        return chunk


def chunker_options(chunker: str) -> list[str]:
    """What the chunker called `chunker` takes besides the text, the size of its chunks first."""
    return _signature(chunker)[1][1:]


@cache
def _signature(chunker: str) -> tuple[inspect.Signature, list[str]]:
    """What a plan may pass to a chunker, and the names of it: all but how to count."""
    signature = inspect.signature(CHUNKERS[chunker])
    taken = [p for p in signature.parameters.values() if p.name != "count"]
    return signature.replace(parameters=taken), [parameter.name for parameter in taken]


@contextmanager
def _untold(*given: object) -> Generator[None]:
    """Keep what is wrong in this block from telling numbers that code passed: they may be text."""
    try:
        yield
    except UsageError as error:
        numbers = (value for value in given if isinstance(value, int))
        told = {str(number) for number in numbers if abs(number) < _LARGEST_TOLD}
        safe = _NUMBER.sub(lambda found: "..." if found[0] in told else found[0], str(error))
        raise UsageError(safe) from error


def _part(source: Chunk, span: Span, number: int | None = None, of: int | None = None) -> Chunk:
    """What stands at `span` of a chunk, with its own place."""
    place = span.shifted(source.span.start) if source.span else None
    text = source.text[span.start : span.end]
    return Chunk(text, source.document if place else None, place, number, of)


def _numbered_pages(document: Document) -> dict[int, Span]:
    """The pages that are not blank by their numbers, as `Document.page_at` counts them."""
    pages: dict[int, Span] = {}
    number, counted = document.number_of_page_one, 0
    known = document.page_at(0) is not None
    for span in chunk_by_page(document.text):
        number += document.text.count(PAGE_BREAK, counted, span.start) if known else bool(pages)
        counted = span.start
        pages[number] = span
    return pages
