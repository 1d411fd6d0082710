"""Servers that refuse a part of a call are asked without it, by every client."""

import gc
import weakref
from dataclasses import replace

import pytest

from minions_core.clients import OllamaClient, OpenAIClient
from minions_core.clients.refusals import Refusals, parts_of, refusals_of
from minions_core.effects import Ask, JsonSchema
from minions_core.errors import ModelError
from minions_core.messages import Message, Reply
from tests.wire import WireReply, WireServer

SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}}
ASK = Ask("local", (Message("user", "What is it?"),))
FORMED = replace(ASK, schema=JsonSchema(name="Output", schema=SCHEMA), max_output_tokens=64)


def ollama(server, **settings):
    return OllamaClient(base_url=server.ollama_url, **settings)


def openai(server, **settings):
    return OpenAIClient(base_url=server.openai_url, api_key="none", **settings)


both = pytest.mark.parametrize("make", [ollama, openai])


@pytest.fixture(params=["blocking", "async", "streaming", "async streaming"])
def call(request):
    """Calls a model in each of the four ways."""
    on_text = (lambda _: None) if "streaming" in request.param else None

    async def call(model, ask=FORMED):
        if "async" in request.param:
            return await model.areply(ask, on_text)
        return model.reply(ask, on_text)

    return call


def refusing_schemas(said="response_format json_schema is not supported", status=400):
    return lambda request: WireReply(said, status=status) if request.schema else "It is 42."


def refusing(field, said):
    """A server that takes no request with this field."""
    return lambda request: WireReply(said, status=400) if field in request.body else "It is 42."


class TestSchemas:
    @both
    async def test_a_server_that_refuses_a_schema_is_asked_freely(self, make, call):
        with WireServer(refusing_schemas()) as server:
            assert (await call(make(server))).text == "It is 42."

    @both
    async def test_the_call_that_was_refused_counts_as_failed(self, make, call):
        with WireServer(refusing_schemas()) as server:
            model = make(server)
            assert [(await call(model)).failed, (await call(model)).failed] == [1, 0]

    @both
    async def test_it_is_not_asked_for_one_again(self, make, call):
        with WireServer(refusing_schemas()) as server:
            model = make(server)
            await call(model)
            await call(model)
        assert [bool(request.schema) for request in server.requests] == [True, False, False]

    @both
    @pytest.mark.parametrize(
        ("said", "status"),
        [
            ("failed to parse grammar", 500),
            ("invalid format: expected json", 500),
            ("This response_format type is unavailable now", 400),
            ("unknown field", 422),
            ("bad request", 400),
        ],
    )
    def test_servers_say_so_in_many_ways(self, make, said, status):
        with WireServer(refusing_schemas(said, status)) as server:
            model = make(server)
            model.reply(FORMED)
            model.reply(FORMED)
        assert len(server.requests) == 3

    @both
    def test_a_bad_request_that_is_not_about_the_schema_is_raised(self, make):
        with WireServer(WireReply("no such field", status=400)) as server:
            model = make(server)
            with pytest.raises(ModelError, match="no such field"):
                model.reply(FORMED)
            with pytest.raises(ModelError, match="no such field"):
                model.reply(FORMED)
        assert [bool(request.schema) for request in server.requests] == [True, False] * 2

    @both
    def test_a_bad_request_without_a_schema_is_made_once(self, make):
        with WireServer(WireReply("grammar", status=400)) as server:
            with pytest.raises(ModelError, match="grammar"):
                make(server).reply(ASK)
            assert len(server.requests) == 1

    @both
    def test_a_prompt_that_is_too_long_is_not_taken_for_a_refused_schema(self, make):
        with WireServer(WireReply("exceed_context_size_error", status=400)) as server:
            with pytest.raises(ModelError, match="exceed_context_size"):
                make(server).reply(FORMED)
            assert len(server.requests) == 1

    @both
    def test_structured_output_may_be_switched_off_by_hand(self, make):
        with WireServer("It is 42.") as server:
            make(server, structured_outputs="none").reply(FORMED)
        assert server.requests[0].body.keys().isdisjoint({"format", "response_format"})

    def test_an_ollama_may_be_asked_for_any_json(self):
        with WireServer('{"answer": "42"}') as server:
            ollama(server, structured_outputs="json_object").reply(FORMED)
        assert server.requests[0].body["format"] == "json"

    def test_a_model_sized_for_a_run_knows_what_was_refused_before(self):
        with WireServer(refusing_schemas()) as server:
            model = ollama(server)
            model.reply(FORMED)
            model.sized_for(20_000).reply(FORMED)
        assert [bool(request.schema) for request in server.requests] == [True, False, False]


class TestOtherParts:
    async def test_a_model_that_takes_no_temperature_is_asked_without(self, call):
        refused = refusing("temperature", "Unsupported value: 'temperature' does not support 0")
        with WireServer(refused) as server:
            model = openai(server, seed=7)
            assert [(await call(model)).text, (await call(model)).text] == ["It is 42."] * 2
        sent = [request.body.keys() & {"temperature", "seed"} for request in server.requests]
        assert sent == [{"temperature", "seed"}, set(), set()]

    async def test_a_model_that_takes_no_max_tokens_is_told_the_other_name(self, call):
        said = "'max_tokens' is not supported with this model. Use 'max_completion_tokens' instead."
        with WireServer(refusing("max_tokens", said)) as server:
            await call(openai(server))
        assert server.requests[-1].body["max_completion_tokens"] == 64

    def test_a_server_that_cannot_tell_a_streams_usage_is_not_asked_to(self):
        with WireServer(refusing("stream_options", "unknown field: stream_options")) as server:
            reply = openai(server).reply(ASK, [].append)
        assert (reply.text, reply.usage, reply.failed) == ("It is 42.", None, 1)

    def test_several_parts_may_be_refused_one_after_another(self):
        def refuse(request):
            if request.schema:
                return WireReply("json_schema is not supported", status=400)
            return refusing("temperature", "temperature is not supported")(request)

        with WireServer(refuse) as server:
            reply = openai(server).reply(FORMED)
        assert (reply.text, reply.failed) == ("It is 42.", 2)

    def test_parts_that_were_not_sent_are_not_blamed(self):
        with WireServer(WireReply("temperature", status=400)) as server:
            with pytest.raises(ModelError, match="temperature"):
                openai(server, temperature=None).reply(ASK)
            assert len(server.requests) == 1


def test_the_parts_of_a_request_are_told_by_its_fields():
    assert parts_of({"seed": 1, "response_format": {}, "model": "m"}) == {"chance", "schema"}


def test_an_error_that_is_no_refusal_is_raised_as_it_is():
    def call(_):
        raise KeyError("choices")

    with pytest.raises(KeyError, match="choices"):
        Refusals().answer(frozenset({"schema"}), call)


class Anything:
    """A model of some framework."""


def test_each_model_has_refusals_of_its_own():
    one, other = Anything(), Anything()
    assert refusals_of(one) is refusals_of(one)
    assert refusals_of(one) is not refusals_of(other)


def test_what_a_model_refused_is_forgotten_with_it():
    model = Anything()
    known = weakref.ref(refusals_of(model))
    del model
    gc.collect()
    assert known() is None


def test_an_answer_at_once_is_passed_on_as_it_is():
    reply = Reply(text="42")
    assert Refusals().answer(frozenset(), lambda _: reply) is reply
