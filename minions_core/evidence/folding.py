"""Texts as they are compared: case, accents, punctuation and white space folded away."""

from __future__ import annotations

import re
import unicodedata
from array import array
from bisect import bisect_right
from functools import lru_cache

from minions_core.documents import Span


@lru_cache(maxsize=1024)  # answers and quotes are compared many times over; for long texts: Folded
def fold(text: str) -> str:
    """`text` as it is compared: words and figures, a space between; `1,577` becomes `1577`."""
    return Folded(text).text


_MARKS = "\u00ad\u0300-\u036f\u200b-\u200d\u2060\ufeff"
_MARK = re.compile(f"[{_MARKS}]")
_LETTERS = rf"(?:[^\W_]|[{_MARKS}])+"
_SPELT = (
    r"(?<![^\W_])[^\W_](?:_[^\W_])+(?![^\W_])"  # `T_V_s`, as transcripts spell what is spelt out
)
_TOKEN = re.compile(rf"{_SPELT}|{_LETTERS}(?:(?<=\d)[.,](?=\d){_LETTERS})*")
_UNSEEN = re.compile(rf"[{_MARKS},_]")


class _FoldedCharacters(dict[int, str]):
    """What each character folds to, worked out when it is first met."""

    def __missing__(self, code: int) -> str:
        plain = unicodedata.normalize("NFKD", chr(code)).casefold()
        plain = unicodedata.normalize("NFKD", plain)
        self[code] = "".join(_UNSEEN.sub("", plain).split())
        return self[code]


_FOLDED = _FoldedCharacters()


class Folded:
    """A folded text and the way back: where each of its words began."""

    def __init__(self, original: str) -> None:
        self._original = original
        self._origins = array("q")
        self._starts = array("q")
        words: list[str] = []
        length = 0
        for token in _TOKEN.finditer(original):
            word = token[0].translate(_FOLDED)
            if word:
                self._origins.append(token.start())
                self._starts.append(length)
                words.append(word)
                length += len(word) + 1
        self.text = " ".join(words)

    def origin(self, start: int, end: int) -> Span:
        """The stretch of the original that `[start, end)` of the folded text came from."""
        last = self._character(end - 1) + 1
        while last < len(self._original) and _MARK.match(self._original, last):
            last += 1
        return Span(self._character(start), last)

    def _character(self, at: int) -> int:
        word = bisect_right(self._starts, at) - 1
        position, reached = self._origins[word], self._starts[word]
        while True:
            reached += len(_FOLDED[ord(self._original[position])])
            if reached > at:
                return position
            position += 1
