"""Both chains with the real `ChatOllama` and `ChatOpenAI`, over HTTP on this machine."""

import threading
from functools import reduce
from operator import add

import pytest
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI

from langchain_minions import MinionChain, MinionsChain
from minions_core.config import MinionsConfig
from minions_core.errors import ModelUnavailable
from tests.langchain.chains import WRAPPINGS
from tests.langchain.scripted import (
    ANSWER,
    QUOTE,
    REPORT,
    asks_then_answers,
    plans_then_answers,
    reads,
    tells,
)
from tests.wire import WireReply, WireServer

INPUT = {"task": "What was capital expenditure in 2023?", "context": REPORT}


def speaks(local, remote):
    """A script for both models, told apart by their names."""
    scripts = {"llama3.2": local, "gpt-4o": remote}
    return lambda request: scripts[request.model](list(request.messages))


MINIONS = speaks(reads, plans_then_answers)
BOTH = pytest.mark.parametrize(
    ("kind", "script"),
    [(MinionsChain, MINIONS), (MinionChain, speaks(tells, asks_then_answers))],
)


def ollama(server, **fields):
    return ChatOllama(model="llama3.2", base_url=server.ollama_url, **fields)


def openai(server, model="gpt-4o", **fields):
    return ChatOpenAI(
        model=model, base_url=server.openai_url, api_key="none", max_retries=0, **fields
    )


def chain_on(server, kind=MinionsChain, **fields):
    return kind(ollama(server), openai(server), max_rounds=1, **fields)


@BOTH
def test_a_question_is_answered(kind, script):
    with WireServer(script) as server:
        output = chain_on(server, kind).invoke(INPUT)
    assert (output["answer"], output["status"]) == (ANSWER, "answered")
    assert [document.page_content for document in output["documents"]] == [QUOTE]


@BOTH
async def test_a_question_is_answered_without_blocking(kind, script):
    with WireServer(script) as server:
        output = await chain_on(server, kind).ainvoke(INPUT)
    assert (output["answer"], output["status"]) == (ANSWER, "answered")


@BOTH
def test_the_answer_streams(kind, script):
    with WireServer(script) as server:
        chunks = list(chain_on(server, kind).stream(INPUT))
    assert len([chunk for chunk in chunks if "answer" in chunk]) > 1
    assert reduce(add, chunks)["answer"] == ANSWER


@BOTH
async def test_the_answer_streams_without_blocking(kind, script):
    with WireServer(script) as server:
        chunks = [chunk async for chunk in chain_on(server, kind).astream(INPUT)]
    assert len([chunk for chunk in chunks if "answer" in chunk]) > 1
    assert reduce(add, chunks)["answer"] == ANSWER


@BOTH
def test_usage_is_what_the_servers_told(kind, script):
    with WireServer(script) as server:
        usage = chain_on(server, kind).invoke(INPUT)["usage"]
        asked = [request.model for request in server.requests]
    assert usage["local"]["calls"] == asked.count("llama3.2")
    assert usage["remote"]["models"] == ["gpt-4o"]
    assert not usage["local"]["estimated"]


@WRAPPINGS
def test_local_models_may_be_wrapped(wrapped):
    with WireServer(MINIONS) as server:
        chain = MinionsChain(wrapped(ollama(server)), openai(server), max_rounds=1)
        assert chain.invoke(INPUT)["answer"] == ANSWER
        jobs = [request for request in server.requests if request.api == "ollama"]
    assert all("answer" in request.schema["properties"] for request in jobs)


@WRAPPINGS
async def test_remote_models_may_be_wrapped(wrapped):
    with WireServer(MINIONS) as server:
        chain = MinionsChain(ollama(server), wrapped(openai(server)), max_rounds=1)
        assert (await chain.ainvoke(INPUT))["answer"] == ANSWER


def test_all_jobs_share_one_window_and_one_reply_length():
    with WireServer(MINIONS) as server:
        chain_on(server).invoke(INPUT)
        options = [request.body["options"] for request in server.requests if request.schema]
    assert [(each["num_ctx"], each["num_predict"]) for each in options] == [(8192, 512)] * 2


def test_the_users_models_are_as_they_were():
    with WireServer(MINIONS) as server:
        chain = chain_on(server)
        before = (chain.local.model_dump(), chain.remote.model_dump())
        chain.invoke(INPUT)
        assert (chain.local.model_dump(), chain.remote.model_dump()) == before


def test_any_openai_server_may_be_the_local_model():
    with WireServer(MINIONS) as server:
        chain = MinionsChain(openai(server, "llama3.2"), openai(server), max_rounds=1)
        assert chain.invoke(INPUT)["answer"] == ANSWER


def test_a_job_whose_reply_was_cut_is_truncated_whatever_the_provider():
    def half(request):
        return WireReply('{"answer": "$1', finish="length") if request.schema else MINIONS(request)

    with WireServer(half) as server:
        chain = MinionsChain(openai(server, "llama3.2"), openai(server), max_rounds=1)
        jobs = chain.invoke(INPUT)["result"].rounds[0].jobs
    assert {job.status for job in jobs} == {"truncated"}


def test_a_server_that_is_busy_is_asked_again():
    busy = iter([WireReply("busy", status=503, headers={"retry-after": "0.01"})])
    with WireServer(lambda request: next(busy, None) or MINIONS(request)) as server:
        assert chain_on(server).invoke(INPUT)["answer"] == ANSWER


def test_a_model_not_pulled_ends_the_run_with_what_to_do():
    def missing(request):
        gone = WireReply("model 'llama3.2' not found", status=404)
        return gone if request.api == "ollama" else MINIONS(request)

    with WireServer(missing) as server, pytest.raises(ModelUnavailable, match="not found"):
        chain_on(server).invoke(INPUT)


def test_a_key_that_is_refused_ends_the_run_at_once():
    def refused(request):
        return WireReply("bad key", status=401)

    with WireServer(refused) as server:
        with pytest.raises(ModelUnavailable, match="bad key"):
            chain_on(server).invoke(INPUT)
        assert len(server.requests) == 1


def test_as_many_local_calls_are_in_flight_as_allowed():
    settings = MinionsConfig(local_concurrency=2)
    two = threading.Barrier(2, timeout=30)

    def in_pairs(request):
        if request.schema:
            two.wait()
        return MINIONS(request)

    with WireServer(in_pairs) as server:
        chain_on(server, settings=settings).invoke({**INPUT, "context": [REPORT] * 6})
        assert server.most_in_flight == 2
