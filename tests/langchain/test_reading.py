"""Parts put together to texts, all else read as it was given."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document as LangChainDocument

from langchain_minions._runs.reading import Reading
from minions_core.documents import Document
from minions_core.errors import UsageError
from tests.langchain.readings import only, page, part, texts

# What is left as it is


def test_strings_are_read_as_they_are():
    assert Reading.of(["It is 42.", "It is 43."]).texts == ("It is 42.", "It is 43.")


def test_a_core_document_is_read_as_it_is():
    document = Document("It is 42.", name="a.txt", first_page=7)
    assert only(document) is document


@pytest.mark.parametrize("wrong", [42, None, {"text": "42"}])
def test_anything_else_is_a_usage_error_that_names_its_type(wrong):
    with pytest.raises(UsageError, match=type(wrong).__name__):
        Reading.of(["It is 42.", wrong])


def test_text_and_metadata_are_kept():
    document = only(LangChainDocument("It is 42.", metadata={"source": "a.txt", "lang": "en"}))
    assert (document.text, document.metadata) == ("It is 42.", {"source": "a.txt", "lang": "en"})


def test_the_callers_order_is_kept():
    given = ["a", page(0), page(1), "b", Document("c"), page(7, source="x.pdf"), page(2)]
    assert texts(*given) == ["a", "page 0\fpage 1", "b", "c", "page 7", "page 2"]


# What is given more than once


def test_a_string_given_twice_is_read_once():
    assert texts("It is 42.", "It is 43.", "It is 42.") == ["It is 42.", "It is 43."]


def test_a_document_found_twice_is_read_once():
    first, again = part("It is 42.", 7), part("It is 42.", 7)
    [source] = Reading.of([first, again]).sources
    assert [piece.given for piece in source.pieces] == [first]


def test_pages_found_twice_are_joined_still():
    assert texts(page(3), page(3), page(4), page(3)) == ["page 3\fpage 4"]


def test_a_document_found_twice_under_two_ids_is_read_once():
    assert len(texts(LangChainDocument("42", id="a"), LangChainDocument("42", id="b"))) == 1


def test_the_same_text_with_other_metadata_is_another_document():
    assert texts(part("yes", row=1), part("yes", row=2), "yes") == ["yes"] * 3


def test_what_was_read_is_the_same_when_it_is_read_again():
    same = [page(0, words=1), page(1, words=2), "a", page(0, words=3), page(1, words=4)]
    read = Reading.of(same).texts
    assert Reading.of(read).texts == read


# Parts that a splitter made


def test_parts_of_a_page_are_parted_by_a_blank_line():
    document = only(page(3, "One."), page(3, "Two."), page(4, "Three."))
    assert document.text == "One.\n\nTwo.\fThree."
    assert document.page_at(document.text.index("Three")) == 5


def test_parts_of_a_page_that_overlap_lose_the_repetition():
    given = [page(3, "The quick brown", start_index=0), page(3, "brown fox", start_index=10)]
    assert only(*given, page(4, "Three.", start_index=0)).text == "The quick brown fox\fThree."


def test_parts_of_a_page_in_another_order_stay_apart():
    given = [page(3, "brown fox", start_index=10), page(3, "The quick brown", start_index=0)]
    assert texts(*given) == ["brown fox", "The quick brown"]


def test_parts_of_a_text_without_pages_are_joined_by_their_places():
    given = [part("The quick brown", 0), part("brown fox", 10), part("over the dog", 90)]
    assert texts(*given) == ["The quick brown fox\n\nover the dog"]


@pytest.mark.parametrize("places", [(None, None), (0, None), (90, 0), (0, 0), (-1, 5)])
def test_parts_of_a_text_without_pages_stay_apart_where_their_order_is_unknown(places):
    first, second = places
    assert texts(part("One.", first), part("Two.", second)) == ["One.", "Two."]


def test_rows_of_a_table_stay_apart():
    assert texts(part("a: 1", row=0), part("a: 2", row=1)) == ["a: 1", "a: 2"]


pieces = st.builds(
    part,
    st.text("ab \n\f", max_size=12),
    st.none() | st.integers(0, 20),
    page=st.none() | st.integers(0, 3),
    source=st.sampled_from(["a.pdf", "b.pdf", ""]),
)


@given(st.lists(pieces | st.text("ab", max_size=3), max_size=12))
def test_every_document_is_cited_word_for_word_in_order(given_texts):
    given_texts = [item for at, item in enumerate(given_texts) if item not in given_texts[:at]]
    reading = Reading.of(given_texts)
    spans = [
        (text, span, piece.given)
        for text, source in zip(reading.texts, reading.sources, strict=True)
        if not isinstance(source, str)
        for span, piece in zip(source.spans, source.pieces, strict=True)
    ]
    documents = [item for item in given_texts if not isinstance(item, str)]
    assert [document for _, _, document in spans] == documents
    assert all(
        text.text[span.start : span.end] == document.page_content for text, span, document in spans
    )
