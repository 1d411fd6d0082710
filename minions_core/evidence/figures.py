"""Figures and names of an answer, compared with those of the passage it rests on."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from minions_core.evidence.folding import fold

_NUMBER = re.compile(r"\d+(?:[.,]\d+)*")
_COMMAS_GROUP = re.compile(r"\d{1,3}(?:,\d{2,3})*,\d{3}(?:\.\d+)?")
_POINTS_GROUP = re.compile(r"\d{1,3}(?:\.\d{3}){2,}|\d{1,3}(?:\.\d{3})+,\d+")
_SIMPLE = re.compile(r"\d+(?:\.\d+|,\d{1,2})?")


def figures(text: str) -> set[str]:
    """The numbers in `text`, each in one plain form.

    `1,577`, `1577.0` and `(1,577)` are all `1577`; `20.20 %` is `20.2`; a date is its numbers.
    Signs and scale words are left aside: `$1.2bn` is `1.2`.
    """
    return {figure for number in _NUMBER.findall(text) for figure in _plain(number)}


def first_figure(text: str, answer: str) -> int:
    """Where in `text` the first figure of `answer` stands; 0 if none does."""
    wanted = figures(answer)
    numbers = (found for found in _NUMBER.finditer(text) if not wanted.isdisjoint(_plain(found[0])))
    return next((found.start() for found in numbers), 0)


def _plain(number: str) -> list[str]:
    """The plain form of a number; of `31.12.2023` those of its three."""
    if _COMMAS_GROUP.fullmatch(number):
        several = [number.replace(",", "")]
    elif _POINTS_GROUP.fullmatch(number):
        several = [number.replace(".", "").replace(",", ".")]
    elif _SIMPLE.fullmatch(number):
        several = [number.replace(",", ".")]
    else:
        several = re.split("[.,]", number)
    return [_shortest(part) for part in several]


def _shortest(decimal: str) -> str:
    """`decimal` in ASCII digits without zeros that say nothing."""
    digits = "".join(mark if mark == "." else str(unicodedata.decimal(mark)) for mark in decimal)
    whole, _, fraction = digits.partition(".")
    whole, fraction = whole.lstrip("0") or "0", fraction.rstrip("0")
    return f"{whole}.{fraction}" if fraction else whole


_MONTHS = "january february march april may june july august september october november december"
_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty"
)
_ORDERED = "first second third fourth fifth sixth seventh eighth ninth tenth"
_MONTH_FIGURES = {
    name: str(number)
    for number, month in enumerate(_MONTHS.split(), 1)
    for name in (month, month[:3], month[:4])
}
_WORD_FIGURES = {
    **_MONTH_FIGURES,
    **{word: str(number) for number, word in enumerate(_COUNTED.split())},
    **{word: str(number) for number, word in enumerate(_ORDERED.split(), 1)},
}


def unsupported(answer: str, passage: str, is_around: Callable[[str], bool]) -> tuple[str, ...]:
    """What of `answer` its passage does not bear out: figures, months, names.

    Every figure must be in the passage, in digits or in words, and every month. A name, which is a
    capitalised word that does not merely begin a sentence, must be in the passage or around it. An
    answer of one capitalised word is taken for a name unless it looks like a verdict.

    Args:
        answer: what the worker concluded.
        passage: the text it quoted, as it stands in the document.
        is_around: whether a folded word stands anywhere in the text the worker read.
    """
    words = set(fold(passage).split())
    there = figures(passage) | {_WORD_FIGURES[word] for word in words & _WORD_FIGURES.keys()}
    numbers = [number for number in _NUMBER.findall(answer) if not there.issuperset(_plain(number))]
    names = {name: fold(name) for name in _names(answer)}
    strangers = [
        name
        for name, word in names.items()
        if word not in words
        and _WORD_FIGURES.get(word) not in there
        and (word in _MONTH_FIGURES or not is_around(word))
    ]
    return tuple(dict.fromkeys([*numbers, *strangers]))


_NAME = re.compile(r"[^\W\d_][^\W_]+")
_AFTER_A_STOP = re.compile(r"(?:\A|[.!?:;\n])\W*\Z")
_VERDICT = re.compile(
    r"(?:.*\d.*|.*(?:ed|ly)|yes|no|true|false|both|neither|none|all|any|same|more|less|higher|lower"
    r"|up|down|rose|fell|grew|positive|negative)\W*",
    re.IGNORECASE,
)
_LONGEST_STOP = 5
_LONGEST_NAME = 4


def _names(answer: str) -> Iterator[str]:
    """The capitalised words of `answer`; those that begin a sentence only where all is one name."""
    words = answer.split()
    is_name = len(words) <= _LONGEST_NAME and all(word[0].isupper() for word in words)
    if len(words) == 1:
        is_name = is_name and not _VERDICT.fullmatch(words[0])
    for word in _NAME.finditer(answer):
        before = answer[max(0, word.start() - _LONGEST_STOP) : word.start()]
        if word[0][0].isupper() and (is_name or not _AFTER_A_STOP.search(before)):
            yield word[0]
