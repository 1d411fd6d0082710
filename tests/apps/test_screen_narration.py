"""What happens in a run, told in lines."""

import pytest

from minions_core.cli.screen.narration import Narrator
from minions_core.cli.screen.paper import Line
from minions_core.events import (
    CallFailed,
    CallRetried,
    CallStarted,
    EvidenceGathered,
    MessageSent,
    PlanRejected,
)
from minions_core.progress import Progress
from tests.apps.screens import begun, citation, finished, planned, started


def told(*events):
    """All that is told of some events, as plain lines."""
    progress = Progress()
    narrator = Narrator(progress, "gpt-4o")
    lines = []
    for event in events:
        progress.add(event)
        lines.extend(narrator.lines(event))
    return [f"{line.name}: {line.text}" for line in lines]


def gathered(findings=2, number=1, new=0):
    evidence = tuple(citation(n) for n in range(new))
    return EvidenceGathered(round=number, findings=findings, report="...", evidence=evidence)


def retried(role="local", label="job_1", error="503 overloaded"):
    return CallRetried(role=role, label=label, attempt=1, wait=2, error=error)


def failed(error="no word"):
    return CallFailed(role="local", label="job_1", error=error)


def test_a_run_begins_with_question_and_length():
    assert told(begun()) == ["Question: Who was first?", "To read: 1 document, 34,000 tokens"]


def test_a_plan_is_told_by_its_tasks():
    assert told(*planned(6, tasks=("Who?", "When?"))) == [
        "Round 1: 6 jobs",
        "  Task: Who?",
        "  Task: When?",
    ]


def test_of_many_tasks_the_rest_is_counted():
    assert told(*planned(9, tasks=tuple("abcdefghi")))[-2:] == [
        "  Task: e",
        "  Task: ... and 4 more",
    ]


def test_a_round_ends_with_what_its_jobs_came_to():
    jobs = started(1), finished(1, "abstained"), started(2), finished(2)
    assert told(*planned(2), *jobs, gathered(1, new=1))[-2:] == [
        "  Jobs: 2 of 2 done: 1 answered, 1 abstained",
        "  Evidence: 1 finding",
    ]


def test_findings_known_before_are_told_from_new_ones():
    assert told(gathered(5, number=2, new=2)) == ["  Evidence: 5 findings, 2 of them new"]


def test_what_is_known_before_the_first_round_is_no_round():
    assert told(begun(), gathered(3, number=0, new=3))[2:] == ["Known before: 3 findings"]


def test_a_plan_that_was_sent_back_is_told():
    assert told(PlanRejected(round=1, reason="There is no plan.")) == [
        "Sent back: There is no plan."
    ]


@pytest.mark.parametrize(("sender", "name"), [("remote", "Remote asks"), ("local", "Local says")])
def test_a_chat_is_told_message_by_message(sender, name):
    assert told(MessageSent(round=1, sender=sender, text="Who\nwas it?")) == [
        f"{name}: Who was it?"
    ]


def test_the_remote_model_is_said_to_be_asked_again_at_once():
    assert told(retried("remote", "plan_1", "the rate limit is reached")) == [
        "Trouble: asking gpt-4o again in 2.0 s: the rate limit is reached"
    ]


def test_so_is_a_local_model_that_chats():
    assert told(retried(label="chat_1")) == [
        "Trouble: asking the local model again in 2.0 s: 503 overloaded"
    ]


def test_the_password_of_an_address_is_not_told():
    assert told(retried("remote", "plan_1", "lost http://jan:secret@h")) == [
        "Trouble: asking gpt-4o again in 2.0 s: lost http://***@h"
    ]


def test_jobs_that_were_asked_again_are_counted_at_the_end_of_their_round():
    assert told(*planned(2), retried(), retried(), retried(error="?"), gathered())[-1] == (
        "  Asked again: 3 times, mostly for: 503 overloaded"
    )


def test_calls_that_failed_are_told_once_for_each_error():
    assert told(*planned(2), failed(), failed(), failed("gone"), gathered())[-2:] == [
        "  Failed: 2 calls: no word",
        "  Failed: 1 call: gone",
    ]


def test_a_new_round_forgets_the_troubles_of_the_last():
    events = *planned(2), failed(), retried(), gathered(), *planned(2, 2), gathered(number=2)
    assert "Failed" not in told(*events)[-1]


def test_an_error_that_ends_the_run_is_left_to_whoever_ends_it():
    assert told(CallFailed(role="remote", label="plan_1", error="gone")) == []


def test_what_tells_a_reader_nothing_is_not_told():
    assert told(CallStarted(role="remote", label="plan_1"), started(1), finished(1)) == []


def test_a_line_has_a_name_and_a_text():
    assert Line("Round 1", "6 jobs") == Line(name="Round 1", text="6 jobs", style="")
