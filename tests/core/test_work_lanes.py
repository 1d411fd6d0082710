"""Jobs on real drivers: lanes that never overlap, storms that lose no job."""

import asyncio
import json
import threading
from collections import Counter
from zlib import crc32

from hypothesis import given, settings
from hypothesis import strategies as st

from minions_core.config import MinionsConfig
from minions_core.documents import Chunk, Document
from minions_core.errors import BudgetExceeded, ContextWindowExceeded, ModelError
from minions_core.events import JobFinished, JobStarted
from minions_core.jobs import Job
from minions_core.messages import Reply, estimate_tokens
from minions_core.protocols import Task
from minions_core.protocols.work import run_jobs
from minions_core.testing import ScriptedModel
from tests.drivers.driving import conditions, drive_async, drive_threads, drivers

SEVEN = json.dumps({"citation": "chunk", "answer": "7"})
TASK = Task(
    question="q",
    documents=(Document("chunk", "report.txt"),),
    config=MinionsConfig(),
    count=estimate_tokens,
)


def chunk_of(ask):
    return ask.messages[1].content.split("</text>")[0]


class Watched:
    """A model that takes its time, and notes how many calls on one chunk it has at once."""

    name = "watched"
    context_window = None

    def __init__(self):
        self.calls = []
        self.most = Counter()
        self._now = Counter()
        self._lock = threading.Lock()

    def reply(self, ask, on_text=None):
        self._begin(ask)
        threading.Event().wait(0.002)
        return self._end(ask)

    async def areply(self, ask, on_text=None):
        self._begin(ask)
        await asyncio.sleep(0)
        await asyncio.sleep(0)
        return self._end(ask)

    def _begin(self, ask):
        with self._lock:
            chunk = chunk_of(ask)
            self.calls.append(ask)
            self._now[chunk] += 1
            self.most[chunk] = max(self.most[chunk], self._now[chunk])

    def _end(self, ask):
        with self._lock:
            self._now[chunk_of(ask)] -= 1
        answer = "7" if ask.label.endswith("repair") else len(self.calls)
        return Reply(text=json.dumps({"answer": str(answer)}) if "sample" in ask.label else "no")


def on_chunks(texts, **wanted):
    return [
        Job(id=number, round=1, task=f"task {number}", chunk=Chunk(text, number=number), **wanted)
        for number, text in enumerate(texts, start=1)
    ]


@drivers
def test_no_two_calls_on_one_chunk_are_ever_in_flight(drive):
    model = Watched()
    circumstances, _ = conditions(model, limits={"local": 8, "remote": 1})
    jobs = on_chunks(["a", "b", "c", "a", "b", "a", "c"], samples=3)
    done, _ = drive(run_jobs(TASK, jobs, is_first=True), circumstances)
    assert set(model.most.values()) == {1}
    assert (len(model.most), len(done)) == (3, 7)
    assert len(model.calls) > len(jobs)


@drivers
def test_jobs_on_one_text_share_a_lane_wherever_it_was_cut_from(drive):
    model = Watched()
    circumstances, _ = conditions(model, limits={"local": 8, "remote": 1})
    drive(run_jobs(TASK, on_chunks(["a"] * 6), is_first=True), circumstances)
    assert set(model.most.values()) == {1}


@drivers
def test_labels_are_unique(drive):
    model = Watched()
    circumstances, _ = conditions(model)
    drive(run_jobs(TASK, on_chunks(["a", "b", "a"], samples=4), is_first=True), circumstances)
    labels = [call.label for call in model.calls]
    assert len(set(labels)) == len(labels)


LINES = st.sampled_from(
    [
        SEVEN,
        '{"answer": "8"}',
        '{"answer": null}',
        "not found",
        "I am a poem",
        "",
        "<think>",
        '{"answer": ["a", "b"]}',
        Reply(text="{", finish_reason="length"),
        Reply(text=SEVEN, finish_reason="input_truncated"),
        ModelError("overloaded"),
        ContextWindowExceeded("too long"),
        BudgetExceeded("seconds", 2, 1),
        RuntimeError("a bug in the model"),
    ]
)
JOBS = st.lists(
    st.builds(
        dict,
        text=st.sampled_from(["chunk", "other", "third"]),
        kind=st.sampled_from(["look-up", "list", "summary"]),
        samples=st.integers(1, 4),
    ),
    min_size=1,
    max_size=8,
)


def storm(drive, wanted, lines):
    """Many jobs, and a model that says or does anything."""
    jobs = [
        Job(id=number, round=1, task="t", chunk=Chunk(settings.pop("text")), **settings)
        for number, settings in enumerate(map(dict, wanted), start=1)
    ]
    circumstances, events = conditions(
        ScriptedModel(lambda ask: lines[crc32(ask.label.encode()) % len(lines)])
    )
    done, limit = drive(run_jobs(TASK, jobs, is_first=False), circumstances)
    return jobs, done, limit, events


def check(jobs, done, limit, events):
    assert [job for job, _ in done] == jobs
    assert [result.id for _, result in done] == [job.id for job in jobs]
    statuses = Counter(result.status for _, result in done)
    assert statuses.total() == len(jobs)
    assert set(statuses) <= {"answered", "abstained", "truncated", "unparsable", "failed"}
    assert all((result.answer is None) == (result.status != "answered") for _, result in done)
    assert all(bool(result.samples) == (result.detail is None) for _, result in done)
    assert all(result.samples <= job.samples for job, result in done)
    assert all(result.agreed <= result.samples for _, result in done)
    assert limit is None or limit.limit == "seconds"
    told = Counter((type(event), event.job) for event in events if hasattr(event, "job"))
    expected = {(kind, job.id): 1 for job in jobs for kind in (JobStarted, JobFinished)}
    assert told == expected


@given(JOBS, st.lists(LINES, min_size=1, max_size=6))
@settings(deadline=None)
def test_a_storm_loses_no_job_in_tasks(wanted, lines):
    check(*storm(drive_async, wanted, lines))


@given(JOBS, st.lists(LINES, min_size=1, max_size=6))
@settings(deadline=None, max_examples=30)
def test_a_storm_loses_no_job_in_threads(wanted, lines):
    check(*storm(drive_threads, wanted, lines))
