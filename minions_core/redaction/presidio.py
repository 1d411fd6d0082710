"""Finds names of people and much else with Microsoft Presidio, where that is installed."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from importlib import import_module
from typing import Protocol

from minions_core.documents import Span
from minions_core.errors import MissingExtra
from minions_core.redaction.base import Sensitive

_OURS = {
    "CREDIT_CARD": "CARD",
    "EMAIL_ADDRESS": "EMAIL",
    "IBAN_CODE": "IBAN",
    "IP_ADDRESS": "IP",
    "PHONE_NUMBER": "PHONE",
    "US_SSN": "SSN",
}
_ASKED_FOR = "DATE_TIME"
# Models of spaCy refuse a million characters, and take about a gigabyte for a hundred thousand.
_WINDOW_CHARS = 100_000
_OVERLAP_CHARS = 2_000
_SPACE = re.compile(r"\s")


class _Result(Protocol):
    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...
    @property
    def entity_type(self) -> str: ...
    @property
    def score(self) -> float: ...


class Analyzer(Protocol):
    """What of a `presidio_analyzer.AnalyzerEngine` is used; see its API reference.

    https://microsoft.github.io/presidio/api/analyzer_python/
    """

    def get_supported_entities(self, language: str | None = None) -> list[str]:
        """What it can find in texts of a language."""
        ...

    def analyze(
        self, text: str, language: str, entities: list[str] | None = None
    ) -> Sequence[_Result]:
        """What it found, each with a place, a type and a score from 0 to 1."""
        ...


class PresidioRedactor:
    """Finds sensitive passages with Presidio: names, places and many national numbers.

    Its findings are named as ours where we know them too (`EMAIL`, not `EMAIL_ADDRESS`), and
    otherwise as it names them: `[PERSON_1]`.

    Args:
        analyzer: an `AnalyzerEngine` of yours; None makes one with Presidio's defaults, which
            loads a language model of spaCy (`python -m spacy download en_core_web_lg` once).
        entities: what to look for, by Presidio's names; None is all the analyzer supports but
            `DATE_TIME`, since hidden dates and years would spoil most answers.
        language: the language of the texts, as the analyzer knows it.
        score: findings less sure than this, from 0 to 1, are passed over.

    Raises:
        MissingExtra: no analyzer was given and Presidio is not installed.
    """

    def __init__(
        self,
        analyzer: Analyzer | None = None,
        entities: Iterable[str] | None = None,
        language: str = "en",
        score: float = 0.5,
    ) -> None:
        self._analyzer = analyzer or _default_analyzer()
        supported = self._analyzer.get_supported_entities(language) if entities is None else []
        ours = sorted(set(supported) - {_ASKED_FOR})
        self._entities = ours if entities is None else list(entities)
        self._language = language
        self._score = score

    def find(self, text: str) -> list[Sensitive]:
        """The sensitive passages of a text, in any order; they may overlap."""
        found = [
            Sensitive(
                Span(one.start, one.end).shifted(window.start),
                _OURS.get(one.entity_type, one.entity_type),
            )
            for window in _windows(text)
            for one in self._analyzer.analyze(
                text=text[window.start : window.end],
                language=self._language,
                entities=self._entities,
            )
            if one.score >= self._score
        ]
        return list(dict.fromkeys(found))


def _windows(text: str) -> Iterator[Span]:
    """The text in overlapping stretches that a model of the language takes, cut between words."""
    start = 0
    while len(text) - start > _WINDOW_CHARS:
        end = _after_a_word(text, start + _WINDOW_CHARS - _OVERLAP_CHARS // 2)
        yield Span(start, end)
        start = _after_a_word(text, end - _OVERLAP_CHARS)
    yield Span(start, len(text))


def _after_a_word(text: str, place: int) -> int:
    """The next place with white space before it, if one is near."""
    space = _SPACE.search(text, place, place + _OVERLAP_CHARS // 2)
    return space.end() if space else place


def _default_analyzer() -> Analyzer:
    try:
        presidio = import_module("presidio_analyzer")
    except ImportError as missing:
        raise MissingExtra("presidio-analyzer", "presidio") from missing
    analyzer: Analyzer = presidio.AnalyzerEngine()
    return analyzer
