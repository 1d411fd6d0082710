"""A job at work, played by hand: what is asked, how often, and what becomes of it."""

import json

import pytest

from minions_core.config import Budget, MinionsConfig
from minions_core.documents import Chunk, Document, Span
from minions_core.effects import Ask, Gather
from minions_core.errors import (
    BudgetExceeded,
    ContextWindowExceeded,
    ModelError,
    ModelUnavailable,
)
from minions_core.events import JobFinished, JobStarted
from minions_core.jobs import Job
from minions_core.messages import Reply, estimate_tokens
from minions_core.protocols import Task
from minions_core.protocols.work import run_jobs, work
from minions_core.testing import Play

TEXT = "Revenue was 7 million. Costs were 3 million."
QUOTE = "Revenue was 7 million."
NO_TIME = BudgetExceeded("seconds", 2, 1)


def reply(answer, citation=None):
    return json.dumps({"explanation": None, "citation": citation, "answer": answer})


SEVEN = reply("7 million", QUOTE)
NOTHING = reply(None)


def task(**settings):
    return Task(
        question="q",
        documents=(Document(TEXT, "report.txt"),),
        config=MinionsConfig(**settings),
        count=estimate_tokens,
    )


def job(number=3, text=TEXT, **settings):
    wanted = {"task": "What was revenue?", **settings}
    return Job(id=number, round=1, chunk=Chunk(text, 0, Span(0, len(text))), **wanted)


def at_work(failures=None, config=None, **settings):
    return Play(work(job(**settings), task(**config or {}), [] if failures is None else failures))


def asked(play, *replies):
    """Give each reply in turn; the calls they answered."""
    calls = []
    for answer in replies:
        calls.append(play.expects(Ask))
        play.answers(answer)
    return calls


def test_one_sample_is_the_only_one():
    call = at_work().expects(Ask)
    assert (call.label, call.sample) == ("job_3", 0)


def test_samples_are_the_same_prompt_under_other_names():
    calls = asked(at_work(samples=3), NOTHING, SEVEN, reply("8"))
    assert [call.label for call in calls] == ["job_3", "job_3_sample_2", "job_3_sample_3"]
    assert [call.sample for call in calls] == [1, 2, 3]
    assert len({call.messages for call in calls}) == 1


def test_every_sample_has_a_repair_of_its_own():
    calls = asked(at_work(samples=2), "prose", NOTHING, "prose", NOTHING)
    assert [(call.label, call.sample) for call in calls] == [
        ("job_3", 1),
        ("job_3_repair", 1),
        ("job_3_sample_2", 2),
        ("job_3_sample_2_repair", 2),
    ]


def test_samples_are_voted_on():
    play = at_work(samples=3)
    asked(play, SEVEN, reply("3 million"), reply("$7 million"))
    result = play.result
    assert (result.answer, result.samples, result.agreed) == ("7 million", 3, 2)


def test_a_decided_vote_spares_the_other_samples():
    play = at_work(samples=5)
    asked(play, SEVEN, SEVEN, SEVEN)
    assert (play.result.samples, play.result.agreed) == (3, 3)


def test_a_job_is_told_of_once_however_often_it_is_asked():
    play = at_work(samples=3)
    asked(play, NOTHING, SEVEN, SEVEN)
    started, finished = play.events
    assert isinstance(started, JobStarted)
    assert finished == JobFinished(round=1, job=3, status="answered", answer="7 million")


def test_a_job_that_begins_tells_what_is_asked_of_which_passage():
    assert at_work().events == [
        JobStarted(
            round=1,
            job=3,
            task="What was revenue?",
            document="report.txt",
            document_index=0,
            span=Span(0, len(TEXT)),
        )
    ]


def test_a_sample_that_cannot_be_read_does_not_vote():
    play = at_work(samples=3)
    asked(play, "prose", "prose", SEVEN, SEVEN)
    assert (play.result.status, play.result.samples, play.result.agreed) == ("answered", 2, 2)


def test_a_sample_that_fails_does_not_vote_and_is_no_failure_of_the_job():
    failures = []
    play = at_work(failures, samples=2).fails(ModelError("overloaded"))
    assert play.answers(SEVEN).result.status == "answered"
    assert failures == []


def test_if_all_samples_are_lost_the_job_ends_as_the_last():
    failures = []
    play = at_work(failures, samples=2).fails(ModelError("overloaded"))
    asked(play, "prose", "prose")
    assert (play.result.status, play.result.samples, failures) == ("unparsable", 0, [])


