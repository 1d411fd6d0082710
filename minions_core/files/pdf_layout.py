"""Lines of a page put down as they look: columns of figures kept apart, paragraphs, too.

The text of a PDF has one space between the columns of a table, and none where a cell is empty: the
figure of one year is then read as that of another. Where the characters stand tells them apart.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from statistics import median, median_low

WIDE_GAP = 1.0
"""Heights of a character between two columns at least; words are 0.2 to 0.7 apart."""

_CHARACTER_WIDTH = 0.45  # of its height, in the middle
_MOST_PADDING = 60
_NEW_PARAGRAPH = 0.45  # heights beyond the usual distance between lines
_BACK_UP = -1.0  # heights: the next line is above this one, in another column or a box


@dataclass(frozen=True, slots=True)
class Cell:
    """Words of a line with nothing wide between them.

    Attributes:
        text: the words.
        left: where they begin on the page, in points from its left edge.
    """

    text: str
    left: float


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page.

    Attributes:
        cells: what stands in it, from left to right; more than one in a row of a table.
        top: its upper edge, in points from the bottom of the page.
        bottom: its lower edge, that of its last character.
    """

    cells: tuple[Cell, ...]
    top: float
    bottom: float

    @property
    def height(self) -> float:
        """How high its characters are, in points."""
        return max(self.top - self.bottom, 0.1)


def laid_out(lines: Sequence[Line]) -> str:
    """The text of a page: tables in columns, a blank line between paragraphs."""
    if not lines:
        return ""
    drops = [(above.bottom - line.top) / line.height for above, line in pairwise(lines)]
    usual = median_low([drop for drop in drops if drop >= 0] or [0.0])
    width = _CHARACTER_WIDTH * median(line.height for line in lines)
    texts = _texts(lines, width)
    parted = (
        "\n\n" if drop > usual + _NEW_PARAGRAPH or drop < _BACK_UP else "\n" for drop in drops
    )
    rest = "".join(gap + text for gap, text in zip(parted, texts[1:], strict=True))
    return texts[0] + rest


def _texts(lines: Iterable[Line], width: float) -> list[str]:
    texts: list[str] = []
    for is_table, run in groupby(lines, lambda line: len(line.cells) > 1):
        rows = list(run)
        left = min(row.cells[0].left for row in rows)
        texts += [_row(row, left, width) if is_table else row.cells[0].text for row in rows]
    return texts


def _row(line: Line, left: float, width: float) -> str:
    """A row with each cell about where it stands, counted in characters from `left`."""
    text = ""
    for cell in line.cells:
        place = round((cell.left - left) / width)
        padding = min(max(place - len(text), 2 if text else 0), _MOST_PADDING)
        text += " " * padding + cell.text
    return text
