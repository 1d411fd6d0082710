"""How a reading goes: failures, limits, calls in flight, journal, events, the bill."""

import asyncio
import threading
from functools import partial

import pytest

from minions_core import (
    Budget,
    BudgetExceeded,
    ContextWindowExceeded,
    Document,
    Journal,
    MinionsConfig,
    ModelError,
    ModelUnavailable,
    Reader,
    ReaderConfig,
    Reply,
    UsageError,
)
from minions_core.drivers import Conditions
from minions_core.events import name_of
from minions_core.testing import ScriptedModel
from tests.core.reading import (
    NOTHING,
    OTHER,
    QUESTION,
    REPORT,
    SPENT,
    excerpt,
    finding,
    quotes,
    quoting,
    read,
    reader,
)

OTHERS = Document(OTHER, "other.txt")
DAYS = [Document(f"On day {day} it rained.", f"day {day}") for day in range(12)]


def failing_on(text, error, worker=None):
    """A worker that fails where it reads `text`."""
    worker = worker or finding(SPENT)
    return lambda ask: error if text in excerpt(ask) else worker(ask)


async def test_a_reading_on_the_event_loop_finds_the_same():
    found = await reader(quoting(SPENT)).aread(QUESTION, [REPORT])
    assert found == read(quoting(SPENT))


def test_a_failed_job_does_not_sink_the_rest():
    result = read(failing_on(OTHER, ModelError("boom")), OTHERS, Document(SPENT))
    assert quotes(result) == [SPENT]


def test_a_failed_job_is_told_of():
    result = read(failing_on(OTHER, ModelError("boom")), OTHERS, Document(SPENT))
    assert result.notes == ("Of 2 jobs 1 told nothing (1 failed): local model llama3.2: boom.",)


def test_if_all_calls_fail_so_does_the_reading():
    with pytest.raises(ModelError, match="boom"):
        read(lambda ask: ModelError("boom"), OTHERS, REPORT)


def test_if_no_reply_can_be_read_the_reading_fails():
    with pytest.raises(ModelError, match="none of 2 chunks could be read"):
        read(lambda ask: "Well, hello.", OTHERS, REPORT)


def test_a_reply_that_was_cut_off_is_told_of():
    cut_off = Reply(text='{"citation": ["Cap', finish_reason="length")
    result = read(failing_on(SPENT, cut_off, lambda ask: NOTHING), OTHERS, REPORT)
    assert "1 truncated" in result.notes[0]


def test_a_model_that_is_not_there_ends_the_reading():
    with pytest.raises(ModelUnavailable, match="not running"):
        read(failing_on(OTHER, ModelUnavailable("not running")), OTHERS, REPORT)


def test_a_call_that_failed_in_transport_is_sent_again(monkeypatch):
    monkeypatch.setattr("minions_core.drivers.threaded.Stop.pause", lambda self, seconds: None)
    lines = iter([ModelError("busy", retryable=True), quoting(SPENT)(None)])
    result = read(lambda ask: next(lines))
    assert (quotes(result), result.ledger.local.failed) == ([SPENT], 1)


def test_a_budget_of_jobs_reads_what_suits_the_question_best():
    result = read(quoting(SPENT), *DAYS, REPORT, budget=Budget(jobs=1))
    assert [job.document for job in result.jobs] == ["report.txt"]


def test_a_budget_of_jobs_that_search_does_not_fill_reads_from_the_start():
    result = read(lambda ask: NOTHING, *DAYS, REPORT, budget=Budget(jobs=3))
    assert [job.document for job in result.jobs] == ["day 0", "day 1", "report.txt"]


def test_what_a_budget_left_unread_is_told():
    result = read(quoting(SPENT), *DAYS, REPORT, budget=Budget(jobs=1))
    assert (result.chunks, result.notes) == (
        13,
        ("The budget has room for 1 of 13 chunks: those that fit best.",),
    )


def test_a_budget_without_jobs_reads_nothing():
    with pytest.raises(BudgetExceeded, match="jobs"):
        read(quoting(SPENT), budget=Budget(jobs=0))


def test_a_budget_without_time_reads_nothing():
    with pytest.raises(BudgetExceeded, match="seconds"):
        read(quoting(SPENT), budget=Budget(seconds=0))


def test_what_was_read_before_the_time_ran_out_is_kept(monkeypatch):
    now = [0.0]
    clocked = partial(Conditions, clock=lambda: now[0])
    monkeypatch.setattr("minions_core.reader.Conditions", clocked)

    def worker(ask):
        now[0] += 6
        return quoting(SPENT)(ask)

    texts = [REPORT, *DAYS]
    result = read(worker, *texts, budget=Budget(seconds=10), local_concurrency=1)
    assert (quotes(result), result.ledger.local.calls) == ([SPENT], 2)
    assert result.notes[0].startswith("Stopped early: the budget for seconds is used up")


