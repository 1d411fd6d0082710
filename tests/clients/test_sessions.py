"""Connections: none outlives its call, so clients outlive threads and event loops."""

import asyncio
import gc
from concurrent.futures import ThreadPoolExecutor

import pytest

from minions_core.clients import OllamaClient, OpenAIClient
from minions_core.clients._shared import Sessions
from minions_core.effects import Ask
from minions_core.messages import Message
from tests.wire import WireReply, WireServer

ASK = Ask("local", (Message("user", "What?"),))


def ollama(server):
    return OllamaClient(base_url=server.ollama_url)


def openai(server):
    return OpenAIClient(base_url=server.openai_url, api_key="none")


@pytest.fixture(params=[ollama, openai])
def make(request):
    return request.param


@pytest.fixture
def server():
    with WireServer("42", keep_alive=True) as server:
        yield server


def test_no_connection_is_kept_after_a_blocking_call(make, server):
    make(server).reply(ASK)
    gc.collect()  # a socket left open would warn now, and warnings are errors
    assert server.is_idle()


async def test_no_connection_is_kept_after_a_call_on_a_loop(make, server):
    model = make(server)
    await asyncio.gather(*(model.areply(ASK) for _ in range(8)))
    assert await asyncio.to_thread(server.is_idle)


async def test_no_connection_is_kept_after_a_stream_that_was_abandoned(make, server):
    def interrupt(_):
        raise KeyError("enough")

    with pytest.raises(KeyError, match="enough"):
        await make(server).areply(ASK, interrupt)
    assert await asyncio.to_thread(server.is_idle)


async def test_no_connection_is_kept_after_a_cancelled_call(make):
    with WireServer(WireReply("late", delay=600), keep_alive=True) as server:
        call = asyncio.create_task(make(server).areply(ASK))
        await asyncio.to_thread(server.requested.wait)
        call.cancel()
        with pytest.raises(asyncio.CancelledError):
            await call


async def test_the_first_calls_of_a_loop_may_be_made_at_once(make, server):
    model = make(server)
    replies = await asyncio.gather(*(model.areply(ASK) for _ in range(8)))
    assert [reply.text for reply in replies] == ["42"] * 8


def test_threads_may_share_a_client(make, server):
    model = make(server)
    with ThreadPoolExecutor(8) as pool:
        replies = list(pool.map(model.reply, [ASK] * 16))
    assert [reply.text for reply in replies] == ["42"] * 16


def test_a_client_outlives_the_loop_it_was_first_used_on(make, server):
    model = make(server)
    with asyncio.Runner() as first:
        first.run(model.areply(ASK))
    with asyncio.Runner() as second:
        assert second.run(model.areply(ASK)).text == "42"


def test_loops_in_several_threads_may_share_a_client(make, server):
    model = make(server)

    def run_on_a_loop_of_its_own(_):
        with asyncio.Runner() as runner:
            return runner.run(model.areply(ASK)).text

    with ThreadPoolExecutor(4) as pool:
        assert list(pool.map(run_on_a_loop_of_its_own, range(8))) == ["42"] * 8


def test_loops_never_share_an_async_client():
    sessions = Sessions(object, object)

    async def client():
        return sessions.on_this_loop()

    with asyncio.Runner() as first, asyncio.Runner() as second:
        assert first.run(client()) is first.run(client())
        assert first.run(client()) is not second.run(client())


def test_a_loop_that_is_over_is_forgotten(make, server):
    model = make(server)
    with asyncio.Runner() as runner:
        runner.run(model.areply(ASK))
    del runner
    gc.collect()
    assert len(model._sessions._by_loop) == 0
