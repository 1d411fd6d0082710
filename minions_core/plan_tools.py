"""The helpers plan code may call, and what becomes of the jobs it returns.

Plan code sees chunks as plain strings; here is the memory of where each was cut from.
"""

from __future__ import annotations

import inspect
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import partial
from typing import cast

from minions_core.chunking import CHUNKERS, chunk_by_page
from minions_core.documents import PAGE_BREAK, Chunk, Document, Span
from minions_core.effects import FindingPlace, Manifest
from minions_core.errors import UsageError
from minions_core.search import Index

_NEAR_CHARS = 1500
_MOST_CHUNKS = 100_000
_MOST_PHRASINGS = 50
_MOST_READINGS = 100
_ALWAYS_READ = 1_000_000


class PlanTools:
    """The helpers plan code may call, and the memory of which text was cut from where.

    Chunks are plain strings to the plan, as the paper's contract has them. Whatever string comes
    back in a manifest is traced to its places: by memory if a helper gave it out, by looking for it
    in the documents if the plan cut it itself.

    Args:
        documents: what the plan is about.
        places: where the evidence was read that `near` may be asked for.
        earlier: chunks of jobs done before, which the plan may use again.
    """

    def __init__(
        self,
        documents: Sequence[Document],
        places: Sequence[FindingPlace] = (),
        earlier: Iterable[Chunk] = (),
    ) -> None:
        self._documents = documents
        self._evidence = {place.number: place.chunk for place in places}
        self._wholes = [
            Chunk(document.text, index, Span(0, len(document.text)), 1, 1)
            for index, document in enumerate(documents)
        ]
        self._known: defaultdict[str, dict[object, Chunk]] = defaultdict(dict)
        self._last_found = [0] * len(documents)
        self._pages: dict[int, dict[int, Span]] = {}
        self._indices: dict[tuple[str, ...], Index] = {}
        chars = sum(len(document.text) for document in documents)
        self._chars_left = _MOST_READINGS * chars + _ALWAYS_READ
        self._chunks_left = _MOST_CHUNKS
        for chunk in (*self._wholes, *earlier):
            self._remember(chunk)

    def functions(self) -> Mapping[str, Callable[..., object]]:
        """Each helper by the name plan code calls it."""
        chunkers = {name: partial(self._chunks, name) for name in CHUNKERS}
        return {**chunkers, "search": self._search, "page": self._page, "near": self._near}

    def places_of(self, text: str) -> list[Chunk]:
        """`text` as a chunk at each place it is known from; without one if in no document."""
        if text not in self._known:
            for chunk in self._found(text) or [Chunk(text)]:
                self._remember(chunk)
        return list(self._known[text].values())

    def _chunks(
        self, name: str, text: object = None, *args: object, doc: object = None, **options: object
    ) -> list[str]:
        given = doc if text is None else text  # the reference implementation calls it `doc`
        source = _string(given, f"the text given to {name}")
        places = self.places_of(source)
        self._read(len(source) * len(places))
        spans = self._cut(name, source, *args, **options)
        for place in places:
            for number, span in enumerate(spans, start=1):
                self._remember(_part(place, span, number, len(spans)))
        return [source[span.start : span.end] for span in spans]

    def _cut(self, name: str, text: str, *args: object, **options: object) -> list[Span]:
        signature = inspect.signature(CHUNKERS[name])
        try:
            arguments = signature.bind(text, *args, **options).arguments
        except TypeError as error:  # which may quote what the plan passed
            takes = ", ".join(signature.parameters)
            raise UsageError(f"{name}: wrong arguments; it takes {takes}") from error
        size = arguments.get("max_chunk_size")
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
        self._chars_left -= chars
        if self._chars_left < 0:
            raise UsageError(
                f"the helpers have read {_MOST_READINGS} times the text: "
                "call them once and keep what they return"
            )

    def _search(self, chunks: object, query: object, k: object = 5) -> list[str]:
        texts = tuple(_strings(chunks, "the chunks given to search"))
        queries = [query] if isinstance(query, str) else _strings(query, "the query")
        if len(queries) > _MOST_PHRASINGS:
            raise UsageError(f"search: at most {_MOST_PHRASINGS} phrasings at once")
        if isinstance(k, bool) or not isinstance(k, int) or k < 1:
            raise UsageError("search: k must be a whole number of at least 1")
        if texts not in self._indices:
            self._read(sum(map(len, texts)))
            self._indices[texts] = Index(texts)
        return [texts[index] for index in self._indices[texts].top(queries, k)]

    def _page(self, i: object, n: object) -> str:
        index = _within(i, len(self._documents), "page: i, the number of the document")
        number = _whole(n, "page: n, the number of the page")
        if index not in self._pages:
            self._pages[index] = _numbered_pages(self._documents[index])
        pages = self._pages[index]
        if number not in pages:
            known = f"{min(pages)} to {max(pages)}" if pages else "none"
            raise UsageError(f"page: document {index} has no page {number}; its pages: {known}")
        return self._given(_part(self._wholes[index], pages[number], number, max(pages)))

    def _near(self, n: object) -> str:
        chunk = self._evidence.get(_whole(n, "near: n, the evidence number"))
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

    def _given(self, chunk: Chunk) -> str:
        self._read(len(chunk.text))
        self._remember(chunk)
        return chunk.text

    def _remember(self, chunk: Chunk) -> None:
        self._known[chunk.text].setdefault((chunk.document, chunk.span), chunk)

    def _found(self, text: str) -> list[Chunk]:
        """Where a text that no helper gave out stands: at one place in each document."""
        found: list[Chunk] = []
        for index, document in enumerate(self._documents if text.strip() else ()):
            # A plan that slices a document asks in order: look onward before looking anew.
            start = document.text.find(text, self._last_found[index])
            start = document.text.find(text) if start < 0 else start
            if start >= 0:
                self._last_found[index] = start
                found.append(Chunk(text, index, Span(start, start + len(text))))
        return found


