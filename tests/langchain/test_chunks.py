"""The chunks of a stream add up to the output of `invoke`, whatever pieces an answer arrives in."""

from functools import reduce
from operator import add

import pytest
from hypothesis import given
from hypothesis import strategies as st

from langchain_minions._documents import to_output
from langchain_minions._reading import Reading
from langchain_minions._streaming import Chunks
from minions_core.events import RoundStarted, RunFinished, TextDelta
from minions_core.result import MinionsResult

NOTHING = Reading.of([])


def result(answer):
    return MinionsResult(protocol="minions", question="What?", answer=answer, status="answered")


def streamed(pieces, answer):
    chunks = Chunks(NOTHING)
    events = [*(TextDelta(text=piece) for piece in pieces), RunFinished(result=result(answer))]
    return [chunk for chunk in map(chunks.of, events) if chunk is not None]


@given(st.lists(st.text(alphabet="ab \n", max_size=4), max_size=8), st.text("ab \n", max_size=9))
def test_chunks_add_up_to_the_output(pieces, answer):
    assert reduce(add, streamed(pieces, answer)) == to_output(result(answer), NOTHING)


@given(st.lists(st.text(alphabet="ab \n", max_size=4), max_size=8))
def test_pieces_that_are_the_answer_are_shown_once(pieces):
    answer = "".join(pieces).strip()
    assert "".join(chunk.get("answer", "") for chunk in streamed(pieces, answer)) == answer


def test_the_last_chunk_brings_no_answer_that_was_streamed_already():
    assert "answer" not in streamed(["It is ", "42."], "It is 42.")[-1]


def test_an_answer_that_was_not_streamed_comes_whole():
    assert streamed([], "It is 42.")[0]["answer"] == "It is 42."


@pytest.mark.parametrize("key", ["status", "citations", "documents", "usage", "result"])
def test_all_else_comes_in_the_last_chunk_only(key):
    assert [key in chunk for chunk in streamed(["It is ", "42."], "It is 42.")] == [
        False,
        False,
        True,
    ]


def test_an_answer_other_than_the_streamed_one_takes_its_place():
    first, last = streamed(["It is 43."], "It is 42.")
    assert first["answer"] + last["answer"] == "It is 42."


def test_other_events_make_no_chunk():
    assert Chunks(NOTHING).of(RoundStarted(round=1)) is None
