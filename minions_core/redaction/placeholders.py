"""Placeholders: how they are spelled, and how they are recognised in what a model writes."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from minions_core.documents import Span

_INSIDE = r"[^\W_][\w \\\-]{0,62}"
_WRITTEN = re.compile(rf"\\?\[ ?(?P<bare>{_INSIDE})\]|(?<=`)(?P<ticked>{_INSIDE})(?=`)")
_BEGUN = re.compile(rf"(?:\\?\[ ?|(?<=`))(?P<begun>(?:{_INSIDE})?)\Z|\\\Z")
_SEPARATOR = re.compile(r"\\?[_ \-]+")
_ENDS_IN_SEPARATOR = " _-\\"
_NUMBERED = re.compile(r".+_[1-9][0-9]{0,8}")

_NOT_IN_A_KIND = re.compile(r"[\W_]+")
_MOST_KIND_CHARS = 40
_NAMELESS = "HIDDEN"


@dataclass(frozen=True, slots=True)
class Mention:
    """Something in a text that has the form of a placeholder.

    Attributes:
        span: where it stands: in brackets with them, in backticks without them.
        name: `EMAIL_1`, however it was spelled.
    """

    span: Span
    name: str


def kind_name(kind: str) -> str:
    """A kind as placeholders spell it: capitals, digits and single underscores."""
    name = _NOT_IN_A_KIND.sub("_", kind.upper())[:_MOST_KIND_CHARS].strip("_")
    return name or _NAMELESS


def mentions(text: str) -> Iterator[Mention]:
    r"""What has the form of one: `[EMAIL_1]`, `[email 1]`, `\[EMAIL\_1\]`; bare in backticks."""
    if "[" in text or "`" in text:
        for match in _WRITTEN.finditer(text):
            name = _name(match["bare"] or match["ticked"])
            if _NUMBERED.fullmatch(name):
                yield Mention(Span(*match.span()), name)


def _name(written: str) -> str:
    return _SEPARATOR.sub("_", written.rstrip(_ENDS_IN_SEPARATOR)).upper()


def replaced(text: str, values: Mapping[str, str]) -> str:
    """A text with the placeholders of `values` (by name) replaced, and all others left."""
    parts: list[str] = []
    end = 0
    for mention in mentions(text):
        if mention.name in values:
            parts += (text[end : mention.span.start], values[mention.name])
            end = mention.span.end
    return "".join([*parts, text[end:]])


class Revealing:
    """A filter that restores placeholders in a text that arrives in pieces.

    Shows what `replaced` makes of the whole text, however it is cut. Holds back only what may still
    become a placeholder that is known: what follows a bracket or a backtick, some characters.

    Args:
        values: what the placeholders stand for, by name.
    """

    def __init__(self, values: Mapping[str, str]) -> None:
        self._values = values
        self._tick = ""  # the last character shown, where it is a backtick
        self._held = ""

    def __call__(self, piece: str) -> str:
        """What of `piece`, and of what was held back, a reader may see now."""
        if not self._values:
            return piece
        text = self._tick + self._held + piece
        begun = _BEGUN.search(text)
        cut = begun.start() if begun and self._may_become_known(begun["begun"] or "") else len(text)
        shown = replaced(text[:cut], self._values)[len(self._tick) :]
        self._tick = "`" if text[:cut].endswith("`") else ""
        self._held = text[cut:]
        return shown

    def flush(self) -> str:
        """What was held back, once no more pieces come; empty but for a placeholder cut short."""
        rest, self._held = self._held, ""
        return rest

    def _may_become_known(self, begun: str) -> bool:
        name = _name(begun)
        return any(known.startswith(name) for known in self._values)
