"""A run that is cancelled leaves none of its calls open in a trace, and closes each just once."""

import asyncio
from typing import Any
from uuid import UUID

import pytest
from langchain_core.callbacks import AsyncCallbackHandler, BaseCallbackHandler
from langchain_core.rate_limiters import InMemoryRateLimiter
from langchain_core.runnables import RunnableLambda
from langgraph.graph import START, StateGraph

from langchain_minions import MinionChain, MinionsChain
from langchain_minions._models.model import LangChainModel
from minions_core.effects import Ask
from minions_core.messages import Message
from tests.langchain.chains import INPUT, WRAPPINGS
from tests.langchain.scripted import (
    Runs,
    ScriptedChat,
    asks_then_answers,
    plans_then_answers,
    reads,
)

ASK = Ask("local", (Message("user", "What is it?"),), "job_3")
STREAMS = pytest.mark.parametrize("on_text", [None, str])


class Waiting(ScriptedChat):
    """Tells that it was called, and then nothing for ever."""

    called: Any

    async def _agenerate(self, *_: Any, **__: Any) -> Any:
        self.called.release()
        await asyncio.Event().wait()

    async def _astream(self, *_: Any, **__: Any) -> Any:
        yield await self._agenerate()


class WaitingMidway(Waiting):
    """The same, but says a piece first if it streams."""

    async def _astream(self, messages: Any, *_: Any, **__: Any) -> Any:
        for chunk in self._stream(messages):
            yield chunk
            self.called.release()
            await asyncio.Event().wait()


class Ends(BaseCallbackHandler):
    """Keeps which calls were begun and how each was closed."""

    run_inline = True

    def __init__(self) -> None:
        self.begun: list[UUID] = []
        self.closed: list[UUID] = []
        self.errors: list[BaseException] = []

    def on_chat_model_start(self, *_: Any, run_id: UUID, **__: Any) -> None:
        self.begun.append(run_id)

    def on_llm_end(self, *_: Any, run_id: UUID, **__: Any) -> None:
        self.closed.append(run_id)

    def on_llm_error(self, error: BaseException, *, run_id: UUID, **_: Any) -> None:
        self.closed.append(run_id)
        self.errors.append(error)


class AsyncEnds(Ends, AsyncCallbackHandler):
    """The same, as coroutines."""

    run_inline = False

    async def on_chat_model_start(self, *args: Any, **told: Any) -> None:
        await asyncio.sleep(0)
        super().on_chat_model_start(*args, **told)

    async def on_llm_error(self, error: BaseException, **told: Any) -> None:
        await asyncio.sleep(0)
        super().on_llm_error(error, **told)


async def cancelled(coroutine, called, calls=1):
    task = asyncio.create_task(coroutine)
    for _ in range(calls):
        await called.acquire()
    task.cancel()
    await asyncio.wait([task])
    assert task.cancelled()


async def drained(chunks):
    async for _ in chunks:
        pass


def waiting_chain():
    called = asyncio.Semaphore(0)
    local = Waiting(script=reads, called=called)
    return MinionsChain(local, ScriptedChat(script=plans_then_answers), max_rounds=1), called


TREE = [
    (
        "MinionsChain",
        "chain",
        [("local_job_1", "llm", []), ("local_job_2", "llm", []), ("remote_plan_1", "llm", [])],
    )
]


def all_ended(runs):
    return not runs.run_map and all(
        run.end_time for root in runs.roots for run in (root, *root.child_runs)
    )


@pytest.mark.parametrize(
    "started",
    [
        lambda chain, config: chain.ainvoke(INPUT, config),
        lambda chain, config: drained(chain.astream(INPUT, config)),
        lambda chain, config: drained(chain.astream_events(INPUT, config, version="v2")),
    ],
)
async def test_a_cancelled_chain_leaves_no_call_open(started):
    (chain, called), runs = waiting_chain(), Runs()
    await cancelled(started(chain, {"callbacks": [runs]}), called, calls=2)
    assert runs.shapes == TREE
    assert all_ended(runs)


async def test_a_cancelled_batch_leaves_no_call_open():
    (chain, called), runs = waiting_chain(), Runs()
    await cancelled(chain.abatch([INPUT] * 2, {"callbacks": [runs]}), called, calls=4)
    assert runs.shapes == TREE * 2
    assert all_ended(runs)


async def test_a_cancelled_graph_leaves_no_call_open():
    (chain, called), runs = waiting_chain(), Runs()

    async def answer(state, config):
        return await chain.ainvoke(INPUT, config)

    graph = StateGraph(dict).add_node("answer", answer).add_edge(START, "answer").compile()
    await cancelled(graph.ainvoke({}, {"callbacks": [runs]}), called, calls=2)
    assert not runs.run_map


