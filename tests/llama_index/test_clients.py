"""Clients of other kinds, in other roles: retries, samples, refusals, and what goes wrong."""

import asyncio
from contextlib import aclosing
from dataclasses import replace

import pytest
from llama_index.core import Document
from llama_index.llms.ollama import Ollama
from llama_index.llms.openai import OpenAI
from llama_index.llms.openai_like import OpenAILike

from llama_index_minions import MinionQueryEngine, MinionsQueryEngine
from llama_index_minions._models import LlamaIndexModel
from minions_core.effects import Ask, JsonSchema
from minions_core.errors import ModelError, ModelUnavailable
from minions_core.messages import Message
from minions_core.models import Retrying, sized_together
from tests.llama_index.scripted import (
    ANSWER,
    QUESTION,
    REPORT,
    question,
    read,
    reply,
    supervise,
)
from tests.wire import WireReply, WireServer
from tests.wire_dialects import content_of

ASK = Ask("local", (Message("user", "Hello?"),), "job_1")
FORMED = replace(ASK, schema=JsonSchema(name="Found it", schema={"type": "object"}))
PLAYED = {MinionsQueryEngine: (read, supervise), MinionQueryEngine: (reply, question)}
both_engines = pytest.mark.parametrize("engine", list(PLAYED), ids=lambda cls: cls.__name__)


def serving(engine, ending=""):
    """Serves both models, told apart by their names."""
    local, remote = PLAYED[engine]

    def script(request):
        texts = [content_of(message) for message in request.messages]
        said = (local if request.model == "llama3.2" else remote)(texts)
        return said.replace("</answer>", f"{ending}</answer>")

    return WireServer(script)


def ollama(server, model="llama3.2", **data):
    return Ollama(model, base_url=server.ollama_url, **data)


def like(server, model="llama3.2", **data):
    told = {"api_key": "none", "is_chat_model": True} | data
    return OpenAILike(model=model, api_base=server.openai_url, **told)


def openai(server, model="gpt-4o", **data):
    return OpenAI(model, api_base=server.openai_url, api_key="none", **data)


def built(engine, local, remote, **options):
    return engine.from_documents([Document(text=REPORT)], local=local, remote=remote, **options)


makers = pytest.mark.parametrize("make", [ollama, like, openai])
openai_makers = pytest.mark.parametrize("make", [like, openai])


class TestRoles:
    @both_engines
    def test_a_server_that_speaks_openais_api_may_be_the_local_model(self, engine):
        with serving(engine) as server:
            asked = built(engine, like(server), like(server, "gpt-4o"))
            assert str(asked.query(QUESTION)) == ANSWER

    @both_engines
    async def test_an_ollama_may_be_the_remote_model(self, engine):
        with serving(engine) as server:
            asked = built(engine, ollama(server), ollama(server, "gpt-4o"))
            assert str(await asked.aquery(QUESTION)) == ANSWER

    @both_engines
    def test_openais_own_class_may_be_the_remote_model(self, engine):
        with serving(engine) as server:
            response = built(engine, ollama(server), openai(server)).query(QUESTION)
        assert str(response) == ANSWER
        assert response.metadata["minions"]["usage"]["remote"]["models"] == ["gpt-4o"]

    @both_engines
    async def test_openais_own_class_may_stream_without_blocking(self, engine):
        with serving(engine) as server:
            asked = built(engine, ollama(server), openai(server), streaming=True)
            response = await asked.aquery(QUESTION)
            pieces = [piece async for piece in response.async_response_gen()]
        assert "".join(pieces) == ANSWER

    def test_one_ollama_in_both_roles_has_one_window(self):
        llm = Ollama("llama3.2")
        sized = sized_together(LlamaIndexModel(llm), LlamaIndexModel(llm), 5000, 12_000)
        assert [model.context_window for model in sized] == [12_288, 12_288]

    def test_what_is_no_ollama_is_loaded_nowhere(self):
        assert LlamaIndexModel(OpenAI("gpt-4o", api_key="none")).loaded_as is None


class TestClosing:
    def test_a_stream_that_is_closed_hangs_up(self):
        with serving(MinionsQueryEngine, " And so on." * 40_000) as server:
            asked = built(MinionsQueryEngine, ollama(server), openai(server), streaming=True)
            pieces = asked.query(QUESTION).response_gen
            next(pieces)
            next(pieces)
            pieces.close()
            assert server.is_idle()
            assert server.hung_up == 1

    async def test_a_stream_that_is_closed_hangs_up_without_blocking(self):
        with serving(MinionsQueryEngine, " And so on." * 40_000) as server:
            asked = built(MinionsQueryEngine, ollama(server), openai(server), streaming=True)
            response = await asked.aquery(QUESTION)
            async with aclosing(response.response_gen) as pieces:
                await anext(pieces)
                await anext(pieces)
            assert await asyncio.to_thread(server.is_idle)
            assert server.hung_up == 1


