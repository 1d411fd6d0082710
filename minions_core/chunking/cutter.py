"""The cutter: places to cut are ranked, blocks that stay whole forbid the places inside them.

A chunk is filled as far as the size allows, then cut at the last place of the best rank that
leaves it full enough.
"""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from itertools import pairwise
from operator import attrgetter
from typing import Protocol

from minions_core.documents import PAGE_BREAK, Span, line_starts

_LINE_END = re.compile(r"\r\n?|\n")
_TEXT = re.compile(r"\S")
_WORD = re.compile(r"(?<=\s)\S")
_LAST_WORD = re.compile(r"\s\S*+\Z")
_SENTENCE_END = re.compile(
    r"(?<!\s\d)(?<!\s\d\d)(?<!\b[A-Z])(?<!\b(?:Mr|Dr|Ms|No|St|vs|Co))(?<!\b(?:Mrs|Inc|Ltd|Sec|Art|Fig|Nos))"
    r"[.!?…][\"'”’)\]]{0,3}\s+(?=[\"'“‘(\[]?[^\W_a-z])"  # noqa: RUF001, quotation marks as documents have them
    r"|[。！？]"  # noqa: RUF001, Chinese and Japanese put no space after a sentence
)
_ENDS_LINE = frozenset(".!?:;|)]}\"'”’…%0123456789。！？")  # noqa: RUF001, likewise


_NEARER = 32  # of what a chunk was tried at: so much nearer the next try ends

_Places = Callable[[int, int], Sequence[int]]
"""The places to cut in `(low, high]`, in order."""


@dataclass(frozen=True, slots=True)
class Rank:
    """Places to cut, and how full a chunk must be at the least to be cut there (0.0 to 1.0)."""

    places: _Places
    fill: float


class Room(Protocol):
    """How much a chunk holds, and how much of it the next may repeat."""

    def reach(self, start: int) -> int:
        """How far a chunk that begins at `start` may go; always further than `start`."""
        ...

    def fits(self, start: int, end: int) -> bool:
        """Whether a chunk can hold that range, which ends in text."""
        ...

    def tail(self, chunk: Span) -> int:
        """How early in a chunk its repetition may begin: at half of it, at the earliest."""
        ...

    def repeats(self, start: int, end: int) -> bool:
        """Whether that range is short enough to be repeated."""
        ...


