"""Passages found in the documents again."""

import pytest
from langchain_core.documents import Document as LangChainDocument

from langchain_minions._runs.reading import Reading
from minions_core.documents import Document
from tests.langchain.readings import cite, found, only, page


def test_a_citation_is_placed_on_its_page():
    metadata = found(cite(14, 18, page=6), page(3), page(4, words=8), page(5, words=9))
    assert metadata == {
        "source": "/data/report.pdf",
        "document": "report.pdf",
        "words": 9,
        "page": 5,
        "page_label": "6",
        "start": 0,
        "end": 4,
        "number": 3,
        "check": "verified",
    }


def test_a_citation_is_placed_in_its_part():
    given = [page(3, "The quick brown", start_index=0), page(3, "brown fox", start_index=10)]
    metadata = found(cite(16, 19, page=4), *given)
    assert [metadata[key] for key in ("start_index", "start", "end")] == [10, 6, 9]


def test_a_citation_over_the_edge_of_a_page_is_placed_where_most_of_it_is():
    metadata = found(cite(5, 12, page=4), page(3), page(4))
    assert [metadata[key] for key in ("start", "end", "page_label")] == [0, 5, "5"]


def test_a_citation_in_a_later_text_is_placed_there():
    metadata = found(cite(8, 10, document_index=1, page=9), page(0), page(7), page(8, words=8))
    assert [metadata[key] for key in ("words", "start", "page_label")] == [8, 1, "9"]


def test_form_feeds_within_a_document_are_counted():
    metadata = found(cite(4, 7, page=5), page(3, "one\ftwo"))
    assert [metadata[key] for key in ("start", "end", "page_label")] == [4, 7, "5"]


def test_a_citation_of_a_string_has_the_place_it_was_given():
    metadata = found(cite(4, 7, page=2), "one\ftwo")
    assert [metadata[key] for key in ("start", "end", "page_label")] == [4, 7, "2"]


def test_a_citation_of_a_core_document_has_its_metadata():
    document = Document("It is 42.", metadata={"row": 9})
    metadata = found(cite(0, 2), document)
    assert [metadata[key] for key in ("row", "start", "end")] == [9, 0, 2]


def test_evidence_is_the_quote():
    assert Reading.of(["It is 42."]).evidence(cite(0, 2)).page_content == "quoted"


def test_a_citation_without_a_place_has_what_all_pages_share():
    metadata = found(cite(None, None), page(0, total_pages=2), page(1, total_pages=2))
    assert (metadata["total_pages"], metadata["page_label"], metadata["start"]) == (2, None, None)


OURS = ("document", "start", "end", "number", "check", "page_label", "document_id")


@pytest.mark.parametrize("key", [*OURS, "page", "page_number"])
def test_what_the_document_says_itself_comes_back_as_it_was(key):
    given = LangChainDocument("It is 42.", id="chunk-7", metadata={key: "INV-7"})
    assert found(cite(0, 2, page=4), given)[key] == "INV-7"


def test_what_a_core_document_says_itself_comes_back_as_it_was():
    assert (
        found(cite(0, 2), Document("It is 42.", metadata={"number": "INV-7"}))["number"] == "INV-7"
    )


def test_a_printed_page_stays_as_it_is_printed():
    assert found(cite(0, 2, page=5), page(4, page_label="iv"))["page_label"] == "iv"


def test_a_page_without_a_label_is_counted_from_one_beside_what_the_loader_says():
    metadata = found(cite(0, 2, page=5), page(4))
    assert (metadata["page"], metadata["page_label"]) == (4, "5")


def test_evidence_that_is_read_again_is_on_the_same_page():
    passage = Reading.of([page(4)]).evidence(cite(0, 2, page=5))
    assert only(passage).first_page == 5


def test_a_citation_of_text_a_plan_composed_has_the_metadata_of_no_document():
    assert "source" not in found(cite(None, None, None), page(0), page(1))


def test_the_id_of_a_document_is_among_the_metadata_of_its_passages():
    given = LangChainDocument("It is 42.", id="chunk-7", metadata={"source": "a.txt"})
    assert found(cite(0, 2), given)["document_id"] == "chunk-7"


def test_a_document_without_an_id_brings_none():
    assert "document_id" not in found(cite(0, 2), page(0))


def test_a_passage_that_is_read_again_is_numbered_anew():
    first = Reading.of([page(3)]).evidence(cite(0, 5, page=4))
    metadata = found(cite(1, 3, page=4), first)
    told = [metadata[key] for key in ("number", "start", "end", "page", "page_label")]
    assert told == [3, 1, 3, 3, "4"]


def test_values_of_metadata_that_cannot_be_compared_are_no_trouble():
    class Odd:
        def __eq__(self, other):
            raise ValueError("the truth value is ambiguous")

        __hash__ = None

    given = LangChainDocument("It is 42.", metadata={"embedding": Odd()})
    assert len(Reading.of([given, given]).texts) == 1
