"""Evidence numbers in a text: `[3]`, `[3, 5]`, `[1-3]`."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from typing import Final

_DASHES = "-\u2010-\u2014\u2212"
_NUMBERS = rf"\d{{1,9}}(?:\s*[{_DASHES},;]\s*\d{{1,9}})*"
MARKER: Final = re.compile(rf"\[\s*({_NUMBERS})\s*\]")

_DASH = re.compile(f"[{_DASHES}]")


def marked(numbers: str, known: Collection[int]) -> list[int]:
    """The numbers a marker stands for, in order: both ends of a range, and between them `known`.

    Args:
        numbers: what stands in the brackets, such as `3, 5-7`.
        known: the numbers there are. Others count only where they are spelt out: `[1-99999999]`
            must not become a list of that length.
    """
    found: dict[int, None] = {}
    for part in re.split("[,;]", numbers):
        ends = [int(end) for end in _DASH.split(part)]
        between = sorted(number for number in known if ends[0] < number < ends[-1])
        found.update(dict.fromkeys([ends[0], *between, ends[-1]]))
    return list(found)


_SPACED_MARKER = re.compile(rf"(\s*)(?:{MARKER.pattern})")


def renumbered(text: str, numbers: Mapping[int, int]) -> str:
    """`text` with other numbers in its markers.

    Args:
        text: an answer.
        numbers: the new number for each old one; markers to others are taken out.
    """

    def mark(marker: re.Match[str]) -> str:
        old = marked(marker[2], numbers)
        new = dict.fromkeys(numbers[number] for number in old if number in numbers)
        return f"{marker[1]}[{', '.join(map(str, new))}]" if new else ""

    return _SPACED_MARKER.sub(mark, text)
