"""Where things stand in a text: its headings, and who speaks.

Everything here looks at one line and its neighbours, and at no more than the first
`LONGEST_TITLE` characters of it, so that time grows with the length of the text and no faster.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from minions_core.documents import PAGE_BREAK, line_starts
from minions_core.tables import table_lines

SPEAKER_LEVEL = 0
"""The level of a speaker's turn; headings count from 1."""

LONGEST_TITLE: Final = 100
"""Characters of the longest heading; what is longer is text."""

_MOST_TITLE_WORDS = 12
_MOST_RECURRENCES = 5
_MOST_DIGITS = 0.3  # for each letter: a reference or a row of figures has more
_LONGEST_NAME = 60

_MIN_TURNS = 6
_MIN_TURN_SHARE = 0.2  # of the lines that are not blank: the rest goes on with what was said
_MIN_TURN_CHARS = 25  # on average: records ("Price: 12") say less than people


_MARKDOWN = re.compile(r"(#{1,6})\s+(\S.*?)[\s#]*$")
_WIKI = re.compile(r"(={1,6}|=(?: =){1,5})\s*([^=\s](?:.*[^=\s])?)\s*\1$")
_UNDERLINE = re.compile(r"(?:={3,}|-{3,}|~{3,})$")
_NAMED = re.compile(
    r"(?:(part|chapter|title)|item|article|section|appendix|schedule|exhibit|annex|note|clause)"
    r"\s+(?:\d{1,3}(?:\.\d{1,3})*[A-Z]?|[IVXLC]{1,7}|[A-Z])(?:\b|(?=\())[\s.:)–—-]*(.*)$",  # noqa: RUF001, dashes as documents have them
    re.IGNORECASE,
)
_NUMBERED = re.compile(r"(\d{1,2}(?:\.\d{1,2}){0,4}|[IVX]{1,5}|[A-Z])(?:[.)]\s*|\s+)(\D.*)$")
_MONTH = re.compile(
    r"(?:jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?,? ?\d", re.IGNORECASE
)
_SENTENCE_END = (".", ",", ";", ":", "?", "!", "-", "&")
_PAGE_LINE = re.compile(r"page\W*\d", re.IGNORECASE)
_LETTERS = re.compile(r"[^\W\d_]+")
_FENCES = ("```", "~~~")
_TURN = re.compile(r"([^\W\d_a-z][\w.’'-]*(?: [\w.,’'()&-]+){0,5}?) ?:(?:\s|$)")  # noqa: RUF001, apostrophes as documents have them


@dataclass(frozen=True, slots=True)
class Heading:
    """The title of what follows it, or who speaks.

    Attributes:
        text: the title without its marks, or the speaker's name.
        start: where its line begins, in characters.
        level: 1 for the top, more for those below; `SPEAKER_LEVEL` for a speaker's turn.
    """

    text: str
    start: int
    level: int


def headings(text: str) -> list[Heading]:
    """The headings of a text, in order; of a transcript, every turn by its speaker instead.

    A heading is a line marked as one (Markdown, wiki), a short numbered or SHOUTED line, a line
    like "Item 7. Risk Factors", or a short Title Case line alone between blank ones.
    """
    lines = text.splitlines(keepends=True)
    starts = line_starts(lines)
    turns = _turns(lines, starts)
    if turns:
        return turns
    bare = [line.strip() for line in lines]
    in_table = bytearray(len(lines))
    for first, last in table_lines(lines):
        in_table[first : last + 1] = b"\1" * (last + 1 - first)
    return _without_running_titles(
        text,
        [
            Heading(title, starts[index], level)
            for index, title, level in _titles(lines, bare)
            if not in_table[index]
        ],
    )


def _without_running_titles(text: str, found: Sequence[Heading]) -> list[Heading]:
    """The headings, without those that come again page after page; marked ones may."""
    times = Counter(heading.text for heading in found)
    seen: set[str] = set()
    kept: list[Heading] = []
    for heading in found:
        marked = text.startswith(("#", "="), heading.start)
        if marked or heading.text not in seen or times[heading.text] <= _MOST_RECURRENCES:
            kept.append(heading)
        seen.add(heading.text)
    return kept


def heading_at(found: Sequence[Heading], offset: int) -> Heading | None:
    """The nearest of the headings `found` at or above the character at `offset`, or None."""
    index = bisect_right(found, offset, key=lambda heading: heading.start)
    return found[index - 1] if index else None


