"""Calls in flight: as many as the settings say, and none when nobody waits for them any more."""

import asyncio
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager

import pytest
from llama_index.core import Document
from llama_index.core.llms.callbacks import llm_chat_callback
from pydantic import PrivateAttr

from llama_index_minions import MinionsQueryEngine
from minions_core.config import MinionsConfig
from minions_core.errors import UsageError
from tests.llama_index.engines import awaiting, each_way, engine
from tests.llama_index.scripted import QUESTION, ScriptedLLM, supervisor, worker

streaming = pytest.mark.parametrize("streaming", [False, True])
TOGETHER = 3
YEARS = [Document(text=f"It tells of year {number}.") for number in range(6)]


class Gauge(ScriptedLLM):
    """Answers when TOGETHER calls are in flight, and keeps how many there were at most."""

    _now: int = PrivateAttr(default=0)
    _most: int = PrivateAttr(default=0)
    _lock: threading.Lock = PrivateAttr(default_factory=threading.Lock)
    _threads_meet: threading.Barrier = PrivateAttr(
        default_factory=lambda: threading.Barrier(TOGETHER, timeout=30)
    )
    _tasks_meet: asyncio.Barrier = PrivateAttr(default_factory=lambda: asyncio.Barrier(TOGETHER))

    @llm_chat_callback()
    def chat(self, messages, **kwargs):
        with self._in_flight():
            self._threads_meet.wait()
            return self._whole("chat", messages, kwargs)

    @llm_chat_callback()
    async def achat(self, messages, **kwargs):
        with self._in_flight():
            await self._tasks_meet.wait()
            return self._whole("achat", messages, kwargs)

    @contextmanager
    def _in_flight(self):
        with self._lock:
            self._now += 1
            self._most = max(self._most, self._now)
        yield
        with self._lock:
            self._now -= 1


def over_years(local, **options):
    """An engine with a job for each of YEARS, TOGETHER of them at once."""
    return MinionsQueryEngine.from_documents(
        YEARS,
        local=local,
        remote=supervisor(),
        settings=MinionsConfig(local_concurrency=TOGETHER),
        **options,
    )


def gauged(**options):
    gauge = Gauge(worker()._script)
    return gauge, over_years(gauge, **options)


@each_way
@streaming
async def test_no_more_calls_are_in_flight_than_the_settings_say(ask, streaming):
    gauge, both = gauged(streaming=streaming)
    await ask(both)
    assert (len(gauge.asked), gauge._most) == (6, TOGETHER)


async def test_queries_at_once_share_the_calls_in_flight():
    gauge, both = gauged()
    await asyncio.gather(awaiting(both), awaiting(both))
    assert (len(gauge.asked), gauge._most) == (12, TOGETHER)


def test_queries_of_two_threads_share_the_calls_in_flight():
    gauge, both = gauged()
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(both.query, [QUESTION] * 2))
    assert (len(gauge.asked), gauge._most) == (12, TOGETHER)


class Stuck(ScriptedLLM):
    """Never answers, and counts the calls that were called off."""

    _started: asyncio.Event = PrivateAttr(default_factory=asyncio.Event)
    _called_off: int = PrivateAttr(default=0)

    @llm_chat_callback()
    async def achat(self, messages, **kwargs):
        self._asked.append(("achat", messages, kwargs))
        if len(self._asked) == TOGETHER:
            self._started.set()
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self._called_off += 1
            raise


@streaming
async def test_cancelling_a_query_cancels_the_calls_in_flight(streaming):
    stuck = Stuck(worker()._script)
    query = asyncio.create_task(over_years(stuck, streaming=streaming).aquery(QUESTION))
    await stuck._started.wait()
    query.cancel()
    with pytest.raises(asyncio.CancelledError):
        await query
    assert stuck._called_off == len(stuck.asked) == TOGETHER
    assert asyncio.all_tasks() == {asyncio.current_task()}


async def test_a_stream_that_is_closed_leaves_nothing_running():
    response = await engine(streaming=True).aquery(QUESTION)
    assert await anext(response.response_gen)
    await response.response_gen.aclose()
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_a_stream_begun_on_a_loop_that_ended_says_so():
    with asyncio.Runner() as runner:
        response = runner.run(engine(streaming=True).aquery(QUESTION))
    with asyncio.Runner() as runner, pytest.raises(UsageError, match="another event loop"):
        runner.run(response.get_response())