def test_a_job_whose_samples_all_fail_is_one_failure():
    failures = []
    last = ModelError("overloaded still")
    play = at_work(failures, samples=2).fails(ModelError("overloaded")).fails(last)
    assert (play.result.status, failures) == ("failed", [last])


def test_a_used_up_budget_ends_the_sampling_with_what_there_is():
    failures = []
    play = at_work(failures, samples=3)
    asked(play, SEVEN)
    result = play.fails(NO_TIME).result
    assert (result.answer, result.samples, failures) == ("7 million", 1, [NO_TIME])


def test_a_used_up_budget_during_a_repair_ends_the_sampling_too():
    play = at_work(samples=3)
    asked(play, SEVEN, "prose")
    assert play.fails(NO_TIME).result.answer == "7 million"


def test_a_used_up_budget_before_any_reply_loses_the_job():
    failures = []
    result = at_work(failures, samples=3).fails(NO_TIME).result
    assert (result.status, result.samples, failures) == ("failed", 0, [NO_TIME])


def test_a_prompt_that_does_not_fit_is_not_sent_again():
    result = at_work(samples=3).fails(ContextWindowExceeded("too long")).result
    assert (result.status, result.detail) == ("failed", "too long")


def test_a_prompt_the_server_cut_is_not_sent_again():
    play = at_work(samples=3).answers(Reply(text=SEVEN, finish_reason="input_truncated"))
    assert play.result.status == "truncated"


def test_a_reply_cut_off_may_be_shorter_next_time():
    play = at_work(samples=2).answers(Reply(text="{", finish_reason="length"))
    assert play.answers(SEVEN).result.status == "answered"


def test_a_model_nobody_can_reach_ends_the_run_in_any_sample():
    play = at_work(samples=2).answers(SEVEN)
    with pytest.raises(ModelUnavailable):
        play.fails(ModelUnavailable("start it"))


def test_a_repair_says_what_was_wrong_and_shows_no_thoughts():
    play = at_work().answers('<think>hm</think>{"result": 7}')
    said, complaint = play.expects(Ask).messages[-2:]
    assert said.content == '{"result": 7}'
    assert "no key `answer`" in complaint.content


def test_a_repair_of_nothing_sends_no_empty_message():
    play = at_work().answers("")
    assert all(message.content for message in play.expects(Ask).messages)


def do(jobs, *answers, is_first=False):
    """Play each lane of a fan-out; each answer is a reply or an error, one a job."""
    play = Play(run_jobs(task(budget=Budget()), jobs, is_first=is_first))
    script = iter(answers)
    lanes = [Play(branch) for branch in play.expects(Gather).branches]
    for lane in lanes:
        while lane.running:
            answer = next(script)
            lane.fails(answer) if isinstance(answer, Exception) else lane.answers(answer)
    return play.answers([lane.result for lane in lanes])


def test_without_a_limit_none_is_told():
    done, limit = do([job(1), job(2)], SEVEN, NOTHING).result
    assert ([result.status for _, result in done], limit) == (["answered", "abstained"], None)


def test_the_limit_that_was_met_is_told():
    done, limit = do([job(1), job(2)], SEVEN, NO_TIME).result
    assert ([result.status for _, result in done], limit) == (["answered", "failed"], NO_TIME)


def test_a_limit_met_by_every_first_job_is_no_failure_of_the_model():
    done, limit = do([job(1)], NO_TIME, is_first=True).result
    assert (len(done), limit) == (1, NO_TIME)


def test_when_every_first_call_fails_the_first_failure_ends_the_run():
    with pytest.raises(ModelError, match="down"):
        do([job(1), job(2)], ModelError("down"), ModelError("still down"), is_first=True)


def test_a_first_round_with_one_reply_goes_on():
    done, _ = do([job(1), job(2)], ModelError("down"), SEVEN, is_first=True).result
    assert [result.status for _, result in done] == ["failed", "answered"]


def test_no_jobs_are_done_at_once():
    assert do([], is_first=True).result == ([], None)


def test_jobs_come_back_in_their_order_whatever_lane_they_were_in():
    jobs = [job(1, "a"), job(2, "b"), job(3, "a")]
    done, _ = do(jobs, NOTHING, NOTHING, NOTHING).result
    assert [wanted.id for wanted, _ in done] == [1, 2, 3]
