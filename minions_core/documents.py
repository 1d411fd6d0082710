"""Text and where it came from: documents, spans of them, chunks cut out of them.

Readers and splitters of other libraries hand out a source in pieces: a page each, a thousand tokens
each, often overlapping. What is whole reads best, so `joined` puts them together again.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import accumulate, pairwise
from typing import Any, Generic, TypeVar

PAGE_BREAK = "\f"

_BETWEEN_PIECES = "\n\n"

T = TypeVar("T")


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

    def common(self, other: Span) -> Span:
        """What both ranges hold; empty if they have nothing in common."""
        start = max(self.start, other.start)
        return Span(start, max(start, min(self.end, other.end)))


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
        return self.number_of_page_one + self.text.count(PAGE_BREAK, 0, offset)

    @property
    def number_of_page_one(self) -> int:
        """The number its first page has, or would have if it had pages."""
        return 1 if self.first_page is None else self.first_page


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


@dataclass(frozen=True, slots=True)
class Piece(Generic[T]):
    """A part of a source.

    Attributes:
        given: what the caller knows it by.
        text: the part itself.
        page: the number of the page it is on or, with form feeds in it, begins on; None if unknown.
        origin: tells the text it was cut out of from other texts; None if it was not cut.
        place: its first character in that text, or None if unknown.
    """

    given: T
    text: str
    page: int | None = None
    origin: object = None
    place: int | None = None


@dataclass(frozen=True, slots=True)
class Joined(Generic[T]):
    """Pieces put together to one text, which holds each of them word for word.

    Attributes:
        text: the text.
        pieces: what it was put together of, in order.
        starts: where in the text each piece begins.
    """

    text: str
    pieces: tuple[Piece[T], ...]
    starts: tuple[int, ...]

    @property
    def spans(self) -> list[Span]:
        """Where in the text each piece stands."""
        placed = zip(self.starts, self.pieces, strict=True)
        return [Span(start, start + len(piece.text)) for start, piece in placed]

    def place_of(self, passage: Span) -> tuple[int, Span] | None:
        """Which piece holds most of a passage, and where that stands in the piece.

        Args:
            passage: a range of the text.

        Returns:
            The index of the piece, the first one of several, and a range of the piece's own text.
            None if the passage stands between pieces.
        """
        held = [span.common(passage) for span in self.spans]
        most = max(range(len(held)), key=lambda index: len(held[index]))
        return (most, held[most].shifted(-self.starts[most])) if held[most] else None


def joined(pieces: Iterable[Piece[T]], most_missing: int = 0) -> list[Joined[T]]:
    """Put the pieces of one source together.

    - Pieces of one origin that overlap or touch lose the repetition.
    - Consecutive pages are parted by a form feed, so that `Document.page_at` knows them, be it the
      one that ends the first of them already.
    - Where pages are missing between two pieces, a few of them count as empty pages.
    - Other pieces, of one page or without pages, are parted by a blank line.
    - A new text begins where more pages are missing between two pieces, or one is of an earlier
      page, or only one has a page, or form feeds in the first leave open which page it ends on.

    Args:
        pieces: the pieces, in the order in which to read them.
        most_missing: how many pages in a row may be missing within a text.

    Returns:
        The texts, in that order. For each, `pieces[0].page` is its first page.
    """
    runs: list[list[Piece[T]]] = []
    for piece in pieces:
        if runs and _separator(runs[-1][-1], piece, most_missing) is not None:
            runs[-1].append(piece)
        else:
            runs.append([piece])
    return [_put_together(run, most_missing) for run in runs]


def _separator(before: Piece[T], piece: Piece[T], most_missing: int) -> str | None:
    """What stands between two pieces of a source; None if they do not belong together."""
    if before.page is None and piece.page is None:
        return _BETWEEN_PIECES
    if before.page is None or piece.page is None:
        return None
    further, ends = piece.page - before.page, before.text.endswith(PAGE_BREAK)
    if PAGE_BREAK in before.text[: -1 if ends else None] or not ends <= further <= most_missing + 1:
        return None
    return PAGE_BREAK * (further - ends) if further else _BETWEEN_PIECES


def _put_together(run: Sequence[Piece[T]], most_missing: int) -> Joined[T]:
    text, starts = run[0].text, [0]
    for before, piece in pairwise(run):
        start = _overlapping(text, starts[-1], before, piece)
        if start is None:
            text += _separator(before, piece, most_missing) or ""
            start = len(text)
        text += piece.text[len(text) - start :]
        starts.append(start)
    return Joined(text, tuple(run), tuple(starts))


def _overlapping(text: str, before_start: int, before: Piece[T], piece: Piece[T]) -> int | None:
    """Where `piece` begins inside `text`, if it repeats or touches the end of it; else None."""
    if before.place is None or piece.place is None or before.page != piece.page:
        return None
    start = before_start + piece.place - before.place
    if before.origin != piece.origin or not before_start <= start <= len(text):
        return None
    rest = text[start:]
    return start if piece.text.startswith(rest) or rest.startswith(piece.text) else None


def line_starts(lines: Sequence[str]) -> list[int]:
    """Where each of `lines` begins; they are `text.splitlines(keepends=True)`."""
    return list(accumulate(map(len, lines[:-1]), initial=0)) if lines else []
