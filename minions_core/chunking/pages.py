"""Pages that are told apart by lines with their numbers."""

from __future__ import annotations

import re
from collections.abc import Sequence

from minions_core.chunking.cutter import Lines
from minions_core.documents import Span

_LONGEST_MARK = 40
_RUNNING_HEAD_CHARS = 200
_CLEAR_SHARE = 0.8
_PAGE_MARKS = (  # pattern, fewest marks, longest step between numbers, least distance
    (
        re.compile(r"\W*(?:page|pg|p)\.?\s*(\d{1,4})(?:\s*(?:of|/)\s*\d{1,4})?\W*", re.IGNORECASE),
        3,
        10,
        0,
    ),
    (re.compile(r"[-–—]\s*(\d{1,4})\s*[-–—]"), 3, 10, 0),  # noqa: RUF001, dashes as documents have them
    (re.compile(r"(\d{1,4})\s*(?:of|/)\s*\d{1,4}"), 3, 10, 0),
    (re.compile(r"(\d{1,3})"), 5, 1, 400),
)


def page_breaks(text: str) -> list[int]:
    """Where pages part by their marks: above marks at the top of pages, else below them."""
    lines = Lines.of(text)
    short = [
        (line.strip(), Span(start, start + len(line)))
        for start, line in zip(lines.starts, lines.lines, strict=True)
        if len(line.strip()) <= _LONGEST_MARK
    ]
    for pattern, *limits in _PAGE_MARKS:
        numbered = ((pattern.fullmatch(line), place) for line, place in short)
        marks = _counting_up([(int(mark[1]), place) for mark, place in numbered if mark], *limits)
        if marks:
            on_top = len(text[: marks[0].start].strip()) < _RUNNING_HEAD_CHARS
            return [mark.start if on_top else mark.end for mark in marks]
    return []


def _counting_up(
    marks: Sequence[tuple[int, Span]], fewest: int, step: int, apart: int
) -> list[Span]:
    """Where the marks are whose numbers grow by at most `step`; nothing if many do not."""
    chain = list(marks[:1])
    for number, place in marks[1:]:
        last, before = chain[-1]
        if last < number <= last + step and place.start - before.end >= apart:
            chain.append((number, place))
    different = len({number for number, _ in marks})
    clear = len(chain) >= max(fewest, _CLEAR_SHARE * different)
    return [place for _, place in chain] if clear else []
