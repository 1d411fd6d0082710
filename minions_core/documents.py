"""Text and where it came from: documents, spans of them, chunks cut out of them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate
from typing import Any

PAGE_BREAK = "\f"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range `[start, end)` of characters in a document's text."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def shifted(self, offset: int) -> Span:
        """The same range, `offset` characters further on."""
        return Span(self.start + offset, self.end + offset)


@dataclass(frozen=True, slots=True)
class Document:
    """A text to ask questions of.

    Attributes:
        text: the whole text; every span in the project points into it. Form feeds part its pages.
        name: what people call it: a file name, a title.
        metadata: whatever the caller wants to find again on a citation (source, node id ...).
        first_page: the number of its first page, where pages are known; None otherwise.
    """

    text: str
    name: str = "document"
    metadata: Mapping[str, Any] = field(default_factory=dict[str, Any], compare=False)
    first_page: int | None = None

    def page_at(self, offset: int) -> int | None:
        """The page that holds the character at `offset`, or None where pages are not known."""
        if self.first_page is None and PAGE_BREAK not in self.text:
            return None
        return (self.first_page or 1) + self.text.count(PAGE_BREAK, 0, offset)


@dataclass(frozen=True, slots=True)
class Chunk:
    """A piece of text for one job, with the place it was cut from.

    Attributes:
        text: what the worker reads.
        document: index of its document in the run's list; None for text that a plan put together
            itself and that stands in no document.
        span: where in that document; `document.text[span.start:span.end] == text`.
        number: which of the chunks of its chunking, counted from 1; None if unknown.
        of: how many chunks that chunking made.
    """

    text: str
    document: int | None = None
    span: Span | None = None
    number: int | None = None
    of: int | None = None


def line_starts(lines: Sequence[str]) -> list[int]:
    """Where each of `lines` begins; they are `text.splitlines(keepends=True)`."""
    return list(accumulate(map(len, lines[:-1]), initial=0)) if lines else []