class TestRetries:
    @openai_makers
    async def test_an_llm_with_patience_of_its_own_is_called_once(self, make):
        with WireServer(WireReply("busy", status=503)) as server:
            model = LlamaIndexModel(make(server, max_retries=3))
            with pytest.raises(Exception, match="busy"):
                model.reply(ASK)
            with pytest.raises(Exception, match="busy"):
                await model.areply(ASK)
            assert len(server.requests) == 2

    def test_the_core_calls_again_as_often_as_it_is_told(self):
        with WireServer(WireReply("busy", status=503)) as server:
            model = Retrying(LlamaIndexModel(like(server)), retries=2, first_wait=0)
            with pytest.raises(ModelError, match="busy"):
                model.reply(ASK)
            assert len(server.requests) == 3

    def test_an_llm_that_was_used_before_is_called_once_too(self):
        with WireServer(WireReply("busy", status=503)) as server:
            llm = openai(server, max_retries=3)
            llm._get_client()
            with pytest.raises(Exception, match="busy"):
                LlamaIndexModel(llm).reply(ASK)
            assert (len(server.requests), llm._client.max_retries) == (1, 3)

    def test_the_owners_llm_keeps_its_patience(self):
        llm = OpenAI("gpt-4o", api_key="none", max_retries=3)
        called = LlamaIndexModel(llm)._called(ASK, None)
        assert (called.max_retries, llm.max_retries, llm._client) == (0, 3, None)

    def test_all_calls_of_a_run_share_one_client(self):
        model = LlamaIndexModel(OpenAI("gpt-4o", api_key="none", max_tokens=900))
        limited = replace(ASK, max_output_tokens=64)
        assert model._called(ASK, None)._client is model._called(limited, None)._client


class TestLimits:
    def test_a_reply_is_kept_to_the_length_asked_for(self):
        with WireServer("42") as server:
            model = LlamaIndexModel(like(server, max_tokens=900))
            model.reply(replace(ASK, max_output_tokens=64))
        assert server.requests[0].body["max_tokens"] == 64

    def test_a_shorter_length_of_its_owner_stands(self):
        with WireServer("42") as server:
            model = LlamaIndexModel(like(server, max_tokens=16))
            model.reply(replace(ASK, max_output_tokens=64))
        assert server.requests[0].body["max_tokens"] == 16


class TestSamples:
    def test_each_sample_of_an_ollama_has_a_seed(self):
        with WireServer("42") as server:
            llm = ollama(server, context_window=4096, additional_kwargs={"seed": 5})
            LlamaIndexModel(llm).reply(replace(ASK, sample=2))
        options = server.requests[0].body["options"]
        assert (options["temperature"], options["seed"]) == (0.7, 7)

    @openai_makers
    def test_each_sample_of_openais_kind_has_a_seed(self, make):
        with WireServer("42") as server:
            LlamaIndexModel(make(server, model="gpt-4o")).reply(replace(ASK, sample=2))
        body = server.requests[0].body
        assert (body["temperature"], body["seed"]) == (0.7, 2)

    def test_a_reasoning_model_keeps_the_temperature_it_is_called_with(self):
        with WireServer("42") as server:
            LlamaIndexModel(openai(server, "o3-mini")).reply(replace(ASK, sample=2))
        body = server.requests[0].body
        assert (body["temperature"], body["seed"]) == (1.0, 2)


class TestRefusals:
    @makers
    async def test_a_server_that_refuses_a_schema_is_asked_freely(self, make):
        def refuse(request):
            return WireReply("no grammar", status=400) if request.schema else "42"

        forms = {} if make is not like else {"should_use_structured_outputs": True}
        with WireServer(refuse) as server:
            llm = make(server, model="gpt-4o", **forms)
            replies = [
                LlamaIndexModel(llm).reply(FORMED),
                await LlamaIndexModel(llm).areply(FORMED),
            ]
        assert [(told.text, told.failed) for told in replies] == [("42", 1), ("42", 0)]

    def test_a_server_that_knows_no_stream_options_is_asked_without(self):
        def refuse(request):
            refused = WireReply("unknown field: stream_options", status=400)
            return refused if "stream_options" in request.body else "42"

        with WireServer(refuse) as server:
            assert LlamaIndexModel(like(server)).reply(ASK, str).failed == 1

    def test_the_name_of_a_schema_is_one_openai_takes(self):
        with WireServer("{}") as server:
            LlamaIndexModel(openai(server)).reply(FORMED)
        assert server.requests[0].body["response_format"]["json_schema"]["name"] == "Found_it"


class TestErrors:
    @makers
    async def test_a_server_that_is_not_there_ends_the_run(self, make):
        with WireServer("42") as gone:
            model = Retrying(LlamaIndexModel(make(gone)).sized_for(9000), first_wait=0)
        with pytest.raises(ModelUnavailable, match=r"http://127\.0\.0\.1:\d+"):
            model.reply(ASK)
        with pytest.raises(ModelUnavailable, match=r"http://127\.0\.0\.1:\d+"):
            await model.areply(ASK)

    def test_a_model_not_pulled_is_to_be_pulled(self):
        with WireServer(WireReply("model 'llama3.2' not found", status=404)) as server:
            model = Retrying(LlamaIndexModel(ollama(server)).sized_for(9000))
            with pytest.raises(ModelUnavailable, match=r"`ollama pull llama3\.2`"):
                model.reply(ASK)

    @makers
    def test_a_connection_lost_midway_may_be_tried_again(self, make):
        with WireServer([WireReply(drop=True), "42"]) as server:
            model = LlamaIndexModel(make(server)).sized_for(9000)
            assert Retrying(model, first_wait=0).reply(ASK).text == "42"
