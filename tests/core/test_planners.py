"""Who plans how: code, data, or data once two programs broke."""

import asyncio
import json

import pytest

from minions_core import Minions, MinionsConfig, PlanRejected, Reply
from minions_core.testing import ScriptedModel

TEXT = "Revenue was 7 million.\n\nCosts were 3 million.\n"
CODE = (
    "```python\ndef prepare_jobs(context):\n"
    "    return [JobManifest(chunk=context[0], task='Revenue?')]\n```"
)
BROKEN = CODE.replace("context[0]", "context[9]")
DATA = '```json\n{"jobs": [{"tasks": ["Revenue?"]}]}\n```'
GREEDY = CODE.replace("task='Revenue?')]", "task=f'Question {n}?') for n in range(40)]")
BROKEN_DATA = DATA.replace("tasks", "questions")
ANSWER = "<answer>7 [1]</answer>"


def run(*lines, planner="auto", **settings):
    found = {"explanation": "", "citation": "Revenue was 7 million.", "answer": "7 million"}
    local, remote = ScriptedModel(lambda ask: json.dumps(found)), ScriptedModel(lines)
    events = []
    engine = Minions(local, remote, config=MinionsConfig(planner=planner, **settings))
    result = engine.run("What was revenue?", TEXT, on_event=events.append)
    told = [event.reason for event in events if isinstance(event, PlanRejected)]
    return remote, result, told


@pytest.mark.parametrize(
    ("planner", "plan"),
    [("code", CODE), ("json", DATA), ("auto", CODE), ("auto", DATA)],
)
def test_a_plan_in_the_language_wanted_runs(planner, plan):
    _, result, told = run(plan, ANSWER, planner=planner)
    assert (result.status, result.citations[0].verified, told) == ("answered", True, [])


def test_the_contract_for_code_shows_code():
    remote, _, _ = run(CODE, ANSWER, planner="code")
    assert "def prepare_jobs" in remote.asked[0].messages[0].content


def test_the_contract_for_data_shows_no_code():
    remote, _, _ = run(DATA, ANSWER, planner="json")
    assert "def prepare_jobs" not in remote.asked[0].messages[0].content


@pytest.mark.parametrize(("planner", "plan", "right"), [("code", DATA, CODE), ("json", CODE, DATA)])
def test_a_plan_in_the_other_language_is_told_so(planner, plan, right):
    _, result, told = run(plan, right, ANSWER, planner=planner)
    assert result.status == "answered"
    assert "must be" in told[0]


def test_after_two_broken_programs_data_is_asked_for():
    remote, result, _ = run(BROKEN, BROKEN, DATA, ANSWER, planner="auto")
    assert result.status == "answered"
    assert '{"jobs"' not in remote.asked[1].messages[-1].content
    assert '{"jobs"' in remote.asked[2].messages[-1].content


def test_who_wants_code_is_never_asked_for_data():
    remote, _, _ = run(BROKEN, BROKEN, CODE, ANSWER, planner="code")
    assert '{"jobs"' not in remote.asked[2].messages[-1].content


def test_what_is_wrong_with_data_is_told():
    _, result, told = run(BROKEN_DATA, DATA, ANSWER, planner="json")
    assert result.status == "answered"
    assert "questions" in told[0]


def test_both_drivers_run_plans_of_data_alike():
    found = {"explanation": "", "citation": "Revenue was 7 million.", "answer": "7 million"}

    def engine():
        local = ScriptedModel(lambda ask: json.dumps(found))
        return Minions(local, ScriptedModel([DATA, ANSWER]))

    with asyncio.Runner() as runner:
        there = runner.run(engine().arun("What was revenue?", TEXT))
    assert engine().run("What was revenue?", TEXT) == there


@pytest.mark.parametrize(
    "settings", [{}, {"max_jobs_per_round": 30, "max_tasks_per_round": 99}], ids=["tasks", "jobs"]
)
def test_a_program_that_wants_too_much_is_not_broken(settings):
    remote, _, told = run(GREEDY, GREEDY, GREEDY, CODE, ANSWER, **settings)
    assert ["the limit is" in reason for reason in told] == [True] * 3
    assert '{"jobs"' not in str(remote.asked[3].messages[1:])


def test_data_is_asked_for_once():
    remote, _, _ = run(BROKEN, BROKEN, "neither", DATA, ANSWER)
    assert '{"jobs"' not in remote.asked[3].messages[-1].content


def test_data_is_asked_for_before_the_last_repair():
    remote, result, _ = run(BROKEN, DATA, ANSWER, max_plan_repairs=1)
    assert '{"jobs"' in remote.asked[1].messages[-1].content
    assert result.status == "answered"


@pytest.mark.parametrize("cut", [len(CODE) - 30, len(CODE) - 60, 10])
def test_a_plan_that_was_cut_off_is_told_so_and_is_not_broken(cut):
    half = Reply(text=CODE[:cut], finish_reason="length")
    remote, _, told = run(half, half, CODE, ANSWER)
    assert ["cut off" in reason for reason in told] == [True, True]
    assert '{"jobs"' not in str(remote.asked[2].messages[1:])


def test_a_whole_plan_in_a_reply_that_was_cut_off_runs():
    _, result, told = run(Reply(text=f"{CODE}\nThis", finish_reason="length"), ANSWER)
    assert (result.status, told) == ("answered", [])
