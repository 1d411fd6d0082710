"""`Minion` and `Minions`, whole, with scripted models and the real sandbox."""

import asyncio
import json
import threading

import pytest
from pydantic import BaseModel

from minions_core import (
    BlockingModel,
    Budget,
    ContextWindowExceeded,
    Document,
    JobFinished,
    Minion,
    MinionConfig,
    Minions,
    MinionsConfig,
    ModelError,
    ModelUnavailable,
    RunFinished,
    RunStarted,
    TextDelta,
    UsageError,
)
from minions_core.engine import permits_for
from minions_core.testing import ScriptedModel

FILLER = "\n\n".join(f"Nothing of note happened on day {day} of that year." for day in range(40))
TEXT = f"Revenue was 7 million.\n\n{FILLER}\n\n"
PLAN = (
    "```python\n"
    "def prepare_jobs(context, prev_job_manifests=None, prev_job_outputs=None):\n"
    "    chunks = chunk_by_section(context[0], 500)\n"
    "    return [JobManifest(chunk=c, task='Revenue?') for c in chunks]\n"
    "```"
)
ANSWER = "<answer>It was 7 million [1].</answer>"
NOTHING = '{"explanation": null, "citation": null, "answer": null}'


def reads(ask):
    """A worker that knows revenue when it sees it."""
    found = {"explanation": "", "citation": "Revenue was 7 million.", "answer": "7 million"}
    return json.dumps(found) if "Revenue was" in ask.messages[-1].content else NOTHING


def local():
    return ScriptedModel(reads, name="llama3.2")


def remote(*lines):
    return ScriptedModel(lines or (PLAN, ANSWER), name="gpt-4o")


def run_async(engine, *args, **options):
    with asyncio.Runner() as runner:
        return runner.run(engine.arun(*args, **options))


def test_a_question_is_answered_with_a_checked_citation():
    result = Minions(local(), remote()).run("What was revenue?", TEXT)
    assert (result.answer, result.status) == ("It was 7 million [1].", "answered")
    assert result.citations[0].verified


def test_both_drivers_come_to_the_same_result():
    here = Minions(local(), remote()).run("What was revenue?", TEXT)
    there = run_async(Minions(local(), remote()), "What was revenue?", TEXT)
    assert here == there


def test_both_drivers_come_to_the_same_result_over_several_rounds_and_failures():
    def flaky(ask):
        return ModelError("lost") if ask.label == "job_2" else reads(ask)

    lines = (PLAN, "neither", PLAN.replace("500", "300"), PLAN, ANSWER)
    here = Minions(ScriptedModel(flaky), remote(*lines)).run("What was revenue?", TEXT)
    there = run_async(Minions(ScriptedModel(flaky), remote(*lines)), "What was revenue?", TEXT)
    assert here.transcript == there.transcript
    assert here == there


def test_a_result_survives_json():
    result = Minions(local(), remote()).run("What was revenue?", TEXT)
    assert type(result).from_json(result.to_json()) == result


def test_the_bill_tells_cost_baseline_and_saving():
    ledger = Minions(local(), remote()).run("What was revenue?", TEXT * 100).ledger
    assert ledger.remote.calls == 2
    assert ledger.saving > 0
    assert ledger.saving == ledger.baseline - ledger.cost


def test_the_disclosure_lists_what_left_and_its_share():
    disclosure = Minions(local(), remote()).run("What was revenue?", TEXT).disclosure
    assert "Revenue was 7 million." in [item.text for item in disclosure.items]
    assert 0 < disclosure.share < 0.2


def test_calling_the_object_is_running_it():
    assert Minions(local(), remote())(task="Revenue?", context=[TEXT]).status == "answered"


def test_a_limit_of_rounds_for_one_call_does_not_stick():
    engine = Minions(local(), remote(*[PLAN, ANSWER] * 2), max_rounds=3)
    engine(task="Revenue?", context=TEXT, max_rounds=1)
    engine(task="Revenue?", context=TEXT)
    assert "3 rounds" in engine.remote.asked[-1].messages[1].content


def test_events_come_in_order_and_end_with_the_result():
    events = list(Minions(local(), remote()).stream("What was revenue?", TEXT))
    assert isinstance(events[0], RunStarted)
    assert isinstance(events[-1], RunFinished)
    assert len([event for event in events if isinstance(event, JobFinished)]) == 5


