"""Presidio as a redactor: by the shape of its API, and with a real engine on a blank pipeline."""

import re
import sys
from dataclasses import dataclass
from types import SimpleNamespace

import presidio_analyzer
import pytest
import spacy

from minions_core.documents import Span
from minions_core.errors import MissingExtra
from minions_core.redaction import PresidioRedactor, Redactor, Sensitive, Vault


@dataclass
class Result:
    """A `RecognizerResult`, as far as it is read."""

    start: int
    end: int
    entity_type: str
    score: float


class Analyzer:
    """Finds what it is told to, and keeps what it was asked."""

    def __init__(self, *results):
        self.results = results
        self.asked = []

    def get_supported_entities(self, language=None):
        return ["PERSON", "DATE_TIME", f"ID_{language}"]

    def analyze(self, text, language, entities=None):
        self.asked.append((text, language, entities))
        return list(self.results)


def test_a_finding_has_its_place_and_its_kind():
    redactor = PresidioRedactor(Analyzer(Result(3, 7, "PERSON", 0.85)))
    assert redactor.find("by Anna") == [Sensitive(Span(3, 7), "PERSON")]


def test_what_we_know_too_is_named_as_ours():
    redactor = PresidioRedactor(Analyzer(Result(0, 7, "EMAIL_ADDRESS", 1.0)))
    assert redactor.find("a@x.com") == [Sensitive(Span(0, 7), "EMAIL")]


@pytest.mark.parametrize(("score", "number"), [(0.6, 1), (0.61, 0)])
def test_findings_less_sure_than_wanted_are_passed_over(score, number):
    redactor = PresidioRedactor(Analyzer(Result(0, 4, "PERSON", 0.6)), score=score)
    assert len(redactor.find("Anna")) == number


class Names(Analyzer):
    """Finds Anna, and refuses long texts as spaCy does."""

    def analyze(self, text, language, entities=None):
        assert len(text) < 1_000_000
        places = (match.start() for match in re.finditer("Anna", text))
        return [Result(place, place + 4, "PERSON", 1.0) for place in places]


def test_a_long_text_is_searched_piece_by_piece():
    text = "word Anna " * 150_000
    found = PresidioRedactor(Names()).find(text)
    assert {item.span.start for item in found} == set(range(5, len(text), 10))
    assert len(found) == 150_000


def test_all_is_looked_for_but_dates():
    analyzer = Analyzer()
    PresidioRedactor(analyzer, language="de").find("x")
    assert analyzer.asked == [("x", "de", ["ID_de", "PERSON"])]


def test_only_what_is_wanted_is_looked_for():
    analyzer = Analyzer()
    PresidioRedactor(analyzer, entities=("DATE_TIME",)).find("x")
    assert analyzer.asked == [("x", "en", ["DATE_TIME"])]


def test_without_presidio_the_extra_is_named(monkeypatch):
    monkeypatch.setitem(sys.modules, "presidio_analyzer", None)
    with pytest.raises(MissingExtra, match=r"pip install 'minions-integrations\[presidio\]'"):
        PresidioRedactor()


def test_without_an_analyzer_presidio_makes_one(monkeypatch):
    module = SimpleNamespace(AnalyzerEngine=lambda: Analyzer(Result(0, 4, "PERSON", 1.0)))
    monkeypatch.setitem(sys.modules, "presidio_analyzer", module)
    assert PresidioRedactor().find("Anna") == [Sensitive(Span(0, 4), "PERSON")]


def test_it_is_a_redactor():
    assert isinstance(PresidioRedactor(Analyzer()), Redactor)


@pytest.fixture
def engine():
    """A real engine on a blank pipeline of spaCy, with patterns and a list of names: no model."""
    nlp = presidio_analyzer.nlp_engine.SpacyNlpEngine(
        models=[{"lang_code": "en", "model_name": "blank"}]
    )
    nlp.nlp = {"en": spacy.blank("en")}
    registry = presidio_analyzer.RecognizerRegistry(supported_languages=["en"])
    registry.load_predefined_recognizers(languages=["en"], nlp_engine=nlp)
    registry.remove_recognizer("SpacyRecognizer")
    registry.add_recognizer(
        presidio_analyzer.PatternRecognizer(supported_entity="PERSON", deny_list=["Anna Lee"])
    )
    return presidio_analyzer.AnalyzerEngine(
        registry=registry, nlp_engine=nlp, supported_languages=["en"]
    )


def test_presidio_itself_finds_names_and_addresses(engine):
    vault = Vault(PresidioRedactor(engine))
    text = "In 2022 Anna Lee <anna@example.com> paid with 4111 1111 1111 1111."
    hidden = vault.hide(text)
    assert hidden == "In 2022 [PERSON_1] <[EMAIL_1]> paid with [CARD_1]."
    assert vault.reveal(hidden) == text


def test_presidio_itself_finds_only_what_is_wanted(engine):
    redactor = PresidioRedactor(engine, entities=["PERSON"])
    assert redactor.find("Anna Lee, anna@example.com") == [Sensitive(Span(0, 8), "PERSON")]
