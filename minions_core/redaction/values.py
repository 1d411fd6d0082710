"""When two spellings are one value, and where known values stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator

from minions_core.documents import Span
from minions_core.redaction.base import Sensitive

_ANY_CASE = frozenset({"EMAIL", "IBAN", "IP"})
_ANY_GROUPING = frozenset({"CARD", "IBAN", "PHONE", "SSN"})
_GROUPING = r"[\s().\-/\u2011]"
_AREA_CODE = r"(?:\((?=\d+\)))?"

_BEGINS_A_WORD = r"(?<![^\W_])(?!(?<=\d[.,])\d)"
_ENDS_A_WORD = r"(?![^\W_])(?!(?<=\d)[.,]\d)"
_WRITTEN_WITHOUT_SPACES = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)


def key(kind: str, value: str) -> str:
    """What all spellings of a value have in common.

    White space never counts; nor does case in e-mail addresses, IBANs and IP addresses, nor how the
    digits of phones, cards and accounts are grouped.
    """
    if kind in _ANY_GROUPING:
        value = re.sub(_GROUPING, "", value)
    value = " ".join(value.split())
    return value.casefold() if kind in _ANY_CASE else value


class KnownValues:
    """The values met so far, found again in any spelling wherever they stand as whole words."""

    def __init__(self) -> None:
        self._kinds: dict[str, None] = {}
        self._keys: set[tuple[str, str]] = set()
        self._as_words: list[str] = []
        self._anywhere: list[str] = []
        self._search: list[re.Pattern[str]] | None = []

    def add(self, kind: str, value: str) -> None:
        """Know one more."""
        self._kinds[kind] = None
        self._keys.add((kind, key(kind, value)))
        # Such scripts part no words, so whoever is named in them stands among letters.
        unparted = re.search(_WRITTEN_WITHOUT_SPACES, value[0] + value[-1])
        (self._anywhere if unparted else self._as_words).append(_spellings(kind, value))
        self._search = None

    def find(self, text: str) -> Iterator[Sensitive]:
        """Where they stand; of several that begin at one place the longest."""
        if self._search is None:
            self._search = [
                re.compile(f"{begins}(?=(?P<value>{_longest_first(spellings)}){ends})")
                for begins, spellings, ends in (
                    (_BEGINS_A_WORD, self._as_words, _ENDS_A_WORD),
                    ("", self._anywhere, ""),
                )
                if spellings
            ]
        for pattern in self._search:
            for match in pattern.finditer(text):
                yield Sensitive(Span(*match.span("value")), self._kind_of(match["value"]))

    def _kind_of(self, value: str) -> str:
        return next(kind for kind in self._kinds if (kind, key(kind, value)) in self._keys)


def _longest_first(spellings: list[str]) -> str:
    return "|".join(sorted(spellings, key=len, reverse=True))


def _spellings(kind: str, value: str) -> str:
    """A pattern for every spelling with the same key.

    It begins with a character where it can, since then the search passes over it quickest.
    """
    if kind in _ANY_GROUPING:
        chars = [_char(kind, char) for char in re.sub(_GROUPING, "", value)]
        return (_AREA_CODE if value.startswith("(") else "") + f"{_GROUPING}{{0,3}}".join(chars)
    words = ("".join(_char(kind, char) for char in word) for word in value.split())
    return r"\s+".join(words)


def _char(kind: str, char: str) -> str:
    if kind in _ANY_CASE and char.isascii() and char.isalpha():
        return f"[{char.lower()}{char.upper()}]"
    return re.escape(char)
