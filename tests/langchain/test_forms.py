"""Schemas, reply lengths and windows reach the chat model, whatever it is wrapped in."""

from typing import Any

import pytest
from langchain_core.runnables import ConfigurableField, RunnableLambda
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI
from openai import BadRequestError
from pydantic import Field

from langchain_minions._models.model import LangChainModel
from minions_core.effects import Ask, JsonSchema
from minions_core.messages import Message, Usage
from minions_core.models import sized_for
from tests.langchain.scripted import Runs, ScriptedChat, ToolCallingChat
from tests.wire import WireReply, WireServer

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


def ollama(server, **fields):
    return ChatOllama(model="llama3.2", base_url=server.ollama_url, **fields)


def openai(server, **fields):
    fields = {"model": "gpt-4o", "max_retries": 0, **fields}
    return ChatOpenAI(base_url=server.openai_url, api_key="none", **fields)


def test_ollama_is_held_to_the_form():
    with WireServer(WireReply('{"answer": "42"}', input_tokens=9, output_tokens=4)) as server:
        reply = LangChainModel(ollama(server)).reply(FORMED)
        assert server.requests[0].schema["properties"] == FORM.schema["properties"]
    assert (reply.text, reply.model) == ('{"answer": "42"}', "llama3.2")
    assert reply.usage == Usage(input_tokens=9, output_tokens=4)


def test_openai_is_held_to_the_form():
    with WireServer(WireReply('{"answer": "42"}', input_tokens=9, output_tokens=4)) as server:
        reply = LangChainModel(openai(server)).reply(FORMED)
        assert server.requests[0].schema["properties"] == FORM.schema["properties"]
    assert (reply.text, reply.model) == ('{"answer": "42"}', "gpt-4o")
    assert reply.usage == Usage(input_tokens=9, output_tokens=4)


@pytest.mark.parametrize(
    "wrapped",
    [
        lambda model: model.with_retry(),
        lambda model: model.bind(stop=["END"]),
        lambda model: model.with_config(tags=["mine"]),
        lambda model: model.with_fallbacks([model]),
        lambda model: model.bind(stop=["END"]).with_retry().with_fallbacks([model]),
        lambda model: model.configurable_fields(temperature=ConfigurableField(id="heat")),
    ],
)
def test_form_and_length_reach_the_model_inside_a_wrapper(wrapped):
    with WireServer('{"answer": "42"}') as server:
        LangChainModel(wrapped(ollama(server))).reply(FORMED)
        [request] = server.requests
    assert request.schema["properties"] == FORM.schema["properties"]
    assert request.body["options"]["num_predict"] == 64


def test_what_the_user_bound_stays_bound():
    with WireServer('{"answer": "42"}') as server:
        LangChainModel(ollama(server).bind(stop=["END"])).reply(FORMED)
        assert server.requests[0].body["options"]["stop"] == ["END"]


def test_fallbacks_still_fall_back():
    with WireServer([WireReply("busy", status=503), '{"answer": "42"}']) as server:
        model = ollama(server).with_fallbacks([ollama(server)])
        assert LangChainModel(model).reply(FORMED).text == '{"answer": "42"}'


def test_a_structured_call_is_one_run_too():
    runs = Runs()
    with WireServer('{"answer": "42"}') as server:
        LangChainModel(ollama(server), config={"callbacks": [runs]}).reply(FORMED)
    assert runs.shapes == [("local_job_3", "llm", [])]


def test_a_form_answered_by_a_tool_call_is_its_arguments_as_json():
    chat = ToolCallingChat(script=lambda _: '{"answer": "é"}')
    assert LangChainModel(chat).reply(FORMED).text == '{"answer": "é"}'


def test_a_model_without_structured_output_answers_freely():
    model = LangChainModel(ScriptedChat(script=lambda _: "It is 42."))
    assert model.reply(FORMED).text == "It is 42."


class PreparingChat(ScriptedChat):
    """A model whose structured output begins with something other than the bound model."""

    def with_structured_output(self, schema, **kwargs):
        return RunnableLambda(lambda _: "a prompt of its own") | self


def test_structured_output_of_an_unknown_build_is_not_taken_apart():
    chat = PreparingChat(script=lambda messages: f"saw {len(messages)} messages")
    assert LangChainModel(chat).reply(FORMED).text == "saw 4 messages"


def refuse_forms(request):
    return WireReply("no grammar", status=400) if request.schema else "It is 42."


def test_a_server_that_refuses_forms_is_asked_freely():
    with WireServer(refuse_forms) as server:
        assert LangChainModel(openai(server)).reply(FORMED).text == "It is 42."


