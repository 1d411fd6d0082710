"""A text taken apart into what can be quoted: sentences, and table rows with their columns."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_WORD = re.compile(r"[^\W_]+(?:['\u2019][^\W_]+)?")
_POSSESSIVE = re.compile(r"['\u2019]s?$")
_SUFFIX = re.compile(r"(?<=...)(?:ments?|ings?|ers?|ors?|ees?|ions?|ed|es|ly|s|e)$")
_CELL_GAP = re.compile(r"\s*\|\s*|\t+|\s{2,}")
_FIGURE_CELL = re.compile(
    r"\(?[-+\u2013\u2212]?\s?[$\u20ac\u00a3]?\s?\d[\d,.]*\s?%?\)?|[-\u2013\u2014]|n/?a"
)
_SENTENCE_END = re.compile(
    r"(?<!\b[A-Z]\.)(?<!\b(?:Mr|Ms|Dr|No|vs|St)\.)(?<!\b(?:Mrs|Inc|Ltd|Fig)\.)"
    r"(?<=[.!?])[\"'\u201d)\]]*\s+(?=[\"'\u201c(\[]*[A-Z0-9$])"
)  # fmt: skip
_LONGEST_HEADING = 100
_LABEL_CELLS = 2

_SMALL_WORDS = (
    "a about all also an and any anything are as at be been but by can company could did do does "
    "during each for from group had has have how however i if in into is it its large less like "
    "many more most much no not of on or our out over same say says so some such tell tells than "
    "that the their them there these they this those to under was we were what when where which "
    "while who whole whom whose why will with would year fiscal date amount firm amounted come "
    "came according text document report excerpt find look state stated mention please"
)
_STOPWORDS = frozenset(_SMALL_WORDS.split())


def stem(word: str) -> str:
    """A word without the ending that its forms differ in, roughly: `settled` and `settlement`."""
    once = _SUFFIX.sub("", word.lower())
    twice = _SUFFIX.sub("", once) if once != word.lower() else once
    return twice[:-1] + "i" if twice.endswith("y") else twice


def content_words(text: str) -> list[str]:
    """The words of a text that say what it is about, in order; years and figures included."""
    words = (_POSSESSIVE.sub("", match[0]) for match in _WORD.finditer(text))
    return [word for word in words if word.lower() not in _STOPWORDS]


def stems(text: str) -> list[str]:
    """The stems of the content words of a text."""
    return [stem(word) for word in content_words(text)]


@dataclass(frozen=True, slots=True)
class Unit:
    """A sentence or a table row.

    Attributes:
        text: its characters in the text, verbatim.
        context: headings and captions above it.
        label: of a row, its first cell; empty for a sentence.
        cells: of a row, its figures by the name of their columns (`2023`, or a number from 0).
        unit: of a row, what its header says beside the columns: `In millions of dollars`.
    """

    text: str
    context: str = ""
    label: str = ""
    cells: tuple[tuple[str, str], ...] = ()
    unit: str = ""
    words: tuple[str, ...] = field(init=False)
    around: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "words", tuple(stems(self.label or self.text)))
        object.__setattr__(self, "around", frozenset(stems(f"{self.context} {self.unit}")))

    @property
    def years(self) -> frozenset[str]:
        """The years it speaks of: those of its columns, or those named in it."""
        columns = frozenset(year for name, _ in self.cells for year in YEAR.findall(name))
        return columns or frozenset(YEAR.findall(self.text))


def units(text: str) -> list[Unit]:
    """Everything quotable in a text, in order."""
    reader = _Reader()
    for block in _blocks(text):
        reader.read(block)
    return reader.units


def _blocks(text: str) -> Iterator[list[str]]:
    """Runs of table lines and runs of other lines, parted by each other and by empty lines."""
    block: list[str] = []
    kind = False
    for line in text.splitlines(keepends=True):
        is_row = len(_cells(line)) >= _LABEL_CELLS
        if block and (not line.strip() or is_row != kind):
            yield block
            block = []
        if line.strip():
            block.append(line)
            kind = is_row
    if block:
        yield block


def _cells(line: str) -> list[str]:
    cells = [cell.strip() for cell in _CELL_GAP.split(line.strip().strip("|").strip())]
    return cells if len(cells) >= _LABEL_CELLS and any(map(_is_figure, cells[1:])) else []


def _is_figure(cell: str) -> bool:
    return bool(_FIGURE_CELL.fullmatch(cell))


class _Reader:
    """Reads block after block and remembers what the next one stands under."""

    def __init__(self) -> None:
        self.units: list[Unit] = []
        self._heading = ""
        self._caption = ""
        self._columns: list[str] = []
        self._unit = ""

    def read(self, block: list[str]) -> None:
        if _cells(block[0]):
            for line in block:
                self._read_row(line)
        else:
            self._read_prose("".join(block))

    def _read_row(self, line: str) -> None:
        label, *figures = _cells(line)
        if all(YEAR.fullmatch(cell) for cell in figures) or not any(map(_is_figure, figures)):
            self._columns, self._unit = figures, label
            return
        if YEAR.fullmatch(label) and all(YEAR.fullmatch(cell) for cell in figures):
            self._columns, self._unit = [label, *figures], ""
            return
        names = (
            self._columns if len(self._columns) == len(figures) else map(str, range(len(figures)))
        )
        cells = tuple(zip(names, figures, strict=True))
        context = f"{self._heading} {self._caption}"
        self.units.append(Unit(line.strip(), context, label, cells, self._unit))

    def _read_prose(self, block: str) -> None:
        if len(block.strip()) <= _LONGEST_HEADING and not block.rstrip().endswith((".", "!", "?")):
            self._read_title(block.strip())
            return
        self._caption, self._columns, self._unit = "", [], ""
        start = 0
        for end in [*(match.end() for match in _SENTENCE_END.finditer(block)), len(block)]:
            sentence = block[start:end].strip()
            start = end
            if sentence:
                self.units.append(Unit(sentence, self._heading))

    def _read_title(self, title: str) -> None:
        """A line of its own: a caption if it ends in a colon, or else a heading; quotable too."""
        if title.endswith(":"):
            self._caption = title
        else:
            self._heading, self._caption = title.lstrip("# "), ""
        self.units.append(Unit(title))