def test_the_answer_streams_without_its_tags():
    events = Minions(local(), remote()).stream("What was revenue?", TEXT)
    text = "".join(event.text for event in events if isinstance(event, TextDelta))
    assert text == "It was 7 million [1]."


async def test_the_asynchronous_stream_is_the_same():
    stream = Minions(local(), remote()).astream("What was revenue?", TEXT)
    events = [event async for event in stream]
    assert events[-1].result.answer == "It was 7 million [1]."


def test_closing_a_stream_stops_the_run():
    begun = threading.Event()

    def slow(ask):
        begun.set()
        threading.Event().wait(0.02)
        return NOTHING

    worker = ScriptedModel(slow)
    plan = PLAN.replace("500", "50, 0")
    events = Minions(worker, remote(plan)).stream("Revenue?", TEXT)
    next(event for event in events if isinstance(event, JobFinished))
    events.close()
    asked = len(worker.asked)
    threading.Event().wait(0.1)
    assert len(worker.asked) <= asked + 4


async def test_closing_an_asynchronous_stream_cancels_the_calls():
    cancelled = []

    class Stuck(ScriptedModel):
        async def areply(self, ask, on_text=None):
            try:
                await asyncio.Event().wait()
            except asyncio.CancelledError:
                cancelled.append(ask.label)
                raise

    stream = Minions(Stuck([]), remote()).astream("Revenue?", TEXT)
    async for event in stream:
        if type(event).__name__ == "JobStarted":
            break
    await stream.aclose()
    assert cancelled


async def test_a_model_that_blocks_streams_from_its_thread():
    class Blocking(BlockingModel):
        name, context_window = "gpt-4o", None
        lines = remote()

        def reply(self, ask, on_text=None):
            return self.lines.reply(ask, on_text)

    stream = Minions(local(), Blocking()).astream("What was revenue?", TEXT)
    text = "".join([event.text async for event in stream if isinstance(event, TextDelta)])
    assert text == "It was 7 million [1]."


def test_a_model_that_cannot_stream_shows_its_answer_at_once():
    class Mute(ScriptedModel):
        def reply(self, ask, on_text=None):
            return super().reply(ask)

    events = Minions(local(), Mute([PLAN, ANSWER])).stream("What was revenue?", TEXT)
    texts = [event.text for event in events if isinstance(event, TextDelta)]
    assert texts == ["It was 7 million [1]."]


def test_chunks_fit_a_local_model_whose_window_is_known():
    small = ScriptedModel(reads, context_window=2048)
    engine = Minions(small, remote())
    engine.run("What was revenue?", TEXT)
    assert "1272 characters per chunk" in engine.remote.asked[0].messages[1].content


def test_without_a_watcher_nothing_is_streamed():
    heard = []

    class Attentive(ScriptedModel):
        def reply(self, ask, on_text=None):
            heard.append(on_text)
            return super().reply(ask, on_text)

    Minions(local(), Attentive([PLAN, ANSWER])).run("What was revenue?", TEXT)
    assert heard == [None, None]


def test_a_resizable_remote_model_is_given_room_for_its_conversation():
    class Roomy(ScriptedModel):
        room = 0

        def sized_for(self, tokens):
            self.room = tokens
            return self

    model = Roomy([PLAN, ANSWER])
    Minions(local(), model).run("What was revenue?", TEXT)
    assert model.room > 8000


def test_an_error_in_a_stream_reaches_its_reader():
    with pytest.raises(ModelUnavailable):
        list(Minions(local(), remote(ModelUnavailable("no key"))).stream("Revenue?", TEXT))


def test_an_error_carries_what_was_found_before_it():
    with pytest.raises(ModelError) as caught:
        Minions(local(), remote(PLAN, ModelError("down"))).run("Revenue?", TEXT)
    partial = caught.value.partial
    assert (partial.status, partial.ledger.remote.calls) == ("failed", 1)
    assert partial.citations[0].answer == "7 million"


def test_transport_failures_are_tried_again_and_charged_once():
    config = MinionsConfig(max_retries=1)
    shaky = remote(ModelError("busy", retryable=True, retry_after=0.001), PLAN, ANSWER)
    result = Minions(local(), shaky, config=config).run("Revenue?", TEXT)
    assert (result.status, result.ledger.remote.calls) == ("answered", 2)


