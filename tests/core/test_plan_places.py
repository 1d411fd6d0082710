"""Texts traced to the documents they stand in."""

from hypothesis import assume, given
from hypothesis import strategies as st

from minions_core.documents import Chunk, Document, Span
from minions_core.plan_tools.places import Places

LINES = "".join(f"Line {number} of the report says {number * 37} or so.\n" for number in range(999))
BLANK = "-" * 9000


def spans(places, text):
    return [chunk.span for chunk in places.of(text)]


@given(st.integers(0, len(LINES) - 1), st.integers(1, 400))
def test_a_passage_is_found_where_it_stands(start, length):
    text = LINES[start : start + length]
    assume(text.strip())
    (found,) = spans(Places([Document(LINES)]), text)
    assert LINES[found.start : found.end] == text


@given(st.text("ab", min_size=1, max_size=600), st.data())
def test_a_passage_of_any_text_is_found(text, data):
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    (found,) = spans(Places([Document(text)]), text[start:end])
    assert text[found.start : found.end] == text[start:end]


@given(st.integers(0, len(LINES) - 400), st.integers(150, 400))
def test_a_passage_with_something_before_it_is_in_no_document(start, length):
    text = f"Report: {LINES[start : start + length]}"
    assert Places([Document(LINES)]).of(text) == [Chunk(text)]


def test_passages_are_looked_for_onward_from_the_last():
    places = Places([Document(LINES + LINES)])
    places.of(LINES[-300:-100])
    assert spans(places, LINES[500:900]) == [Span(len(LINES) + 500, len(LINES) + 900)]


def test_a_passage_of_a_text_that_repeats_itself_is_found():
    text = f"{BLANK}\nTotal\n{BLANK}"
    places = Places([Document(text)])
    assert spans(places, f"{BLANK}\nTotal") == [Span(0, len(BLANK) + 6)]


def test_reading_for_passages_ends_some_time():
    text = "a" * 2_000_000
    places = Places([Document(text)])
    found = [spans(places, f"{number} is not there") for number in range(300)]
    assert found == [[None]] * 300
    assert spans(places, "aaa") == [None]
