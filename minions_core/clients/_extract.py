"""Finds the sentence or table row of a text that answers a question, by words and patterns alone.

No language is understood here. Words of the question count by how rare they are in the text; what
is asked for (a date, an amount, a name ...) must be there; years must fit; what was planned or
adjusted counts less where the question did not ask for it.
"""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import pairwise
from typing import Literal, TypeAlias

from minions_core.clients._units import YEAR, Unit, stems, units

Kind: TypeAlias = Literal["date", "name", "percent", "money", "count", "figure", "words"]

_MONTH = (
    r"(?:January|February|March|April|May|June|July|August|September|October|November|December)"
)
_DATE = re.compile(rf"{_MONTH} \d{{1,2}}, \d{{4}}|\d{{1,2}} {_MONTH} \d{{4}}|\d{{4}}-\d\d-\d\d")
_NO_FIGURE = re.compile(rf"{_DATE.pattern}|\b(?:Note|Item|Page|Section|Table|Chapter) \d+[A-Z]?")
_BARE_YEAR = re.compile(r"(?:1[5-9]|20)\d\d")
_SCALE = r"(?:\s(?:thousand|million|billion|trillion))?"
_NUMBER = rf"\d[\d,]*(?:\.\d+)?{_SCALE}"
_PATTERNS: dict[Kind, re.Pattern[str]] = {
    "date": _DATE,
    "name": re.compile(r"[A-Z][\w'\u2019-]+(?:(?: & | )[A-Z][\w'\u2019.-]*)+"),
    "percent": re.compile(r"\d[\d,]*(?:\.\d+)?\s?(?:%|percent|per cent)"),
    "money": re.compile(rf"(?:[$\u20ac\u00a3]|USD |EUR |GBP )\s?{_NUMBER}"),
    "count": re.compile(rf"(?<![$\u20ac\u00a3\d.,]){_NUMBER}(?![\d%])"),
    "figure": re.compile(rf"[$\u20ac\u00a3]?{_NUMBER}\s?%?"),
    "words": re.compile(r"(?s).+"),
}
_ASKED: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    ("date", re.compile(r"\bwhen\b|\b(?:what|which) (?:date|day)\b", re.IGNORECASE)),
    ("name", re.compile(r"\bwhom?\b|\bwhich (?:firm|person|bank|auditor)", re.IGNORECASE)),
    ("count", re.compile(r"\bhow many\b", re.IGNORECASE)),
    (
        "percent",
        re.compile(r"\b(?:share of|percent\w*|proportion|\w+ rate|margin)\b", re.IGNORECASE),
    ),
    ("money", re.compile(r"\bhow much\b|\bprice\b|\bcosts?\b|\bdollars\b", re.IGNORECASE)),
    (
        "figure",
        re.compile(r"^(?:what (?:was|were|is|are)|how (?:large|high|big))\b", re.IGNORECASE),
    ),
)
_QUALIFIERS = frozenset(stems(
    "budget budgeted plan planned approved forecast expected adjusted proposed assumed guidance "
    "previous former quarter half segment"
))  # fmt: skip
_ENOUGH = 0.62
_ENOUGH_OWN = 0.3
_CONTEXT_WEIGHT = 0.6
_PHRASE_BONUS = 0.1
_ROW_SHARE, _LABEL_SHARE = 0.68, 0.3
_WRONG_YEAR_SHARE, _NO_YEAR_SHARE = 0.6, 0.8
_UNASKED_SHARE = 0.75
_IN_TABLE = "columns "
_CLAUSE = re.compile(r"[,;]\s(?!\d)|\band\b|\bagainst\b|\bfrom\b")
_CLAUSE_CHARS = 15
_NAME_BEHIND = 3
_YEAR_WEIGHT = 2


