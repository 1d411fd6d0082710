"""Whether two answers to one task say the same.

Case, accents, punctuation, thousands separators, small words and the words of the task are no
difference, nor is a unit that one of them leaves out. Another figure, another unit, a "not" or
another order is one: to take two answers for different costs a vote, to take them for the same may
turn it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain
from typing import Final

from minions_core.effects import JobKind
from minions_core.evidence.figures import figures
from minions_core.evidence.folding import fold
from minions_core.evidence.words import NEGATIONS, UNIT_OF

_SMALL_WORDS: Final = (
    "a an the is are was were be been being has have had do does did of in on at it its he she they"
    " this that these those there yes s fy"
)
_SMALL: Final = frozenset(_SMALL_WORDS.split())
_SIGN = r"US\$|[$\u20ac\u00a3\u00a5]|\b(?:USD|EUR|GBP|JPY)\b"
_SCALES = "thousand|million|billion|trillion|mn|bn|tn|[mk]"
_MONEY = re.compile(
    rf"({_SIGN})\s?(\d+(?:[.,]\d+)*)(\s?(?:{_SCALES})\b)?",
    re.IGNORECASE,
)
_MINUS = re.compile(rf"(?<![\w.)])[-\u2212\u2013](?=(?:{_SIGN})?\d)")
_BRACKETED = re.compile(
    rf"\A\s*((?:{_SIGN})?)\s?\(\s?((?:{_SIGN})?\s?\d[\d.,]*)\s?\)(?=(?:\s?({_SCALES})\b)?\W*\Z)",
    re.IGNORECASE,
)
_NOT = re.compile(r"n['\u2019]t\b|(?<=\bcan)not\b", re.IGNORECASE)
_TOKEN = re.compile(r"\d+(?:[.,]\d+)*|[%$\u20ac\u00a3\u00a5]|[^\W\d_]+")
_ENDING = re.compile(r"(?<=\w{4})(?:es|ed|ing|e|s)$")
_CHOICE = re.compile(r"\b(?:or|and|both|either|between|which of)\b", re.IGNORECASE)

_PROSE_WORDS: Final = 8
_LEAST_IN_COMMON: Final = 0.85
_CAPITALISED = re.compile(r"(?<=[^.!?\s]\s)[^\W\d_]*[A-Z]\w*")
_TURNING_WORDS: Final = (
    "increase decrease rise rose risen fall fell fallen grow grew shrink up down more less fewer"
    " higher lower above below before after gain loss profit approve reject accept decline deny"
    " allow forbid win won lose lost buy sell import export first last all some only except without"
    " and or but minus"
)


def say_the_same(one: str, other: str, *, task: str, kind: JobKind = "look-up") -> bool:
    """Whether two answers to `task` say the same; the items of a list may come in any order."""
    if kind != "list":
        return _alike(one, other, task)
    ones, others = _items(one), _items(other)
    pairs = zip(ones, others, strict=False)
    return len(ones) == len(others) and all(_alike(a, b, task) for a, b in pairs)


def likeness(one: str, other: str) -> float:
    """How many of their words two texts have in common, from 0.0 to 1.0, in whatever order."""
    from rapidfuzz.distance.Indel import normalized_similarity

    return normalized_similarity(sorted(_telling(_words(one))), sorted(_telling(_words(other))))


def _alike(one: str, other: str, task: str) -> bool:
    words, other_words = _words(one), _words(other)
    sayable: set[str] = set() if _CHOICE.search(task) else {*_words(task)} - {"not"}
    if _telling(words) and _telling(other_words):
        words, other_words = _telling(words), _telling(other_words)
    else:
        sayable |= _SMALL
    short, long = sorted((words, other_words), key=len)
    extra = _extra(short, long)
    if extra is not None:
        sayable |= {*UNIT_OF.values(), *({"not"} & {*short})}
        return sayable.issuperset(extra)
    return len(short) >= _PROSE_WORDS and _reads_alike(one, other)


def _extra(short: Sequence[str], long: Sequence[str]) -> list[str] | None:
    """What `long` has beyond the words of `short`; None if it does not have them in that order."""
    wanted = iter(short)
    next_word = next(wanted, None)
    extra: list[str] = []
    for word in long:
        if word == next_word:
            next_word = next(wanted, None)
        else:
            extra.append(word)
    return extra if next_word is None else None


def _reads_alike(one: str, other: str) -> bool:
    """Whether sentences differ in a few words only, and in none that changes what they say."""
    from rapidfuzz.distance import Indel

    words, other_words = _telling(_words(one)), _telling(_words(other))
    if Indel.normalized_similarity(words, other_words) < _LEAST_IN_COMMON:
        return False
    edits = Indel.editops(words, other_words)
    changed = {
        words[edit.src_pos] if edit.tag == "delete" else other_words[edit.dest_pos]
        for edit in edits
    }
    names = {*chain(*map(_words, _CAPITALISED.findall(f"{one} . {other}")))}
    weighty = names | {*map(_stem, _TURNING_WORDS.split())} | {*UNIT_OF.values()} | {"not"}
    return weighty.isdisjoint(changed) and not any(word[0].isdigit() for word in changed)


def _telling(words: Sequence[str]) -> list[str]:
    return [word for word in words if word not in _SMALL]


def _words(text: str) -> list[str]:
    """The words, figures and units of a text in the form they are compared in."""
    signed = _MINUS.sub(" minus ", _BRACKETED.sub(r"-\1\2", text))
    plain = _MONEY.sub(r" \2\3 \1 ", _NOT.sub(" not", signed))
    return list(chain.from_iterable(map(_compared, _TOKEN.findall(plain))))


def _compared(token: str) -> Iterator[str]:
    if token[0].isdigit():
        plain = figures(token)
        yield from plain if len(plain) == 1 else re.split("[.,]", token)
        return
    word = token if token in UNIT_OF else fold(token)
    yield "not" if word in NEGATIONS else UNIT_OF.get(word) or _stem(word)


def _stem(word: str) -> str:
    return word if word in _SMALL else _ENDING.sub("", word)


_ITEM_END = re.compile(r";|\n")
_ITEM_END_IN_PROSE = re.compile(r",\s+(?:and\s+)?|\s+and\s+", re.IGNORECASE)
_BULLET = re.compile(r"^\s*(?:[-*\u2022]\s+|\d{1,2}[.)]\s+)")


def _items(answer: str) -> list[str]:
    """The items of a list, in an order of their own."""
    end = _ITEM_END if _ITEM_END.search(answer.strip()) else _ITEM_END_IN_PROSE
    items = (_BULLET.sub("", item).strip() for item in end.split(answer.strip()))
    return sorted(filter(None, items), key=_words)
