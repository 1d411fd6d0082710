"""When two spellings are one value, and where known values stand in a text."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations_with_replacement

from minions_core.documents import Span
from minions_core.redaction.base import Sensitive

_ANY_CASE = frozenset({"EMAIL", "IBAN", "IP"})
_ANY_GROUPING = frozenset({"CARD", "IBAN", "PHONE", "SSN"})
_GROUPING = r"[\s().\-/\u2011]"

_BEGINS_A_WORD = re.compile(r"(?<![^\W_])(?!(?<=\d[.,])\d)")
_ENDS_A_WORD = re.compile(r"(?![^\W_])(?!(?<=\d)[.,]\d)")
_UNPARTED = (
    "[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3040-\u30ff\u3400-\u9fff\uac00-\ud7af\uf900-\ufaff]"
)
_WORD = re.compile(rf"{_UNPARTED}|(?:(?!{_UNPARTED})[^\W_])+")
_MARKS = re.compile(r"([\W_]*).*?([\W_]*)", re.DOTALL)
_TELLING = 3
_FEWEST_LETTERS = 6
_MOST_WORDS = 8


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
    """The values met so far, found again in any spelling wherever they stand as whole words.

    Long parts of a value are found, too: whole words or groups of it, or of an account number any
    beginning or end, that have half of its letters and digits and at least six of them.
    """

    def __init__(self) -> None:
        self._keys: dict[str, dict[tuple[str, str], None]] = {}
        self._longest: dict[str, int] = {}
        self._parts: set[tuple[str, str]] = set()

    def add(self, kind: str, value: str) -> None:
        """Know one more."""
        known = kind, key(kind, value)
        if known not in self._parts:
            parts = {(kind, key(kind, part)) for part in _long_parts(kind, value)} - {known}
            self._parts |= parts
            for part in parts:
                self._note(part)
        self._note(known)

    def _note(self, known: tuple[str, str]) -> None:
        letters = _letters(known[1])
        self._keys.setdefault(letters, {})[known] = None
        begins = letters[:_TELLING]
        self._longest[begins] = max(len(letters), self._longest.get(begins, 0))

    def find(self, text: str) -> Iterator[Sensitive]:
        """Where they stand; of several that begin at one place all."""
        words = [(*word.span(), word[0].casefold()) for word in _WORD.finditer(text)]
        for index, (start, _, _) in enumerate(words):
            letters = ""
            for at in range(index, len(words)):
                _, end, word = words[at]
                letters += word
                for kind, spelled in self._keys.get(letters, ()):
                    yield from _at(text, Span(start, end), kind, spelled)
                begins = letters[:_TELLING]
                if len(begins) == _TELLING and len(letters) >= self._longest.get(begins, 0):
                    break


def _letters(text: str) -> str:
    return "".join(_WORD.findall(text)).casefold()


def _at(text: str, words: Span, kind: str, spelled: str) -> Iterator[Sensitive]:
    """A value, if it stands at some words of the text: with the marks around it, and apart."""
    marks = _MARKS.fullmatch(spelled)
    before, after = marks.groups() if marks else ("", "")
    start, end = words.start - len(before), words.end + len(after)
    if start < 0 or key(kind, text[start:end]) != spelled:
        return
    if text[start - 1 : start] == "(" and _leaves_open(text[start:end]):
        start -= 1
    # Scripts without spaces part no words, so whoever is named in them stands among letters.
    unparted = re.search(_UNPARTED, spelled[0] + spelled[-1])
    if unparted or (_BEGINS_A_WORD.match(text, start) and _ENDS_A_WORD.match(text, end)):
        yield Sensitive(Span(start, end), kind)


def _leaves_open(text: str) -> bool:
    return text.count(")") > text.count("(")


def _long_parts(kind: str, value: str) -> Iterator[str]:
    """The parts of a value that tell so much of it that they are not to leave either."""
    enough = max(_FEWEST_LETTERS, (len(_letters(value)) + 1) // 2)
    if kind in _ANY_GROUPING:
        bare = key(kind, value)
        for size in range(enough, len(bare)):
            yield from (bare[:size], bare[-size:])
    words = list(_WORD.finditer(value))
    last = len(words) - 1
    for first, final in combinations_with_replacement(range(len(words)), 2):
        if first and final < last and last >= _MOST_WORDS:
            continue
        part = value[words[first].start() : words[final].end()]
        # The domain of an address is that of many others, and no secret.
        if len(_letters(part)) >= enough and (kind != "EMAIL" or "@" in part):
            yield part
