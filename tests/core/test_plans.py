"""What the remote model may reply, read rightly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.plans import (
    Answer,
    Neither,
    PlanCode,
    accepted_arguments,
    read_move,
    scrubbed,
    tagged,
)

CODE = "def prepare_jobs(context):\n    return []"


@pytest.mark.parametrize(
    "reply",
    [
        pytest.param(f"```python\n{CODE}\n```", id="fenced"),
        pytest.param(f"Here is my plan:\n```py\n{CODE}\n```\nDone.", id="with prose around"),
        pytest.param(f"```\n{CODE}\n```", id="no language"),
        pytest.param(f"```python\n{CODE}", id="fence never closed"),
        pytest.param(f"My plan.\n{CODE}", id="no fence"),
        pytest.param(
            f"<think>```python\nbad\n```</think>```python\n{CODE}\n```", id="after thinking"
        ),
    ],
)
def test_a_plan_is_found(reply):
    assert read_move(reply, last=False) == PlanCode(CODE)


def test_blocks_that_belong_together_are_joined():
    reply = f"```python\nimport re\n```\nand\n```python\n{CODE}\n```"
    assert read_move(reply, last=False) == PlanCode(f"import re\n\n{CODE}")


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        pytest.param("<answer> 42 [1] </answer>", "42 [1]", id="plain"),
        pytest.param("So: <ANSWER>42</ANSWER> bye", "42", id="other case"),
        pytest.param("<answer>42", "42", id="never closed"),
        pytest.param("<think><answer>no</answer></think><answer>42</answer>", "42", id="thought"),
        pytest.param("<answer>use ```x``` here</answer>", "use ```x``` here", id="with a fence"),
    ],
)
def test_an_answer_is_found(reply, answer):
    assert read_move(reply, last=False) == Answer(answer)


def test_an_empty_answer_is_none():
    assert read_move("<answer> </answer>", last=True) == Neither("The <answer> is empty.")


def test_prose_is_an_answer_only_on_the_last_turn():
    assert isinstance(read_move("It is 42.", last=False), Neither)
    assert read_move("It is 42.", last=True) == Answer("It is 42.")


def test_silence_is_never_an_answer():
    assert isinstance(read_move("", last=True), Neither)


@given(st.text(), st.booleans())
def test_any_reply_is_one_of_the_three(reply, last):
    assert isinstance(read_move(reply, last=last), Answer | PlanCode | Neither)


@given(st.text())
def test_what_is_tagged_never_holds_the_closing_tag(text):
    assert "</answer>" not in (tagged(f"<answer>{text}", "answer") or "").lower()


@pytest.mark.parametrize(
    ("code", "count"),
    [
        pytest.param(CODE, 1, id="one"),
        pytest.param("def prepare_jobs(a, b=None, c=None): ...", 3, id="three"),
        pytest.param("def prepare_jobs(*args): ...", 3, id="any"),
        pytest.param("def prepare_jobs(:", 3, id="unparsable"),
        pytest.param("x = 1", 3, id="missing"),
    ],
)
def test_a_plan_is_offered_as_many_arguments_as_it_takes(code, count):
    assert accepted_arguments(code, "prepare_jobs") == count


def test_a_quoted_value_from_elsewhere_is_scrubbed():
    error = "ValueError: invalid literal for int() with base 10: 'Net income 7'"
    assert scrubbed(error, CODE) == "ValueError: invalid literal for int() with base 10: '...'"


def test_a_name_the_plan_wrote_itself_stays():
    assert scrubbed("NameError: name 'contxt' is not defined", "contxt") == (
        "NameError: name 'contxt' is not defined"
    )


def test_an_error_is_short():
    assert len(scrubbed("x" * 10_000, CODE)) <= 600
