"""Evidence numbers in a text: `[3]`, `[3, 5]`, `[1-3]`, and as models write them besides."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Mapping
from typing import Final

_DASHES = "-\u2010-\u2014\u2212"
_BETWEEN = rf"(?:[{_DASHES}]|[,;&](?:\s*and\b)?|\band\b)"
_SOURCE = r"\u2020[^\s\[\]\u3010\u3011\uff3b\uff3d\u2020,;&]{0,40}+"
_NUMBER = rf"(?:(?:evidence|source|ref)\s{{0,3}}|[#^])?\d{{1,9}}(?:{_SOURCE})?"
_NUMBERS = rf"{_NUMBER}(?:\s*{_BETWEEN}\s*{_NUMBER})*"
MARKER: Final = re.compile(rf"[\[\u3010\uff3b]\s*({_NUMBERS})\s*[\]\u3011\uff3d]", re.IGNORECASE)
"""`[3, 5]`, `[1-3]`, `[1 and 2]`, `[Evidence 3]`, `[3\u2020source]`, also in wide brackets."""

_SOURCES = re.compile(_SOURCE)
_SEPARATOR = re.compile(r"[,;&]|\band\b", re.IGNORECASE)
_YEARS: Final = range(1500, 2100)

_DIGITS = re.compile(r"\d+")


def marked(numbers: str, known: Collection[int]) -> list[int]:
    """The numbers a marker stands for, in order: both ends of a range, and between them `known`.

    Args:
        numbers: what stands in the brackets, such as `3, 5-7`.
        known: the numbers there are. Others count only where they are spelt out: `[1-99999999]`
            must not become a list of that length.

    Returns:
        The numbers; none for a year above every known number, as law reports write it: `[2019]`.
    """
    found: dict[int, None] = {}
    for part in _SEPARATOR.split(_SOURCES.sub("", numbers)):
        ends = [int(end) for end in _DIGITS.findall(part)]
        if not ends:  # between the two separators of `1, and 2`
            continue
        between = sorted(number for number in known if ends[0] < number < ends[-1])
        found.update(dict.fromkeys([ends[0], *between, ends[-1]]))
    first_year = max(known, default=0) + 1
    are_years = all(first_year <= number in _YEARS for number in found)
    return [] if are_years else list(found)


_SPACED_MARKER = re.compile(rf"(?<!\s)(\s*+)(?:{MARKER.pattern})", re.IGNORECASE)
_WITHIN = rf"[{_DASHES}\s\d,;&#^ACDEFINORSUV]"  # letters: those of "and", "evidence" ...
_GOES_ON = re.compile(rf"{_WITHIN}*+", re.IGNORECASE)
_BEGUN = re.compile(rf"[\[\u3010\uff3b](?:{_WITHIN}|{_SOURCE})*+\Z", re.IGNORECASE)


def renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """`text` with other numbers in its markers.

    Args:
        text: an answer.
        numbers: the new number for each old one; markers to others are taken out.
    """

    def mark(marker: re.Match[str]) -> str:
        old = marked(marker[2], numbers)
        if not old:
            return marker[0]
        new = [numbers[number] for number in old if number in numbers]
        return f"{marker[1]}{_written(new)}" if new else ""

    return _SPACED_MARKER.sub(mark, text)


class InOrder:
    """A filter that numbers the markers of a text by the order of their first appearance, from 1.

    Fed the text piece by piece, however it is cut; holds back what may turn out to be the beginning
    of a marker. Numbers that are not known stay as they stand, since they need not be markers: a
    program's `row[0]`, a quotation's footnote `[12]`. Where the known ones are 1 to n, as those of
    a run are, none of them can be taken for a new number.

    Args:
        known: the numbers there are.
    """

    def __init__(self, known: Collection[int]) -> None:
        self._known = known
        self._numbers: dict[int, int] = {}
        self._held: list[str] = []

    def __call__(self, piece: str) -> str:
        """What of `piece`, and of what was held back, is certain by now."""
        if self._held and _GOES_ON.fullmatch(piece):  # looked at by itself, or time would be square
            self._held.append(piece)
            return ""
        text = "".join([*self._held, piece])
        begun = _BEGUN.search(text)
        cut = begun.start() if begun else len(text)
        self._held = [text[cut:]] if begun else []
        return self._renumbered(text[:cut])

    def rest(self) -> str:
        """What was held back, once the text is over."""
        held, self._held = "".join(self._held), []
        return held

    def _renumbered(self, text: str) -> str:
        def mark(marker: re.Match[str]) -> str:
            old = marked(marker[1], self._known)
            if not any(number in self._known for number in old):
                return marker[0]
            return _written(map(self._number, old))

        return MARKER.sub(mark, text)

    def _number(self, old: int) -> int:
        if old not in self._known:
            return old
        return self._numbers.setdefault(old, len(self._numbers) + 1)


def _written(numbers: Iterable[int]) -> str:
    """A marker to these, each once."""
    return f"[{', '.join(map(str, dict.fromkeys(numbers)))}]"
