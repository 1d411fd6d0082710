"""Evidence numbers in a text: `[3]`, `[3, 5]`, `[1-3]`, and as models write them besides."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping
from typing import Final

_DASHES = "-\u2010-\u2014\u2212"
_BETWEEN = rf"(?:[{_DASHES}]|[,;&](?:\s*and\b)?|\band\b)"
_SOURCE = r"\u2020[^\s\[\]\u3010\u3011\uff3b\uff3d\u2020,;]{0,40}"
_NUMBER = rf"(?:(?:evidence|source|ref)\s{{0,3}}|[#^])?\d{{1,9}}(?:{_SOURCE})?"
_NUMBERS = rf"{_NUMBER}(?:\s*{_BETWEEN}\s*{_NUMBER})*"
MARKER: Final = re.compile(rf"[\[\u3010\uff3b]\s*({_NUMBERS})\s*[\]\u3011\uff3d]", re.IGNORECASE)
"""`[3, 5]`, `[1-3]`, `[1 and 2]`, `[Evidence 3]`, `[3\u2020source]`, also in wide brackets."""

_SOURCES = re.compile(_SOURCE)
_SEPARATOR = re.compile(r"[,;&]|\band\b", re.IGNORECASE)
_YEARS: Final = range(1500, 2100)
_LONGEST: Final = 400

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


_SPACED_MARKER = re.compile(rf"(\s*)(?:{MARKER.pattern})", re.IGNORECASE)
_BEGUN = re.compile(
    rf"(?<!\s)\s*+(?:[\[\u3010\uff3b][^\[\]\u3010\u3011\uff3b\uff3d]{{0,{_LONGEST}}})?\Z"
)


def renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """`text` with other numbers in its markers.

    Args:
        text: an answer.
        numbers: the new number for each old one; markers to others are taken out.
    """
    return _remarked(text, numbers, numbers.__getitem__)


class InOrder:
    """A filter that numbers the markers of a text by the order of their first appearance, from 1.

    Fed the text piece by piece, however it is cut; holds back what may turn out to be the beginning
    of a marker, and the white space before it.

    Args:
        known: the numbers there are; markers to others are taken out.
    """

    def __init__(self, known: Collection[int]) -> None:
        self._known = known
        self._numbers: dict[int, int] = {}
        self._held: str = ""

    def __call__(self, piece: str) -> str:
        """What of `piece`, and of what was held back, is certain by now."""
        self._held += piece
        begun = _BEGUN.search(self._held)
        cut = begun.start() if begun else len(self._held)
        settled, self._held = self._held[:cut], self._held[cut:]
        return _remarked(settled, self._known, self._number)

    def rest(self) -> str:
        """What was held back, once the text is over."""
        held, self._held = self._held, ""
        return _remarked(held, self._known, self._number)

    def _number(self, old: int) -> int:
        return self._numbers.setdefault(old, len(self._numbers) + 1)


def _remarked(text: str, known: Collection[int], number_of: Callable[[int], int]) -> str:
    def mark(marker: re.Match[str]) -> str:
        old = marked(marker[2], known)
        if not old:
            return marker[0]
        new = dict.fromkeys(number_of(number) for number in old if number in known)
        return f"{marker[1]}[{', '.join(map(str, new))}]" if new else ""

    return _SPACED_MARKER.sub(mark, text)