def _part(source: Chunk, span: Span, number: int | None = None, of: int | None = None) -> Chunk:
    """What stands at `span` of a chunk, with its own place."""
    place = span.shifted(source.span.start) if source.span else None
    text = source.text[span.start : span.end]
    return Chunk(text, source.document if place else None, place, number, of)


def _numbered_pages(document: Document) -> dict[int, Span]:
    """The pages that are not blank by their numbers, as `Document.page_at` counts them."""
    pages: dict[int, Span] = {}
    number, counted = document.first_page or 1, 0
    known = document.page_at(0) is not None
    for span in chunk_by_page(document.text):
        number += document.text.count(PAGE_BREAK, counted, span.start) if known else bool(pages)
        counted = span.start
        pages[number] = span
    return pages


def as_manifests(rows: object, tools: PlanTools, *, max_manifests: int) -> tuple[Manifest, ...]:
    """The rows `[chunk, task, advice]` that came out of the sandbox, checked and placed.

    The same row again is the job for the next place that text was cut from. When there is none
    left, it is a repeat and dropped: asked the same of the same chunk, a model says the same.

    Raises:
        UsageError: a row is not what the contract says, there are none, or too many.
    """
    if not isinstance(rows, list):
        raise UsageError("prepare_jobs must return a list of JobManifest")
    listed = cast("list[object]", rows)
    if not listed:
        raise UsageError("prepare_jobs returned no jobs: widen the search or drop a filter")
    if len(listed) > max_manifests:
        raise UsageError(
            f"prepare_jobs returned {len(listed)} jobs, the limit is {max_manifests}: "
            "use larger chunks, fewer tasks or search()"
        )
    uses: Counter[tuple[str, str, str]] = Counter()
    manifests: list[Manifest] = []
    for number, listed_row in enumerate(listed, start=1):
        row = chunk, task, advice = _row(number, listed_row)
        nth = tools.places_of(chunk)[uses[row] : uses[row] + 1]
        manifests.extend(Manifest(chunk=place, task=task, advice=advice) for place in nth)
        uses[row] += 1
    return tuple(manifests)


def _row(number: int, row: object) -> tuple[str, str, str]:
    values = cast("list[object]", row) if isinstance(row, list) else []
    if len(values) != 3:  # noqa: PLR2004, chunk, task and advice
        raise UsageError(f"job {number} is no JobManifest; a plan must not redefine minions_rows")
    chunk = _string(values[0], f"the chunk of job {number}")
    task = _string(values[1], f"the task of job {number}").strip()
    advice = _string(values[2] or "", f"the advice of job {number}").strip()
    if not chunk.strip() or not task:
        raise UsageError(f"job {number} has an empty {'task' if chunk.strip() else 'chunk'}")
    return chunk, task, advice


def _string(value: object, what: str) -> str:
    if not isinstance(value, str):
        raise UsageError(f"{what} must be a str, not {type(value).__name__}")
    return value


def _strings(value: object, what: str) -> list[str]:
    if not isinstance(value, list | tuple):
        raise UsageError(f"{what} must be a list of str, not {type(value).__name__}")
    items = cast("Sequence[object]", value)
    return [_string(item, f"each of {what}") for item in items]


def _whole(value: object, what: str) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise UsageError(f"{what}, must be a whole number, not {type(value).__name__}")
    return value


def _within(value: object, count: int, what: str) -> int:
    index = _whole(value, what)
    if not 0 <= index < count:
        raise UsageError(f"{what}, must be between 0 and {count - 1}")
    return index
