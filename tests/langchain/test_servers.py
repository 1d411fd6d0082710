"""Servers of other kinds, in other roles: streams' usage, retries, samples, and what goes wrong."""

import asyncio
from contextlib import aclosing, closing
from dataclasses import replace

import pytest
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI

from langchain_minions import MinionChain, MinionsChain
from langchain_minions._models.model import LangChainModel
from minions_core.effects import Ask, JsonSchema
from minions_core.errors import ModelError, ModelUnavailable
from minions_core.messages import Message, Usage
from minions_core.models import Retrying, sized_together
from tests.langchain.scripted import (
    ANSWER,
    REPORT,
    asks_then_answers,
    plans_then_answers,
    reads,
    tells,
)
from tests.wire import WireReply, WireServer

INPUT = {"task": "What was capital expenditure in 2023?", "context": REPORT}
ASK = Ask("local", (Message("user", "What is it?"),), "job_1")
SCHEMA = {"type": "object", "properties": {"answer": {"type": "string"}}}
FORMED = replace(ASK, schema=JsonSchema(name="Output", schema=SCHEMA))
ENDLESS = f"<answer>{ANSWER}{' And so on.' * 40_000}</answer>"


def ollama(server, model="llama3.2", **fields):
    return ChatOllama(model=model, base_url=server.ollama_url, **fields)


def openai(server, model="gpt-4o", **fields):
    return ChatOpenAI(model=model, base_url=server.openai_url, api_key="none", **fields)


def speaks(local, remote):
    """A script for both models, told apart by their names."""
    scripts = {"llama3.2": local, "gpt-4o": remote}
    return lambda request: scripts[request.model](list(request.messages))


MINIONS = speaks(reads, plans_then_answers)
MINION = speaks(tells, asks_then_answers)
makers = pytest.mark.parametrize("make", [ollama, openai])


class TestRoles:
    def test_an_ollama_may_be_the_remote_model(self):
        with WireServer(MINIONS) as server:
            chain = MinionsChain(ollama(server), ollama(server, "gpt-4o"), max_rounds=1)
            output = chain.invoke(INPUT)
        assert (output["answer"], output["usage"]["remote"]["models"]) == (ANSWER, ["gpt-4o"])

    async def test_an_ollama_may_be_the_remote_model_without_blocking(self):
        with WireServer(MINION) as server:
            chain = MinionChain(ollama(server), ollama(server, "gpt-4o"), max_rounds=1)
            assert (await chain.ainvoke(INPUT))["answer"] == ANSWER

    def test_a_server_that_speaks_openais_api_may_read_for_minion(self):
        with WireServer(MINION) as server:
            chain = MinionChain(openai(server, "llama3.2"), openai(server), max_rounds=1)
            assert chain.invoke(INPUT)["answer"] == ANSWER

    def test_one_input_of_a_batch_may_fail(self):
        def script(request):
            if "gone wrong" in request.text and request.model == "gpt-4o":
                return WireReply("no such field", status=400)
            return MINIONS(request)

        with WireServer(script) as server:
            chain = MinionsChain(ollama(server), openai(server), max_rounds=1)
            inputs = [INPUT, {**INPUT, "task": "What has gone wrong?"}, INPUT]
            first, failed, last = chain.batch(inputs, return_exceptions=True)
        assert [first["answer"], last["answer"]] == [ANSWER, ANSWER]
        assert isinstance(failed, ModelError)

    def test_one_ollama_in_both_roles_has_one_window(self):
        chat = ChatOllama(model="llama3.2")
        local, remote = LangChainModel(chat), LangChainModel(chat.with_retry())
        sized = sized_together(local, remote, 5000, 12_000)
        assert [model.context_window for model in sized] == [12_288, 12_288]

    def test_two_ollamas_have_a_window_each(self):
        models = [LangChainModel(ChatOllama(model=name)) for name in ("llama3.2", "qwen3")]
        sized = sized_together(*models, 5000, 12_000)
        assert [model.context_window for model in sized] == [8192, 12_288]

    def test_chunks_are_cut_to_a_window_of_the_users_choice(self):
        with WireServer(MINIONS) as server:
            chain = MinionsChain(ollama(server, num_ctx=2048), openai(server), max_rounds=1)
            text = REPORT.replace("employees", "employees " * 1000)
            jobs = chain.invoke({**INPUT, "context": text})["result"].rounds[0].jobs
        assert len(jobs) > 2
        assert "truncated" not in {job.status for job in jobs}


class TestStreams:
    @pytest.mark.parametrize("stream_usage", [None, True])
    def test_a_stream_tells_its_usage(self, stream_usage):
        with WireServer(WireReply("42", input_tokens=9, output_tokens=2)) as server:
            model = LangChainModel(openai(server, stream_usage=stream_usage))
            assert model.reply(ASK, str).usage == Usage(input_tokens=9, output_tokens=2)

    async def test_a_stream_tells_its_usage_without_blocking(self):
        with WireServer(WireReply("42", input_tokens=9, output_tokens=2)) as server:
            reply = await LangChainModel(openai(server)).areply(ASK, str)
        assert reply.usage == Usage(input_tokens=9, output_tokens=2)

    def test_a_user_who_wants_no_usage_gets_none(self):
        with WireServer("42") as server:
            reply = LangChainModel(openai(server, stream_usage=False)).reply(ASK, str)
        assert reply.usage is None

    def test_a_server_that_knows_no_stream_options_is_asked_without(self):
        def refuse(request):
            refused = WireReply("unknown field: stream_options", status=400)
            return refused if "stream_options" in request.body else "42"

        with WireServer(refuse) as server:
            model = LangChainModel(openai(server))
            assert [model.reply(ASK, str).failed, model.reply(ASK, str).failed] == [1, 0]

    def test_the_usage_of_a_streamed_answer_is_not_estimated(self):
        with WireServer(MINIONS) as server:
            chunks = list(MinionsChain(ollama(server), openai(server), max_rounds=1).stream(INPUT))
        assert not chunks[-1]["usage"]["remote"]["estimated"]

    def test_a_stream_that_is_closed_hangs_up(self):
        endless = speaks(
            reads, lambda messages: plans_then_answers(messages).replace(ANSWER, ENDLESS)
        )
        with WireServer(endless) as server:
            chain = MinionsChain(ollama(server), openai(server), max_rounds=1)
            with closing(chain.stream(INPUT)) as chunks:
                next(chunk for chunk in chunks if "answer" in chunk)
            assert server.is_idle()
            assert server.hung_up == 1

    async def test_a_stream_that_is_closed_hangs_up_without_blocking(self):
        endless = speaks(
            reads, lambda messages: plans_then_answers(messages).replace(ANSWER, ENDLESS)
        )
        with WireServer(endless) as server:
            chain = MinionsChain(ollama(server), openai(server), max_rounds=1)
            async with aclosing(chain.astream(INPUT)) as chunks:
                await anext(chunk async for chunk in chunks if "answer" in chunk)
            assert await asyncio.to_thread(server.is_idle)
            assert server.hung_up == 1


