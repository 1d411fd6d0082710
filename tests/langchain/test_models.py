"""LangChain's models as the core's: messages, usage, streams, traces, names."""

import sys
from types import SimpleNamespace

import httpx
import pytest
from langchain_core.messages import AIMessage, AIMessageChunk, HumanMessage, SystemMessage
from langchain_core.output_parsers import JsonOutputParser
from langchain_core.runnables import RunnableGenerator, RunnableLambda
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI

from langchain_minions._models.model import LangChainModel, as_model
from minions_core.effects import Ask, JsonSchema
from minions_core.errors import MissingExtra, ModelError, UsageError
from minions_core.messages import Message, Reply, Usage
from minions_core.models import Model
from minions_core.testing import ScriptedModel
from tests.langchain.scripted import Runs, ScriptedChat

CONVERSATION = (
    Message("system", "Be brief."),
    Message("user", "What is it?"),
    Message("assistant", "Which?"),
    Message("user", "The answer."),
)
FORM = JsonSchema(
    name="JobOutput",
    schema={"type": "object", "properties": {"answer": {"type": "string"}}},
)
ASK = Ask("local", CONVERSATION, "job_3")
FORMED = Ask("local", CONVERSATION, "job_3", schema=FORM, max_output_tokens=64)


def says(message):
    return LangChainModel(RunnableLambda(lambda _: message))


def test_it_is_a_core_model():
    assert isinstance(says(AIMessage("42")), Model)


def test_messages_keep_role_text_and_order():
    chat = ScriptedChat(script=lambda _: "42")
    LangChainModel(chat).reply(ASK)
    assert [(type(message), message.content) for message in chat.asked[0]] == [
        (SystemMessage, "Be brief."),
        (HumanMessage, "What is it?"),
        (AIMessage, "Which?"),
        (HumanMessage, "The answer."),
    ]


def test_a_reply_has_text_usage_finish_and_model():
    message = AIMessage(
        "42",
        usage_metadata={
            "input_tokens": 9,
            "output_tokens": 2,
            "total_tokens": 11,
            "input_token_details": {"cache_read": 4},
        },
        response_metadata={"model_name": "gpt-4o", "finish_reason": "stop"},
    )
    assert says(message).reply(ASK) == Reply(
        text="42",
        usage=Usage(input_tokens=9, output_tokens=2, cached_input_tokens=4),
        model="gpt-4o",
    )


async def test_a_reply_is_the_same_without_blocking():
    model = LangChainModel(ScriptedChat(script=lambda _: "42"))
    assert await model.areply(ASK) == model.reply(ASK)


def test_usage_not_told_is_none():
    assert says(AIMessage("42")).reply(ASK).usage is None


def test_reasoning_blocks_are_no_text():
    blocks = [{"type": "reasoning", "reasoning": "hm"}, {"type": "text", "text": "42"}]
    assert says(AIMessage(blocks)).reply(ASK).text == "42"


def test_a_runnable_may_answer_with_plain_text():
    assert says("42").reply(ASK) == Reply(text="42")


def test_a_message_of_another_kind_is_read_for_its_text():
    assert says(HumanMessage("42")).reply(ASK).text == "42"


def test_an_answer_that_is_no_message_is_a_fatal_error():
    with pytest.raises(ModelError, match="answered with a dict") as caught:
        says({"answer": "42"}).reply(ASK)
    assert caught.value.fatal


@pytest.mark.parametrize(
    ("metadata", "reason"),
    [
        ({}, "stop"),
        ({"done_reason": "stop"}, "stop"),
        ({"done_reason": "length"}, "length"),
        ({"finish_reason": "length"}, "length"),
        ({"finish_reason": "MAX_TOKENS"}, "length"),
        ({"finish_reason": "tool_calls"}, "stop"),
        ({"finish_reason": "content_filter"}, "other"),
        ({"stop_reason": "end_turn"}, "stop"),
        ({"stop_reason": "max_tokens"}, "length"),
        ({"status": "incomplete", "incomplete_details": {"reason": "max_output_tokens"}}, "length"),
        ({"status": "completed", "incomplete_details": None}, "stop"),
    ],
)
def test_finish_reasons_of_all_providers(metadata, reason):
    reply = says(AIMessage("4", response_metadata=metadata)).reply(ASK)
    assert reply.finish_reason == reason


def test_a_streamed_reply_arrives_in_pieces():
    heard = []
    LangChainModel(ScriptedChat(script=lambda _: "It is 42.")).reply(ASK, heard.append)
    assert heard == ["It is", " 42."]


def test_a_streamed_reply_is_the_reply_in_one_piece():
    model = LangChainModel(ScriptedChat(script=lambda _: "It is 42.", model="gpt-4o"))
    assert model.reply(ASK, str) == model.reply(ASK)


