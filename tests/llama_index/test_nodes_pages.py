"""Pages of files as readers and searches hand them out: blank, scattered, oddly labelled."""

import pytest
from hypothesis import given
from hypothesis import strategies as st
from llama_index.core.schema import ImageNode, NodeWithScore

from llama_index_minions._nodes import Reading
from minions_core.documents import Span
from minions_core.result import Citation
from tests.llama_index.pieces import names, page, scored, texts, texts_in_place


def cited(text: str, quote: str) -> Citation:
    start = text.index(quote)
    return Citation(
        number=1,
        document="",
        document_index=0,
        quote=quote,
        answer="",
        check="verified",
        start=start,
        end=start + len(quote),
    )


# Blank pages


def test_blank_pages_do_not_part_a_file():
    [document] = Reading.of([page(1), page(2, ""), page(3, " \n"), page(4)]).documents
    assert document.text == "page 1\f\f\fpage 4"
    assert document.page_at(document.text.index("page 4")) == 4


def test_a_file_of_blank_pages_is_left_out():
    assert texts([page(1, ""), page(2, " "), scored("text")]) == ["text"]


def test_images_beside_the_text_of_a_page_are_skipped():
    metadata = {"file_name": "10-K.pdf", "page_label": "1"}
    image = NodeWithScore(node=ImageNode(image="aGk=", metadata=metadata))
    assert texts([image, page(1), image]) == ["page 1"]


# Form feeds at the ends of pages


def test_a_form_feed_that_ends_a_page_is_the_end_of_the_page():
    [document] = Reading.of([page(n, f"page {n}\f") for n in (1, 2, 3)]).documents
    assert document.text == "page 1\fpage 2\fpage 3\f"


def test_a_page_of_a_form_feed_alone_is_blank():
    assert texts([page(1, "page 1\f"), page(2, "\f"), page(3)]) == ["page 1\f\fpage 3"]


def test_a_passage_of_a_page_that_ends_in_a_form_feed_is_found_in_the_node():
    nodes = [page(n, f"The text of page {n}.\f") for n in (1, 2)]
    reading = Reading.of(nodes)
    place = reading.place(cited(reading.documents[0].text, "page 2"))
    assert place.node is nodes[1]
    assert place.span == Span(12, 18)


def test_a_form_feed_within_a_page_still_leaves_open_where_it_ends():
    assert texts([page(1, "one\ftwo\f"), page(2)]) == ["one\ftwo\f", "page 2"]


# Scattered pages


def test_pages_a_search_found_are_one_document_with_their_numbers():
    [document] = Reading.of([page(n) for n in (40, 3, 12)]).documents
    at = [document.page_at(document.text.index(f"page {n}")) for n in (3, 12, 40)]
    assert (document.name, at) == ("10-K.pdf", [3, 12, 40])


def test_pages_too_far_apart_are_documents_whose_names_tell_their_pages():
    nodes = [page(3), page(7000), page(7004)]
    assert names(nodes) == ["10-K.pdf, p. 3", "10-K.pdf, p. 7000 to 7004"]


def test_a_huge_number_of_a_page_makes_no_huge_text():
    assert texts([page(1), page("9" * 9)]) == ["page 1", f"page {'9' * 9}"]


# Labels


def test_front_matter_comes_before_the_numbered_pages_and_appendices_after_them():
    nodes = [page("A-1"), page(2), page("iv"), page(1)]
    assert texts(nodes) == ["page iv", "page 1\fpage 2", "page A-1"]
    assert names(nodes) == ["10-K.pdf, p. iv", "10-K.pdf, p. 1 to 2", "10-K.pdf, p. A-1"]


def test_pages_counted_from_zero_keep_their_numbers():
    [document] = Reading.of([page(0), page(1)]).documents
    assert [document.page_at(0), document.page_at(len(document.text))] == [0, 1]


@pytest.mark.parametrize("label", ["9" * 5000, "-1", 1.0, "", None, "1-2"])
def test_a_label_that_is_no_number_of_a_page_numbers_none(label):
    [document] = Reading.of([page(label, "text")]).documents
    assert (document.text, document.first_page) == ("text", None)


def test_parts_of_one_page_stay_with_the_text_they_were_cut_from():
    of_it = {"file_path": "/x/10-K.pdf", "page_label": "1"}
    nodes = [
        scored("b, end", "b", 90, **of_it),
        scored("a, end", "a", 90, **of_it),
        scored("b", "b", 0, **of_it),
        scored("a", "a", 0, **of_it),
    ]
    assert texts(nodes) == ["b\n\nb, end\n\na\n\na, end"]


paged = st.builds(
    page,
    st.integers(0, 9) | st.sampled_from([400, 2000, "iv", "A-1"]),
    st.sampled_from(["", "\f", "text", "text\f", "a\fb"]),
    st.sampled_from(["one", "two", None]),
)


@given(st.lists(paged, max_size=9))
def test_every_node_is_on_the_page_it_is_labelled_with(nodes):
    reading = Reading.of(nodes)
    told = [
        (document.page_at(start), piece.page)
        for document, part in zip(reading.documents, reading.parts, strict=True)
        for start, piece in zip(part.starts, part.pieces, strict=True)
    ]
    assert [at for at, _ in told] == [known if known is not None else at for at, known in told]


@given(st.lists(paged, max_size=9))
def test_every_page_stands_in_a_document_word_for_word(nodes):
    placed = texts_in_place(nodes)
    assert all(text == node.get_content() for text, node in placed)
    given_ids = sorted(node.node_id for node in nodes if node.get_content().strip())
    assert sorted(node.node_id for _, node in placed) == given_ids
