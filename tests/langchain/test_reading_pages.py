"""Pages put together to texts, and what they are counted by."""

import re

import pytest
from langchain_core.documents import Document as LangChainDocument

from langchain_minions._runs.reading import Reading
from tests.langchain.chains import INPUT, minions_chain
from tests.langchain.readings import cite, found, only, page, part, texts
from tests.langchain.scripted import QUOTE


@pytest.mark.parametrize(
    ("metadata", "number"),
    [
        ({}, None),
        ({"page": 0}, 1),
        ({"page": 4, "page_label": "7"}, 7),
        ({"page": 4, "page_label": "iv"}, 5),
        ({"page": "four"}, None),
        ({"page_number": 4}, 4),
        ({"page_number": 4, "page_label": "7"}, 7),
        ({"page_number": 4, "page": 4}, 4),
        ({"page_number": None, "page": 4}, 5),
    ],
)
def test_pages_are_counted_as_printed(metadata, number):
    assert only(LangChainDocument("It is 42.", metadata=metadata)).first_page == number


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


# Whole runs


def element(number, text, **metadata):
    return LangChainDocument(
        text, metadata={"source": "/data/report.pdf", "page_number": number, **metadata}
    )


def test_elements_of_pages_are_joined_to_pages_and_those_to_a_document():
    title = element(3, "Spending", category="Title")
    document = only(title, element(3, "It rose."), element(4, "It fell."))
    assert (document.text, document.first_page) == ("Spending\n\nIt rose.\fIt fell.", 3)


def test_elements_of_pages_that_do_not_follow_each_other_stay_apart():
    assert len(texts(element(3, "a"), element(5, "b"), element(4, "c"))) == 3


def test_an_element_is_cited_with_its_page():
    metadata = found(cite(10, 12, page=3), element(3, "Spending"), element(3, "It rose.", row=2))
    assert [metadata[key] for key in ("row", "start", "page_number", "page_label")] == [
        2,
        0,
        3,
        "3",
    ]


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
    assert (evidence.metadata["page_label"], evidence.metadata["author"]) == ("30", "Ada")
