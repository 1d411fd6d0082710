"""Whether whoever watches a run is shown the answer as it arrives."""

import asyncio

import pytest

from minions_core import Minion, RunFinished, TextDelta
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


def on_a_loop(engine, **options):
    with asyncio.Runner() as runner:
        return runner.run(engine.arun("Revenue?", TEXT, **options))


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