@dataclass(frozen=True, slots=True)
class Question:
    """What is asked, taken apart.

    Attributes:
        words: stems of its content words, years left out.
        years: the years it names.
        kind: what an answer must be.
    """

    words: tuple[str, ...]
    years: frozenset[str]
    kind: Kind

    @classmethod
    def of(cls, text: str) -> Question:
        """Read a question."""
        asked = text.strip()
        kinds: list[Kind] = [kind for kind, sign in _ASKED if sign.search(asked)]
        years = frozenset(YEAR.findall(asked))
        return cls(_without_years(stems(asked)), years, kinds[0] if kinds else "words")

    def about(self, words: Sequence[str]) -> Question:
        """The same question in other words."""
        return replace(self, words=_without_years(words) or self.words)


def _without_years(words: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(word for word in words if not YEAR.fullmatch(word)))


@dataclass(frozen=True, slots=True)
class Extract:
    """What was found.

    Attributes:
        answer: a figure, date or name where one was asked for, or else the whole sentence.
        quote: the sentence or row, verbatim.
        reason: why it was chosen, in a few words.
        score: how well it fits, from 0 to about 1.
    """

    answer: str
    quote: str
    reason: str
    score: float


def extract(text: str, question: Question) -> Extract | None:
    """The best answer a text holds, or None if it holds none that is good enough."""
    read = _read(text)
    weights = {word: read.weight(word) for word in question.words}
    best: Extract | None = None
    for unit in read.units:
        score = _relevance(unit, question, weights)
        if score < _ENOUGH or (best and score <= best.score):
            continue
        answer = _answer(unit, question)
        if answer:
            best = Extract(answer, unit.text, _reason(unit, question), score)
    return best


def fit(quote: str, place: str, question: Question) -> float:
    """How well a quote fits a question, from 0 to about 1.

    Args:
        quote: a sentence, or a row on one line.
        place: what is known of where it stands: its heading, the columns of its table.
        question: what was asked.
    """
    if _IN_TABLE in place:  # which column it is was for its reader to see
        question = replace(question, years=frozenset())
    return _relevance(Unit(quote, place), question, dict.fromkeys(question.words, 1.0))


class _Text:
    """A text read once, however many questions are asked of it."""

    def __init__(self, text: str) -> None:
        self.units = units(text)
        self._units_with = Counter(word for unit in self.units for word in {*unit.words})

    def weight(self, word: str) -> float:
        return math.log(2 + len(self.units) / (1 + self._units_with[word]))


@lru_cache(maxsize=8)
def _read(text: str) -> _Text:
    return _Text(text)


def _relevance(unit: Unit, question: Question, weights: dict[str, float]) -> float:
    whole = sum(weights.values())
    if not whole:
        return 0.0
    held = {word for word in unit.words if word in weights}
    own = sum(weights[word] for word in held) / whole
    if own < _ENOUGH_OWN:
        return 0.0
    near = sum(weights[word] for word in weights if word in unit.around and word not in held)
    coverage = own + _CONTEXT_WEIGHT * near / whole
    return (
        (coverage + _PHRASE_BONUS * _phrases(unit, question))
        * _precision(unit, held, question)
        * _years_fit(unit, question)
        * _unasked(unit, question)
    )


def _phrases(unit: Unit, question: Question) -> int:
    """How many pairs of neighbouring words of the question are neighbours here too."""
    return len(set(pairwise(question.words)) & set(pairwise(unit.words)))


def _precision(unit: Unit, held: set[str], question: Question) -> float:
    """A row's label should say what was asked and nothing else; a sentence explains itself."""
    if not unit.label:
        return 1.0
    others = [word for word in unit.words if word not in question.words]
    return _ROW_SHARE + _LABEL_SHARE * len(held) / (len(held) + len(others))


def _years_fit(unit: Unit, question: Question) -> float:
    if not question.years or question.years <= unit.years:
        return 1.0
    return _WRONG_YEAR_SHARE if unit.years else _NO_YEAR_SHARE


def _unasked(unit: Unit, question: Question) -> float:
    return _UNASKED_SHARE ** len((_QUALIFIERS & {*unit.words}) - {*question.words})


