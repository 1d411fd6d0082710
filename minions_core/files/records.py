"""Files of records: CSV as tables that repeat their header, JSON in lines."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence

_TABLE_CHARS = 1400  # under the smallest chunk that a plan makes by default, so that none is cut
_LEAST_HEADERS = 4  # the room of a table in headers, where those are long
_LOOKED_AT = 50  # lines
_DELIMITERS = ";\t|,"  # on a tie the first; commas stand in figures and titles, too
_LONG_LINE = 2_000
_JSON = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


def tables_of_csv(text: str) -> str:
    """A CSV file as Markdown tables of a few rows each, all with the header.

    A long table is read in chunks, and rows without the names of their columns say little. With
    short tables, parted by blank lines, every chunk begins with the names.

    Args:
        text: comma-separated values; semicolons, tabs and bars will do, too.

    Returns:
        The tables, below what stands above the names of the columns; `text` as it is if it has less
        than two columns or rows.
    """
    try:
        rows = _rows(text.splitlines(keepends=True))
    except csv.Error:
        return text
    width = max(map(len, rows), default=0)
    if width < 2 or len(rows) < 2:  # noqa: PLR2004 - a column alone, or a row alone, is no table
        return text
    _, usual = _usual_width(rows)
    start = next((n for n, row in enumerate(rows) if not _is_title(row, usual)), 0)
    titles = [" ".join(filter(None, map(str.strip, row))) for row in rows[:start]]
    header, *records = [_row(row, width) for row in rows[start:]]
    tables = _tables(f"{header}\n{'| --- ' * width}|", records)
    return "\n\n".join(["\n".join(titles), *tables] if titles else tables)


def _rows(lines: Sequence[str]) -> list[list[str]]:
    """The rows that are not blank, by the delimiter that makes most of the first ones alike.

    Raises:
        csv.Error: a field is longer than any should be.
    """

    def likeness(delimiter: str) -> tuple[int, int]:
        times, width = _usual_width(csv.reader(lines[:_LOOKED_AT], delimiter=delimiter))
        return (times, width) if width > 1 else (0, 0)

    rows = csv.reader(lines, delimiter=max(_DELIMITERS, key=likeness))
    return [row for row in rows if any(map(str.strip, row))]


def _usual_width(rows: Iterable[Sequence[str]]) -> tuple[int, int]:
    """How many rows are alike in width, blank ones apart, and that width."""
    widths = Counter(len(row) for row in rows if row)
    return max(((times, width) for width, times in widths.items()), default=(0, 0))


def _is_title(row: Sequence[str], width: int) -> bool:
    """Whether a row names no columns, but the whole table: `Report 2023`."""
    filled = sum(1 for cell in row if cell.strip())
    is_alone = filled == 1 or len(row) < width
    return bool(row[0].strip()) and is_alone and 2 * filled <= width


def _row(cells: Sequence[str], width: int) -> str:
    texts = [" ".join(cell.split()).replace("|", "\\|") for cell in cells]
    return "".join(f"| {text} " for text in texts + [""] * (width - len(texts))) + "|"


def _tables(header: str, rows: Sequence[str]) -> Iterator[str]:
    room = max(_TABLE_CHARS, _LEAST_HEADERS * len(header))
    table = header
    for row in rows:
        if table is not header and len(table) + len(row) >= room:
            yield table
            table = header
        table = f"{table}\n{row}"
    yield table


def lines_of_json(text: str) -> str:
    """JSON that can be cut: a line for each value where it has none; its words stay as they are.

    Args:
        text: a JSON file.

    Returns:
        `text` as it is if its lines are short, or it is no JSON.
    """
    if max(map(len, text.splitlines()), default=0) <= _LONG_LINE:
        return text
    try:
        json.loads(text)
    except (ValueError, RecursionError):
        return text
    return "".join(_indented(text))


def _indented(text: str) -> Iterator[str]:
    depth, before = 0, ""
    for part in _JSON.findall(text):
        if part in "]}":
            depth -= 1
        opened, closes = before in ("[", "{"), part in "]}"
        if (opened and not closes) or before == "," or (closes and not opened and before):
            yield "\n" + "  " * depth
        yield ": " if part == ":" else part
        if part in "[{":
            depth += 1
        before = part
