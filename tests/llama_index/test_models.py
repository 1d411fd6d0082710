"""LlamaIndex's LLMs as models: what they are asked, what is read from their responses."""

import threading

import pytest
from llama_index.core.base.llms.types import ChatMessage, ChatResponse
from llama_index.core.llms import MockLLM
from llama_index.llms.ollama import Ollama
from llama_index.llms.openai import OpenAI
from llama_index.llms.openai_like import OpenAILike
from llama_index_instrumentation.dispatcher import instrument_tags
from pydantic import BaseModel

from llama_index_minions._models import LlamaIndexModel, as_model
from minions_core.effects import Ask, JsonSchema
from minions_core.errors import UsageError
from minions_core.messages import Message, Reply, Usage
from minions_core.models import Model, Resizable
from minions_core.testing import ScriptedModel
from tests.llama_index.scripted import BlockingLLM, ScriptedLLM
from tests.wire import WireReply, WireServer

SCHEMA = JsonSchema(name="Found", schema={"type": "object", "properties": {}})
ASK = Ask("local", (Message("system", "Be brief."), Message("user", "Hello?")), label="job_1")
ASK_FOR_JSON = Ask("local", ASK.messages, schema=SCHEMA, max_output_tokens=64)


class Answer(BaseModel):
    text: str


def saying(text: str, **data) -> ScriptedLLM:
    return ScriptedLLM(lambda _: text, **data)


def ollama(server: WireServer, **data) -> LlamaIndexModel:
    return LlamaIndexModel(Ollama("llama3.2", base_url=server.ollama_url, **data))


def openai(server: WireServer, **data) -> LlamaIndexModel:
    told = {"model": "gpt-4o", "is_chat_model": True, "max_retries": 0} | data
    return LlamaIndexModel(OpenAILike(api_base=server.openai_url, api_key="none", **told))


# What it is


def test_a_wrapped_llm_is_a_model_whose_window_can_be_chosen():
    model = as_model(saying("hi"), "local")
    assert isinstance(model, Model)
    assert isinstance(model, Resizable)


def test_a_model_of_the_core_passes_through():
    model = ScriptedModel([])
    assert as_model(model, "remote") is model


def test_something_else_is_a_usage_error_that_names_the_role():
    with pytest.raises(UsageError, match="remote: expected an LLM"):
        as_model("gpt-4o", "remote")


def test_a_structured_llm_is_a_usage_error():
    with pytest.raises(UsageError, match="nothing but Answer"):
        as_model(MockLLM().as_structured_llm(Answer), "remote")


def test_the_name_is_the_name_of_the_model():
    assert LlamaIndexModel(saying("hi", model="gpt-4o")).name == "gpt-4o"


def test_an_llm_without_a_model_name_goes_by_its_class():
    assert LlamaIndexModel(BlockingLLM()).name == "custom_llm"


# What is asked


def test_messages_arrive_with_their_roles():
    llm = saying("hi")
    LlamaIndexModel(llm).reply(ASK)
    (_, messages, _) = llm.asked[0]
    assert [(m.role.value, m.content) for m in messages] == [
        ("system", "Be brief."),
        ("user", "Hello?"),
    ]


def test_an_llm_of_no_known_kind_is_asked_with_messages_alone():
    llm = saying("{}")
    LlamaIndexModel(llm).reply(ASK_FOR_JSON, on_text=lambda _: None)
    assert [kwargs for _, _, kwargs in llm.asked] == [{}]


def test_ollama_is_held_to_the_schema_and_to_the_longest_reply():
    with WireServer("{}") as server:
        ollama(server, context_window=4096).reply(ASK_FOR_JSON)
    assert server.requests[0].schema == SCHEMA.schema
    assert server.requests[0].body["options"]["num_predict"] == 64


def test_a_reply_limit_of_the_owner_stands():
    with WireServer("{}") as server:
        limited = ollama(server, context_window=4096, additional_kwargs={"num_predict": 7})
        limited.reply(ASK_FOR_JSON)
    assert server.requests[0].body["options"]["num_predict"] == 7


def test_an_openai_server_that_takes_schemas_is_held_to_one():
    with WireServer("{}") as server:
        openai(server, should_use_structured_outputs=True).reply(ASK_FOR_JSON)
    assert server.requests[0].schema == SCHEMA.schema
    assert server.requests[0].body["max_tokens"] == 64


