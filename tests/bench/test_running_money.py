"""What a benchmark may spend, and what a judge is asked meanwhile."""

import threading

import pytest

from minions_core.bench import Judge, Prices
from minions_core.errors import BudgetExceeded, ModelError, ModelUnavailable, UsageError
from minions_core.messages import Reply
from minions_core.testing import ScriptedModel
from tests.bench.made import ALL_RIGHT, PRICES, THREE, Scripted, bench, broken_off, endings, ran

RIGHT = '{"reason": "So.", "verdict": "right"}'


def test_it_ends_when_the_money_is_spent():
    # 1,000 tokens in and 10 out of gpt-4o are $0.0026.
    work = broken_off(BudgetExceeded, Scripted(ALL_RIGHT), max_cost=0.004)
    assert endings(work) == ["answered", "answered", None]


def test_what_is_in_flight_when_the_money_is_spent_is_kept():
    flying, asking = threading.Event(), {}
    script = {
        "q1": lambda: flying.wait(10),
        "q2": lambda: flying.set() or asking["q1"].join(10),  # which ends with the money
    }

    def answer(each):
        asking[each] = threading.current_thread()
        script[each]()
        return "412"

    work = broken_off(BudgetExceeded, Scripted(answer), at_once=2, max_cost=0.001)
    assert endings(work) == ["answered", "answered", None]


class PaidInVain(Scripted):
    """Has one call answered, and then fails."""

    def __init__(self, error):
        super().__init__(ALL_RIGHT)
        self._error = error

    def answer(self, question, observe):
        super().answer(question, observe)
        raise self._error


def test_what_was_paid_before_an_error_that_ends_all_is_kept():
    work = broken_off(ModelUnavailable, PaidInVain(ModelUnavailable("gone")))
    assert len(work.record_of(work.contenders[0], THREE[0]).calls) == 1


def test_what_was_paid_in_vain_does_not_leave_the_bill_when_it_is_tried_again(tmp_path):
    path, first = tmp_path / "r.jsonl", THREE[:1]
    ran(PaidInVain(ModelError("it broke")), questions=first, path=path)
    work = ran(Scripted(ALL_RIGHT), questions=first, path=path)
    record = work.record_of(work.contenders[0], first[0])
    assert PRICES.in_all(record) == 2 * PRICES.of_record(record) > 0


def test_what_a_limit_looks_at_is_spent_by_this_run_alone(tmp_path):
    path, first = tmp_path / "r.jsonl", THREE[:2]
    ran(PaidInVain(ModelError("it broke")), questions=first, path=path)
    work = ran(Scripted(ALL_RIGHT), questions=first, path=path, max_cost=0.004)
    assert endings(work) == ["answered", "answered"]


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


def test_a_call_of_the_judge_that_came_to_nothing_is_paid_for_all_the_same():
    cut = Reply(text="", finish_reason="input_truncated")
    work = ran(Scripted(ALL_RIGHT), questions=THREE[:1], judge=judging(cut))
    assert [len(judgement.calls) for judgement in work.judgements()] == [1]
