"""Plans in JSON, found in a reply."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.plans import Answer, Neither, PlanCode, read_move

PLAN = '{"jobs": [{"tasks": ["Who?"]}]}'


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(f"```json\n{PLAN}\n```", id="fenced"),
        pytest.param(f"My plan:\n```json\n{PLAN}\n```\nDone.", id="with prose around"),
        pytest.param(f"```\n{PLAN}\n```", id="no language"),
        pytest.param(f"```json5\n{PLAN}\n```", id="another json"),
        pytest.param(f"```json\n{PLAN}", id="fence never closed"),
        pytest.param(PLAN, id="bare"),
        pytest.param(f"I plan this: {PLAN} That is all.", id="amid prose"),
        pytest.param(f"```text\nnotes\n```\n```json\n{PLAN}\n```", id="after notes"),
        pytest.param(f'```json\n{{"a": 1}}\n```\n```json\n{PLAN}\n```', id="after other json"),
        pytest.param(f"<think>{{}}</think>{PLAN}", id="after thinking"),
        pytest.param(f"{PLAN}\n<answer>It is 42.</answer>", id="with an answer too early"),
        pytest.param(f"<answer>no</answer>```json\n{PLAN}\n```", id="after an answer too early"),
        pytest.param(f"In <answer> tags later. {PLAN}", id="speaking of the tag"),
    ],
)
def test_a_plan_is_found(reply):
    assert read_move(reply, last=False) == PlanCode(PLAN, "json")


@pytest.mark.parametrize(
    "plan",
    [
        pytest.param("{'jobs': [{'task': 'Who?',}]}", id="as Python writes it"),
        pytest.param('[{"task": "Who?"}, {"task": "When?"}]', id="a list of jobs"),
        pytest.param('{"tasks": ["Who?"]}', id="a single job"),
    ],
)
def test_a_plan_is_known_by_its_jobs(plan):
    assert read_move(plan, last=False) == PlanCode(plan, "json")


def test_a_plan_cut_off_in_its_fence_is_a_plan_to_mend():
    cut = '{"jobs": [{"tasks": ["Who'
    assert read_move(f"```json\n{cut}\n```", last=False) == PlanCode(cut, "json")


def test_plans_of_two_blocks_are_one():
    reply = f"```json\n{PLAN}\n```\nand\n```json\n{PLAN}\n```"
    assert read_move(reply, last=False) == PlanCode(f"{PLAN}\n\n{PLAN}", "json")


def test_a_program_beside_it_is_the_plan():
    code = "def prepare_jobs(context):\n    return []"
    reply = f"```json\n{PLAN}\n```\n```python\n{code}\n```"
    assert read_move(reply, last=False) == PlanCode(code)


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param('There are {"jobs": 1200} in all.', id="a figure"),
        pytest.param('```json\n{"answer": "42"}\n```', id="another object"),
        pytest.param("A task: {read it}. The jobs: none.", id="prose"),
        pytest.param("I set {task: reading} as a goal.", id="a job amid prose"),
    ],
)
def test_other_json_is_no_plan(reply):
    assert isinstance(read_move(reply, last=False), Neither)


@pytest.mark.parametrize("last", [True, False])
@pytest.mark.parametrize("written", [PLAN, f"```json\n{PLAN}\n```"])
def test_json_inside_an_answer_is_the_answer(written, last):
    assert read_move(f"<answer>{written}</answer>", last=last) == Answer(written)


def test_on_the_last_turn_an_answer_beside_a_plan_counts():
    assert read_move(f"{PLAN} <answer>42</answer>", last=True) == Answer("42")


def test_on_the_last_turn_a_plan_alone_is_still_a_plan():
    assert read_move(PLAN, last=True) == PlanCode(PLAN, "json")


def test_what_is_missing_is_told_for_both_kinds_of_plan():
    reason = read_move("Hm.", last=False).reason
    assert "Python" in reason
    assert "JSON" in reason


@given(st.lists(st.sampled_from([*"{}[]\"',: \n", "jobs", "task", "```json\n", "<answer>"])))
def test_any_reply_is_read(pieces):
    move = read_move("".join(pieces), last=False)
    assert isinstance(move, Answer | PlanCode | Neither)
