"""What moves on a terminal while a run goes on, frame by frame."""

import threading

import pytest

from minions_core.cli.screen.live import LiveView
from minions_core.events import (
    CallFinished,
    CallRetried,
    CallStarted,
    EvidenceGathered,
    TextDelta,
)
from minions_core.messages import Usage
from minions_core.progress import Progress
from tests.apps.screens import (
    HOSTILE,
    Clock,
    begun,
    finished,
    planned,
    shown_on,
    started,
    terminal,
)

ASKED = CallStarted(role="remote", label="plan_1")
REPLIED = CallFinished(
    role="remote", label="plan_1", usage=Usage(input_tokens=1_750, output_tokens=80), seconds=2
)
READ = CallFinished(
    role="local",
    label="job_1",
    usage=Usage(input_tokens=900, output_tokens=20, estimated=True),
    seconds=1,
)


def frame(*events, console=None, remote_name="gpt-4o", seconds=0.0):
    """What is drawn after some events, the last of which came some seconds ago."""
    clock = Clock()
    progress = Progress(remote_name=remote_name, clock=clock)
    view = LiveView(progress, remote_name, threading.Lock())
    for event in events:
        progress.add(event)
        view.add(event)
    clock.now = seconds
    console = console or terminal()
    console.print(view)
    return shown_on(console)


def reading(answered, abstained=0, failed=0, at_work=0, of=40):
    """The events of a round that has come so far."""
    statuses = ["answered"] * answered + ["abstained"] * abstained + ["failed"] * failed
    done = [finished(job, status) for job, status in enumerate(statuses, 1)]
    ids = range(1, len(done) + at_work + 1)
    return (begun(), *planned(of), *map(started, ids), *done)


def test_before_anything_happens_there_is_something_to_see():
    assert "Looking through the documents" in frame()


@pytest.mark.parametrize(
    ("label", "purpose"),
    [
        ("plan_1", "to write a plan"),
        ("plan_1_repair_1", "to write a plan"),
        ("ask_1", "to ask"),
        ("answer_repair", "to answer"),
        ("form", "to fill in the form"),
    ],
)
def test_the_wait_for_the_remote_model_says_how_long_and_what_for(label, purpose):
    shown = frame(begun(), CallStarted(role="remote", label=label), seconds=4)
    assert f"Waiting 4.0 s for gpt-4o {purpose}\n" in shown


def test_after_a_round_the_remote_model_judges():
    gathered = EvidenceGathered(round=1, findings=2, report="...")
    asked = CallStarted(role="remote", label="plan_2")
    assert "to judge what was found" in frame(*reading(2, of=2), gathered, asked)


def test_between_reply_and_plan_the_reply_is_worked_through():
    assert "Working through the reply" in frame(begun(), ASKED, REPLIED)


def test_after_the_last_job_what_was_found_is_checked():
    assert "Checking what was found" in frame(*reading(2, of=2), READ)


def test_a_local_model_that_chats_is_said_to_read():
    called = CallStarted(role="local", label="chat_1")
    assert "The local model reads" in frame(begun(), ASKED, REPLIED, called)


def test_a_bar_shows_how_many_jobs_are_done():
    shown = frame(*reading(15, 3, 2))
    assert f"{'━' * 20}{'─' * 20}  20 of 40 jobs" in shown


def test_a_bar_has_a_colour_for_each_way_a_job_may_end():
    shown = frame(*reading(20, 10, 5), console=terminal(colours="standard"))
    assert all(
        f"\x1b[{colour}m{'━' * size}\x1b" in shown for colour, size in [(32, 20), (34, 10), (31, 5)]
    )


def test_what_the_jobs_came_to_is_counted():
    shown = frame(*reading(12, 5, 1, at_work=4))
    assert "12 answered  5 abstained  1 failed  4 at work\n" in shown


def test_the_time_left_is_told_once_there_is_a_pace():
    assert "about 30 s left" in frame(*reading(10), seconds=10)


def test_a_single_job_is_no_pace():
    assert "left" not in frame(*reading(1), seconds=10)


def test_tokens_and_money_so_far_are_told():
    shown = frame(begun(), ASKED, REPLIED, seconds=12)
    assert "Tokens:  remote 1,750 in, 80 out, $0.0052  12 s\n" in shown


def test_tokens_that_were_estimated_are_said_to_be():
    assert "local about 900 in, 20 out" in frame(*reading(1), READ)


def test_money_is_left_out_where_no_price_is_known():
    assert "$" not in frame(begun(), ASKED, REPLIED, remote_name="nobody's")


def test_an_answer_is_shown_as_it_arrives():
    pieces = [TextDelta(text=text) for text in ("It was **Ada", " Lovelace**\n- the fir")]
    shown = frame(begun(), ASKED, *pieces)
    assert "It was Ada Lovelace\n" in "\n".join(line.strip() for line in shown.splitlines())
    assert "- the fir" in shown
    assert "gpt-4o answers" in shown


def test_an_answer_that_begins_anew_replaces_what_was_heard():
    shown = frame(begun(), ASKED, TextDelta(text="Babbage"), TextDelta(text="Ada", anew=True))
    assert "Babbage" not in shown


def test_of_an_answer_longer_than_the_terminal_the_end_is_shown():
    lines = "\n".join(f"line {n}" for n in range(100))
    shown = frame(begun(), ASKED, TextDelta(text=lines), console=terminal(height=20))
    assert "line 99" in shown
    assert "line 87" not in shown
    assert len(shown.splitlines()) < 20


def test_a_pause_before_the_remote_model_is_asked_again_counts_down():
    error = "the rate limit is reached"
    retried = CallRetried(role="remote", label="plan_1", attempt=1, wait=5, error=error)
    assert "Asking gpt-4o again in 2.0 s" in frame(begun(), ASKED, retried, seconds=3)
    assert "Waiting 6.0 s for gpt-4o" in frame(begun(), ASKED, retried, seconds=6)


def test_a_pause_before_a_job_is_asked_again_says_why():
    retried = CallRetried(role="local", label="job_1", attempt=1, wait=2, error="503 overloaded")
    assert "again in 2.0 s: 503 overloaded" in frame(*reading(1, at_work=1), retried)


def test_a_pause_does_not_tell_a_password():
    error = "lost http://jan:secret@h"
    retried = CallRetried(role="local", label="job_1", attempt=1, wait=2, error=error)
    assert "lost http://***@h" in frame(*reading(1, at_work=1), retried)


@pytest.mark.parametrize("width", [20, 40, 60, 100])
def test_no_line_is_wider_than_leaves_room_for_an_echo(width):
    events = (*reading(12, 5, 1, at_work=4, of=1200), ASKED, REPLIED, READ)
    retried = CallRetried(role="local", label="job_1", attempt=1, wait=9, error="overload " * 20)
    shown = frame(*events, retried, console=terminal(width), seconds=5)
    assert max(len(line.rstrip()) for line in shown.splitlines()) <= width - 4


def test_a_narrow_terminal_has_every_count():
    shown = frame(*reading(12, 5, 1, at_work=4), console=terminal(40))
    assert all(part in shown for part in ("18 of 40 jobs", "12 answered", "1 failed", "4 at work"))


def test_nothing_foreign_commands_the_terminal():
    retried = CallRetried(role="local", label="job_1", attempt=1, wait=9, error=HOSTILE)
    shown = frame(*reading(1), retried, TextDelta(text=HOSTILE))
    assert not set(shown) & {"\x1b", "\x9b", "\x07", "\r", "\u202e"}
