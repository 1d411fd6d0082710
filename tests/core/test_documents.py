"""Spans, pages, and pieces of a source put together."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.documents import Document, Piece, Span, joined


def texts(*pieces):
    return [whole.text for whole in joined(pieces)]


def piece(text, page=None, place=None, origin="report"):
    return Piece(text, text, page=page, place=place, origin=origin)


def whole(*pieces):
    [text] = joined(pieces)
    return text


@pytest.mark.parametrize(
    ("other", "common"),
    [
        (Span(0, 9), Span(2, 6)),
        (Span(4, 9), Span(4, 6)),
        (Span(3, 5), Span(3, 5)),
        (Span(0, 2), Span(2, 2)),
        (Span(8, 9), Span(8, 8)),
    ],
)
def test_what_two_spans_have_in_common(other, common):
    assert Span(2, 6).common(other) == common


def test_nothing_is_joined_to_nothing():
    assert joined([]) == []


def test_pieces_without_pages_are_parted_by_a_blank_line():
    assert texts(piece("One."), piece("Two.")) == ["One.\n\nTwo."]


def test_consecutive_pages_are_parted_by_a_form_feed():
    assert texts(piece("One.", page=3), piece("Two.", page=4)) == ["One.\fTwo."]


def test_pieces_of_a_page_are_parted_by_a_blank_line():
    assert texts(piece("One.", page=3), piece("Two.", page=3)) == ["One.\n\nTwo."]


@pytest.mark.parametrize(("one", "other"), [(3, 5), (4, 3), (None, 3), (3, None)])
def test_a_new_text_begins_where_pages_do_not_go_on(one, other):
    assert texts(piece("One.", page=one), piece("Two.", page=other)) == ["One.", "Two."]


def test_a_new_text_begins_where_the_page_before_is_several():
    assert texts(piece("One.\fTwo.", page=3), piece("Three.", page=4)) == ["One.\fTwo.", "Three."]


@pytest.mark.parametrize(
    ("second", "place", "text"),
    [
        ("brown fox", 10, "The quick brown fox"),
        (" fox", 15, "The quick brown fox"),
        ("quick", 4, "The quick brown"),
        ("The quick brown", 0, "The quick brown"),
        ("fox", 90, "The quick brown\n\nfox"),
        ("white fox", 10, "The quick brown\n\nwhite fox"),
    ],
    ids=["overlap", "touch", "within", "again", "apart", "disagree"],
)
def test_pieces_of_one_origin_are_joined_by_their_places(second, place, text):
    assert texts(piece("The quick brown", place=0), piece(second, place=place)) == [text]


def test_a_piece_from_before_the_last_one_is_parted_by_a_blank_line():
    assert texts(piece("brown fox", place=10), piece("brown", place=4)) == ["brown fox\n\nbrown"]


def test_pieces_of_different_origins_are_not_compared():
    pieces = [piece("brown", place=0, origin="a"), piece("brown fox", place=0, origin="b")]
    assert texts(*pieces) == ["brown\n\nbrown fox"]


def test_a_passage_is_in_the_piece_that_holds_most_of_it():
    text = whole(piece("The quick ", place=0), piece("brown fox", place=10))
    assert text.place_of(Span(8, 15)) == (1, Span(0, 5))


def test_a_passage_that_two_pieces_hold_is_in_the_first():
    text = whole(piece("The quick brown", place=0), piece("brown fox", place=10))
    assert text.place_of(Span(10, 15)) == (0, Span(10, 15))


def test_a_passage_between_pieces_is_in_none():
    assert whole(piece("One."), piece("Two.")).place_of(Span(4, 6)) is None


pieces = st.builds(
    piece,
    st.text("ab \n\f", max_size=12),
    page=st.none() | st.integers(1, 4),
    place=st.none() | st.integers(0, 20),
    origin=st.sampled_from(["a", "b", None]),
)


@given(st.lists(pieces, max_size=12))
def test_every_piece_stands_in_its_text_word_for_word(given_pieces):
    wholes = joined(given_pieces)
    placed = [
        (text.text[span.start : span.end], piece)
        for text in wholes
        for span, piece in zip(text.spans, text.pieces, strict=True)
    ]
    assert placed == [(piece.text, piece) for piece in given_pieces]


@given(st.lists(pieces, max_size=12))
def test_every_piece_is_on_the_page_it_was_on(given_pieces):
    pages = [
        (Document(text.text, first_page=text.pieces[0].page).page_at(start), piece.page)
        for text in joined(given_pieces)
        for start, piece in zip(text.starts, text.pieces, strict=True)
        if piece.page is not None
    ]
    assert all(told == known for told, known in pages)
