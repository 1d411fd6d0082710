"""The chunks of a stream add up to the output of `invoke`, whatever pieces an answer arrives in."""

from dataclasses import replace
from functools import reduce
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_minions._chains.inputs import to_output
from langchain_minions._chains.streaming import Chunks
from langchain_minions._runs.reading import Reading
from minions_core.events import (
    EvidenceGathered,
    PlanWritten,
    RoundStarted,
    RunFinished,
    RunStarted,
    TextDelta,
)
from minions_core.result import Citation, MinionsResult

NOTHING = Reading.of([])
PIECES = st.text("ab \n", max_size=4)


def result(answer):
    return MinionsResult(protocol="minions", question="What?", answer=answer, status="answered")


def piece(text):
    return TextDelta(text=text)


def streamed(pieces, answer):
    chunks = Chunks(NOTHING)
    events = [*pieces, RunFinished(result=result(answer))]
    return [chunk for chunk in map(chunks.of, events) if chunk is not None]


@given(st.lists(st.tuples(PIECES, st.booleans()), max_size=8), st.text("ab \n", max_size=9))
def test_chunks_add_up_to_the_output(pieces, answer):
    chunks = streamed([TextDelta(text=text, anew=anew) for text, anew in pieces], answer)
    assert reduce(add, chunks) == to_output(result(answer), NOTHING)


@given(st.lists(PIECES, max_size=8))
def test_pieces_that_are_the_answer_are_shown_once(pieces):
    answer = "".join(pieces).strip()
    chunks = streamed(map(piece, pieces), answer)
    assert "".join(chunk.get("answer", "") for chunk in chunks) == answer


@given(st.lists(PIECES, min_size=1, max_size=8))
def test_an_answer_begun_anew_is_told_once_more_and_no_more(pieces):
    answer = "".join(pieces).strip()
    first, *others = pieces
    again = [TextDelta(text=first, anew=True), *map(piece, others)]
    chunks = streamed([piece("perhaps"), *again], answer)
    assert "".join(chunk.get("answer", "") for chunk in chunks) == f"perhaps{answer}"


def test_an_answer_begun_anew_takes_the_place_of_what_was_told_at_once():
    chunks = streamed([piece("It is 43."), TextDelta(text="It", anew=True)], "It is 42.")
    assert reduce(add, chunks[:2]) == {"answer": "It"}


def test_space_before_an_answer_begun_anew_is_not_shown():
    chunks = streamed([piece("43"), TextDelta(text="\n", anew=True), piece(" 42")], "42")
    assert [chunk.get("answer") for chunk in chunks] == ["43", "42", None]


def test_the_last_chunk_brings_no_answer_that_was_streamed_already():
    assert "answer" not in streamed([piece("It is "), piece("42.")], "It is 42.")[-1]


def test_an_answer_that_was_not_streamed_comes_whole():
    assert streamed([], "It is 42.")[0]["answer"] == "It is 42."


@pytest.mark.parametrize("key", ["status", "citations", "documents", "usage", "result"])
def test_all_else_comes_in_the_last_chunk_only(key):
    chunks = streamed([piece("It is "), piece("42.")], "It is 42.")
    assert [key in chunk for chunk in chunks] == [False, False, True]


def test_an_answer_other_than_the_streamed_one_takes_its_place():
    first, last = streamed([piece("It is 43.")], "It is 42.")
    assert first["answer"] + last["answer"] == "It is 42."


def found(number, quote="It is 42."):
    return Citation(
        number=number,
        document="text",
        document_index=None,
        quote=quote,
        answer="42",
        check="verified",
    )


def gathered(*rounds, result):
    chunks = Chunks(NOTHING)
    events = [
        *(EvidenceGathered(round=1, findings=1, report="", evidence=found) for found in rounds),
        RunFinished(result=result),
    ]
    return reduce(add, filter(None, map(chunks.of, events)))


def with_evidence(*evidence):
    return replace(result("42"), evidence=evidence)


def test_the_evidence_of_rounds_adds_up():
    whole = with_evidence(found(1), found(2))
    assert gathered((found(1),), (found(2),), result=whole) == to_output(whole, NOTHING)


def test_evidence_that_was_known_before_the_first_round_is_not_lost():
    whole = with_evidence(found(1), found(2))
    assert gathered((found(2),), result=whole) == to_output(whole, NOTHING)


def test_evidence_corrected_by_a_later_round_takes_the_place_of_the_first():
    whole = with_evidence(found(1, quote="It is 42, they say."))
    assert gathered((found(1),), result=whole) == to_output(whole, NOTHING)


def test_a_status_takes_the_place_of_the_one_before():
    chunks = Chunks(NOTHING)
    plan = PlanWritten(round=1, plan="", jobs=1, tasks=())
    events = [plan, EvidenceGathered(round=1, findings=0, report=""), plan]
    assert reduce(add, map(chunks.of, events)) == {"status": "reading", "evidence": []}


def test_nothing_is_told_before_the_remote_model_has_replied():
    started = RunStarted(protocol="minions", question="?", documents=1, document_tokens=9)
    assert Chunks(NOTHING).of(started) is None


def known_before(*others):
    """The chunks of a run that knew a passage before its first round."""
    chunks = Chunks(NOTHING)
    known = EvidenceGathered(round=0, findings=1, report="", evidence=(found(1),))
    return [chunk for chunk in map(chunks.of, [known, *others]) if chunk is not None]


OTHERS = [
    pytest.param(PlanWritten(round=1, plan="", jobs=1, tasks=()), id="plan"),
    pytest.param(piece("42"), id="piece"),
    pytest.param(
        EvidenceGathered(round=1, findings=1, report="", evidence=(found(2),)), id="evidence"
    ),
]


def test_what_was_known_before_the_first_round_is_not_told_before_the_first_reply():
    assert known_before() == []


@pytest.mark.parametrize("other", OTHERS)
def test_what_was_known_before_the_first_round_comes_with_the_first_chunk_alone(other):
    first, again = known_before(other, other)
    passages = [passage.metadata["number"] for passage in first["evidence"]]
    assert passages[0] == 1
    assert 1 not in [passage.metadata["number"] for passage in again.get("evidence", ())]


@pytest.mark.parametrize("other", OTHERS)
@pytest.mark.parametrize("evidence", [(found(1), found(2)), (found(1, quote="It is 42!"),)])
def test_chunks_add_up_whatever_was_known_before_the_first_round(other, evidence):
    whole = with_evidence(*evidence)
    last = RunFinished(result=whole)
    assert reduce(add, known_before(other, last)) == to_output(whole, NOTHING)
    assert reduce(add, known_before(last)) == to_output(whole, NOTHING)


def test_other_events_make_no_chunk():
    assert Chunks(NOTHING).of(RoundStarted(round=1)) is None