async def test_a_cancelled_stream_of_the_answer_leaves_no_call_open():
    called, runs = asyncio.Semaphore(0), Runs()
    remote = WaitingMidway(script=asks_then_answers, called=called)
    chain = MinionChain(ScriptedChat(script=reads), remote, max_rounds=1)
    await cancelled(drained(chain.astream(INPUT, {"callbacks": [runs]})), called)
    assert runs.shapes == [("MinionChain", "chain", [("remote_ask_1", "llm", [])])]
    assert all_ended(runs)


@WRAPPINGS
@STREAMS
@pytest.mark.parametrize("kind", [Waiting, WaitingMidway])
@pytest.mark.parametrize("handler", [Ends, AsyncEnds])
async def test_a_cancelled_call_is_closed_just_once(wrapped, on_text, kind, handler):
    called, ends = asyncio.Semaphore(0), handler()
    model = wrapped(kind(script=lambda _: "It is 42.", called=called))
    calls = LangChainModel(model, config={"callbacks": [ends]})
    await cancelled(calls.areply(ASK, on_text), called)
    assert len(ends.begun) == 1
    assert ends.closed == ends.begun


async def test_the_error_of_a_cancelled_call_is_the_cancellation():
    called, ends = asyncio.Semaphore(0), Ends()
    model = LangChainModel(Waiting(script=str, called=called), config={"callbacks": [ends]})
    await cancelled(model.areply(ASK), called)
    assert [type(error) for error in ends.errors] == [asyncio.CancelledError]


async def test_a_call_that_is_ending_when_it_is_cancelled_is_not_closed_again():
    ending, proceed, ends = asyncio.Semaphore(0), asyncio.Event(), Ends()

    class Slow(AsyncCallbackHandler):
        run_inline = True

        async def on_llm_end(self, *_: Any, **__: Any) -> None:
            ending.release()
            await proceed.wait()

    chat = ScriptedChat(script=lambda _: "42")
    model = LangChainModel(chat, config={"callbacks": [Slow(), ends]})
    await cancelled(model.areply(ASK), ending)
    proceed.set()
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
    assert (ends.closed, ends.errors) == (ends.begun, [])


async def test_a_handler_that_raises_does_not_undo_the_cancellation():
    class Raising(BaseCallbackHandler):
        raise_error = True

        def on_llm_error(self, *_: Any, **__: Any) -> None:
            raise ValueError("no trace today")

    called = asyncio.Semaphore(0)
    model = LangChainModel(Waiting(script=str, called=called), config={"callbacks": [Raising()]})
    await cancelled(model.areply(ASK), called)


async def test_the_runs_around_a_cancelled_call_are_closed_with_it():
    called, runs = asyncio.Semaphore(0), Runs()
    model = Waiting(script=str, called=called).with_retry()
    await cancelled(LangChainModel(model, config={"callbacks": [runs]}).areply(ASK), called)
    assert runs.shapes == [("local_job_3", "chain", [("Waiting", "llm", [])])]
    assert all_ended(runs)


async def test_handlers_of_the_models_own_are_told_as_well():
    called, own, bound = asyncio.Semaphore(0), Ends(), Ends()
    model = Waiting(script=str, called=called, callbacks=[own]).with_config(callbacks=[bound])
    await cancelled(LangChainModel(model, config={"callbacks": []}).areply(ASK), called)
    assert len(own.begun) == 1
    assert own.closed == bound.closed == own.begun


async def test_a_call_that_waits_for_its_rate_is_closed():
    ends, slow = Ends(), InMemoryRateLimiter(requests_per_second=0.001)
    begun = asyncio.Semaphore(0)

    class Telling(AsyncCallbackHandler):
        async def on_chat_model_start(self, *_: Any, **__: Any) -> None:
            begun.release()

    model = WaitingMidway(script=str, called=None, rate_limiter=slow)
    calls = LangChainModel(model, config={"callbacks": [ends, Telling()]})
    await cancelled(calls.areply(ASK, str), begun)
    assert len(ends.begun) == 1
    assert ends.closed == ends.begun


async def test_a_call_in_a_thread_is_left_to_close_itself():
    called, ends = asyncio.Semaphore(0), Ends()
    loop, ended = asyncio.get_running_loop(), asyncio.Event()
    proceed = asyncio.Event()

    def answers(_):
        loop.call_soon_threadsafe(called.release)
        asyncio.run_coroutine_threadsafe(proceed.wait(), loop).result()
        return "42"

    def asks(messages, config):
        answer = ScriptedChat(script=answers).invoke(messages, config)
        loop.call_soon_threadsafe(ended.set)
        return answer

    calls = LangChainModel(RunnableLambda(asks), config={"callbacks": [ends]})
    await cancelled(calls.areply(ASK), called)
    assert ends.closed == []
    proceed.set()
    await ended.wait()
    assert (ends.closed, ends.errors) == (ends.begun, [])
