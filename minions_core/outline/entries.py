"""A short outline of a document: its headings with their pages, or its speakers."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Sequence
from operator import attrgetter

from minions_core.documents import PAGE_BREAK, Document
from minions_core.messages import TokenCounter
from minions_core.outline.headings import LONGEST_TITLE, SPEAKER_LEVEL, Heading, headings

_LEAST_BODY = 100
_PAGE_REFERENCE = re.compile(r"(\s.*[^\W\d_]{3})[\s.…]*\d{1,3}$")


def outline(document: Document, max_tokens: int, count: TokenCounter) -> str:
    """What a document is made of, in one line: its headings with their pages, or its speakers.

    Args:
        document: what to look at.
        max_tokens: the longest outline wanted. Deeper headings are left out first, and of the
            level that fits in part, some from everywhere; the rarest speakers are left out.
        count: counts tokens.

    Returns:
        Such as "Letter to Shareholders (p. 2); Cash Flows (p. 41)"; empty if there is nothing.
    """
    found = headings(document.text)

    def fits(line: str) -> bool:
        # No entry is less than a token: what is far too long need not be counted.
        return len(line) <= max_tokens * LONGEST_TITLE and count(line) <= max_tokens

    if not found:
        return ""
    if found[0].level == SPEAKER_LEVEL:
        names = [name for name, _ in Counter(turn.text for turn in found).most_common()]
        return _longest(lambda number: "Speakers: " + ", ".join(names[:number]), len(names), fits)
    entries = _entries(document, found)
    kept: list[tuple[Heading, str]] = []
    for level in sorted({heading.level for heading, _ in entries}):
        wanted = [entry for entry in entries if entry[0].level <= level]
        if not fits(_joined(wanted)):
            return _thinned(kept, [entry for entry in wanted if entry[0].level == level], fits)
        kept = wanted
    return _joined(kept)


def _entries(document: Document, found: Sequence[Heading]) -> list[tuple[Heading, str]]:
    """Each heading and how it stands in an outline, once.

    Of a title that recurs, the first with text below it counts: not one in a table of contents.
    """
    best: dict[str, Heading] = {}
    filled: set[str] = set()
    ends = [heading.start for heading in found[1:]] + [len(document.text)]
    for heading, end in zip(found, ends, strict=True):
        key = _PAGE_REFERENCE.sub(r"\1", heading.text).replace(" ", "").casefold()
        full = end - heading.start > len(heading.text) + _LEAST_BODY
        if key not in best or (full and key not in filled):
            best[key] = heading
        if full:
            filled.add(key)
    paged = document.page_at(0) is not None
    page, counted = document.number_of_page_one, 0
    entries: list[tuple[Heading, str]] = []
    for heading in sorted(best.values(), key=attrgetter("start")):
        page += document.text.count(PAGE_BREAK, counted, heading.start)
        counted = heading.start
        entries.append((heading, f"{heading.text} (p. {page})" if paged else heading.text))
    return entries


def _joined(entries: Sequence[tuple[Heading, str]]) -> str:
    return "; ".join(entry for _, entry in entries)


def _thinned(
    kept: Sequence[tuple[Heading, str]],
    others: Sequence[tuple[Heading, str]],
    fits: Callable[[str], bool],
) -> str:
    """`kept` and as many of `others`, evenly spread, as fit."""

    def line(number: int) -> str:
        some = [others[index * len(others) // number] for index in range(number)]
        return _joined(sorted([*kept, *some], key=lambda entry: entry[0].start))

    return _longest(line, len(others), fits) or _joined(kept)


def _longest(line: Callable[[int], str], most: int, fits: Callable[[str], bool]) -> str:
    """`line(number)` for the largest number up to `most` that fits, or an empty string."""
    best, low, high = "", 1, most
    while low <= high:
        middle = (low + high) // 2
        candidate = line(middle)
        if fits(candidate):
            best, low = candidate, middle + 1
        else:
            high = middle - 1
    return best
