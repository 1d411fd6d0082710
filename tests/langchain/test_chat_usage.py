"""What an answer tells of itself: tokens, the record of the run, names."""

import json
from functools import reduce
from operator import add

import pytest
from langchain_core.messages import messages_from_dict, messages_to_dict

from tests.langchain.chains import QUESTION
from tests.langchain.scripted import ANSWER, QUOTE, ScriptedChat, reads
from tests.langchain.scripted_tools import CallingChat, chat, minion_chat, reading_chat, supervises


class CachingChat(CallingChat):
    """A model whose server has part of a prompt in its cache."""

    def _answer(self, messages):
        text, usage = super()._answer(messages)
        return text, {**usage, "input_token_details": {"cache_read": 7}}


class SilentChat(CallingChat):
    """A model that tells no usage."""

    def _answer(self, messages):
        return super()._answer(messages)[0], None


def test_usage_is_that_of_all_calls():
    model = reading_chat()
    answer = model.invoke(QUESTION)
    told = answer.response_metadata["minions"]
    both = told["local"]["total_tokens"] + told["remote"]["total_tokens"]
    assert answer.usage_metadata["total_tokens"] == both
    assert told["local"]["calls"] == told["remote"]["calls"] == 2


def test_usage_tells_what_was_read_from_caches():
    answer = reading_chat(remote=CachingChat(script=supervises)).invoke(QUESTION)
    assert answer.usage_metadata["input_token_details"]["cache_read"] == 14


def test_the_record_holds_status_citations_and_money():
    told = reading_chat().invoke(QUESTION).response_metadata["minions"]
    assert told["status"] == "answered"
    assert told["citations"][0]["quote"] == QUOTE
    assert told["cost"] > 0


def test_an_answer_goes_to_json_and_back():
    answer = reading_chat().invoke(QUESTION)
    assert messages_from_dict(json.loads(json.dumps(messages_to_dict([answer])))) == [answer]


def test_a_direct_answer_has_the_usage_of_the_remote_model():
    remote = CallingChat(script=supervises)
    assert chat(remote=remote).invoke("Hi").usage_metadata == remote.invoke("Hi").usage_metadata


def test_a_direct_answer_tells_that_there_was_no_run():
    assert chat().invoke("Hi").response_metadata["minions"] == {"status": "direct"}


def test_a_direct_answer_keeps_what_the_remote_model_tells_of_it():
    assert chat().invoke("Hi").response_metadata["finish_reason"] == "stop"


def test_an_answer_whose_calls_are_traced_has_no_name_to_be_counted_under():
    assert "model_name" not in reading_chat().invoke(QUESTION).response_metadata
    assert "model_name" not in chat().invoke("Hi").response_metadata


def test_an_answer_whose_calls_are_not_traced_has_the_name_of_both_models():
    answer = reading_chat(trace_calls=False).invoke(QUESTION)
    assert answer.response_metadata["model_name"] == "llama3.2+gpt-4o"


def test_a_direct_answer_whose_call_is_not_traced_has_the_name_of_the_remote_model():
    answer = chat(trace_calls=False).invoke("Hi")
    assert answer.response_metadata["model_name"] == "gpt-4o"


def test_a_last_word_with_tools_is_added_to_the_bill():
    model = reading_chat()
    answer = model.bind_tools([{"title": "Joke", "description": "A joke."}]).invoke(QUESTION)
    told = answer.response_metadata["minions"]
    assert told["remote"]["calls"] == 3
    both = told["local"]["total_tokens"] + told["remote"]["total_tokens"]
    assert answer.usage_metadata["total_tokens"] == both
    assert told["cost"] > reading_chat().invoke(QUESTION).response_metadata["minions"]["cost"]


def test_the_cost_is_unknown_where_the_price_of_the_last_word_is():
    remote = CallingChat(script=supervises, model="nobody-knows")
    model = reading_chat(remote=remote).bind_tools([{"title": "Joke", "description": "A joke."}])
    assert model.invoke(QUESTION).response_metadata["minions"]["cost"] is None


def test_a_last_word_that_tells_no_usage_is_estimated():
    model = reading_chat(remote=SilentChat(script=supervises))
    answer = model.bind_tools([{"title": "Joke", "description": "A joke."}]).invoke(QUESTION)
    told = answer.response_metadata["minions"]["remote"]
    assert told["estimated"]
    assert told["total_tokens"] > 0


def test_usage_that_nobody_tells_is_none_not_nothing():
    assert chat(remote=SilentChat(script=supervises)).invoke("Hi").usage_metadata is None


MAKES = pytest.mark.parametrize("make", [reading_chat, minion_chat, chat])


@MAKES
def test_pieces_add_up_to_the_message(make):
    model = make()
    whole, message = reduce(add, model.stream(QUESTION)), model.invoke(QUESTION)
    assert whole.content == message.content
    assert whole.usage_metadata == message.usage_metadata
    assert whole.response_metadata == message.response_metadata


@MAKES
async def test_asynchronous_pieces_add_up_to_the_message(make):
    model = make()
    whole = reduce(add, [chunk async for chunk in model.astream(QUESTION)])
    message = await model.ainvoke(QUESTION)
    assert whole.content == message.content
    assert whole.usage_metadata == message.usage_metadata
    assert whole.response_metadata == message.response_metadata


@MAKES
def test_only_the_last_piece_tells_of_usage(make):
    *pieces, last = make().stream(QUESTION)
    assert last.usage_metadata["total_tokens"] > 0
    assert {piece.usage_metadata for piece in pieces} == {None}


@MAKES
def test_the_last_piece_is_marked(make):
    *pieces, last = make().stream(QUESTION)
    assert last.chunk_position == "last"
    assert {piece.chunk_position for piece in pieces} == {None}


def test_a_follow_up_cites_what_was_found_before():
    model = reading_chat()
    first = model.invoke(QUESTION)
    again = model.invoke([("human", QUESTION), first, ("human", "And in euros?")])
    assert again.response_metadata["minions"]["citations"][0]["quote"] == QUOTE


def test_a_conversation_tells_the_remote_model_what_was_said_before():
    model = reading_chat(local=ScriptedChat(script=reads))
    model.invoke([("human", QUESTION), ("ai", ANSWER), ("human", "And in euros?")])
    assert "It was $120 million" in str(model.remote.asked[0])