def test_an_openai_server_that_does_not_is_asked_freely():
    with WireServer("{}") as server:
        openai(server, model="llama3.2").reply(ASK_FOR_JSON)
    assert "response_format" not in server.requests[0].body


def test_openais_own_models_say_whether_they_take_schemas():
    with WireServer("{}") as server:
        told = {"api_base": server.openai_url, "api_key": "none"}
        LlamaIndexModel(OpenAI("gpt-4o", **told)).reply(ASK_FOR_JSON)
        LlamaIndexModel(OpenAI("gpt-3.5-turbo", **told)).reply(ASK_FOR_JSON)
    assert [request.schema for request in server.requests] == [SCHEMA.schema, None]


def test_a_stream_of_openais_kind_is_asked_for_its_usage():
    with WireServer(WireReply("hello", input_tokens=12, output_tokens=3)) as server:
        reply = openai(server).reply(ASK, on_text=lambda _: None)
    assert reply.usage == Usage(input_tokens=12, output_tokens=3)


# What is read


def test_a_reply_tells_text_usage_and_model():
    reply = LlamaIndexModel(saying("hi", model="gpt-4o")).reply(ASK)
    usage = Usage(input_tokens=100, output_tokens=20, cached_input_tokens=10)
    assert reply == Reply(text="hi", usage=usage, model="gpt-4o")


async def test_an_asynchronous_reply_is_the_same():
    model = LlamaIndexModel(saying("hi"))
    assert await model.areply(ASK) == model.reply(ASK)
    assert [method for method, _, _ in model.llm.asked] == ["achat", "chat"]


@pytest.mark.parametrize(
    ("raw", "kwargs", "usage"),
    [
        ({"usage": {"input_tokens": 5, "output_tokens": 6}}, {}, (5, 6, 0)),
        ({"usage_metadata": {"prompt_token_count": 5, "candidates_token_count": 6}}, {}, (5, 6, 0)),
        ({}, {"prompt_tokens": 5, "completion_tokens": 6}, (5, 6, 0)),
        ({"prompt_eval_count": 5}, {}, (5, 0, 0)),
        (
            {"usage": {"input_tokens": 5, "output_tokens": 6, "cache_read_input_tokens": 90}},
            {},
            (95, 6, 90),
        ),
    ],
    ids=["input_tokens", "usage_metadata", "additional_kwargs", "ollama", "anthropic_cache"],
)
def test_usage_is_found_wherever_an_integration_puts_it(raw, kwargs, usage):
    response = ChatResponse(
        message=ChatMessage(role="assistant", content="hi"), raw=raw, additional_kwargs=kwargs
    )
    read = LlamaIndexModel(Fixed(response=response)).reply(ASK).usage
    assert (read.input_tokens, read.output_tokens, read.cached_input_tokens) == usage


def test_no_usage_is_none():
    assert LlamaIndexModel(BlockingLLM()).reply(ASK).usage is None


@pytest.mark.parametrize(
    ("told", "read"),
    [("length", "length"), ("MAX_TOKENS", "length"), ("STOP", "stop"), ("load", "other")],
)
def test_the_reason_a_reply_ended_is_told(told, read):
    assert LlamaIndexModel(saying("hi", finish=told)).reply(ASK).finish_reason == read


def test_a_reply_cut_at_the_limit_is_told_by_both_kinds_of_server():
    with WireServer(WireReply("half an", finish="length")) as server:
        replies = [ollama(server, context_window=4096).reply(ASK), openai(server).reply(ASK)]
    assert [reply.finish_reason for reply in replies] == ["length", "length"]


LONG = Ask("local", (Message("user", "word " * 9000),), "job_1")


@pytest.mark.parametrize("window", [4096, 16_384, -1], ids=["its own", "too large", "not told"])
@pytest.mark.parametrize("on_text", [None, str], ids=["whole", "streamed"])
def test_a_prompt_that_ollama_cut_without_a_word_is_told(window, on_text):
    with WireServer("ok", context_length=4096) as server:
        reply = ollama(server, context_window=window).reply(LONG, on_text)
    assert (reply.finish_reason, reply.usage.input_tokens) == ("input_truncated", 2050)


