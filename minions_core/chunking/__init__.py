"""Text cut into spans at the places where a reader would cut it.

Every chunker keeps these promises. Its spans are in order, each begins and ends later than the one
before, and together they hold every character that is not white space. None is longer than the
size asked for. A word is cut only if it is longer than the size by itself. Time grows with the
length of the text and no faster, whatever the text.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Mapping
from functools import partial
from itertools import pairwise

from minions_core.chunking.code import python_blocks
from minions_core.chunking.cutter import (
    Cutter,
    Lines,
    Rank,
    Repeat,
    apart_within,
    first_text,
    listed,
    sentences,
)
from minions_core.chunking.pages import page_breaks
from minions_core.documents import PAGE_BREAK, Span
from minions_core.errors import UsageError
from minions_core.outline import SPEAKER_LEVEL, headings
from minions_core.tables import tables

_PAGE_CHARS = 3000
_LONGEST_CAPTION = 100


def chunk_by_section(text: str, max_chunk_size: int = 3000, overlap: int = 20) -> list[Span]:
    """Cut at headings where possible, then at blank lines, line ends, sentence ends, white space.

    Args:
        text: what to cut.
        max_chunk_size: the longest chunk, in characters. Tables that fit are kept whole.
        overlap: how many characters of a chunk's end the next may repeat, at most half of it. It
            repeats whole lines or sentences; single words only where a sentence had to be cut;
            nothing before a heading.

    Raises:
        UsageError: an argument is out of range or of the wrong type; the message says which.
    """
    _check("chunk_by_section", text, max_chunk_size, overlap)
    return _sections(text, max_chunk_size, overlap)


def chunk_by_paragraph(text: str, max_chunk_size: int = 1500, overlap: int = 0) -> list[Span]:
    """Merge paragraphs, parted by blank lines, up to a size; cut longer ones at sentence ends.

    Args and errors are those of `chunk_by_section`.
    """
    _check("chunk_by_paragraph", text, max_chunk_size, overlap)
    lines = Lines.of(text)
    titles = [heading.start for heading in headings(text) if heading.level != SPEAKER_LEVEL]
    ranks = (
        listed(lines.after_blanks(), 0),
        Rank(partial(sentences, text), 0.3),
        listed(lines.starts, 0.3),
    )
    blocks = apart_within((_held(text, lines, title) for title in titles), max_chunk_size)
    repeat = Repeat(overlap, lines.after_ends(), titles)
    return Cutter(text, lines.starts, max_chunk_size, ranks, blocks, repeat).spans()


def chunk_by_page(text: str) -> list[Span]:
    """One span for each page that is not blank, however long.

    Pages are parted by form feeds; without any, by lines that are clearly page marks ("Page 12",
    "- 12 -", "12 of 90", or lone numbers that count up page by page); without those, they are
    sections of about a page (3,000 characters).

    Raises:
        UsageError: `text` is not a str.
    """
    _check("chunk_by_page", text, _PAGE_CHARS)
    breaks = [mark.end() for mark in re.finditer(PAGE_BREAK, text)] or page_breaks(text)
    if not breaks:
        return _sections(text, _PAGE_CHARS, 0)
    pages = (_trimmed(text, start, end) for start, end in pairwise((0, *breaks, len(text))))
    return [page for page in pages if page]


def chunk_by_code(text: str, max_chunk_size: int = 3000) -> list[Span]:
    """Cut source code between definitions; nothing is dropped.

    Python is parsed: functions and classes, with their decorators and the comments right above,
    stay whole where they fit, and so do the methods of a class that does not. Anything else is cut
    at blank lines, those before the least indented lines first.

    Args and errors are those of `chunk_by_section`.
    """
    _check("chunk_by_code", text, max_chunk_size)
    lines = Lines.of(text)
    blocks, definitions = python_blocks(text, max_chunk_size)
    ranks = (
        *(listed(starts, 0) for starts in definitions),
        listed(lines.after_blanks(outermost=True), 0.3),
        listed(lines.after_blanks(), 0.3),
        listed(lines.starts, 0.3),
    )
    return Cutter(text, lines.starts, max_chunk_size, ranks, blocks).spans()


def cut(text: str, max_size: int) -> list[Span]:
    """Cut any text to at most `max_size` characters a piece, where sections would be cut.

    Raises:
        UsageError: an argument is out of range or of the wrong type; the message says which.
    """
    _check("cut", text, max_size)
    return _sections(text, max_size, 0)


CHUNKERS: Mapping[str, Callable[..., list[Span]]] = {
    "chunk_by_section": chunk_by_section,
    "chunk_by_page": chunk_by_page,
    "chunk_by_paragraph": chunk_by_paragraph,
    "chunk_by_code": chunk_by_code,
}
"""The chunkers by the names plans call them."""


def _check(name: str, text: object, size: object, overlap: object = 0) -> None:
    # Messages name types and numbers only: what a plan passes may be document text.
    if not isinstance(text, str):
        raise UsageError(f"{name}: text must be one str, not {type(text).__name__}")
    longest = _whole(size, f"{name}: the size", 1)
    repeated = _whole(overlap, f"{name}: overlap", 0)
    if repeated >= longest:
        raise UsageError(
            f"{name}: overlap ({repeated}) must be smaller than the size ({longest}); "
            "overlap=0 always works"
        )


def _whole(value: object, what: str, least: int) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        kind = type(value).__name__
        raise UsageError(f"{what} must be a whole number of characters, not {kind}: use int(...)")
    if value < least:
        raise UsageError(f"{what} must be at least {least} characters, not {value}")
    return value


def _sections(text: str, size: int, overlap: int) -> list[Span]:
    lines, found = Lines.of(text), headings(text)
    starts = [heading.start for heading in found]
    titles = [heading.start for heading in found if heading.level != SPEAKER_LEVEL]
    line_ends = lines.after_ends()
    ranks = (
        listed(starts, 0.4),
        listed(lines.after_blanks(), 0.5),
        listed(line_ends, 0.6),
        Rank(partial(sentences, text), 0.5),
        listed(lines.starts, 0.5),
    )
    captioned = (_captioned(lines, table, size) for table in tables(text))
    blocks = apart_within([*captioned, *(_held(text, lines, title) for title in titles)], size)
    repeat = Repeat(overlap, sorted({*line_ends, *starts}), titles)
    return Cutter(text, lines.starts, size, ranks, blocks, repeat).spans()


def _held(text: str, lines: Lines, title: int) -> Span:
    """A heading and the first character below it, so that no chunk ends in a heading."""
    below = bisect_right(lines.starts, title)
    return Span(
        title, first_text(text, lines.starts[below]) + 1 if below < len(lines.starts) else title
    )


def _captioned(lines: Lines, table: Span, size: int) -> Span:
    """A table with the short line above it, if that may be its title and both fit."""
    above = bisect_right(lines.starts, table.start) - 2
    above -= above > 0 and lines.lines[above].isspace()
    line = lines.lines[above].strip() if above >= 0 else ""
    titled = Span(lines.starts[max(above, 0)], table.end)
    may_be = line and not line[0].islower() and len(line) <= _LONGEST_CAPTION
    return titled if may_be and len(titled) <= size else table


def _trimmed(text: str, start: int, end: int) -> Span | None:
    """The lines of a range that are not blank, from first to last, or None."""
    last = start + len(text[start:end].rstrip())
    if last == start:
        return None
    return Span(max(start, text.rfind("\n", start, first_text(text, start)) + 1), last)
