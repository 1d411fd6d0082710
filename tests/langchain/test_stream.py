"""Streams: pieces of the answer, sums, and leaving early."""

import asyncio
import threading
from functools import reduce
from operator import add
from typing import Any

import pytest
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.runnables import (
    RunnableLambda,
)
from pydantic import Field

from langchain_minions import MinionChain, MinionsChain
from minions_core.config import Budget, MinionsConfig
from tests.langchain.chains import INPUT, minion_chain, minions_chain
from tests.langchain.scripted import (
    ANSWER,
    PLAN,
    QUOTE,
    Runs,
    ScriptedChat,
    plans_then_answers,
    reads,
    tells,
)


def takes_back(messages):
    """A supervisor that begins an answer over its first evidence, and plans again instead."""
    if len(messages) == 4:
        return f"<answer>perhaps\n{PLAN}"
    return plans_then_answers(messages)


EITHER = pytest.mark.parametrize("make", [minions_chain, minion_chain])


@EITHER
def test_chunks_add_up_to_the_output(make):
    assert reduce(add, make().stream(INPUT)) == make().invoke(INPUT)


@EITHER
async def test_chunks_add_up_to_the_output_without_blocking(make):
    chunks = [chunk async for chunk in make().astream(INPUT)]
    assert reduce(add, chunks) == make().invoke(INPUT)


@EITHER
def test_the_answer_streams_in_pieces(make):
    assert len([chunk for chunk in make().stream(INPUT) if "answer" in chunk]) > 3


@EITHER
def test_what_goes_on_is_told_before_the_answer(make):
    told = [chunk["status"] for chunk in make().stream(INPUT) if "status" in chunk]
    assert told == ["reading", "thinking", "answered"]


@EITHER
def test_evidence_comes_before_the_answer(make):
    keys = [key for chunk in make().stream(INPUT) for key in chunk]
    assert keys.index("evidence") < keys.index("answer")


@EITHER
def test_evidence_is_what_was_found(make):
    [evidence] = next(chunk["evidence"] for chunk in make().stream(INPUT) if "evidence" in chunk)
    assert (evidence.page_content, evidence.metadata["check"]) == (QUOTE, "verified")


def test_a_streamed_run_that_ends_without_its_answer_adds_up_too():
    settings = MinionsConfig(budget=Budget(remote_tokens=1))
    chain = minions_chain(settings=settings)
    assert reduce(add, chain.stream(INPUT)) == chain.invoke(INPUT)


def test_an_answer_that_does_not_count_is_not_streamed():
    def guesses(messages):
        guess = "<answer>perhaps</answer><ask>Is it?</ask>"
        return f"<answer>{ANSWER}</answer>" if len(messages) > 2 else guess

    chain = MinionChain(ScriptedChat(script=tells), ScriptedChat(script=guesses))
    pieces = [chunk.get("answer", "") for chunk in chain.stream(INPUT)]
    assert "perhaps" not in "".join(pieces)


def test_an_answer_taken_back_is_replaced_when_chunks_are_added():
    chain = MinionsChain(ScriptedChat(script=reads), ScriptedChat(script=takes_back))
    chunks = list(chain.stream(INPUT))
    told = "".join(chunk.get("answer", "") for chunk in chunks)
    assert told.startswith("perhaps")
    assert told.count(ANSWER) == 1
    assert reduce(add, chunks) == chain.invoke(INPUT)


def test_closing_a_stream_ends_the_run():
    runs = Runs()
    stream = minions_chain().stream(INPUT, {"callbacks": [runs]})
    next(stream)
    stream.close()
    assert [run.name for run in runs.roots] == ["MinionsChain"]


class Gated(ScriptedChat):
    """A model whose streamed replies end only when the gate is open."""

    gate: Any = Field(default_factory=threading.Event)

    def _stream(self, messages, *args, **kwargs):
        yield from super()._stream(messages)
        self.gate.wait()


def test_a_stream_that_was_closed_goes_no_further():
    others = set(threading.enumerate())
    local, remote = ScriptedChat(script=reads), Gated(script=takes_back)
    stream = MinionsChain(local, remote).stream(INPUT)
    next(chunk for chunk in stream if "answer" in chunk)
    read = len(local.asked)
    stream.close()
    still_running = set(threading.enumerate()) - others
    remote.gate.set()
    for thread in still_running:
        thread.join()
    assert len(local.asked) == read


class Endless(ScriptedChat):
    """A model that begins an answer and never ends it."""

    cancelled: asyncio.Event = Field(default_factory=asyncio.Event)

    async def _astream(self, messages, *args, **kwargs):
        text = self.script(messages)
        yield ChatGenerationChunk(message=AIMessageChunk(text))
        if text.startswith("<answer>"):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                self.cancelled.set()
                raise


async def test_closing_an_asynchronous_stream_cancels_the_call_in_flight():
    remote = Endless(script=lambda m: "<answer>It is" if len(m) > 2 else PLAN)
    stream = MinionsChain(ScriptedChat(script=reads), remote, max_rounds=1).astream(INPUT)
    async for chunk in stream:
        if "answer" in chunk:
            break
    await stream.aclose()
    assert remote.cancelled.is_set()


async def test_cancelling_ainvoke_cancels_the_calls_in_flight():
    called, cancelled = asyncio.Event(), asyncio.Event()

    async def think(messages):
        called.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            cancelled.set()
            raise

    local = RunnableLambda(reads, afunc=think)
    chain = MinionsChain(local, ScriptedChat(script=plans_then_answers), max_rounds=1)
    running = asyncio.ensure_future(chain.ainvoke(INPUT))
    await called.wait()
    running.cancel()
    await asyncio.wait([running])
    assert cancelled.is_set()