@dataclass(frozen=True, slots=True)
class Characters:
    """Room counted in characters: a chunk's, and that for repetition."""

    size: int
    overlap: int = 0

    @property
    def longest(self) -> int:
        """The longest chunk, in characters."""
        return self.size

    def holds(self, block: Span) -> bool:
        """Whether a chunk that begins with a block is sure to reach its end."""
        return len(block) <= self.size

    def reach(self, start: int) -> int:  # noqa: D102, told by Room
        return start + self.size

    def fits(self, start: int, end: int) -> bool:  # noqa: D102
        return end - start <= self.size

    def tail(self, chunk: Span) -> int:  # noqa: D102
        return max(chunk.end - self.overlap, chunk.start + (len(chunk) + 1) // 2)

    def repeats(self, start: int, end: int) -> bool:  # noqa: D102
        return end - start <= self.overlap


@dataclass(frozen=True, slots=True)
class Repeat:
    """Where the repetition of a chunk's end may begin.

    Attributes:
        places: where to begin, besides sentences.
        fresh: places that begin something new, before which nothing is repeated.
    """

    places: Sequence[int] = ()
    fresh: Sequence[int] = ()


_NO_REPEAT = Repeat()


@dataclass(frozen=True, slots=True)
class Cutter:
    """Cuts one text.

    Attributes:
        text: the text.
        starts: where its lines begin.
        room: how much a chunk holds.
        ranks: places to cut, best first.
        blocks: what not to cut, in order and apart.
        repeat: where the repetition of a chunk's end may begin.
    """

    text: str
    starts: Sequence[int]
    room: Room
    ranks: Sequence[Rank]
    blocks: Sequence[Span] = ()
    repeat: Repeat = _NO_REPEAT

    def spans(self) -> list[Span]:
        """The chunks."""
        chunks: list[Span] = []
        at, end = 0, len(self.text.rstrip())
        while at < end:
            first = first_text(self.text, at)
            start, at = self._chunk(chunks[-1] if chunks else None, at, first, end)
            chunks.append(Span(start, self._end(start, at)))
        return chunks

    def _end(self, start: int, place: int) -> int:
        """Where the text of a range ends, without the white space."""
        return start + len(self.text[start:place].rstrip())

    def _chunk(self, before: Span | None, at: int, first: int, end: int) -> tuple[int, int]:
        """Where to begin and where to cut the chunk whose first new character is at `first`."""
        indented = self._indented(at, first)
        repeating = self._repeating(before, indented) if before else ()
        for start in dict.fromkeys((*repeating, indented, first)):
            limit = self.room.reach(start)
            if limit >= end:
                return start, end
            place = self._fitting_place(start, first, limit)
            if place is not None:
                return start, place
        return first, self.room.reach(first)

    def _fitting_place(self, start: int, first: int, limit: int) -> int | None:
        """The best place up to `limit`, or nearer where the count grows by cutting there."""
        place = self._place(start, first, limit)
        while place is not None and not self.room.fits(start, self._end(start, place)):
            limit = min(limit, place) - 1 - (limit - start) // _NEARER
            place = self._place(start, first, limit) if limit > first else None
        return place

    def _place(self, start: int, first: int, limit: int) -> int | None:
        """The best place to cut a chunk of `start` to `limit` at most, if there is any."""
        high = first_text(self.text, limit) if self.text[limit].isspace() else limit
        for rank in self.ranks:
            low = max(first, start + int(rank.fill * (limit - start)))
            for place in reversed(rank.places(low, high)):
                if self._block_around(place) is None:
                    return place
        return self._place_between_words(start, first, high)

    def _place_between_words(self, start: int, first: int, high: int) -> int | None:
        last = _LAST_WORD.search(self.text, first, high)
        if last is None:
            return None
        place = last.start() + 1
        block = self._block_around(place)
        if block is None:
            return place
        if block.start > first:
            return block.start
        return place if start == first else None  # from a later start, the block may fit

    def _block_around(self, place: int) -> Span | None:
        index = bisect_left(self.blocks, place, key=attrgetter("start")) - 1
        block = self.blocks[index] if index >= 0 else None
        return block if block and place < block.end else None

    def _indented(self, at: int, first: int) -> int:
        """`first`, or the beginning of its line if only some indentation lies between."""
        line = self.starts[bisect_right(self.starts, first) - 1]
        keep = line >= at and 2 * (first - line) <= self.room.reach(line) - line
        return line if keep else first

    def _repeating(self, before: Span, start: int) -> Iterator[int]:
        """Where to begin instead of `start` so as to repeat the end of the chunk before."""
        low = self.room.tail(before) - 1
        if low + 1 >= before.end or _holds(self.repeat.fresh, start):
            return
        whole = (
            *_between(self.repeat.places, low, before.end - 1),
            *sentences(self.text, low, before.end - 1),
        )
        apart = [place for place in sorted(whole) if self._block_around(place) is None]
        if apart:
            begin = first_text(self.text, apart[0])
            if self.room.repeats(begin, before.end):
                yield begin
        elif self.text[before.end - 1] not in _ENDS_LINE and not _holds(self.starts, start):
            word = _WORD.search(self.text, low + 1, before.end)
            if word:
                yield word.start()


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a text and where they begin."""

    lines: Sequence[str]
    starts: Sequence[int]

    @classmethod
    def of(cls, text: str) -> Lines:
        """The lines of `text`, with their ends."""
        lines = text.splitlines(keepends=True)
        return cls(lines, line_starts(lines))

    def after_blanks(self, *, outermost: bool = False) -> list[int]:
        """Lines below a blank line or a page break; if `outermost`, the least indented of them."""
        found = [
            (start, len(line) - len(line.lstrip()))
            for start, (above, line) in zip(self.starts[1:], pairwise(self.lines), strict=True)
            if (above.isspace() or above.endswith(PAGE_BREAK)) and not line.isspace()
        ]
        margin = min((indent for _, indent in found), default=0)
        return [start for start, indent in found if not outermost or indent == margin]

    def after_ends(self) -> list[int]:
        """Lines below one that ends like a sentence, a cell or a figure: not amid a sentence."""
        return [
            start
            for start, line in zip(self.starts[1:], self.lines, strict=False)
            if line.rstrip()[-1:] in _ENDS_LINE
        ]


def apart_within(blocks: Iterable[Span], size: int) -> list[Span]:
    """The blocks up to a size, in order; those that overlap joined or, if too long, parted."""
    apart: list[Span] = []
    for block in sorted(block for block in blocks if len(block) <= size):
        start = block.start
        while apart and start < apart[-1].end:
            last = apart.pop()
            if max(last.end, block.end) - last.start <= size:
                start = last.start
            elif last.start < start:
                apart.append(Span(last.start, start))
        apart.append(Span(start, block.end))
    return apart


def source_lines(text: str) -> list[int]:
    """Where lines begin for parsers, which know fewer line ends than `str.splitlines`."""
    return [0, *(end.end() for end in _LINE_END.finditer(text))]


def first_text(text: str, at: int) -> int:
    """The first character at or after `at` that is not white space."""
    found = _TEXT.search(text, at)
    return found.start() if found else len(text)


def sentences(text: str, low: int, high: int) -> list[int]:
    """Where sentences begin in `(low, high]`."""
    ends = (end.end() for end in _SENTENCE_END.finditer(text, max(0, low - 3), high + 2))
    return [end for end in ends if low < end <= high]


def listed(places: Sequence[int], fill: float) -> Rank:
    """A rank of places that are all known, in order."""
    return Rank(partial(_between, places), fill)


def _between(places: Sequence[int], low: int, high: int) -> Sequence[int]:
    return places[bisect_right(places, low) : bisect_right(places, high)]


def _holds(places: Sequence[int], place: int) -> bool:
    return bool(_between(places, place - 1, place))