def test_a_budget_ends_the_run_with_what_there_is():
    config = MinionsConfig(budget=Budget(remote_tokens=1000))
    result = Minions(local(), remote(), config=config).run("Revenue?", TEXT)
    assert (result.status, result.answer[:13]) == ("budget", "[1] 7 million")


def test_a_worker_schema_of_the_users_own_is_used():
    class Mine(BaseModel):
        answer: str | None
        certainty: int = 0

    worker = ScriptedModel(lambda ask: '{"answer": "7 million", "certainty": 3}')
    Minions(worker, remote(), config=MinionsConfig(worker_output=Mine)).run("Revenue?", TEXT)
    assert worker.asked[0].schema.name == "Mine"


def test_the_schema_of_a_client_is_taken_for_the_workers():
    class Structured(BaseModel):
        explanation: str
        citation: str | None
        answer: str | None

    worker = local()
    worker.structured_output_schema = Structured
    assert Minions(worker, remote()).run("Revenue?", TEXT).status == "answered"
    assert worker.asked[0].schema.name == "Structured"


def test_a_schema_without_an_answer_is_refused():
    class Wrong(BaseModel):
        reply: str

    with pytest.raises(ValueError, match="answer"):
        MinionsConfig(worker_output=Wrong)


def test_metadata_about_the_documents_reaches_the_remote_model():
    engine = Minions(local(), remote())
    engine(task="Revenue?", doc_metadata="Medical Report", context=[TEXT])
    assert "Medical Report" in engine.remote.asked[0].messages[1].content


@pytest.mark.parametrize(
    ("task", "context", "told"),
    [
        pytest.param("", TEXT, "task", id="no question"),
        pytest.param("Q", "  ", "context", id="no text"),
        pytest.param("Q", [], "context", id="no documents"),
        pytest.param("Q", [7], "int", id="no document at all"),
    ],
)
def test_bad_input_is_refused_at_the_door(task, context, told):
    with pytest.raises(UsageError, match=told):
        Minions(local(), remote()).run(task, context)


def test_something_that_is_no_model_is_refused_at_the_door():
    with pytest.raises(UsageError, match="remote is a str"):
        Minions(local(), "gpt-4o")


def test_a_setting_that_does_not_exist_is_refused():
    with pytest.raises(ValueError, match="max_round"):
        MinionsConfig(max_round=3)


def chat(*lines):
    return ScriptedModel(lines, name="gpt-4o")


def test_minion_answers_with_a_checked_citation():
    worker = ScriptedModel(["7 million\nQuote: Revenue was 7 million."])
    result = Minion(worker, chat("<ask>Revenue?</ask>", ANSWER))(task="Revenue?", context=[TEXT])
    assert (result.protocol, result.citations[0].verified) == ("minion", True)


def test_minion_refuses_a_context_that_does_not_fit():
    small = ScriptedModel([], context_window=600)
    with pytest.raises(ContextWindowExceeded, match="overflow"):
        Minion(small, chat()).run("Revenue?", TEXT * 10)


def test_minion_searches_a_context_that_does_not_fit_if_told_so():
    small = ScriptedModel(["7\nQuote: Revenue was 7 million."], context_window=3000)
    config = MinionConfig(overflow="search")
    engine = Minion(small, chat("<ask>Revenue?</ask>", ANSWER), config=config)
    assert engine.run("What was the revenue?", TEXT * 10).citations[0].verified


def test_both_drivers_come_to_the_same_minion_result():
    script = ["7 million\nQuote: Revenue was 7 million."]
    lines = ("<ask>Revenue?</ask>", ANSWER)
    here = Minion(ScriptedModel(script), chat(*lines)).run("Revenue?", TEXT)
    assert here == run_async(Minion(ScriptedModel(script), chat(*lines)), "Revenue?", TEXT)


def test_engines_may_share_their_permits():
    shared = permits_for(MinionsConfig(local_concurrency=2))
    first, second = (Minions(local(), remote(), permits=shared) for _ in range(2))
    assert first._permits is second._permits is shared


def test_a_document_is_named_on_its_citations():
    result = Minions(local(), remote()).run("Revenue?", [Document(TEXT, "report.txt")])
    assert result.citations[0].document == "report.txt"
