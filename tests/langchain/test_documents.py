"""What chains take and give: questions, documents, evidence."""

from decimal import Decimal

import pytest
from langchain_core.documents import Document as LangChainDocument

from langchain_minions._chains.inputs import read_input, to_output
from langchain_minions._runs.reading import Reading
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


@pytest.mark.parametrize("key", ["task", "question", "input", "query"])
def test_the_question_has_four_names(key):
    assert read_input({key: "What is it?", "context": "42"}).task == "What is it?"


def test_the_task_goes_before_its_other_names():
    given = {"query": "Which?", "task": "What is it?", "context": "42"}
    assert read_input(given).task == "What is it?"


def test_a_blank_task_does_not_hide_the_question():
    given = {"task": " ", "question": "What is it?", "context": "42"}
    assert read_input(given).task == "What is it?"


def test_a_question_of_another_type_is_an_error_that_names_the_type():
    with pytest.raises(UsageError, match="the question under 'task' is a int"):
        read_input({"task": 42, "context": "42"})


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
    assert read_input("What is it?", ["It is 42."]).reading.texts == ("It is 42.",)


def test_a_context_in_the_input_goes_before_that_of_the_chain():
    given = {"task": "What is it?", "context": "It is 42."}
    assert read_input(given, "It is 43.").reading.texts == ("It is 42.",)


@pytest.mark.parametrize("context", [42, [42], {"text": "42"}])
def test_a_context_of_another_type_is_an_error(context):
    with pytest.raises(UsageError, match="context"):
        read_input({"task": "What is it?", "context": context})


def test_keys_of_a_longer_pipe_are_left_alone():
    assert read_input({"task": "What?", "context": "42", "other": 1}).doc_metadata == ""


@pytest.mark.parametrize("history", [None, [], ""])
def test_an_empty_chat_history_is_none(history):
    assert read_input({"task": "What?", "context": "42", "chat_history": history}).task == "What?"


def test_what_is_said_of_the_documents_is_passed_on():
    given = {"task": "What?", "context": "42", "doc_metadata": "a 10-K"}
    assert read_input(given).doc_metadata == "a 10-K"


def test_evidence_is_the_quote_with_its_place():
    output = to_output(outcome(CITATION), Reading.of(["other", "text"]))
    [document] = output["documents"]
    assert document == LangChainDocument(
        "It is 42.",
        metadata={
            "document": "report.pdf",
            "start": 10,
            "end": 19,
            "page_label": "5",
            "number": 3,
            "check": "verified",
        },
    )


def test_usage_is_plain_numbers():
    remote = Account(calls=2, usage=Usage(input_tokens=9, output_tokens=3), models=("gpt-4o",))
    ledger = Ledger(remote=remote, cost=Decimal("0.25"), baseline=Decimal("1.5"))
    usage = to_output(outcome(ledger=ledger), Reading.of([]))["usage"]
    assert usage["remote"] == {
        "calls": 2,
        "failed": 0,
        "input_tokens": 9,
        "output_tokens": 3,
        "cached_input_tokens": 0,
        "total_tokens": 12,
        "estimated": False,
        "models": ["gpt-4o"],
    }
    assert (usage["cost"], usage["baseline"], usage["saving"]) == (0.25, 1.5, 1.25)


def test_money_not_known_is_none():
    usage = to_output(outcome(), Reading.of([]))["usage"]
    assert (usage["cost"], usage["baseline"], usage["saving"]) == (None, None, None)
