"""Prose: where its sections, paragraphs and tables stand."""

from __future__ import annotations

from bisect import bisect_right
from functools import partial

from minions_core.chunking.cutter import (
    Characters,
    Cutter,
    Lines,
    Rank,
    Repeat,
    apart_within,
    first_text,
    listed,
    sentences,
)
from minions_core.chunking.tokens import Tokens
from minions_core.documents import Span
from minions_core.outline import SPEAKER_LEVEL, headings
from minions_core.tables import tables

_LONGEST_CAPTION = 100


def section_spans(text: str, room: Characters | Tokens) -> list[Span]:
    """Cut at headings where possible, then at blank lines, line ends, sentence ends, white space.

    Tables stay whole with the line above them, where they fit; no chunk ends in a heading.
    """
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
    captioned = (_captioned(lines, table, room.longest) for table in tables(text))
    held = (_held(text, lines, title) for title in titles)
    blocks = [b for b in apart_within([*captioned, *held], room.longest) if room.holds(b)]
    repeat = Repeat(sorted({*line_ends, *starts}), titles)
    return Cutter(text, lines.starts, room, ranks, blocks, repeat).spans()


def paragraph_spans(text: str, room: Characters) -> list[Span]:
    """Cut at blank lines, and paragraphs that do not fit at sentence ends."""
    lines = Lines.of(text)
    titles = [heading.start for heading in headings(text) if heading.level != SPEAKER_LEVEL]
    ranks = (
        listed(lines.after_blanks(), 0),
        Rank(partial(sentences, text), 0.3),
        listed(lines.starts, 0.3),
    )
    blocks = apart_within((_held(text, lines, title) for title in titles), room.longest)
    repeat = Repeat(lines.after_ends(), titles)
    return Cutter(text, lines.starts, room, ranks, blocks, repeat).spans()


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
