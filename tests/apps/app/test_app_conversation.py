"""The events of a run in words, and its jobs as a grid."""

import pytest

from minions_core.app.conversation import Conversation
from minions_core.app.jobs import grid
from minions_core.documents import Span
from minions_core.events import (
    CallFailed,
    CallFinished,
    CallRetried,
    CallStarted,
    EvidenceGathered,
    JobFinished,
    JobStarted,
    MessageSent,
    PlanRejected,
    PlanWritten,
    RoundStarted,
    TextDelta,
)
from minions_core.messages import Usage
from minions_core.progress import JobProgress, Progress
from minions_core.result import Citation

FINDING = Citation(
    number=1,
    document="log.txt",
    document_index=0,
    quote="It is 7.",
    answer="7",
    check="partial",
    page=3,
)
ROUND = RoundStarted(round=1)
PLAN = PlanWritten(round=1, plan="def prepare_jobs(): ...", jobs=3, tasks=("What is it?",))
FIRST = JobStarted(round=1, job=1, task="What is it?", document="log.txt", span=Span(10, 2000))
SECOND = JobStarted(round=1, job=2, task="What is it?", document="log.txt", span=Span(2000, 4000))
DONE = JobFinished(round=1, job=1, status="answered", answer="7")
REMOTE = CallStarted(role="remote", label="plan_1")
LOCAL = CallStarted(role="local", label="job_1")
PAID = CallFinished(
    role="remote", label="plan_1", usage=Usage(input_tokens=900, output_tokens=100), seconds=1
)


class Clock:
    """Stands still until it is put on."""

    def __init__(self):
        self.now = 0.0

    def __call__(self):
        return self.now


def told(*events, clock=None):
    conversation = Conversation(Progress(price_as="gpt-4o", clock=clock or Clock()))
    for event in events:
        conversation.add(event)
    return conversation


def steps(*events):
    return "\n".join(told(*events).steps())


def doing(*events):
    return told(*events).doing()


def job(number, status=None, answer=None):
    return JobProgress(
        id=number,
        round=1,
        task="What is it?",
        document="log.txt",
        document_index=0,
        span=Span(10, 2000),
        status=status,
        answer=answer,
    )


def test_a_plan_tells_what_each_job_is_asked():
    assert "<li>What is it?</li>" in steps(ROUND, PLAN)


def test_a_plan_can_be_read():
    assert "<pre>def prepare_jobs(): ...</pre>" in steps(ROUND, PLAN)


def test_a_plan_that_was_sent_back_says_why():
    assert "no jobs" in steps(ROUND, PlanRejected(round=1, reason="no jobs"))


def test_evidence_is_shown_as_it_is_gathered():
    shown = steps(ROUND, EvidenceGathered(round=1, findings=1, report="", evidence=(FINDING,)))
    assert "1 finding for the answer" in shown
    assert "log.txt · page 3" in shown


def test_what_was_known_before_belongs_to_no_round():
    shown = steps(EvidenceGathered(round=0, findings=2, report=""))
    assert "2 findings from before" in shown
    assert "Round" not in shown


@pytest.mark.parametrize(("sender", "name"), [("remote", "Remote model"), ("local", "Local model")])
def test_a_message_tells_who_said_it(sender, name):
    shown = steps(MessageSent(round=1, sender=sender, text="What is it?"))
    assert (f"mn-{sender}" in shown, name in shown) == (True, True)


def test_calls_that_failed_alike_are_told_of_once():
    failed = CallFailed(role="local", label="job_1", error="out of memory")
    shown = steps(failed, failed)
    assert "2 calls failed: " in shown
    assert shown.count("out of memory") == 1


def test_a_retry_is_told_of_while_it_lasts():
    retried = CallRetried(role="remote", label="plan_1", attempt=1, wait=2.0, error="Busy.")
    assert "Busy. Trying again in 2 s." in doing(REMOTE, retried)


def test_a_retry_is_forgotten_once_it_worked():
    retried = CallRetried(role="remote", label="plan_1", attempt=1, wait=2.0, error="Busy.")
    assert "Busy." not in doing(REMOTE, retried, PAID)


