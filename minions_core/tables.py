"""Where tables stand in a text, and the titles of their columns.

Like the outline, this looks at one line and its neighbours, so that time grows with the length of
the text and no faster.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Sequence
from itertools import pairwise, takewhile
from operator import attrgetter

from minions_core.documents import Span, line_starts

_LONGEST_ROW = 300
_LONGEST_LABEL = 60
_MOST_LABEL_LINES = 2
_GAP = re.compile(r"\t+| {2,}")
_RULE_CELL = re.compile(r":?[-=_]{2,}:?$")
_NUMBER = re.compile(r"[-+(–—$€£¥ ]*\d[\d,. ]*[)%x]*$|[-–—]+$|n/?a$", re.IGNORECASE)  # noqa: RUF001, minus signs as documents have them
_YEAR = re.compile(r"(?:FY ?)?(?:19|20)\d\d[AE]?$")


def tables(text: str) -> list[Span]:
    """The tables of a text: runs of lines with `|`, or of lines in columns that end in a number."""
    lines = text.splitlines(keepends=True)
    starts = line_starts(lines)
    return [
        Span(starts[first], starts[last] + len(lines[last].rstrip()))
        for first, last in table_lines(lines)
    ]


class Tables:
    """The tables of one text, found once, to look places up in."""

    def __init__(self, text: str) -> None:
        self._text = text
        self._spans = tables(text)
        self._headers: dict[Span, str | None] = {}

    def header_at(self, offset: int) -> str | None:
        """The column titles of the table around `offset`, cells parted by ` | `.

        Args:
            offset: a character of the text, such as the start of a figure.

        Returns:
            None if `offset` is in no table, or the table has no line of titles.
        """
        index = bisect_right(self._spans, offset, key=attrgetter("start")) - 1
        if index < 0 or offset >= self._spans[index].end:
            return None
        span = self._spans[index]
        if span not in self._headers:
            lines = self._text[span.start : span.end].splitlines()
            self._headers[span] = _header(list(map(_cells, lines)))
        return self._headers[span]


def table_lines(lines: Sequence[str]) -> list[tuple[int, int]]:
    """Index of the first and of the last line of each table."""
    groups: list[list[int]] = []
    for index in (index for index, line in enumerate(lines) if _is_row(line)):
        if groups and _is_one_table(lines, groups[-1][-1], index):
            groups[-1].append(index)
        else:
            groups.append([index])
    found: list[tuple[int, int]] = []
    for first, *_, last in (group for group in groups if len(group) > 1):
        above = first - 1
        is_free = above > (found[-1][1] if found else -1)
        found.append((above if is_free and _in_columns(lines[above]) else first, last))
    return found


def _is_one_table(lines: Sequence[str], row: int, later: int) -> bool:
    """Whether only labels or blank lines stand between two rows, and few of them."""
    between = [line.strip() for line in lines[row + 1 : min(later, row + 2 + _MOST_LABEL_LINES)]]
    if "|" in lines[row]:
        return not between and "|" in lines[later]
    return len(between) <= _MOST_LABEL_LINES and all(
        len(line) <= _LONGEST_LABEL and not line.endswith(".") for line in between
    )


def _in_columns(line: str) -> bool:
    if "|" in line:
        return len(_cells(line)) > 1
    return ("  " in line or "\t" in line) and len(line) <= _LONGEST_ROW and len(_cells(line)) > 1


def _is_row(line: str) -> bool:
    return _in_columns(line) and ("|" in line or bool(_NUMBER.match(_cells(line)[-1])))


def _cells(line: str) -> list[str]:
    bare = line.strip()
    cells = bare.strip("|").split("|") if "|" in bare else _GAP.split(bare)
    return [cell.strip() for cell in cells]


def _header(table: Sequence[list[str]]) -> str | None:
    """The titles above the first row of amounts, or above a rule where there is one."""
    rows = [row for row in table if len(row) > 1]
    ruled = [row for row, below in pairwise(rows[:4]) if all(map(_RULE_CELL.match, below))]
    titles = list(takewhile(lambda row: not any(map(_is_amount, row)), rows))
    if not ruled and not titles:
        return None
    header = ruled[0] if ruled else rows[0] if len(titles) == len(rows) else titles[-1]
    return " | ".join(cell for cell in header if cell)


def _is_amount(cell: str) -> bool:
    return bool(_NUMBER.match(cell)) and not _YEAR.match(cell)
