"""Whether whoever watches a run is shown the answer as it arrives."""

import asyncio

import pytest

from minions_core import CallStarted, Minion, RunFinished, RunStarted, TextDelta, UsageError
from minions_core.testing import ScriptedModel

TEXT = "Revenue was 7 million in 2023."
ANSWER = "<answer>It was 7 million in that year [1].</answer>"


class Hears(ScriptedModel):
    """Knows whether it was asked to stream."""

    streamed = ()

    def reply(self, ask, on_text=None):
        self.streamed = (*self.streamed, on_text is not None)
        return super().reply(ask, on_text)


def blocking(engine, **options):
    return engine.run("Revenue?", TEXT, **options)


def on_a_loop_of_its_own(awaited):
    with asyncio.Runner() as runner:
        return runner.run(awaited)


def on_a_loop(engine, **options):
    return on_a_loop_of_its_own(engine.arun("Revenue?", TEXT, **options))


both = pytest.mark.parametrize("run", [blocking, on_a_loop])


def watched(run, **options):
    remote, events = Hears(["<ask>Revenue?</ask>", ANSWER], name="gpt-4o"), []
    engine = Minion(ScriptedModel([f"7 million.\nQuote: {TEXT}"]), remote)
    run(engine, on_event=events.append, **options)
    return remote.streamed, [type(event) for event in events]


@both
def test_an_observer_is_shown_the_answer_as_it_arrives(run):
    streamed, events = watched(run)
    assert streamed[-1] is True
    assert events.count(TextDelta) > 1


@both
def test_one_who_only_wants_to_know_what_happens_has_the_model_answer_whole(run):
    streamed, events = watched(run, streams=False)
    assert streamed == (False, False)
    assert TextDelta not in events


@both
def test_the_result_is_told_either_way(run):
    _, events = watched(run, streams=False)
    assert events[-1] is RunFinished


class Stuck(ScriptedModel):
    """Never replies, and knows whether it was cancelled."""

    is_cancelled = False

    async def areply(self, ask, on_text=None):
        try:
            await asyncio.Event().wait()
        except asyncio.CancelledError:
            self.is_cancelled = True
            raise


async def first(stream):
    return await anext(stream)


async def until_asked(stream):
    while not isinstance(await anext(stream), CallStarted):
        pass


@pytest.fixture
def stuck():
    """A model that never replies, and the stream of a run that is to ask it."""
    remote = Stuck([], name="gpt-4o")
    return remote, Minion(ScriptedModel([]), remote).astream("Revenue?", TEXT)


def test_a_stream_begun_on_a_loop_that_is_over_says_so_on_the_next(stuck):
    stream = stuck[1]
    assert isinstance(on_a_loop_of_its_own(first(stream)), RunStarted)
    with pytest.raises(UsageError, match="another event loop"):
        on_a_loop_of_its_own(first(stream))


def test_a_stream_read_on_another_loop_says_so_and_goes_on_on_its_own(stuck):
    with asyncio.Runner() as here, asyncio.Runner() as there:
        here.run(first(stuck[1]))
        with pytest.raises(UsageError, match="another event loop"):
            there.run(first(stuck[1]))
        assert here.run(first(stuck[1]))


def test_a_stream_closed_on_another_loop_cancels_its_calls(stuck):
    remote, stream = stuck
    with asyncio.Runner() as here, asyncio.Runner() as there:
        here.run(until_asked(stream))
        there.run(stream.aclose())
        here.run(asyncio.sleep(0))
        assert remote.is_cancelled


def test_a_stream_whose_loop_is_gone_can_be_closed(stuck):
    gone = asyncio.new_event_loop()
    gone.set_exception_handler(lambda *_: None)  # or it logs that it left a task behind
    gone.run_until_complete(until_asked(stuck[1]))
    gone.close()
    on_a_loop_of_its_own(stuck[1].aclose())
    with pytest.raises(UsageError, match="another event loop"):
        on_a_loop_of_its_own(first(stuck[1]))


async def test_what_is_thrown_into_a_stream_ends_its_run(stuck):
    remote, stream = stuck
    await until_asked(stream)
    with pytest.raises(ValueError, match="enough"):
        await stream.athrow(ValueError("enough"))
    assert remote.is_cancelled
