"""Whether a passage bears an answer out: its figures, its dates, its names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator

from minions_core.evidence.dates import MONTHS, Date, dates, short_years
from minions_core.evidence.figures import NUMBER, figures, is_rescaled, plain
from minions_core.evidence.folding import fold

_COUNTED = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen"
    " sixteen seventeen eighteen nineteen twenty"
)
_ORDERED = "first second third fourth fifth sixth seventh eighth ninth tenth"
_WORD_FIGURES = {
    **{name: str(number) for name, number in MONTHS.items()},
    **{word: str(number) for number, word in enumerate(_COUNTED.split())},
    **{word: str(number) for number, word in enumerate(_ORDERED.split(), 1)},
}


def unsupported(answer: str, passage: str, is_around: Callable[[str], bool]) -> tuple[str, ...]:
    """What of `answer` its passage does not bear out: dates, figures, months, names.

    A date must be in the passage, in whatever form; every other figure must be, in digits, in words
    or in another scale (`1.2 billion` for `1,200 million`), and every month. A name, which is a
    capitalised word that does not merely begin a sentence, must be in the passage or around it. An
    answer of one capitalised word is taken for a name unless it looks like a verdict.

    Args:
        answer: what the worker concluded.
        passage: the text it quoted, as it stands in the document.
        is_around: whether a folded word stands anywhere in the text the worker read.
    """
    words = set(fold(passage).split())
    there = _all_figures(passage)
    strange_dates, rest = _strange_dates(answer, passage, there)
    numbers = [
        number[0]
        for number in NUMBER.finditer(rest)
        if not (there.issuperset(plain(number[0])) or is_rescaled(rest, number.span(), passage))
        and short_years(rest).get(number.start()) not in there
    ]
    names = {name: fold(name) for name in names_in(rest)}
    strangers = [
        name
        for name, word in names.items()
        if word not in words
        and _WORD_FIGURES.get(word) not in there
        and (word in MONTHS or not is_around(word))
    ]
    return tuple(dict.fromkeys([*strange_dates, *numbers, *strangers]))


def _all_figures(text: str) -> set[str]:
    """The figures of a text, those in words included, and years written short in full."""
    spelt = {_WORD_FIGURES[word] for word in fold(text).split() if word in _WORD_FIGURES}
    return figures(text) | spelt | set(short_years(text).values())


def _strange_dates(answer: str, passage: str, there: set[str]) -> tuple[list[str], str]:
    """The dates of an answer that its passage lacks, and the answer with all dates blanked out."""
    known = dates(passage)
    days = {day for date in known for day in date.days}
    loose = _all_figures(_blanked(passage, known))
    found = dates(answer)
    strange = [
        answer[date.span.start : date.span.end]
        for date in found
        if not date.days & days and not any(_is_composed(day, there, loose) for day in date.days)
    ]
    return strange, _blanked(answer, found)


def _is_composed(day: tuple[int, int, int], there: set[str], loose: set[str]) -> bool:
    """Whether a date is told in pieces, as in `December 31, 2023 and 2022`.

    At least one must stand outside the full dates: parts of two of them make no third.
    """
    pieces = set(map(str, day))
    return pieces <= there and bool(pieces & loose)


def _blanked(text: str, found: list[Date]) -> str:
    for span in (date.span for date in found):
        text = text[: span.start] + " " * len(span) + text[span.end :]
    return text


_NAME = re.compile(r"[^\W\d_][^\W_]+")
_AFTER_A_STOP = re.compile(r"(?:\A|[.!?:;\n])\W*\Z")
_VERDICT = re.compile(
    r"(?:.*\d.*|.*(?:ed|ly)|yes|no|true|false|both|neither|none|all|any|same|more|less|higher|lower"
    r"|up|down|rose|fell|grew|positive|negative)\W*",
    re.IGNORECASE,
)
_LONGEST_STOP = 5
_LONGEST_NAME = 4


def names_in(text: str) -> Iterator[str]:
    """The capitalised words of a text; those that begin a sentence only where all is one name."""
    words = text.split()
    is_name = len(words) <= _LONGEST_NAME and all(word[0].isupper() for word in words)
    if len(words) == 1:
        is_name = is_name and not _VERDICT.fullmatch(words[0])
    for word in _NAME.finditer(text):
        before = text[max(0, word.start() - _LONGEST_STOP) : word.start()]
        if word[0][0].isupper() and (is_name or not _AFTER_A_STOP.search(before)):
            yield word[0]
