"""Passages: as a card, and in their place in the document."""

from dataclasses import replace

import pytest
from streamlit.testing.v1 import AppTest

from minions_core.app.answer import answer_html, passage_head
from minions_core.app.bill import disclosed, figures
from minions_core.app.passages import citation_card, document_pages, evidence_card
from minions_core.documents import Document, Span
from minions_core.ledger import Disclosed, Disclosure
from minions_core.result import Citation, MinionsResult

PAGES = Document("one two\fthree four\ffive", name="log.pdf", first_page=7)
CITED = Citation(
    number=2,
    document="log.pdf",
    document_index=0,
    quote="three",
    answer="3",
    check="verified",
    start=8,
    end=13,
    page=8,
    heading="Numbers",
)


def result(answer="It is 3 [2].", **changes):
    given = {"status": "answered", "citations": (CITED,), **changes}
    return MinionsResult(protocol="minions", question="?", answer=answer, **given)


def opened(index, start, end):
    """The dialog of a passage, drawn by itself."""

    def page(index, start, end):
        from dataclasses import replace

        from minions_core.app.answer import open_passage
        from tests.apps.app.test_app_passages import CITED, PAGES

        citation = replace(CITED, document_index=index, start=start, end=end)
        open_passage(citation, (PAGES,), dismiss=list)

    drawn = AppTest.from_function(page, args=(index, start, end)).run()
    assert not drawn.exception
    return drawn


def test_a_passage_is_marked_in_its_document():
    assert ">three</mark> four" in document_pages(PAGES, Span(8, 13))


def test_every_page_of_the_document_can_be_reached():
    shown = document_pages(PAGES, Span(8, 13))
    assert [f"Page {number}" in shown for number in (7, 8, 9, 10)] == [True, True, True, False]


def test_a_passage_over_two_pages_is_marked_on_both():
    assert document_pages(PAGES, Span(4, 13)).count("<mark") == 2


def test_without_a_passage_nothing_is_marked():
    assert "<mark" not in document_pages(PAGES, None)


def test_a_document_without_pages_has_no_page_numbers():
    assert "Page" not in document_pages(Document("one two"), Span(0, 3))


def test_of_an_enormous_document_the_passage_and_much_around_it_are_shown():
    enormous = Document("a" * 3_000_000 + "here" + "b" * 3_000_000)
    shown = document_pages(enormous, Span(3_000_000, 3_000_004))
    assert ">here</mark>" in shown
    assert "A part of the document" in shown
    assert len(shown) < 2_001_000


def test_a_part_of_an_enormous_document_keeps_its_page_numbers():
    enormous = Document(("x" * 9_999 + "\f") * 300, first_page=1)
    shown = document_pages(enormous, Span(2_000_000, 2_000_001))
    assert [f"Page {number}<" in shown for number in (100, 101, 201, 300)] == [False, *[True] * 3]


def test_a_card_tells_place_quote_and_check():
    card = citation_card(CITED)
    assert "log.pdf · page 8 · Numbers" in card
    assert (">three<" in card, ">verified<" in card, 'data-cite="2"' in card) == (True, True, True)


@pytest.mark.parametrize(
    ("check", "words"),
    [
        ("partial", "a figure of the answer is not in it"),
        ("unverified", "not found in the document"),
    ],
)
def test_a_check_that_was_not_passed_is_told_in_words(check, words):
    assert words in citation_card(replace(CITED, check=check))


def test_evidence_tells_what_was_concluded():
    assert '<div class="mn-concluded">3</div>' in evidence_card(CITED)


def test_evidence_without_words_says_so():
    assert "no words were quoted" in evidence_card(replace(CITED, quote=" "))


def test_a_long_quote_is_cut_on_its_card():
    assert "x" * 401 not in citation_card(replace(CITED, quote="x" * 500))


def test_a_marker_points_at_its_citation():
    assert '<button class="mn-mark mn-verified"' in answer_html(result())


def test_a_marker_of_several_points_at_each():
    first = replace(CITED, number=1)
    shown = answer_html(result("Both [1, 2].", citations=(first, CITED)))
    assert shown.count('<button class="mn-mark') == 2


def test_a_marker_that_points_at_nothing_is_text():
    assert "<button" not in answer_html(result("It is [9].", citations=()))


def test_a_marker_of_which_a_part_points_at_nothing_keeps_that_as_text():
    assert '<span class="mn-nowhere">[9]</span>' in answer_html(result("Both [2, 9]."))


def test_no_answer_says_so():
    assert "Nothing was found" in answer_html(result("", status="exhausted", citations=()))


def test_notes_are_shown():
    assert "Note: Look twice." in answer_html(result(notes=("Look twice.",)))


def test_an_opened_passage_tells_what_was_concluded():
    assert "The local model concluded: 3" in passage_head(CITED)


def test_an_opened_passage_shows_its_document():
    assert len(opened(0, 8, 13).get("bidi_component")) == 1


def test_words_that_stand_nowhere_are_said_to():
    shown = [element.proto.body for element in opened(0, None, None).get("html")]
    assert any("stand nowhere in the document" in body for body in shown)


@pytest.mark.parametrize("index", [None, 5])
def test_a_passage_of_no_document_is_said_to_be(index):
    shown = [element.proto.body for element in opened(index, 0, 1).get("html")]
    assert any("stands in no document" in body for body in shown)


def test_what_is_unknown_is_not_told_as_nothing():
    assert figures(result()).count(">unknown<") == 2


def test_what_left_is_shown_exactly():
    left = Disclosure(items=(Disclosed(kind="quote", text=" a  <b>\n \n", document="log.pdf"),))
    assert '<td class="mn-exactly"> a  &lt;b&gt;&#10; &#10;</td>' in disclosed(left)


def test_what_left_is_counted_by_kind():
    items = [Disclosed(kind="quote", text=text) for text in "ab"]
    assert "quote 2" in disclosed(Disclosure(items=tuple(items)))


def test_where_nothing_left_it_is_said():
    assert "Nothing of the documents was sent" in disclosed(Disclosure())


def test_where_the_local_model_is_elsewhere_it_is_said_what_it_was_sent():
    assert "it was sent the passages it read" in disclosed(Disclosure(), is_read_elsewhere=True)
