"""Pages and parts put together to texts, and citations found in the documents again."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from langchain_core.documents import Document as LangChainDocument

from langchain_minions._runs.reading import Reading
from minions_core.documents import Document
from minions_core.errors import UsageError
from minions_core.result import Citation
from tests.langchain.chains import INPUT, minions_chain
from tests.langchain.scripted import QUOTE


def page(number, text=None, source="/data/report.pdf", **metadata):
    metadata = {"source": source, "page": number, **metadata}
    return LangChainDocument(text or f"page {number}", metadata=metadata)


def part(text, start=None, **metadata):
    index = {} if start is None else {"start_index": start}
    return LangChainDocument(text, metadata={"source": "notes.txt", **metadata, **index})


def texts(*given):
    return [text if isinstance(text, str) else text.text for text in Reading.of(given).texts]


def only(*given):
    [text] = Reading.of(given).texts
    return text


def cite(start, end, document_index=0, page=None):
    return Citation(
        number=3,
        document="report.pdf",
        document_index=document_index,
        quote="quoted",
        answer="42",
        check="verified",
        start=start,
        end=end,
        page=page,
    )


def found(citation, *given):
    return Reading.of(given).evidence(citation).metadata


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


# Names and pages


@pytest.mark.parametrize(
    ("metadata", "name"),
    [
        ({"source": "/home/ann/secret/report.pdf"}, "report.pdf"),
        ({"source": "C:\\Users\\ann\\report.pdf"}, "report.pdf"),
        ({"source": "https://example.org/a/b.html"}, "https://example.org/a/b.html"),
        ({"source": "report.pdf", "title": "Annual report"}, "report.pdf"),
        ({"title": "Annual report"}, "Annual report"),
        ({}, "document"),
    ],
)
def test_a_document_is_named_after_its_source(metadata, name):
    assert only(LangChainDocument("It is 42.", metadata=metadata)).name == name


def test_documents_without_a_name_are_numbered_as_they_are_read():
    given = [page(0), page(1), LangChainDocument("a"), LangChainDocument("b")]
    names = [text.name for text in Reading.of(given).texts]
    assert names == ["report.pdf", "document 2", "document 3"]


@pytest.mark.parametrize(
    ("metadata", "number"),
    [
        ({}, None),
        ({"page": 0}, 1),
        ({"page": 4, "page_label": "7"}, 7),
        ({"page": 4, "page_label": "iv"}, 5),
        ({"page": "four"}, None),
    ],
)
def test_pages_are_counted_as_printed(metadata, number):
    assert only(LangChainDocument("It is 42.", metadata=metadata)).first_page == number


# Pages


def test_consecutive_pages_of_a_source_are_one_document():
    document = only(page(3), page(4), page(5))
    assert document.text == "page 3\fpage 4\fpage 5"
    assert [document.page_at(offset) for offset in (0, 7, 14)] == [4, 5, 6]


def test_empty_pages_count():
    assert only(page(0), page(1, text="\n"), page(2)).text == "page 0\f\n\fpage 2"


def test_pages_with_printed_numbers_are_counted_by_them():
    document = only(page(12, page_label="3"), page(13, page_label="4"))
    assert (document.first_page, document.page_at(8)) == (3, 4)


def test_a_body_that_counts_anew_is_a_document_of_its_own():
    labels = ["i", "ii", "1", "2"]
    given = [page(number, page_label=label) for number, label in enumerate(labels)]
    assert [text.first_page for text in Reading.of(given).texts] == [1, 1]


def test_pages_known_by_their_printed_numbers_alone_are_joined_too():
    labelled = [part(f"page {label}", page_label=label) for label in ("7", "8")]
    assert only(*labelled).text == "page 7\fpage 8"


@pytest.mark.parametrize(
    "second",
    [
        page(5),
        page(2),
        page(4, source="other.pdf"),
        page(4, page_label="9"),
        page(9, page_label="5"),
        part("page 4", source="/data/report.pdf"),
    ],
    ids=["gap", "backwards", "other source", "other label", "other place", "no page"],
)
def test_pages_that_do_not_follow_each_other_stay_apart(second):
    assert len(texts(page(3), second)) == 2


def test_pages_with_another_text_between_them_stay_apart():
    assert texts(page(3), "a note", page(4)) == ["page 3", "a note", "page 4"]


def test_pages_without_a_source_stay_apart():
    assert len(texts(page(3, source=""), page(4, source=""))) == 2


def test_a_joined_document_has_the_metadata_its_pages_share():
    document = only(page(0, total_pages=2, words=9), page(1, total_pages=2, words=8))
    assert document.metadata == {"source": "/data/report.pdf", "total_pages": 2}


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


# Citations


def test_a_citation_is_placed_on_its_page():
    metadata = found(cite(14, 18, page=6), page(3), page(4, words=8), page(5, words=9))
    assert metadata == {
        "source": "/data/report.pdf",
        "document": "report.pdf",
        "words": 9,
        "start": 0,
        "end": 4,
        "page": 6,
        "number": 3,
        "check": "verified",
    }


def test_a_citation_is_placed_in_its_part():
    given = [page(3, "The quick brown", start_index=0), page(3, "brown fox", start_index=10)]
    metadata = found(cite(16, 19, page=4), *given)
    assert [metadata[key] for key in ("start_index", "start", "end")] == [10, 6, 9]


def test_a_citation_over_the_edge_of_a_page_is_placed_where_most_of_it_is():
    metadata = found(cite(5, 12, page=4), page(3), page(4))
    assert [metadata[key] for key in ("start", "end", "page")] == [0, 5, 5]


def test_a_citation_in_a_later_text_is_placed_there():
    metadata = found(cite(8, 10, document_index=1, page=9), page(0), page(7), page(8, words=8))
    assert [metadata[key] for key in ("words", "start", "page")] == [8, 1, 9]


def test_form_feeds_within_a_document_are_counted():
    metadata = found(cite(4, 7, page=5), page(3, "one\ftwo"))
    assert [metadata[key] for key in ("start", "end", "page")] == [4, 7, 5]


def test_a_citation_of_a_string_has_the_place_it_was_given():
    metadata = found(cite(4, 7, page=2), "one\ftwo")
    assert [metadata[key] for key in ("start", "end", "page")] == [4, 7, 2]


def test_a_citation_of_a_core_document_has_its_metadata():
    document = Document("It is 42.", metadata={"row": 9})
    metadata = found(cite(0, 2), document)
    assert [metadata[key] for key in ("row", "start", "end")] == [9, 0, 2]


def test_evidence_is_the_quote():
    assert Reading.of(["It is 42."]).evidence(cite(0, 2)).page_content == "quoted"


def test_a_citation_without_a_place_has_what_all_pages_share():
    metadata = found(cite(None, None), page(0, total_pages=2), page(1, total_pages=2))
    assert (metadata["total_pages"], metadata["page"], metadata["start"]) == (2, None, None)


def test_a_place_not_known_does_not_hide_what_the_document_says():
    metadata = found(cite(None, None), part("one", page="iv"))
    assert (metadata["page"], metadata["start"]) == ("iv", None)


def test_a_citation_of_text_a_plan_composed_has_the_metadata_of_no_document():
    assert "source" not in found(cite(None, None, None), page(0), page(1))


def test_the_id_of_a_document_is_among_the_metadata_of_its_passages():
    given = LangChainDocument("It is 42.", id="chunk-7", metadata={"source": "a.txt"})
    assert found(cite(0, 2), given)["document_id"] == "chunk-7"


def test_a_document_without_an_id_brings_none():
    assert "document_id" not in found(cite(0, 2), page(0))


# Whole runs


PAGES = [page(number, text=f"Page {number} is about nothing.") for number in range(40)]
PAGES[29] = page(29, text=f"Of spending.\n\n{QUOTE}", author="Ada")


def test_a_file_of_pages_is_one_document_for_the_remote_model():
    chain = minions_chain()
    chain.invoke({**INPUT, "context": PAGES})
    [line] = re.findall("^.*report.pdf.*$", str(chain.remote.asked[0][1].content), re.MULTILINE)
    assert line.endswith("40 pages")


def test_its_evidence_stands_on_the_page_it_was_found_on():
    [evidence] = minions_chain().invoke({**INPUT, "context": PAGES})["documents"]
    start, end = evidence.metadata["start"], evidence.metadata["end"]
    assert PAGES[29].page_content[start:end] == evidence.page_content == QUOTE
    assert (evidence.metadata["page"], evidence.metadata["author"]) == (30, "Ada")


pieces = st.builds(
    part,
    st.text("ab \n\f", max_size=12),
    st.none() | st.integers(0, 20),
    page=st.none() | st.integers(0, 3),
    source=st.sampled_from(["a.pdf", "b.pdf", ""]),
)


@given(st.lists(pieces | st.text("ab", max_size=3), max_size=12))
def test_every_document_is_cited_word_for_word_in_order(given_texts):
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
