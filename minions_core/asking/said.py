"""What somebody said, in its parts, and how it is cut into them."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeAlias

EDGES = " \t\r\n"
BLANK_LINE = re.compile(r"\n[^\S\n]*\n")
BEFORE_LABEL = r"^[^\S\n]*+(?:[#>*_-]++[^\S\n]*+)*+"
AFTER_LABEL = r"(?:[ ]?\d+)?[*_]*[^\S\n]*[:\uff1a][*_]*[^\S\n]*"
TEXT_NAMES = "context|documents?|text|passages?|article|excerpts?|transcript"
TAGGED = re.compile(
    r"<(question|query|task|instructions?)>((?:(?!</?\1>).)*)</\1>", re.IGNORECASE | re.DOTALL
)

IsShort: TypeAlias = Callable[[str], bool]
"""Whether a text is short enough to be a question."""


@dataclass(frozen=True, slots=True)
class Asked:
    """What somebody said, in its two parts.

    Attributes:
        question: what is asked; short. Instructions in its place may be long.
        text: what it is asked of: all that was said but the question or, where both ends of what
            was said ask, all of it.
    """

    question: str
    text: str


def tagged(body: str, is_short: IsShort) -> Asked | None:
    """What stands between the tags of a question or of instructions, at one of the ends."""
    at_the_edges = (
        tag
        for tag in TAGGED.finditer(body)
        if is_short(tag[2]) and (tag.start() == 0 or tag.end() == len(body))
    )
    tag = next(at_the_edges, None)
    return tag and Asked(tag[2].strip(), without(body, tag.start(), tag.end()))


def without(body: str, start: int, end: int) -> str:
    """What is left when a part is taken out."""
    sides = body[:start].rstrip(EDGES), body[end:].lstrip(EDGES)
    return "\n\n".join(filter(None, sides))


def last_end(pattern: re.Pattern[str], body: str, end: int) -> int:
    """Where the last match before `end` ends; 0 if there is none."""
    return max((found.end() for found in pattern.finditer(body, 0, end)), default=0)
