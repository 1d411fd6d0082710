"""How much of the documents was read."""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from minions_core.documents import PAGE_BREAK, Chunk, Document, Span

if TYPE_CHECKING:
    from minions_core.jobs import Job

_MAX_PAGE_RANGES = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Coverage:
    """How much of the documents was read.

    Attributes:
        shares: for each document, the share of its characters that was read (0.0 to 1.0).
        share: the same for all of them together.
        excerpts: how many different chunks; the pieces of one that was cut are one.
        of: how many chunks there were to choose from, or None if that is not known.
        pages: for each document the pages read, in order; nothing where pages are not known.
    """

    shares: tuple[float, ...]
    share: float
    excerpts: int
    of: int | None
    pages: tuple[tuple[int, ...], ...]

    def __str__(self) -> str:
        """`5 of 212 excerpts (3 % of the text; pages 3, 17, 40-42)`."""
        number = f"{self.excerpts} of {self.of} excerpts" if self.of else excerpts(self.excerpts)
        pages = self.pages[0] if len(self.pages) == 1 else ()
        listed = f"; pages {_ranges(pages)}" if pages else ""
        return f"{number} ({_percent(self.share)} of the text{listed})"


def coverage(jobs: Iterable[Job], documents: Sequence[Document]) -> Coverage:
    """What `jobs` read of `documents`: overlaps count once, text a plan composed not at all."""
    chunks = {job.chunk for job in jobs}
    spans: list[set[Span]] = [set() for _ in documents]
    for chunk in chunks:
        if chunk.document is not None and chunk.span:
            spans[chunk.document].add(chunk.span)
    unions = [union(read) for read in spans]
    read = [sum(map(len, union)) for union in unions]
    sizes = [len(document.text) for document in documents]
    return Coverage(
        shares=tuple(part / (size or 1) for part, size in zip(read, sizes, strict=True)),
        share=sum(read) / (sum(sizes) or 1),
        excerpts=len({_excerpt(chunk) for chunk in chunks}),
        of=_to_choose_from(chunks),
        pages=tuple(map(_pages, documents, unions)),
    )


def _excerpt(chunk: Chunk) -> object:
    """The same for the pieces of one chunk."""
    return (chunk.document, chunk.number, chunk.of) if chunk.number else chunk


def _to_choose_from(chunks: Iterable[Chunk]) -> int | None:
    """How many chunks the documents were split into; None unless each was in one known way."""
    sizes: dict[int | None, int | None] = {}
    for chunk in chunks:
        if not chunk.number or sizes.setdefault(chunk.document, chunk.of) != chunk.of:
            return None
    return sum(size or 0 for size in sizes.values()) or None


def union(spans: Iterable[Span], *, touching: bool = True) -> list[Span]:
    """Spans without overlaps, in order; those that touch become one unless told otherwise."""
    united: list[Span] = []
    for span in sorted(spans):
        if united and span.start < united[-1].end + touching:
            united[-1] = Span(united[-1].start, max(united[-1].end, span.end))
        else:
            united.append(span)
    return united


def _pages(document: Document, spans: Iterable[Span]) -> tuple[int, ...]:
    page_at = page_finder(document)
    pages: set[int] = set()
    for span in spans:
        first, last = page_at(span.start), page_at(max(span.start, span.end - 1))
        if first is not None and last is not None:
            pages.update(range(first, last + 1))
    return tuple(sorted(pages))


def page_finder(document: Document) -> Callable[[int], int | None]:
    """`document.page_at` for many offsets: the page breaks are looked up once."""
    first = document.page_at(0)
    breaks = [found.start() for found in re.finditer(PAGE_BREAK, document.text)]
    return lambda offset: None if first is None else first + bisect_left(breaks, offset)


def excerpts(number: int) -> str:
    """A number of excerpts, in words for the remote model."""
    return "1 excerpt" if number == 1 else f"{number} excerpts"


def _percent(share: float) -> str:
    percent = round(share * 100)
    return f"{percent} %" if percent or not share else "under 1 %"


def _ranges(pages: Sequence[int]) -> str:
    """Page numbers, neighbours as ranges: `3, 17, 40-42`."""
    runs: list[list[int]] = []
    for page in pages:
        if runs and page == runs[-1][-1] + 1:
            runs[-1][1:] = [page]
        else:
            runs.append([page])
    told = ["-".join(map(str, run)) for run in runs[:_MAX_PAGE_RANGES]]
    return ", ".join(told) + (" ..." if len(runs) > _MAX_PAGE_RANGES else "")
