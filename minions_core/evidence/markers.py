"""Evidence numbers in a text: `[3]`, `[3, 5]`, `[1-3]`, and as models write them besides."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
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
        new = dict.fromkeys(numbers[number] for number in old if number in numbers)
        return f"{marker[1]}[{', '.join(map(str, new))}]" if new else ""

    return _SPACED_MARKER.sub(mark, text)
