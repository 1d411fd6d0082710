"""Results go to JSON and come back whole."""

import json
from decimal import Decimal

import pytest
from pydantic import ValidationError

from minions_core.documents import Span
from minions_core.ledger import Account, Disclosed, Disclosure, Ledger
from minions_core.messages import Message, Usage
from minions_core.result import Citation, JobResult, MinionsResult, RoundRecord

CITATION = Citation(
    number=1,
    document="report.txt",
    document_index=0,
    quote="Revenue was 7.",
    answer="7",
    check="verified",
    start=0,
    end=14,
    page=3,
    heading="Income",
)
RESULT = MinionsResult(
    protocol="minions",
    question="Revenue?",
    answer="7 [1]",
    status="answered",
    citations=(CITATION,),
    evidence=(CITATION,),
    rounds=(
        RoundRecord(
            number=1,
            plan="code",
            report="[1] 7",
            jobs=(JobResult(id=1, task="Revenue?", status="abstained", span=Span(0, 14)),),
        ),
    ),
    ledger=Ledger(
        local=Account(calls=1, usage=Usage(input_tokens=9, estimated=True), models=("llama3.2",)),
        cost=Decimal("0.001"),
    ),
    disclosure=Disclosure(
        items=(Disclosed(kind="quote", text="Revenue was 7."),), tokens=4, document_tokens=8
    ),
    transcript=(Message("user", "Revenue?"),),
    notes=("careful",),
)


def test_a_result_comes_back_from_json_as_it_went():
    assert MinionsResult.from_json(RESULT.to_json()) == RESULT


def test_to_dict_is_plain_data():
    assert json.loads(json.dumps(RESULT.to_dict()))["citations"][0]["page"] == 3


def test_unknown_money_stays_unknown():
    assert RESULT.to_dict()["ledger"]["baseline"] is None


def test_json_that_is_no_result_is_refused():
    with pytest.raises(ValidationError):
        MinionsResult.from_json('{"answer": 7}')


def test_a_result_reads_as_its_answer():
    assert str(RESULT) == "7 [1]"


def test_the_share_that_left_is_counted_in_tokens():
    assert RESULT.disclosure.share == 0.5


def test_a_place_is_named_for_people():
    assert CITATION.place == 'report.txt, p. 3, "Income"'
