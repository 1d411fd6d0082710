"""The limits on jobs, samples and tasks of a plan hold, whoever wrote it."""

import json

import pytest
from pydantic import ValidationError

from minions_core import Minions, MinionsConfig
from minions_core.testing import ScriptedModel

TEXT = "Revenue was 7 million.\n\nCosts were 3 million.\n"
FOUND = {"explanation": "", "citation": "Revenue was 7 million.", "answer": "7 million"}
ANSWER = "<answer>7 million [1]</answer>"


def plan(**entry):
    return f"```json\n{json.dumps({'jobs': [{'task': 'Revenue?', **entry}]})}\n```"


def run(*lines, **settings):
    local, remote = ScriptedModel(lambda ask: json.dumps(FOUND)), ScriptedModel(lines)
    Minions(local, remote, config=MinionsConfig(**settings)).run("What was revenue?", TEXT)
    return local, remote


def test_a_job_is_asked_as_often_as_its_plan_says():
    local, _ = run(plan(samples=2), ANSWER)
    assert [ask.sample for ask in local.asked] == [1, 2]


def test_a_job_is_asked_as_often_as_the_settings_say_where_its_plan_does_not():
    local, _ = run(plan(), ANSWER, samples=2)
    assert [ask.sample for ask in local.asked] == [1, 2]


def test_the_vote_stands_in_the_evidence():
    _, remote = run(plan(samples=2), ANSWER)
    assert "2 of 2 samples" in remote.asked[-1].messages[-1].content


def test_samples_count_as_jobs():
    local, remote = run(plan(samples=3), plan(samples=2), ANSWER, max_jobs_per_round=2)
    assert "limit is 2" in remote.asked[1].messages[-1].content
    assert len(local.asked) == 2


def test_more_samples_than_allowed_are_refused():
    local, remote = run(plan(samples=5), plan(samples=2), ANSWER, max_samples=4)
    assert "4" in remote.asked[1].messages[-1].content
    assert len(local.asked) == 2


def test_more_tasks_than_allowed_are_refused():
    tasks = [f"What of {number}?" for number in range(3)]
    local, remote = run(plan(task=None, tasks=tasks), plan(), ANSWER, max_tasks_per_round=2)
    assert "limit is 2" in remote.asked[1].messages[-1].content
    assert len(local.asked) == 1


def test_settings_cannot_ask_for_more_samples_than_they_allow():
    with pytest.raises(ValidationError, match="max_samples"):
        MinionsConfig(samples=5, max_samples=4)
