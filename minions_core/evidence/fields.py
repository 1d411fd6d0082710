"""Text of others as a part of a line of ours.

What documents, workers and plans say is data: in a report it stays on its line and in its field,
and nothing in it can pass for a heading, a tag, a code fence or an evidence number of ours.
"""

from __future__ import annotations

import re
import unicodedata

from minions_core.evidence.markers import MARKER

_CUT = "..."
_TAG = re.compile(r"[<\uff1c\ufe64](?=\s*/?\s*(?:[^\W\d_]|[|\uff5c]|\Z))")
_FENCE = re.compile(r"([`~\uff40])\1{2,}")
_NO_LETTERS = re.compile(r"[^A-Za-z]+")
_ROUND = str.maketrans("[]", "()")
_LIKE_BRACKETS = (
    "\uff3b\uff3d \u3010\u3011 \u3014\u3015 \u3016\u3017 \u301a\u301b \u27e6\u27e7 \u2772\u2773"
)
_BRACKETS = {
    ord(like): real
    for pair in _LIKE_BRACKETS.split()
    for like, real in zip(pair, "[]", strict=True)
}
_SEPARATORS = {
    **dict.fromkeys(map(ord, "|\uff5c\u2223\u2502\u2758"), "\u00a6"),
    **dict.fromkeys(map(ord, '"\u201c\u201d\u201e\u201f\u2033\uff02'), "'"),
}
_BLANKS = frozenset("\u034f\u115f\u1160\u17b4\u17b5\u180b\u180c\u180d\u180f\u2800\u3164\uffa0")
_SELECTORS = (range(0xFE00, 0xFE10), range(0xE0100, 0xE01F0))
_UNSEEN_CATEGORIES = frozenset(("Cc", "Cf", "Cs", "Cn"))


class _Seen(dict[int, str | None]):
    """What of each character a reader sees: itself or nothing, worked out when first met."""

    def __missing__(self, code: int) -> str | None:
        character = chr(code)
        is_unseen = not character.isspace() and (
            unicodedata.category(character) in _UNSEEN_CATEGORIES
            or character in _BLANKS
            or any(code in selectors for selectors in _SELECTORS)
        )
        self[code] = None if is_unseen else character
        return self[code]


_SEEN = _Seen()


def clean(text: str) -> str:
    """`text` on one line, without characters nobody sees: controls, bidi marks, tags, fillers."""
    return " ".join(text.translate(_SEEN).split())


def one_line(text: str, max_chars: int | None = None) -> str:
    """`text` on one line, at most `max_chars` long, with nothing in it that could pass for ours.

    Tags and code fences lose their first mark, `[3]` becomes `(3)`, unseen characters go; so do
    their look-alikes from other alphabets.
    """
    line = _FENCE.sub("'''", _TAG.sub("\u2039", clean(text)))
    line = MARKER.sub(_rounded, _NO_LETTERS.sub(_rounded, line.translate(_BRACKETS)))
    if max_chars is not None and len(line) > max_chars:
        line = f"{line[: max_chars - len(_CUT)].rstrip()}{_CUT}"
    return line


def _rounded(stretch: re.Match[str]) -> str:
    """A stretch of text with its brackets round, from the first to the last, around a digit."""
    text = stretch[0]
    start, end = text.find("["), text.rfind("]") + 1
    if start < 0 or not any(character.isdigit() for character in text[start:end]):
        return text
    return text[:start] + text[start:end].translate(_ROUND) + text[end:]


def field(text: str, max_chars: int | None = None) -> str:
    """`text` as a part of a line: it cannot end its own field or open another."""
    return one_line(text, max_chars).translate(_SEPARATORS)