class TestRetries:
    @pytest.mark.parametrize(
        "wrapped",
        [
            lambda model: model,
            lambda model: model.bind(stop=["END"]),
            lambda model: model.with_config(tags=["mine"]),
        ],
    )
    def test_a_model_with_patience_of_its_own_is_called_once(self, wrapped):
        with WireServer(WireReply("busy", status=503)) as server:
            model = LangChainModel(wrapped(openai(server, max_retries=2)))
            with pytest.raises(Exception, match="busy"):
                model.reply(ASK)
            assert len(server.requests) == 1

    async def test_it_is_called_once_without_blocking_too(self):
        with WireServer(WireReply("busy", status=503)) as server:
            with pytest.raises(Exception, match="busy"):
                await LangChainModel(openai(server)).areply(ASK)
            assert len(server.requests) == 1

    def test_the_core_calls_again_as_often_as_it_is_told(self):
        with WireServer(WireReply("busy", status=503)) as server:
            model = LangChainModel(openai(server, max_retries=5))
            with pytest.raises(ModelError, match="busy"):
                Retrying(model, retries=2, first_wait=0).reply(FORMED)
            assert len(server.requests) == 3

    def test_the_users_model_keeps_its_patience(self):
        chat = ChatOpenAI(model="gpt-4o", api_key="none", max_retries=5)
        once = LangChainModel(chat).runnable
        assert (once.max_retries, once.root_client.max_retries) == (0, 0)
        assert (chat.max_retries, chat.root_client.max_retries) == (5, 5)


class TestSamples:
    def test_each_sample_of_an_ollama_has_a_seed(self):
        with WireServer("42") as server:
            LangChainModel(ollama(server)).reply(replace(ASK, sample=2))
        options = server.requests[0].body["options"]
        assert (options["temperature"], options["seed"]) == (0.7, 2)

    def test_each_sample_of_an_openai_has_a_seed(self):
        with WireServer("42") as server:
            LangChainModel(openai(server, temperature=1.2, seed=5)).reply(replace(ASK, sample=2))
        body = server.requests[0].body
        assert (body["temperature"], body["seed"]) == (1.2, 7)

    def test_a_reasoning_model_is_given_no_temperature(self):
        with WireServer("42") as server:
            LangChainModel(openai(server, "o3-mini")).reply(replace(ASK, sample=1))
        assert "temperature" not in server.requests[0].body

    @makers
    def test_a_single_sample_is_drawn_as_the_user_set_it(self, make):
        with WireServer("42") as server:
            LangChainModel(make(server, temperature=0.1)).reply(ASK)
        body = server.requests[0].body
        assert body.get("options", body)["temperature"] == 0.1


class TestErrors:
    @makers
    async def test_a_server_that_is_not_there_ends_the_run(self, make):
        with WireServer("42") as gone:
            chat = make(gone)
        model = Retrying(LangChainModel(chat), first_wait=0)
        with pytest.raises(ModelUnavailable, match=r"http://127\.0\.0\.1:\d+"):
            model.reply(ASK)
        with pytest.raises(ModelUnavailable, match=r"http://127\.0\.0\.1:\d+"):
            await model.areply(ASK)

    def test_a_chain_whose_local_server_is_not_there_says_what_to_do(self):
        with WireServer("42") as gone, WireServer(MINIONS) as server:
            local = ollama(gone)
            gone.close()
            with pytest.raises(ModelUnavailable, match="start it with `ollama serve`"):
                MinionsChain(local, openai(server)).invoke(INPUT)

    def test_a_model_not_pulled_is_to_be_pulled(self):
        missing = WireReply("model 'llama3.2' not found", status=404)
        with WireServer(missing) as server:
            model = Retrying(LangChainModel(ollama(server)))
            with pytest.raises(ModelUnavailable, match=r"`ollama pull llama3\.2`"):
                model.reply(ASK)

    @makers
    def test_a_connection_lost_midway_may_be_tried_again(self, make):
        with WireServer([WireReply(drop=True), "42"]) as server:
            assert Retrying(LangChainModel(make(server)), first_wait=0).reply(ASK).text == "42"

    @makers
    def test_a_refused_form_is_remembered_for_the_users_model(self, make):
        def refuse(request):
            return WireReply("no grammar", status=400) if request.schema else "42"

        with WireServer(refuse) as server:
            chat = make(server)
            replies = [LangChainModel(chat).reply(FORMED) for _ in range(2)]
        assert [reply.failed for reply in replies] == [1, 0]
