"""A run as far as it went, by its events."""

from decimal import Decimal

import pytest

from minions_core import Minions
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.demo import annual_report
from minions_core.documents import Span
from minions_core.events import (
    CallFailed,
    CallFinished,
    CallStarted,
    JobFinished,
    JobStarted,
    PlanRejected,
    PlanWritten,
    RoundStarted,
    TextDelta,
)
from minions_core.messages import Usage
from minions_core.progress import JobProgress, Progress


class Clock:
    """Time that goes on when told to."""

    now = 0.0

    def __call__(self):
        return self.now


def after(*events, **settings):
    progress = Progress(**settings)
    for event in events:
        progress.add(event)
    return progress


def planned(jobs, number=1):
    return (
        RoundStarted(round=number),
        PlanWritten(round=number, plan="...", jobs=jobs, tasks=("Who?",)),
    )


def started(job, number=1):
    return JobStarted(round=number, job=job, task="Who?", document="a.txt", span=Span(0, 9))


def finished(job, status="answered", number=1, answer="Ada"):
    return JobFinished(round=number, job=job, status=status, answer=answer)


def test_a_job_at_work_has_no_status():
    assert after(*planned(2), started(1)).jobs == {
        1: JobProgress(
            id=1,
            round=1,
            task="Who?",
            document="a.txt",
            document_index=None,
            span=Span(0, 9),
        )
    }


def test_a_job_that_is_done_has_status_and_answer():
    job = after(*planned(2), started(1), finished(1)).jobs[1]
    assert (job.status, job.answer) == ("answered", "Ada")


def test_jobs_are_counted_by_what_they_came_to():
    jobs = started(1), finished(1), started(2), finished(2, "abstained"), started(3)
    progress = after(*planned(3), *jobs)
    assert (progress.statuses, progress.done) == ({"answered": 1, "abstained": 1}, 2)


def test_a_new_round_counts_anew():
    progress = after(*planned(1), started(1), finished(1), *planned(2, 2), started(2, 2))
    assert (progress.round, progress.planned, progress.done, len(progress.jobs)) == (2, 2, 0, 2)


def test_the_pace_so_far_tells_how_long_the_rest_will_take():
    clock = Clock()
    progress = after(*planned(4), started(1), clock=clock)
    clock.now = 3.0
    progress.add(finished(1))
    assert progress.seconds_left == 9.0


@pytest.mark.parametrize("events", [(), planned(4), (*planned(4), started(1))])
def test_without_a_job_done_the_pace_is_unknown(events):
    assert after(*events).seconds_left is None


def test_calls_in_flight_are_counted():
    call = {"role": "remote", "label": "plan_1"}
    begun, over = CallStarted(**call), CallFailed(**call, error="gone")
    assert after(begun, begun, over).waiting == {"remote": 1}


def test_calls_are_paid_as_they_end():
    usage = Usage(input_tokens=1_000_000, output_tokens=0)
    call = CallFinished(role="remote", label="plan_1", usage=usage, seconds=1)
    ledger = after(call, remote_name="gpt-4o").ledger
    assert (ledger.remote.usage, ledger.cost) == (usage, Decimal("2.5"))


def test_a_price_that_is_not_known_is_none():
    call = CallFinished(role="remote", label="plan_1", usage=Usage(input_tokens=1), seconds=1)
    assert after(call, remote_name="nobody's").ledger.cost is None


def test_an_answer_begun_anew_replaces_what_was_heard():
    pieces = TextDelta(text="Sev"), TextDelta(text="en"), TextDelta(text="Ei", anew=True)
    assert after(*pieces).answer == "Ei"


@pytest.mark.parametrize("event", [RoundStarted(round=2), PlanRejected(round=1, reason="no")])
def test_an_answer_that_turned_out_to_be_none_is_forgotten(event):
    assert not after(TextDelta(text="Seven, but"), event).answer


def test_the_wait_for_the_remote_model_is_measured():
    clock = Clock()
    progress = after(CallStarted(role="remote", label="plan_1"), clock=clock)
    clock.now = 3.0
    progress.add(CallStarted(role="local", label="job_1"))
    assert (progress.label, progress.seconds_waiting) == ("plan_1", 3.0)


def test_without_a_call_in_flight_nobody_waits():
    over = CallFailed(role="remote", label="plan_1", error="gone")
    begun = CallStarted(role="remote", label="plan_1")
    assert after().seconds_waiting is None
    assert after(begun, over).seconds_waiting is None


def test_a_whole_run_is_told_as_its_result_tells_it():
    report, progress = annual_report(), Progress(price_as="gpt-4o")
    engine = Minions(ExtractiveClient(), OfflineSupervisor())
    question = report.facts["capital_expenditure"].question
    result = engine.run(question, report.document, on_event=progress.add)
    assert progress.question == question
    assert tuple(progress.evidence) == result.evidence
    assert {job.id: job.status for job in progress.jobs.values()} == {
        job.id: job.status for record in result.rounds for job in record.jobs
    }
    assert progress.ledger.remote.usage == result.ledger.remote.usage
    assert not +progress.waiting
