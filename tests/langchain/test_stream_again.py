"""Streams of models that fail: fallbacks take over, a reply that broke off is asked for again."""

from functools import reduce
from operator import add

import pytest
from langchain_ollama import ChatOllama
from langchain_openai import ChatOpenAI

from langchain_minions import MinionsChain
from langchain_minions.chat_model import ChatMinions
from minions_core.config import MinionsConfig
from minions_core.errors import ModelError
from tests.langchain.chains import INPUT, minions_chain
from tests.langchain.scripted import ANSWER, REPORT, Runs, ScriptedChat, plans_then_answers, reads
from tests.wire import WireReply, WireServer

BEGUN = "<answer>It was $1"


def dead(messages):
    raise RuntimeError("no such key")


@pytest.fixture
def with_fallback():
    return minions_chain(remote=dead).with_fallbacks([minions_chain()])


def test_fallbacks_take_over_a_stream_whose_remote_model_is_dead(with_fallback):
    assert reduce(add, with_fallback.stream(INPUT))["answer"] == ANSWER


async def test_fallbacks_take_over_an_asynchronous_stream_too(with_fallback):
    chunks = [chunk async for chunk in with_fallback.astream(INPUT)]
    assert reduce(add, chunks)["answer"] == ANSWER


def preview():
    return INPUT, {"settings": MinionsConfig(preview=200, max_retries=0)}


def follow_up():
    earlier = minions_chain().invoke(INPUT)
    return {**INPUT, "task": "Was that much?", "chat_history": [earlier]}, {}


KNOWS_BEFORE = pytest.mark.parametrize("case", [preview, follow_up])


@KNOWS_BEFORE
def test_fallbacks_take_over_a_stream_that_knew_something_before_it_asked(case):
    asked, fields = case()
    chain = minions_chain(remote=dead, **fields).with_fallbacks([minions_chain(**fields)])
    assert reduce(add, chain.stream(asked))["answer"] == ANSWER


@KNOWS_BEFORE
def test_a_stream_that_knew_something_before_it_asked_adds_up(case):
    asked, fields = case()
    whole = minions_chain(**fields).invoke(asked)
    first, *others = minions_chain(**fields).stream(asked)
    assert first["evidence"] == whole["evidence"][: len(first["evidence"])] != []
    told = reduce(add, others, first)
    assert (told.keys(), told["evidence"]) == (whole.keys(), whole["evidence"])


def breaks_off(times=1):
    """A server whose supervisor breaks off so many answers before it gives a whole one."""
    broken = [WireReply(BEGUN, error="boom")] * times
    scripts = {"llama3.2": reads, "gpt-4o": plans_then_answers}

    def reply(request):
        said = scripts[request.model](list(request.messages))
        return broken.pop() if broken and said.startswith("<answer>") else said

    return WireServer(reply)


def ollama(server, model="gpt-4o"):
    return ChatOllama(model=model, base_url=server.ollama_url)


def openai(server):
    return ChatOpenAI(model="gpt-4o", base_url=server.openai_url, api_key="none", max_retries=0)


REMOTES = pytest.mark.parametrize("remote", [ollama, openai])


def chain_on(server, remote, **fields):
    return MinionsChain(ollama(server, "llama3.2"), remote(server), max_rounds=1, **fields)


@REMOTES
def test_a_stream_that_breaks_off_in_mid_answer_begins_it_anew(remote):
    with breaks_off() as server:
        chunks = list(chain_on(server, remote).stream(INPUT))
    pieces = "".join(chunk.get("answer", "") for chunk in chunks)
    assert pieces == f"{BEGUN.removeprefix('<answer>')}{ANSWER}"
    assert reduce(add, chunks)["answer"] == ANSWER


@REMOTES
async def test_an_asynchronous_stream_that_breaks_off_in_mid_answer_begins_it_anew(remote):
    with breaks_off() as server:
        chunks = [chunk async for chunk in chain_on(server, remote).astream(INPUT)]
    assert reduce(add, chunks)["answer"] == ANSWER


def test_an_attempt_that_broke_off_is_counted_in_a_stream_as_in_a_call():
    with breaks_off() as server:
        streamed = reduce(add, chain_on(server, openai).stream(INPUT))["usage"]["remote"]
    with breaks_off() as server:
        whole = chain_on(server, openai).invoke(INPUT)["usage"]["remote"]
    assert (streamed["calls"], streamed["failed"]) == (whole["calls"], whole["failed"]) == (2, 1)


def test_a_break_is_an_error_of_its_own_call_alone():
    runs = Runs()
    with breaks_off() as server:
        list(chain_on(server, openai).stream(INPUT, {"callbacks": [runs]}))
    assert runs.roots[0].error is None
    assert ["boom" in (run.error or "") for run in runs.roots[0].child_runs].count(True) == 1


def test_a_stream_that_keeps_breaking_off_is_an_error():
    with breaks_off(2) as server, pytest.raises(ModelError, match="boom"):
        list(chain_on(server, openai, settings=MinionsConfig(max_retries=1)).stream(INPUT))


def test_a_chat_model_goes_on_after_a_blank_line():
    with breaks_off() as server:
        model = ChatMinions(
            ScriptedChat(script=reads), openai(server), context=REPORT, max_rounds=1
        )
        pieces = [str(piece.content) for piece in model.stream(INPUT["task"])]
    assert "".join(pieces) == f"It was $1\n\n{ANSWER}"


@pytest.fixture
def chat_with_fallback():
    dead_chat, good_chat = (
        ChatMinions(ScriptedChat(script=reads), ScriptedChat(script=remote), context=REPORT)
        for remote in (dead, plans_then_answers)
    )
    return dead_chat.with_fallbacks([good_chat])


def test_fallbacks_take_over_a_stream_of_a_chat_model(chat_with_fallback):
    pieces = chat_with_fallback.stream(INPUT["task"])
    assert "".join(str(piece.content) for piece in pieces) == ANSWER


async def test_fallbacks_take_over_an_asynchronous_stream_of_a_chat_model(chat_with_fallback):
    pieces = [str(piece.content) async for piece in chat_with_fallback.astream(INPUT["task"])]
    assert "".join(pieces) == ANSWER
