"""A benchmark runs: what is asked, what is kept, and how it ends."""

import threading

import pytest

from minions_core.bench import Judge, Prices, Records
from minions_core.errors import (
    BudgetExceeded,
    ContextWindowExceeded,
    ModelError,
    ModelUnavailable,
    UsageError,
)
from minions_core.testing import ScriptedModel
from tests.bench.made import Scripted, bench, contender, models, question, questions

THREE = questions(3)
ALL_RIGHT = {"q1": "412", "q2": "412", "q3": "412"}
RIGHT = '{"reason": "So.", "verdict": "right"}'


def ran(*contenders, **more):
    work = bench(list(contenders), **{"questions": THREE, **more})
    work.run()
    return work


def broken_off(error, *contenders, **more):
    work = bench(list(contenders), **{"questions": THREE, **more})
    with pytest.raises(error):
        work.run()
    return work


def endings(work):
    known = (work.record_of(one, each) for one in work.contenders for each in work.questions)
    return [record and record.ending for record in known]


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


def test_documents_that_do_not_fit_are_not_tried_again(tmp_path):
    path = tmp_path / "r.jsonl"
    ran(Scripted({**ALL_RIGHT, "q2": ContextWindowExceeded("too long")}), path=path)
    again = Scripted(ALL_RIGHT)
    ran(again, path=path)
    assert again.asked == []


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
    inside, most = [], []

    def note(each):
        inside.append(each)
        most.append(len(inside))
        inside.remove(each)
        return "412"

    ran(Scripted(note))
    assert max(most) == 1


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


def test_it_ends_when_the_money_is_spent():
    # 1,000 tokens in and 10 out of gpt-4o are $0.0026.
    work = broken_off(BudgetExceeded, Scripted(ALL_RIGHT), max_cost=0.004)
    assert endings(work) == ["answered", "answered", None]


def test_a_limit_that_could_never_be_reached_is_refused():
    with pytest.raises(UsageError, match="the price of 'nobody' is not known: set --price-as"):
        bench([Scripted(ALL_RIGHT)], prices=Prices(remote="nobody"), max_cost=1)


def judging(*lines):
    return Judge(ScriptedModel(lines, name="gpt-4o"), "openai:gpt-4o")


def test_every_answer_is_judged():
    work = ran(Scripted({"q1": "a"}), questions=THREE[:1], judge=judging(RIGHT))
    record = work.record_of(work.contenders[0], THREE[0])
    assert work.score_of(THREE[0], record) == 1


def test_answers_known_before_are_judged_too(tmp_path):
    path = tmp_path / "r.jsonl"
    ran(Scripted(ALL_RIGHT), questions=THREE[:1], path=path)
    work = ran(Scripted({}), questions=THREE[:1], path=path, judge=judging(RIGHT))
    assert [judgement.verdict for judgement in work.judgements()] == ["right"]


def test_a_judgement_is_not_paid_for_twice(tmp_path):
    path = tmp_path / "r.jsonl"
    ran(Scripted(ALL_RIGHT), questions=THREE[:1], path=path, judge=judging(RIGHT))
    work = ran(Scripted(ALL_RIGHT), questions=THREE[:1], path=path, judge=judging())
    assert [judgement.verdict for judgement in work.judgements()] == ["right"]


def test_what_failed_is_not_judged():
    work = ran(Scripted({"q1": ModelError("no")}), questions=THREE[:1], judge=judging())
    assert work.judgements() == []


def test_a_judge_that_fails_once_does_not_end_it():
    work = ran(Scripted(ALL_RIGHT), questions=THREE[:1], judge=judging(ModelError("no")))
    assert [judgement.verdict for judgement in work.judgements()] == [None]


def test_a_judge_that_failed_is_asked_again_by_the_next_run(tmp_path):
    path = tmp_path / "r.jsonl"
    ran(Scripted(ALL_RIGHT), questions=THREE[:1], path=path, judge=judging(ModelError("no")))
    work = ran(Scripted(ALL_RIGHT), questions=THREE[:1], path=path, judge=judging(RIGHT))
    assert [judgement.verdict for judgement in work.judgements()] == ["right"]


def test_a_judge_that_is_gone_ends_it():
    judge = judging(ModelUnavailable("gone"))
    work = broken_off(ModelUnavailable, Scripted(ALL_RIGHT), judge=judge)
    assert endings(work) == ["answered", None, None]


def test_without_a_judge_nothing_is_judged():
    work = ran(Scripted(ALL_RIGHT), questions=THREE[:1])
    record = work.record_of(work.contenders[0], THREE[0])
    assert work.score_of(THREE[0], record) is None