@pytest.mark.parametrize("on_text", [None, str], ids=["whole", "streamed"])
async def test_it_is_told_without_blocking_too(on_text):
    with WireServer("ok") as server:
        reply = await ollama(server, context_window=4096).areply(LONG, on_text)
    assert reply.finish_reason == "input_truncated"


def test_a_prompt_that_ollama_read_whole_is_no_cut_one():
    with WireServer("ok") as server:
        assert ollama(server, context_window=16_384).reply(LONG).finish_reason == "stop"


@pytest.mark.parametrize("on_text", [None, str], ids=["whole", "streamed"])
def test_a_prompt_cut_behind_openais_api_is_told(on_text):
    with WireServer("ok", openai_window=4096) as server:
        reply = openai(server).reply(LONG, on_text)
    assert (reply.finish_reason, reply.usage.input_tokens) == ("input_truncated", 2050)


def test_openais_own_count_is_taken_at_its_word():
    reply = Reply(text="ok", usage=Usage(input_tokens=2050, output_tokens=1))
    model = LlamaIndexModel(OpenAI("gpt-4o", api_key="none"))
    assert model._checked(reply, LONG).finish_reason == "stop"


def test_cached_tokens_of_openai_are_counted():
    with WireServer(WireReply("hi", input_tokens=50, cached_tokens=40)) as server:
        assert openai(server).reply(ASK).usage.cached_input_tokens == 40


# Streaming


def test_a_stream_is_heard_piece_by_piece_and_read_whole():
    heard = []
    reply = LlamaIndexModel(saying("one two three four")).reply(ASK, heard.append)
    assert reply == LlamaIndexModel(saying("one two three four")).reply(ASK)
    assert len(heard) > 1
    assert "".join(heard) == "one two three four"


@pytest.mark.parametrize("client", [ollama, openai])
async def test_a_stream_tells_what_a_whole_reply_tells(client):
    heard = []
    with WireServer(WireReply("one two three", finish="length")) as server:
        model = client(server, context_window=4096)
        streamed = await model.areply(ASK, heard.append)
        whole = await model.areply(ASK)
    assert streamed == whole
    assert "".join(heard) == "one two three"


def test_an_llm_that_cannot_stream_answers_in_one_piece():
    reply = LlamaIndexModel(Fixed()).reply(ASK, on_text=lambda _: None)
    assert reply.text == "fixed"


async def test_an_llm_that_cannot_stream_asynchronously_answers_in_one_piece():
    reply = await LlamaIndexModel(Fixed()).areply(ASK, on_text=lambda _: None)
    assert reply.text == "fixed"


# Threads


async def test_a_blocking_llm_is_called_in_a_thread():
    llm = BlockingLLM()
    await LlamaIndexModel(llm).areply(ASK)
    await LlamaIndexModel(llm).areply(ASK, on_text=lambda _: None)
    assert threading.get_ident() not in llm.threads


async def test_a_native_llm_is_called_on_the_loop():
    llm = saying("hi")
    await LlamaIndexModel(llm).areply(ASK)
    assert llm.threads == [threading.get_ident()]


# Tags


def test_every_event_of_a_call_carries_its_role_and_label(events):
    with instrument_tags({"tenant": "acme"}):
        LlamaIndexModel(saying("hi")).reply(ASK)
    expected = {"tenant": "acme", "minions.role": "local", "minions.label": "job_1"}
    assert [(event.class_name(), event.tags) for event in events.heard] == [
        ("LLMChatStartEvent", expected),
        ("LLMChatEndEvent", expected),
    ]


async def test_so_does_every_event_of_an_asynchronous_stream(events):
    await LlamaIndexModel(saying("hi")).areply(ASK, on_text=lambda _: None)
    assert {event.tags["minions.label"] for event in events.heard} == {"job_1"}


class Fixed(ScriptedLLM):
    """Gives the response it was made with, and cannot stream."""

    response: ChatResponse = ChatResponse(message=ChatMessage(role="assistant", content="fixed"))

    def __init__(self, **data):
        super().__init__(lambda _: "", **data)

    def chat(self, messages, **kwargs):
        return self.response

    async def achat(self, messages, **kwargs):
        return self.response

    def stream_chat(self, messages, **kwargs):
        raise NotImplementedError

    async def astream_chat(self, messages, **kwargs):
        raise NotImplementedError
