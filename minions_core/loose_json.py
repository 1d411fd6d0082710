"""JSON objects as small models write them, found anywhere in a reply.

Single, curly and triple quotes, trailing and missing commas, comments, bare words and keys,
Python's `None` and `True`, line breaks and unescaped quotes inside strings, figures with thousands
separators are all understood. An object that is cut off is not.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, Final

_MAX_DEPTH: Final = 40
_WORK_PER_CHARACTER: Final = 4
_LONGEST_NUMBER: Final = 300

_THOUGHTS = re.compile(
    r"<(think|thinking|thought|reasoning)>.*?(?:</\1>|\Z)", re.IGNORECASE | re.DOTALL
)
_END_OF_THOUGHTS = re.compile(r"</(?:think|thinking|thought|reasoning)>", re.IGNORECASE)


def without_thoughts(text: str) -> str:
    """`text` without `<think>...</think>`, also where either tag is missing."""
    spoken = _THOUGHTS.sub("", text)
    return _END_OF_THOUGHTS.split(spoken)[-1]


@dataclass(frozen=True, slots=True)
class Found:
    """An object, and where in the text it stands: `text[start:end]`."""

    value: dict[str, Any]
    start: int
    end: int


def objects(text: str) -> Iterator[Found]:
    """Every outermost complete object in `text`, in order.

    An object that runs into the end of the text ends the search: what follows its brace is part
    of it. Work is bounded by a small multiple of the length of `text`.
    """
    reader = _Reader(text)
    work = _WORK_PER_CHARACTER * len(text)
    start = text.find("{")
    while start >= 0 and work > 0:
        try:
            value = reader.object_at(start)
        except _Broken:
            if reader.at >= len(text):
                return
            work -= reader.at - start
            start = text.find("{", start + 1)
        else:
            yield Found(value, start, reader.at)
            start = text.find("{", reader.at)


class _Broken(Exception):
    """Not an object after all, or one without an end."""


_COMMENT = r"(?<!:)//|/\*|#\s"
_COMMENTS = r"(?<!:)//[^\n]*|#\s[^\n]*|/\*.*?(?:\*/|\Z)"
_LITERAL = r"(?:null|true|false|None|True|False)\b"
_AFTER_A_COMMA = rf"[\"'\u201c\u2018{{}}\[\]]|-?\d|{_LITERAL}|\w+\s*:|{_COMMENT}|\Z"
_END_OF_A_STRING = (
    rf"\s*(?:[:}}\]]|,\s*(?:{_AFTER_A_COMMA})|{_COMMENT}|\Z)|\s+\"\w[\w ]{{0,40}}\"\s*:"
)


def _quoted(opening: str, closing: str) -> re.Pattern[str]:
    """A string; its own mark counts as text where nothing follows that can follow a string."""
    inside = rf"[^{closing}\\]|\\.|{closing}(?!{_END_OF_A_STRING})"
    return re.compile(rf"{opening}((?:{inside})*+){closing}", re.DOTALL)


_QUOTED = {
    marks[0]: _quoted(marks[0], marks[-1]) for marks in ('"', "'", "\u201c\u201d", "\u2018\u2019")
}
_TRIPLE = re.compile(r"(\"{3}|'{3})(.*?)\1", re.DOTALL)
_SPACE = re.compile(rf"(?:\s+|{_COMMENTS})*+", re.DOTALL)
_BARE = re.compile(r"[^\s,:{}\[\]\"'][^,:{}\[\]\"'\n]*")
_AFTER_A_WORD = re.compile(rf"\s(?:{_COMMENT}).*", re.DOTALL)
_NUMBER = re.compile(r"-?\d+(\.\d+)?([eE][+-]?\d{1,3})?", re.ASCII)
_IN_GROUPS = re.compile(r"-?\d{1,3}(?:,\d{3})+(?:\.\d+)?(?=\s*[,}])", re.ASCII)
_WORDS: Final[dict[str, bool | None]] = {
    "null": None,
    "None": None,
    "true": True,
    "True": True,
    "false": False,
    "False": False,
}


class _Reader:
    """Reads values by descent; `at` is where it stands, also after a failure."""

    def __init__(self, text: str) -> None:
        self.at = 0
        self._text = text

    def object_at(self, start: int) -> dict[str, Any]:
        self.at = start
        return self._object(_MAX_DEPTH)

    def _object(self, depth: int) -> dict[str, Any]:
        pairs: dict[str, Any] = {}

        def pair() -> None:
            key = self._scalar()
            self._take(":")
            pairs[str(key)] = self._grouped() or self._value(depth)

        self._listed("{", pair, "}")
        return pairs

    def _array(self, depth: int) -> list[Any]:
        values: list[Any] = []
        self._listed("[", lambda: values.append(self._value(depth)), "]")
        return values

    def _listed(self, opening: str, item: Callable[[], None], closing: str) -> None:
        self._take(opening)
        while self._next() != closing:
            item()
            if self._next() == ",":
                self._take(",")
            elif self._next() not in _QUOTED:  # else only the comma is missing
                break
        self._take(closing)

    def _value(self, depth: int) -> Any:
        mark = self._next()
        if mark not in "{[":
            return self._scalar()
        if depth == 0:
            raise _Broken
        return self._object(depth - 1) if mark == "{" else self._array(depth - 1)

    def _grouped(self) -> str | None:
        """A figure with thousands separators; in an array it would be several."""
        mark = self._next()
        found = _IN_GROUPS.match(self._text, self.at) if mark in "-0123456789" else None
        self.at = found.end() if found else self.at
        return found[0] if found else None

    def _scalar(self) -> Any:
        mark = self._next()
        triple = _TRIPLE.match(self._text, self.at) if mark in "\"'" else None
        found = triple or _QUOTED.get(mark, _BARE).match(self._text, self.at)
        if not found:
            if mark in _QUOTED:  # a string without an end takes the rest of the text
                self.at = len(self._text)
            raise _Broken
        self.at = found.end()
        if mark in _QUOTED:
            return _unescaped(found[found.re.groups])
        return _word(_AFTER_A_WORD.sub("", found[0]).strip())

    def _next(self) -> str:
        space = _SPACE.match(self._text, self.at)
        self.at = space.end() if space else self.at
        if self.at >= len(self._text):
            raise _Broken
        return self._text[self.at]

    def _take(self, mark: str) -> None:
        if self._next() != mark:
            raise _Broken
        self.at += 1


def _word(word: str) -> Any:
    if word in _WORDS:
        return _WORDS[word]
    number = _NUMBER.fullmatch(word) if len(word) <= _LONGEST_NUMBER else None
    if not number:
        return word
    return float(word) if number[1] or number[2] else int(word)


_ESCAPE = re.compile(
    r"\\(?:u([0-9a-fA-F]{4})|x([0-9a-fA-F]{2})|U(00(?:0[0-9a-fA-F]|10)[0-9a-fA-F]{4})|(.))",
    re.DOTALL,
)
_ESCAPED: Final = {"n": "\n", "t": "\t", "r": "\r", "b": "\b", "f": "\f", "\n": ""}


def _unescaped(raw: str) -> str:
    if "\\" not in raw:
        return raw
    text = _ESCAPE.sub(_escaped, raw)
    # Pairs of surrogates become the character they stand for; a lone one stands for nothing.
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")


def _escaped(found: re.Match[str]) -> str:
    code = found[1] or found[2] or found[3]
    if code:
        return chr(int(code, 16))
    return _ESCAPED.get(found[4], found[4] if found[4] in "\"'\\/" else found[0])