@pytest.mark.parametrize(
    ("events", "said"),
    [
        ((), "Starting"),
        ((REMOTE,), "thinking about the question"),
        ((REMOTE, PAID, ROUND, PLAN, REMOTE), "weighing the evidence"),
        ((ROUND, PLAN, FIRST, LOCAL), "0 of 3 done"),
        ((ROUND, LOCAL), "The local model is reading"),
        ((TextDelta(text="It is"),), "is answering"),
    ],
)
def test_it_is_said_who_is_waited_for(events, said):
    assert said in doing(*events)


def test_of_a_local_model_elsewhere_it_is_not_said_that_it_reads_here():
    conversation = Conversation(Progress(clock=Clock()), is_read_elsewhere=True)
    for event in (ROUND, PLAN, FIRST, LOCAL):
        conversation.add(event)
    shown = "".join([conversation.doing(), *conversation.steps()])
    assert ("this machine" in shown, "Reading elsewhere: 0 of 3" in shown) == (False, True)


def test_the_time_the_jobs_will_take_is_told():
    clock = Clock()
    conversation = told(ROUND, PLAN, FIRST, LOCAL, clock=clock)
    clock.now = 10.0
    conversation.add(DONE)
    assert "1 of 3 done, about 20 s left" in conversation.doing()


def test_the_answer_is_shown_as_it_arrives():
    assert "It is 7" in doing(TextDelta(text="It is"), TextDelta(text=" 7"))


def test_an_answer_that_begins_anew_takes_the_place_of_the_old():
    shown = doing(TextDelta(text="It is"), TextDelta(text="No: 8", anew=True))
    assert ("It is" in shown, "No: 8" in shown) == (False, True)


def test_what_was_spent_is_told():
    assert "1,000 remote tokens · $0.00" in told(REMOTE, PAID).spent()


@pytest.mark.parametrize(
    ("events", "summary"),
    [
        ((ROUND, PLAN, FIRST, DONE, SECOND), "1 round, 1 passage read"),
        ((ROUND, MessageSent(round=1, sender="remote", text="?")), "1 round, 1 message"),
        ((), "0 rounds, 0 passages read"),
    ],
)
def test_a_run_is_summed_up_in_a_line(events, summary):
    assert told(*events).summary == summary


@pytest.mark.parametrize("status", ["answered", "abstained", "truncated", "unparsable", "failed"])
def test_a_square_has_the_colour_of_its_job(status):
    assert f'class="mn-square mn-{status}"' in grid([job(1, status)], 1, is_over=False)


def test_jobs_at_work_and_to_come_have_their_colours():
    shown = grid([job(1)], 3, is_over=False)
    assert shown.count('class="mn-square mn-reading"') == 1
    assert shown.count('class="mn-square mn-waiting"') == 2


def test_a_run_that_is_over_leaves_jobs_unread():
    assert grid([job(1)], 3, is_over=True).count('class="mn-square mn-unread"') == 3


def test_a_plan_is_drawn_the_same_while_its_jobs_are_read():
    assert told(ROUND, PLAN, FIRST).steps()[0] == told(ROUND, PLAN, FIRST, DONE, SECOND).steps()[0]


def test_the_end_of_a_run_is_the_end_of_its_jobs():
    conversation = told(ROUND, PLAN, FIRST)
    conversation.end()
    assert "mn-unread" in "".join(conversation.steps())


def test_a_square_tells_task_place_and_answer():
    shown = grid([job(1, "answered", "7")], 1, is_over=False)
    for part in ("Asked: What is it?", "log.txt, characters 10 to 2,000", "Answer: 7"):
        assert part in shown


def test_a_long_answer_is_cut_in_a_square():
    assert "x" * 241 not in grid([job(1, "answered", "x" * 500)], 1, is_over=False)


def test_the_legend_counts():
    shown = grid([job(1, "answered"), job(2, "failed"), job(3, "failed")], 3, is_over=False)
    assert (">1 answered<" in shown, ">2 failed<" in shown) == (True, True)


def test_squares_are_in_the_order_of_the_plan():
    shown = grid([job(2, "failed"), job(1, "answered")], 2, is_over=False)
    assert shown.index("Passage 1:") < shown.index("Passage 2:")


def test_of_very_many_jobs_no_more_squares_are_drawn_than_can_be_seen():
    jobs = [job(number) for number in range(1, 1000)]
    assert grid(jobs, 2000, is_over=False).count('class="mn-square') == 600