def _turns(lines: Sequence[str], starts: Sequence[int]) -> list[Heading]:
    """Every turn of a transcript; nothing if the text is none."""
    bare = [line.strip() for line in lines]
    named = (
        (_TURN.match(line[: _LONGEST_NAME + 2]), start)
        for line, start in zip(bare, starts, strict=True)
    )
    turns = [Heading(name[1], start, SPEAKER_LEVEL) for name, start in named if name]
    if len(turns) < max(_MIN_TURNS, _MIN_TURN_SHARE * sum(map(bool, bare))):
        return []
    speakers = len({turn.text for turn in turns})
    changes = sum(turn.text != after.text for turn, after in pairwise(turns))
    chars = starts[-1] + len(lines[-1]) - turns[0].start
    spoken = (
        speakers <= len(turns) / 2  # unlike the keys of a form, speakers come again
        and changes >= len(turns) / 2  # and unlike a running title, they take turns
        and chars >= _MIN_TURN_CHARS * len(turns)
    )
    return turns if spoken else []


def _titles(lines: Sequence[str], bare: Sequence[str]) -> Iterator[tuple[int, str, int]]:
    """Index, title and level of each line that reads like a heading."""
    fenced = False
    for index, line in enumerate(bare):
        if line.startswith(_FENCES):
            fenced = not fenced
        if fenced or not line or len(line) > LONGEST_TITLE or _PAGE_LINE.match(line):
            continue
        if not (line[0] in "#=" or line[0].isdigit() or line[0].isupper()):
            continue
        above, below = bare[index - 1] if index else "", bare[index + 1 : index + 2]
        alone = not (above and not lines[index - 1].endswith(PAGE_BREAK)) and below in ([], [""])
        found = _marked(line, "".join(below)) or _named(line) or _unmarked(line, alone=alone)
        if found and not (_is_shouted(line) and _is_shouted_text(bare, index)):
            yield index, " ".join(found[0].split()), found[1]


def _marked(line: str, below: str) -> tuple[str, int] | None:
    """Title and level of a heading whose marks leave no doubt."""
    if mark := _MARKDOWN.match(line):
        return mark[2], len(mark[1])
    if mark := _WIKI.match(line):
        return mark[2], mark[1].count("=")
    if _UNDERLINE.match(below) and line[0].isupper() and not line.endswith(_SENTENCE_END):
        return line, 1 if below[0] == "=" else 2
    return None


def _named(line: str) -> tuple[str, int] | None:
    """Title and level of a heading that says what it is or carries a number."""
    if named := _NAMED.match(line):
        rest = named[2]
        return (line, 1 if named[1] else 2) if not rest or _is_title(rest) else None
    if (numbered := _NUMBERED.match(line)) and not _MONTH.match(numbered[2]):
        number, rest = numbered[1], numbered[2]
        if _is_title(rest.rstrip(".") if _is_shouted(rest) else rest, lenient="." in number):
            return line, number.count(".") + (2 if len(number) == 1 and number.isalpha() else 1)
    return None


def _unmarked(line: str, *, alone: bool) -> tuple[str, int] | None:
    """Title and level of a heading known only by its looks and its place."""
    if _is_shouted(line):
        return (line, 1) if alone or not line.endswith(".") else None
    return (line, 2) if alone and _is_title(line) else None


def _is_title(line: str, *, lenient: bool = False) -> bool:
    """Whether `line` is capitalised like a title; if `lenient`, its first word will do."""
    if not line[:1].isupper() or line.endswith(_SENTENCE_END) or ". " in line:
        return False
    words = _LETTERS.findall(line)
    if _MOST_DIGITS * sum(map(len, words)) < sum(map(str.isdigit, line)):
        return False
    long = [word for word in words if len(word) > 3]  # noqa: PLR2004, "of", "and", "the" stay small in titles
    capitalised = sum(word[0].isupper() for word in long)
    if len(words) > _MOST_TITLE_WORDS or not any(map(len, long or words[:1])):
        return False
    return lenient or (bool(long) and 2 * capitalised >= len(long))


def _is_shouted(line: str) -> bool:
    letters = _LETTERS.findall(line)
    count = sum(map(len, letters))
    return (
        line.upper() == line
        and line.lower() != line
        and count >= 4  # noqa: PLR2004, "A", "USA", "1Q" are cells and initials
        and 2 * count > len(line)
        and len(letters) <= _MOST_TITLE_WORDS
        and not line.endswith((",", ";"))
    )


def _is_shouted_text(bare: Sequence[str], index: int) -> bool:
    """Whether the line is one of three or more in capitals: a disclaimer, not a heading."""
    first = last = index
    while first and index - first < 2 and bare[first - 1] and bare[first - 1].isupper():  # noqa: PLR2004
        first -= 1
    while last + 1 < len(bare) and last - index < 2 and bare[last + 1].isupper():  # noqa: PLR2004
        last += 1
    return last - first >= 2  # noqa: PLR2004
