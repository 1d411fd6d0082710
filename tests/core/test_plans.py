"""What the remote model may reply, read rightly."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minions_core.plans import (
    Answer,
    Neither,
    PlanCode,
    has_transform,
    read_move,
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
        pytest.param(f"From it I see.\nfrom here on\n{CODE}", id="no fence, prose like code"),
        pytest.param(f"```json\n{{}}\n```\nThen:\n```python\n{CODE}\n```", id="after json"),
        pytest.param(f"```text\nnotes\n```\n```python\n{CODE}\n```", id="after text"),
        pytest.param(f"```\nnotes: an idea\n```\n```python\n{CODE}\n```", id="after notes"),
        pytest.param(f"```\nsome prose, def.\n```\n```\n{CODE}\n```", id="after prose"),
        pytest.param(f"```python3\n{CODE}\n```", id="python3"),
        pytest.param(f"```python\n{CODE}\n```".replace("\n", "\r\n"), id="crlf"),
        pytest.param(f"~~~python\n{CODE}\n~~~", id="tildes"),
        pytest.param(f"```python title=plan\n{CODE}\n```", id="an info string"),
        pytest.param(f"```{{.python}}\n{CODE}\n```", id="a language in braces"),
        pytest.param(f"````python\n{CODE}\n````", id="a longer fence"),
        pytest.param(f"Plan: ```python\n{CODE}\n```", id="a fence amid a line"),
        pytest.param(f"```python\n{CODE}```", id="a fence that ends a line"),
        pytest.param(f"```python\n{CODE}\n``` That is it.", id="prose right after the fence"),
        pytest.param(f"```text\nnever closed\n```python\n{CODE}\n```", id="a fence forgotten"),
        pytest.param(f"```plan\n{CODE}\n```", id="a language of its own"),
        pytest.param(
            "1. Plan\n   ```python\n   def prepare_jobs(context):\n       return []\n   ```",
            id="in a list",
        ),
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


def test_a_long_line_of_fences_is_read_at_once():
    assert isinstance(read_move("```" + "a" * 200_000 + "`" * 200_000, last=False), Neither)


def test_a_fence_inside_a_line_of_code_ends_nothing():
    code = "def prepare_jobs(context):\n    'uses ``` fences'\n    return []"
    assert read_move(f"```python\n{code}\n```", last=False) == PlanCode(code)


def test_an_untagged_block_of_code_belongs_to_the_plan():
    reply = f"```\nSIZE = 7\n```\n```python\n{CODE}\n```"
    assert read_move(reply, last=False) == PlanCode(f"SIZE = 7\n\n{CODE}")


@pytest.mark.parametrize(
    ("reply", "answer"),
    [
        pytest.param("<answer> 42 [1] </answer>", "42 [1]", id="plain"),
        pytest.param("So: <ANSWER>42</ANSWER> bye", "42", id="other case"),
        pytest.param("<answer>42", "42", id="never closed"),
        pytest.param("In <answer> tags. <answer>42</answer>", "42", id="tag spoken of before"),
        pytest.param("<answer>42</answer> in <answer> tags", "42", id="tag spoken of after"),
        pytest.param("<answer>42</answer><answer></answer>", "42", id="an empty one after"),
        pytest.param("<answer>41</answer> No: <answer>42</answer>", "42", id="corrected"),
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


def test_figures_in_a_block_are_prose_too():
    reply = "It was:\n```text\n42\n```"
    assert read_move(reply, last=True) == Answer(reply)


def test_code_is_no_answer():
    assert isinstance(read_move("```python\nprint(42)\n```", last=True), Neither)


def test_silence_is_never_an_answer():
    assert isinstance(read_move("", last=True), Neither)


@given(st.text(), st.booleans())
def test_any_reply_is_one_of_the_three(reply, last):
    assert isinstance(read_move(reply, last=last), Answer | PlanCode | Neither)


@given(st.text())
def test_what_is_tagged_never_holds_the_closing_tag(text):
    assert "</answer>" not in (tagged(f"<answer>{text}", "answer") or "").lower()


@pytest.mark.parametrize(
    ("code", "found"),
    [
        pytest.param("def transform_outputs(jobs): ...", True, id="defined"),
        pytest.param("# no def transform_outputs(jobs) here", False, id="in a comment"),
        pytest.param("x = 'def transform_outputs(jobs)'", False, id="in a string"),
        pytest.param("def transform_outputs(jobs):\n  (", True, id="unparsable"),
        pytest.param("# def transform_outputs\n(", False, id="a comment in what is unparsable"),
        pytest.param("p = '\\d'\ndef transform_outputs(jobs): ...", True, id="odd escapes"),
    ],
)
def test_a_plan_that_sums_up_is_known_by_its_definition(code, found):
    assert has_transform(code) is found