def test_no_time_is_kept_for_a_remote_model_that_is_not_there(monkeypatch):
    now = [0.0]
    clocked = partial(Conditions, clock=lambda: now[0])
    monkeypatch.setattr("minions_core.reader.Conditions", clocked)

    def worker(ask):
        now[0] += 9.5
        return NOTHING

    result = read(worker, *DAYS, budget=Budget(seconds=10), local_concurrency=1)
    assert result.ledger.local.calls == 2


class Busy:
    """A worker that counts how many of it are at work together."""

    name = "busy"
    context_window = None

    def __init__(self):
        self.lock = threading.Lock()
        self.now = self.most = 0

    def _come(self, change):
        with self.lock:
            self.now += change
            self.most = max(self.most, self.now)

    def reply(self, ask, on_text=None):
        self._come(1)
        threading.Event().wait(0.005)
        self._come(-1)
        return Reply(text=NOTHING)

    async def areply(self, ask, on_text=None):
        self._come(1)
        await asyncio.sleep(0.005)
        self._come(-1)
        return Reply(text=NOTHING)


def test_no_more_calls_are_in_flight_than_allowed():
    model = Busy()
    Reader(model, ReaderConfig(local_concurrency=3)).read(QUESTION, DAYS)
    assert model.most == 3


async def test_readings_of_one_reader_share_their_permits():
    model = Busy()
    busy = Reader(model, ReaderConfig(local_concurrency=3))
    await asyncio.gather(*(busy.aread(QUESTION, DAYS) for _ in range(4)))
    assert model.most == 3


async def test_cancelling_a_reading_cancels_its_calls():
    begun, left = asyncio.Event(), []

    class Endless(Busy):
        async def areply(self, ask, on_text=None):
            begun.set()
            try:
                await asyncio.Event().wait()
            finally:
                left.append(ask.label)

    reading = asyncio.create_task(Reader(Endless()).aread(QUESTION, REPORT))
    await begun.wait()
    reading.cancel()
    await asyncio.gather(reading, return_exceptions=True)
    assert (reading.cancelled(), left) == (True, ["job_1"])


def test_a_reading_repeated_with_its_journal_asks_nobody(tmp_path):
    first = Reader(ScriptedModel(quoting(SPENT)), journal=tmp_path / "read.journal")
    again = Reader(ScriptedModel([]), journal=Journal(tmp_path / "read.journal"))
    assert first.read(QUESTION, REPORT).citations == again.read(QUESTION, REPORT).citations


def test_an_observer_is_told_of_calls_and_jobs():
    told = []
    reader(quoting(SPENT)).read(QUESTION, REPORT, on_event=told.append)
    names = [name_of(event) for event in told]
    assert names == ["job_started", "call_started", "call_finished", "job_finished"]


@pytest.mark.parametrize("error", [KeyError("mine"), ModelError("mine")])
def test_what_an_observer_raises_comes_out_as_it_is(error):
    def observe(event):
        raise error

    with pytest.raises(type(error)) as raised:
        reader(quoting(SPENT)).read(QUESTION, REPORT, on_event=observe)
    assert raised.value is error


def test_the_bill_has_local_calls_and_costs_nothing():
    ledger = read(quoting(SPENT), OTHERS, REPORT).ledger
    assert (ledger.local.calls, ledger.remote.calls, ledger.cost) == (2, 0, 0)
    assert ledger.local.usage.input_tokens > 200


class Sizable(ScriptedModel):
    """A model whose window the caller chooses."""

    def sized_for(self, tokens):
        self.context_window = tokens
        return self


def test_a_model_is_given_a_window_that_holds_its_longest_job():
    model = Sizable(quoting(SPENT))
    Reader(model, ReaderConfig(max_chunk_tokens=2000, max_reply_tokens=500)).read(QUESTION, REPORT)
    assert 3600 < model.context_window < 3700


def test_chunks_fit_a_window_that_cannot_be_chosen():
    model = ScriptedModel(lambda ask: NOTHING, context_window=1200)
    text = Document("It rained all day long. " * 400)
    result = Reader(model, ReaderConfig(max_reply_tokens=100)).read(QUESTION, text)
    assert max(len(job.span) for job in result.jobs) <= 1200


def test_a_window_too_small_for_any_job_is_told():
    model = ScriptedModel(lambda ask: NOTHING, context_window=600)
    with pytest.raises(ContextWindowExceeded, match="holds"):
        Reader(model).read(QUESTION, REPORT)


def test_settings_of_another_kind_are_refused():
    with pytest.raises(UsageError, match="pass a ReaderConfig"):
        Reader(ScriptedModel([]), MinionsConfig())


def test_what_is_no_model_is_refused():
    with pytest.raises(UsageError, match="local is a str"):
        Reader("llama3.2")


def test_a_whole_chunk_may_be_quoted():
    default = ReaderConfig()
    assert default.max_reply_tokens > default.max_chunk_tokens


def test_a_job_tells_what_it_read_and_what_it_quoted():
    (job,) = read(quoting(SPENT)).jobs
    assert (job.document, job.citation, job.status) == ("report.txt", SPENT, "answered")