async def test_a_reply_streamed_without_blocking_is_the_same():
    model, heard = LangChainModel(ScriptedChat(script=lambda _: "It is 42.")), []
    assert await model.areply(ASK, heard.append) == model.reply(ASK)
    assert heard == ["It is", " 42."]


def test_a_runnable_that_cannot_stream_is_heard_at_once():
    heard = []
    says(AIMessage("It is 42.")).reply(ASK, heard.append)
    assert heard == ["It is 42."]


def test_an_empty_stream_is_a_failed_call():
    def say_nothing(_):
        yield from ()

    model = LangChainModel(RunnableGenerator(say_nothing))
    with pytest.raises(ModelError, match="empty stream"):
        model.reply(ASK, str)


def test_an_error_passes_through_as_it_is():
    def fail(_):
        raise httpx.ConnectError("nobody there")

    with pytest.raises(httpx.ConnectError, match="nobody there"):
        LangChainModel(RunnableLambda(fail)).reply(ASK)


def test_a_call_is_a_child_run_named_after_role_and_ask():
    runs = Runs()
    LangChainModel(ScriptedChat(script=lambda _: "42"), config={"callbacks": [runs]}).reply(ASK)
    assert runs.shapes == [("local_job_3", "llm", [])]


def test_a_child_run_keeps_the_tags_of_its_config_and_adds_its_own():
    runs = Runs()
    config = {"callbacks": [runs], "tags": ["mine"]}
    LangChainModel(ScriptedChat(script=lambda _: "42"), config=config).reply(ASK)
    assert set(runs.roots[0].tags) == {"mine", "minions:local", "nostream"}


def test_a_child_run_tells_role_and_label_in_its_metadata():
    runs = Runs()
    config = {"callbacks": [runs], "metadata": {"tenant": "a"}}
    LangChainModel(ScriptedChat(script=lambda _: "42"), config=config).reply(ASK)
    told = {"tenant": "a", "minions_role": "local", "minions_label": "job_3"}
    assert told.items() <= runs.roots[0].extra["metadata"].items()


def test_chunks_of_reasoning_are_not_heard():
    def think(_):
        yield AIMessageChunk([{"type": "reasoning", "reasoning": "hm"}])
        yield AIMessageChunk([{"type": "text", "text": "42"}])

    heard = []
    LangChainModel(RunnableGenerator(think)).reply(ASK, heard.append)
    assert heard == ["42"]


def test_a_model_with_a_parser_behind_it_is_told_apart():
    piped = ScriptedChat(script=lambda _: '{"a": 1}') | JsonOutputParser()
    with pytest.raises(ModelError, match="without an output parser"):
        LangChainModel(piped).reply(ASK)


@pytest.mark.parametrize(
    ("runnable", "name"),
    [
        (ChatOllama(model="llama3.2"), "llama3.2"),
        (ChatOllama(model="llama3.2").with_retry(), "llama3.2"),
        (ChatOpenAI(model="gpt-4o", api_key="none"), "gpt-4o"),
        (RunnableLambda(lambda _: "42", name="oracle"), "oracle"),
    ],
)
def test_a_model_is_called_what_its_chat_model_is_called(runnable, name):
    assert LangChainModel(runnable).name == name


def test_a_name_given_counts():
    assert LangChainModel(ChatOllama(model="llama3.2"), name="gpt-4o").name == "gpt-4o"


def test_a_core_model_passes_as_it_is():
    model = ScriptedModel(["42"])
    assert as_model(model) is model


def test_a_runnable_is_wrapped():
    assert as_model(ScriptedChat(script=lambda _: "42")).reply(ASK).text == "42"


def test_a_name_is_a_chat_model_of_langchains(monkeypatch):
    chat = ScriptedChat(script=lambda _: "42")
    package = SimpleNamespace(init_chat_model={"openai:gpt-4o": chat}.get)
    monkeypatch.setitem(sys.modules, "langchain.chat_models", package)
    assert as_model("openai:gpt-4o").runnable is chat


def test_a_name_without_the_langchain_package_is_a_missing_extra(monkeypatch):
    monkeypatch.setitem(sys.modules, "langchain.chat_models", None)
    with pytest.raises(MissingExtra, match=r"langchain is not installed: pip install langchain$"):
        as_model("openai:gpt-4o")


@pytest.mark.parametrize("given", [None, 42, {"model": "gpt-4o"}])
def test_anything_else_is_a_usage_error(given):
    with pytest.raises(UsageError, match=type(given).__name__):
        as_model(given)


def test_a_tool_call_that_is_no_json_is_passed_on_raw():
    call = {"name": "JobOutput", "args": '{"answer": "4', "id": "1", "error": None}
    assert says(AIMessage("", invalid_tool_calls=[call])).reply(ASK).text == '{"answer": "4'
