"""Files of records: CSV as tables that repeat their header, JSON in lines."""

from __future__ import annotations

import csv
import json
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from operator import itemgetter

_TABLE_CHARS = 1400  # under the smallest chunk that a plan makes by default, so that none is cut
_LEAST_HEADERS = 4  # the room of a table in headers, where those are long
_LOOKED_AT = 50  # lines
_DELIMITERS = ",;\t|"
_LONG_LINE = 2_000
_JSON = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{},:]|[^\s\[\]{},:"]+')


def tables_of_csv(text: str) -> str:
    """A CSV file as Markdown tables of a few rows each, all with the header.

    A long table is read in chunks, and rows without the names of their columns say little. With
    short tables, parted by blank lines, every chunk begins with the names.

    Args:
        text: comma-separated values; semicolons, tabs and bars will do, too.

    Returns:
        The tables; `text` as it is if it has less than two columns or rows.
    """
    try:
        rows = _rows(text.splitlines(keepends=True))
    except csv.Error:
        return text
    width = max(map(len, rows), default=0)
    if width < 2 or len(rows) < 2:  # noqa: PLR2004 - a column alone, or a row alone, is no table
        return text
    header, *records = [_row(row, width) for row in rows]
    return "\n\n".join(_tables(f"{header}\n{'| --- ' * width}|", records))


def _rows(lines: Sequence[str]) -> list[list[str]]:
    """The rows that are not blank, by the delimiter that makes most of the first ones alike.

    Raises:
        csv.Error: a field is longer than any should be.
    """

    def likeness(delimiter: str) -> tuple[int, int]:
        widths = Counter(map(len, csv.reader(lines[:_LOOKED_AT], delimiter=delimiter)))
        width, times = max(widths.items(), key=itemgetter(1), default=(0, 0))
        return (times, width) if width > 1 else (0, 0)

    rows = csv.reader(lines, delimiter=max(_DELIMITERS, key=likeness))
    return [row for row in rows if any(map(str.strip, row))]


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