def _answer(unit: Unit, question: Question) -> str | None:
    if unit.label and question.kind not in {"name", "date", "words"}:
        return _cell(unit, question)
    text = unit.text
    if question.kind not in {"date", "words"}:
        text = _NO_FIGURE.sub(lambda match: " " * len(match[0]), text)
    spans = [match.span() for match in _PATTERNS[question.kind].finditer(text)]
    chosen = [span for span in spans if _is_news(unit.text[slice(*span)], question)]
    if not chosen:
        return None
    distance = _distance_of_name if question.kind == "name" else _distance
    start, end = min(chosen, key=lambda span: distance(unit.text, span, question))
    return unit.text[start:end].strip(" ,.")


def _is_news(found: str, question: Question) -> bool:
    """Whether it is no year by itself (unless words are asked for) and not what was asked with."""
    if question.kind in {"date", "words"}:
        return True
    words = stems(found)
    return not _BARE_YEAR.fullmatch(found.strip(" ,.")) and not {*words} <= {*question.words}


def _distance(text: str, span: tuple[int, int], question: Question) -> int:
    """How far a figure is from the words asked for and the year it should belong to."""
    years = [match.span() for match in YEAR.finditer(text) if match[0] in question.years]
    apart = min((_gap(text, span, word) for word in _asked_words(text, question)), default=0)
    if years and question.kind != "date":
        apart += _YEAR_WEIGHT * min(_gap(text, span, year) for year in years)
    return apart


def _distance_of_name(text: str, span: tuple[int, int], question: Question) -> int:
    """How far a name is from all words asked for; who did it mostly comes before what was done."""
    nearest: dict[str, int] = {}
    for word in _asked_words(text, question):
        apart = _gap(text, span, word) * (1 if span < word else _NAME_BEHIND)
        spelt = text[slice(*word)].lower()
        nearest[spelt] = min(apart, nearest.get(spelt, apart))
    return sum(nearest.values())


def _asked_words(text: str, question: Question) -> list[tuple[int, int]]:
    words = (match.span() for match in re.finditer(r"[^\W_]+", text))
    return [word for word in words if {*stems(text[slice(*word)])} & {*question.words}]


def _gap(text: str, one: tuple[int, int], other: tuple[int, int]) -> int:
    """How far two stretches of a sentence are apart; a new clause between them counts extra."""
    first, second = sorted((one, other))
    between = text[first[1] : second[0]]
    return len(between) + _CLAUSE_CHARS * len(_CLAUSE.findall(between))


def _cell(unit: Unit, question: Question) -> str | None:
    columns = dict(unit.cells)
    dated = sorted(name for name in columns if YEAR.fullmatch(name))
    wanted = [name for name in dated if name in question.years]
    if question.years and not wanted:
        return None
    column = (wanted or dated[-1:] or [next(iter(columns))])[0]
    figure = columns[column].strip("()").strip()
    return _in_units(figure, unit, question.kind) if figure[:1].isdigit() or "$" in figure else None


def _in_units(figure: str, unit: Unit, kind: Kind) -> str | None:
    """The figure of a cell with its unit, or None if it is not of the kind asked for."""
    label, header = unit.label.lower(), unit.unit.lower()
    if "percent" in label or "%" in figure or "%" in label:
        return f"{figure.rstrip('%')}%" if kind in {"percent", "figure"} else None
    if kind == "percent":
        return None
    if "people" in label or "employe" in label or "number" in label or kind == "count":
        return figure
    if "$" in figure or "per share" in label or label.endswith("dollars"):
        return "$" + figure.lstrip("$ ")
    scale = next((word for word in ("thousand", "million", "billion") if word in header), "")
    sign = "$" if "dollar" in header or "$" in header else ""
    return f"{sign}{figure} {scale}".strip()


def _reason(unit: Unit, question: Question) -> str:
    shared = [word for word in unit.words if word in question.words]
    place = f"the row '{unit.label}'" if unit.label else "the sentence"
    return f"Of the words asked for, {place} holds {len({*shared})}."
