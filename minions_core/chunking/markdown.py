"""Markdown: where its sections and blocks stand, as CommonMark and GitHub's tables have it."""

from __future__ import annotations

from collections import defaultdict
from functools import cache, partial
from typing import TYPE_CHECKING

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
    source_lines,
)
from minions_core.documents import Span

if TYPE_CHECKING:
    from markdown_it import MarkdownIt

_WHOLE = frozenset({"fence", "code_block", "html_block", "table_open", "list_item_open"})


def markdown_spans(text: str, room: Characters) -> list[Span]:
    """Cut before headings, the highest first, then between blocks, list items and sentences."""
    lines, starts = Lines.of(text), [*source_lines(text), len(text)]
    titles: defaultdict[str, list[int]] = defaultdict(list)
    outer: list[int] = []
    inner: list[int] = []
    blocks: list[Span] = []
    for token in _parser().parse(text):
        if token.map is None or token.nesting < 0:
            continue
        place = Span(*(starts[min(line, len(starts) - 1)] for line in token.map))
        if token.type == "heading_open" and not token.level:
            titles[token.tag].append(place.start)
            blocks.append(Span(place.start, first_text(text, place.end) + 1))
        elif token.type in _WHOLE:
            blocks.append(
                Span(place.start, place.start + len(text[place.start : place.end].rstrip()))
            )
        (inner if token.level else outer).append(place.start)
    fresh = sorted(start for level in titles.values() for start in level)
    ranks = (
        *(listed(titles[tag], 0) for tag in sorted(titles)),
        listed(outer, 0.3),
        listed(inner, 0.3),
        Rank(partial(sentences, text), 0.5),
        listed(lines.starts, 0.5),
    )
    repeat = Repeat(sorted({*lines.after_ends(), *outer}), fresh)
    whole = apart_within((b for b in blocks if b), room.longest)
    return Cutter(text, lines.starts, room, ranks, whole, repeat).spans()


@cache
def _parser() -> MarkdownIt:
    """A parser of blocks alone: what is within a paragraph does not matter."""
    from markdown_it import MarkdownIt

    parser = MarkdownIt("commonmark").enable("table")
    parser.core.ruler.enableOnly(["normalize", "block"])
    return parser