async def test_a_server_that_refuses_forms_is_asked_freely_without_blocking():
    with WireServer(refuse_forms) as server:
        assert (await LangChainModel(openai(server)).areply(FORMED)).text == "It is 42."


def test_a_server_that_refused_a_form_is_not_asked_for_one_again():
    with WireServer(refuse_forms) as server:
        model = LangChainModel(openai(server))
        model.reply(FORMED)
        model.reply(FORMED)
        assert [bool(request.schema) for request in server.requests] == [True, False, False]


def test_a_refusal_that_is_not_about_the_form_is_raised():
    with (
        WireServer(WireReply("bad request", status=400)) as server,
        pytest.raises(BadRequestError, match="bad request"),
    ):
        LangChainModel(openai(server)).reply(FORMED)


@pytest.mark.parametrize("make", [ollama, openai])
def test_a_reply_cut_at_its_length_limit_says_so(make):
    with WireServer(WireReply('{"answer": "4', finish="length")) as server:
        reply = LangChainModel(make(server)).reply(FORMED)
    assert (reply.text, reply.finish_reason) == ('{"answer": "4', "length")
    assert reply.usage.output_tokens > 0


async def test_a_reply_cut_at_its_length_limit_says_so_without_blocking():
    with WireServer(WireReply('{"answer": "4', finish="length")) as server:
        reply = await LangChainModel(openai(server)).areply(FORMED)
    assert (reply.text, reply.finish_reason) == ('{"answer": "4', "length")


def test_openai_is_kept_to_the_length():
    with WireServer("42") as server:
        LangChainModel(openai(server)).reply(FORMED)
        assert server.requests[0].body["max_completion_tokens"] == 64


def test_a_shorter_length_of_the_users_own_stands():
    with WireServer("42") as server:
        LangChainModel(ollama(server, num_predict=16)).reply(FORMED)
        assert server.requests[0].body["options"]["num_predict"] == 16


def test_a_length_without_limit_is_limited():
    with WireServer("42") as server:
        LangChainModel(ollama(server, num_predict=-1)).reply(FORMED)
        assert server.requests[0].body["options"]["num_predict"] == 64


def test_the_users_model_is_never_changed():
    with WireServer("42") as server:
        chat = ollama(server)
        before = chat.model_dump()
        LangChainModel(chat).sized_for(9000).reply(FORMED)
        assert chat.model_dump() == before


def test_asks_of_another_form_are_not_answered_in_the_last_one():
    with WireServer("42") as server:
        model = LangChainModel(ollama(server))
        model.reply(FORMED)
        model.reply(ASK)
        assert [bool(request.schema) for request in server.requests] == [True, False]


@pytest.mark.parametrize(("tokens", "num_ctx"), [(1, 8192), (8192, 8192), (8193, 12288)])
def test_an_unset_window_is_opened_in_steps(tokens, num_ctx):
    model = sized_for(LangChainModel(ChatOllama(model="llama3.2")), tokens)
    assert model.context_window == num_ctx


def test_a_window_of_the_users_own_stands():
    model = LangChainModel(ChatOllama(model="llama3.2", num_ctx=32768))
    assert model.sized_for(9000).context_window == 32768


def test_a_window_of_the_users_own_that_is_small_stands_too():
    model = LangChainModel(ChatOllama(model="llama3.2", num_ctx=2048).with_retry())
    assert model.sized_for(9000).context_window == 2048


def test_a_model_without_a_window_of_choice_is_sized_as_it_is():
    model = LangChainModel(ScriptedChat(script=lambda _: "42"))
    assert model.sized_for(9000).reply(ASK).text == "42"


class Profiled(ScriptedChat):
    profile: Any = Field(default={"max_input_tokens": 128_000})


def test_the_window_comes_from_the_profile_where_there_is_one():
    chat = Profiled(script=lambda _: "42")
    assert LangChainModel(chat.with_retry()).context_window == 128_000


def test_the_window_of_fallbacks_is_the_smallest():
    small = ChatOllama(model="small", num_ctx=2048)
    large = ChatOllama(model="large", num_ctx=4096)
    assert LangChainModel(large.with_fallbacks([small])).context_window == 2048


def test_the_window_is_unknown_if_one_fallback_does_not_tell():
    large = ChatOllama(model="large", num_ctx=4096)
    model = large.with_fallbacks([ScriptedChat(script=lambda _: "42")])
    assert LangChainModel(model).context_window is None
