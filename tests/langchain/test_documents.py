"""What chains take and give: questions, documents, evidence."""

from decimal import Decimal

import pytest
from langchain_core.documents import Document as LangChainDocument

from langchain_minions._documents import read_input, to_core, to_output
from minions_core.documents import Document
from minions_core.errors import UsageError
from minions_core.ledger import Account, Ledger
from minions_core.messages import Usage
from minions_core.result import Citation, MinionsResult

CITATION = Citation(
    number=3,
    document="report.pdf",
    document_index=1,
    quote="It is 42.",
    answer="42",
    check="verified",
    start=10,
    end=19,
    page=5,
)


def outcome(*citations, ledger=None):
    return MinionsResult(
        protocol="minions",
        question="What is it?",
        answer="42 [3]",
        status="answered",
        citations=citations,
        ledger=ledger or Ledger(),
    )


def from_metadata(**metadata):
    return to_core(LangChainDocument("It is 42.", metadata=metadata))


@pytest.mark.parametrize("key", ["task", "question", "input", "query"])
def test_the_question_has_four_names(key):
    assert read_input({key: "What is it?", "context": "42"}).task == "What is it?"


def test_the_task_goes_before_its_other_names():
    given = {"query": "Which?", "task": "What is it?", "context": "42"}
    assert read_input(given).task == "What is it?"


@pytest.mark.parametrize("given", [{"context": "42"}, {"task": " ", "context": "42"}, {}, None])
def test_a_missing_question_is_an_error_that_names_the_keys(given):
    with pytest.raises(UsageError, match="'task', 'question', 'input', 'query'"):
        read_input(given)


@pytest.mark.parametrize("context", [None, "", []])
def test_a_missing_context_is_an_error_that_names_the_key(context):
    with pytest.raises(UsageError, match="'context'"):
        read_input({"task": "What is it?", "context": context})


def test_a_question_alone_needs_a_context_of_the_chain():
    with pytest.raises(UsageError, match="or the chain itself"):
        read_input("What is it?")


def test_a_question_alone_is_asked_of_the_context_of_the_chain():
    assert read_input("What is it?", ["It is 42."]).context == ("It is 42.",)


def test_a_context_in_the_input_goes_before_that_of_the_chain():
    given = {"task": "What is it?", "context": "It is 42."}
    assert read_input(given, "It is 43.").context == ("It is 42.",)


@pytest.mark.parametrize("context", [42, [42], {"text": "42"}])
def test_a_context_of_another_type_is_an_error(context):
    with pytest.raises(UsageError, match="context"):
        read_input({"task": "What is it?", "context": context})


def test_keys_of_a_longer_pipe_are_left_alone():
    assert read_input({"task": "What?", "context": "42", "other": 1}).doc_metadata == ""


def test_what_is_said_of_the_documents_is_passed_on():
    given = {"task": "What?", "context": "42", "doc_metadata": "a 10-K"}
    assert read_input(given).doc_metadata == "a 10-K"


def test_a_core_document_stays_as_it_is():
    document = Document("It is 42.", name="a.txt", first_page=7)
    assert to_core(document) is document


def test_text_and_metadata_are_kept():
    document = from_metadata(source="a.txt", lang="en")
    assert (document.text, document.metadata) == ("It is 42.", {"source": "a.txt", "lang": "en"})


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
    assert from_metadata(**metadata).name == name


def test_documents_without_a_name_are_numbered():
    given = {"task": "What?", "context": [LangChainDocument("a"), LangChainDocument("b")]}
    assert [text.name for text in read_input(given).context] == ["document 1", "document 2"]


@pytest.mark.parametrize(
    ("metadata", "page"),
    [
        ({}, None),
        ({"page": 0}, 1),
        ({"page": 4, "page_label": "7"}, 7),
        ({"page": 4, "page_label": "iv"}, 5),
        ({"page": "four"}, None),
    ],
)
def test_pages_are_counted_as_printed(metadata, page):
    assert from_metadata(**metadata).first_page == page


def test_evidence_is_the_quote_with_its_place():
    output = to_output(outcome(CITATION), ["other", "text"])
    [document] = output["documents"]
    assert document == LangChainDocument(
        "It is 42.",
        metadata={
            "document": "report.pdf",
            "start": 10,
            "end": 19,
            "page": 5,
            "number": 3,
            "check": "verified",
        },
    )


def test_evidence_keeps_the_metadata_of_its_document():
    origin = from_metadata(source="report.pdf", page=4, row=9)
    [document] = to_output(outcome(CITATION), ["other", origin])["documents"]
    assert (document.metadata["row"], document.metadata["page"]) == (9, 5)


def test_a_place_not_known_does_not_hide_what_the_document_says():
    origin = from_metadata(page="iv")
    unplaced = Citation(
        number=1, document="d", document_index=0, quote="q", answer="a", check="unverified"
    )
    [document] = to_output(outcome(unplaced), [origin])["documents"]
    assert (document.metadata["page"], document.metadata["start"]) == ("iv", None)


def test_usage_is_plain_numbers():
    remote = Account(calls=2, usage=Usage(input_tokens=9, output_tokens=3), models=("gpt-4o",))
    ledger = Ledger(remote=remote, cost=Decimal("0.25"), baseline=Decimal("1.5"))
    usage = to_output(outcome(ledger=ledger), [])["usage"]
    assert usage["remote"] == {
        "calls": 2,
        "input_tokens": 9,
        "output_tokens": 3,
        "cached_input_tokens": 0,
        "total_tokens": 12,
        "estimated": False,
        "models": ["gpt-4o"],
    }
    assert (usage["cost"], usage["baseline"], usage["saving"]) == (0.25, 1.5, 1.25)


def test_money_not_known_is_none():
    usage = to_output(outcome(), [])["usage"]
    assert (usage["cost"], usage["baseline"], usage["saving"]) == (None, None, None)
