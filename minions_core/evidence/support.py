"""Whether a passage bears an answer out: its figures, its dates, its names."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator

from minions_core.documents import Span
from minions_core.evidence.amounts import amounts, stray_amounts
from minions_core.evidence.dates import MONTHS, dates, short_years
from minions_core.evidence.figures import figures
from minions_core.evidence.folding import fold
from minions_core.evidence.words import COUNTED

_ORDERED = "first second third fourth fifth sixth seventh eighth ninth tenth"
_LIKE_PRONOUNS = frozenset({"one", "zero"})
_NAMED_FIGURES = {
    **{name: str(number) for name, number in MONTHS.items()},
    **{word: str(number) for number, word in enumerate(_ORDERED.split(), 1)},
    "both": "2",
}
_WORD_FIGURES = {**_NAMED_FIGURES, **{word: str(number) for word, number in COUNTED.items()}}


def unsupported(answer: str, passage: str, is_around: Callable[[str], bool]) -> tuple[str, ...]:
    """What of `answer` its passage does not bear out: dates, figures, months, names.

    A date must be in the passage, in whatever form; so must every other figure, in digits, in words
    or in another scale, and every month. A figure whose scale, unit or sign the passage contradicts
    is told with them. A name, which is a capitalised word that does not merely begin a sentence,
    must be in the passage, or around it if the answer says more than the name. An answer of one
    capitalised word is taken for a name unless it looks like a verdict; so is a short one in a
    script that has no capitals.

    Args:
        answer: what the worker concluded.
        passage: the text it quoted, as it stands in the document.
        is_around: whether a folded word stands anywhere in the text the worker read.
    """
    there = _all_figures(passage)
    strange_dates, rest = _strange_dates(answer, passage, there)
    strange = [
        *strange_dates,
        *_strange_figures(rest, passage),
        *_strange_names(rest, passage, there, is_around),
        *_caseless_name(answer, passage),
    ]
    return tuple(dict.fromkeys(strange))


def _strange_figures(answer: str, passage: str) -> Iterator[str]:
    """The figures of an answer that its passage lacks; those it contradicts with sign and unit."""
    named = [_NAMED_FIGURES[word] for word in fold(passage).split() if word in _NAMED_FIGURES]
    loose = {*named, *short_years(passage).values()}
    there = figures(passage) | loose
    years = short_years(answer)
    for amount in stray_amounts(answer, passage, loose):
        is_word = amount.number.lower() in _LIKE_PRONOUNS and fold(answer) != fold(amount.number)
        if not is_word and years.get(amount.span.start) not in there:
            is_contradicted = amount.is_spelt or there.issuperset(amount.forms)
            yield amount.text if is_contradicted else amount.number


def _strange_names(
    answer: str, passage: str, there: set[str], is_around: Callable[[str], bool]
) -> Iterator[str]:
    words = set(fold(passage).split())
    is_bare = _is_name(answer)
    spelt = [amount.span for amount in amounts(answer) if amount.is_spelt]
    for name in names_in(_blanked(answer, spelt)):
        word = fold(name)
        is_here = word in words or _WORD_FIGURES.get(word) in there
        if not is_here and (is_bare or word in MONTHS or not is_around(word)):
            yield name


def _caseless_name(answer: str, passage: str) -> Iterator[str]:
    """An answer that may be no more than a name in a script without capitals, if it is strange."""
    name = fold(answer)
    is_caseless = all(unicodedata.category(letter) == "Lo" for letter in name if letter.isalnum())
    is_short = _FEWEST_LETTERS <= len(name) <= _MOST_LETTERS
    if is_caseless and is_short and name not in _CASELESS_VERDICTS and name not in fold(passage):
        yield answer.strip()


def _all_figures(text: str) -> set[str]:
    """The figures of a text, those in words included, and years written short in full."""
    spelt = {_WORD_FIGURES[word] for word in fold(text).split() if word in _WORD_FIGURES}
    return figures(text) | spelt | set(short_years(text).values())


def _strange_dates(answer: str, passage: str, there: set[str]) -> tuple[list[str], str]:
    """The dates of an answer that its passage lacks, and the answer with all dates blanked out."""
    known = dates(passage)
    days = {day for date in known for day in date.days}
    loose = _all_figures(_blanked(passage, [date.span for date in known]))
    found = dates(answer)
    strange = [
        answer[date.span.start : date.span.end]
        for date in found
        if not date.days & days and not any(_is_composed(day, there, loose) for day in date.days)
    ]
    return strange, _blanked(answer, [date.span for date in found])


def _is_composed(day: tuple[int, int, int], there: set[str], loose: set[str]) -> bool:
    """Whether a date is told in pieces, as in `December 31, 2023 and 2022`.

    At least one must stand outside the full dates: parts of two of them make no third.
    """
    pieces = set(map(str, day))
    return pieces <= there and bool(pieces & loose)


def _blanked(text: str, spans: list[Span]) -> str:
    for span in spans:
        text = text[: span.start] + " " * len(span) + text[span.end :]
    return text


_NAME = re.compile(r"(?<![^\W_])[^\W\d_][^\W_]+")
_AFTER_A_STOP = re.compile(r"(?:\A|[.!?:;\n])\W*\Z")
_VERDICT = re.compile(
    r"(?:.*\d.*|.*(?:ed|ly)|yes|no|true|false|both|neither|none|all|any|same|more|less|higher|lower"
    r"|up|down|rose|fell|grew|positive|negative|increase|decrease|growth|profit|loss|correct"
    r"|unknown|maybe|ja|nein|oui|non|s[i\u00ed]|да)\W*",
    re.IGNORECASE,
)
_CASELESS_VERDICTS = frozenset(
    map(
        fold,
        (
            *("\u662f\u7684", "\u4e0d\u662f", "\u6ca1\u6709", "\u4e0a\u5347", "\u4e0b\u964d"),
            *("\u306f\u3044", "\u3044\u3044\u3048", "\u306a\u3057", "\uc544\ub2c8\uc694"),
            *("\u0939\u093e\u0901", "\u0928\u0939\u0940\u0902"),
            *("\u0e43\u0e0a\u0e48", "\u0e44\u0e21\u0e48"),
            *("\u0646\u0639\u0645", "\u0644\u0627", "\u05db\u05df", "\u05dc\u05d0"),
        ),
    )
)
"""Yes, no, none, up and down where there are no capitals to tell them from names."""

_FEWEST_LETTERS, _MOST_LETTERS = 2, 12
_LONGEST_STOP = 5
_LONGEST_NAME = 4


def names_in(text: str) -> Iterator[str]:
    """The capitalised words of a text; those that begin a sentence only where all is one name."""
    is_name = _is_name(text)
    for word in _NAME.finditer(text):
        before = text[max(0, word.start() - _LONGEST_STOP) : word.start()]
        if word[0][0].isupper() and (is_name or not _AFTER_A_STOP.search(before)):
            yield word[0]


def _is_name(text: str) -> bool:
    """Whether a text is no more than a name, or a few."""
    words = text.split()
    if len(words) == 1 and _VERDICT.fullmatch(words[0]):
        return False
    return len(words) <= _LONGEST_NAME and all(word[0].isupper() for word in words)
