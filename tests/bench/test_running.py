"""A benchmark runs: what is asked, what is kept, and how it ends."""

import threading
from contextlib import suppress

import pytest

from minions_core.bench import Records
from minions_core.errors import ContextWindowExceeded, ModelError, ModelUnavailable, UsageError
from minions_core.testing import ScriptedModel
from tests.bench.made import (
    ALL_RIGHT,
    THREE,
    Scripted,
    broken_off,
    contender,
    endings,
    models,
    question,
    ran,
)


def test_everybody_is_asked_everything():
    one, other = Scripted(ALL_RIGHT), Scripted(ALL_RIGHT, name="minions")
    ran(one, other)
    assert one.asked == other.asked == ["q1", "q2", "q3"]


def test_what_was_used_is_noted():
    work = ran(Scripted(ALL_RIGHT))
    record = work.record_of(work.contenders[0], THREE[0])
    assert (record.used("remote").input_tokens, record.calls_of("remote")) == (1000, 1)


def test_how_long_it_took_is_noted():
    work = ran(contender("minions"), questions=[question()])
    assert work.record_of(work.contenders[0], question()).seconds > 0


def test_calls_of_both_models_are_noted():
    work = ran(contender("minions"), questions=[question()])
    record = work.record_of(work.contenders[0], question())
    assert (record.calls_of("remote"), record.calls_of("local") > 0) == (2, True)


def test_what_is_known_is_not_asked_again(tmp_path):
    path = tmp_path / "r.jsonl"
    ran(Scripted(ALL_RIGHT), path=path)
    again = Scripted(ALL_RIGHT)
    ran(again, path=path)
    assert again.asked == []


def test_other_settings_are_asked_again(tmp_path):
    path = tmp_path / "r.jsonl"
    ran(Scripted(ALL_RIGHT), path=path)
    other = Scripted(ALL_RIGHT, settings={"top_k": 3})
    ran(other, path=path)
    assert other.asked == ["q1", "q2", "q3"]


def test_the_answers_to_other_settings_stay(tmp_path):
    path = tmp_path / "r.jsonl"
    first = ran(Scripted(ALL_RIGHT), path=path)
    ran(Scripted(ALL_RIGHT, settings={"top_k": 3}), path=path)
    first.records = Records(path)
    assert endings(first) == ["answered"] * 3


def test_a_question_that_changed_is_asked_again(tmp_path):
    path = tmp_path / "r.jsonl"
    ran(Scripted(ALL_RIGHT), path=path)
    again = Scripted(ALL_RIGHT)
    ran(again, path=path, questions=[question("q1", "Another?"), *THREE[1:]])
    assert again.asked == ["q1"]


def test_a_key_that_changed_is_no_reason_to_ask_again(tmp_path):
    path = tmp_path / "r.jsonl"
    ran(Scripted(ALL_RIGHT), path=path)
    again = Scripted(ALL_RIGHT)
    ran(again, path=path, questions=[question("q1", "Question 1?", answers=("7",))])
    assert again.asked == []


def test_a_failure_does_not_end_it():
    work = ran(Scripted({**ALL_RIGHT, "q2": ModelError("it broke")}))
    assert endings(work) == ["answered", "failed", "answered"]


def test_a_failure_is_noted_with_its_error():
    work = ran(Scripted({**ALL_RIGHT, "q2": ModelError("it broke")}))
    assert work.record_of(work.contenders[0], THREE[1]).error == "it broke"


def test_what_failed_is_tried_again_by_the_next_run(tmp_path):
    path = tmp_path / "r.jsonl"
    ran(Scripted({**ALL_RIGHT, "q2": ModelError("it broke")}), path=path)
    again = Scripted(ALL_RIGHT)
    ran(again, path=path)
    assert again.asked == ["q2"]


def test_documents_that_do_not_fit_do_not_end_it():
    work = ran(Scripted({**ALL_RIGHT, "q2": ContextWindowExceeded("too long")}))
    assert endings(work) == ["answered", "too_long", "answered"]


def test_documents_that_do_not_fit_are_tried_again_as_the_window_may_be_larger_now(tmp_path):
    path = tmp_path / "r.jsonl"
    ran(Scripted({**ALL_RIGHT, "q2": ContextWindowExceeded("too long")}), path=path)
    again = Scripted(ALL_RIGHT)
    ran(again, path=path)
    assert again.asked == ["q2"]


@pytest.mark.parametrize(
    "error",
    [ModelUnavailable("gone"), UsageError("wrong"), KeyboardInterrupt(), ZeroDivisionError()],
    ids=["server", "usage", "stopped", "bug"],
)
def test_what_no_further_call_survives_ends_it(error):
    work = broken_off(type(error), Scripted({**ALL_RIGHT, "q2": error}))
    assert endings(work) == ["answered", None, None]


def test_what_was_done_before_the_end_is_kept(tmp_path):
    path = tmp_path / "r.jsonl"
    broken_off(KeyboardInterrupt, Scripted({**ALL_RIGHT, "q3": KeyboardInterrupt()}), path=path)
    again = Scripted(ALL_RIGHT)
    ran(again, path=path)
    assert again.asked == ["q3"]


def test_a_run_that_was_stopped_makes_no_further_calls():
    going, over = threading.Event(), threading.Event()

    def reply(_):
        going.set()
        over.wait(10)
        return "no plan"

    slow = contender("minions", models(remote=(remote := ScriptedModel(reply))))
    stopping = Scripted(lambda _: going.wait(10) and KeyboardInterrupt())
    before = set(threading.enumerate())
    broken_off(KeyboardInterrupt, slow, stopping, questions=[question()], at_once=2)
    over.set()
    for thread in set(threading.enumerate()) - before:
        thread.join(10)
    assert len(remote.asked) == 1


def test_several_questions_are_asked_at_once():
    together = threading.Barrier(3)

    def meet(_):
        together.wait(10)
        return "412"

    assert endings(ran(Scripted(meet), at_once=3)) == ["answered"] * 3


def test_one_question_is_asked_at_a_time():
    together, met = threading.Barrier(2), []

    def meet(each):
        with suppress(threading.BrokenBarrierError):
            together.wait(0.2)  # nobody comes
            met.append(each)
        return "412"

    ran(Scripted(meet))
    assert met == []


def test_it_is_told_of_every_answer(tmp_path):
    told = []
    ran(Scripted(ALL_RIGHT), on_done=told.append)
    assert [(done.number, done.of, done.known) for done in told] == [
        (1, 3, False),
        (2, 3, False),
        (3, 3, False),
    ]


def test_it_is_told_what_was_known(tmp_path):
    told, path = [], tmp_path / "r.jsonl"
    ran(Scripted(ALL_RIGHT), path=path)
    ran(Scripted(ALL_RIGHT), path=path, on_done=told.append)
    assert all(done.known for done in told)
