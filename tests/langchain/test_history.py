"""What was said before: messages and results as turns, and what messages keep of their runs."""

import json
from dataclasses import asdict

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from langchain_core.messages import (
    AIMessage,
    ChatMessage,
    FunctionMessage,
    HumanMessage,
    SystemMessage,
    ToolMessage,
    message_to_dict,
    messages_from_dict,
)

from langchain_minions._runs.history import exchanges, is_long_text, turns_of
from langchain_minions._runs.record import (
    RECORD,
    evidence_of,
    is_of_a_run,
    record,
    record_of,
    turn_of,
)
from minions_core import Document, Minions, Turn
from minions_core.errors import UsageError
from minions_core.result import Citation
from minions_core.testing import ScriptedModel
from tests.langchain.conversing import CITATION, QUESTION, REPORT, RESULT, ours

TURN = Turn(question="Revenue in 2022?", answer="7 million")
SAID = [HumanMessage("Revenue in 2022?"), AIMessage("7 million")]
KEPT = asdict(CITATION)
LONG_REPORT = REPORT * 3


@pytest.mark.parametrize("history", [None, "", " ", [], ()])
def test_nothing_is_no_history(history):
    assert turns_of(history) == ()


@pytest.mark.parametrize(
    "history",
    [
        pytest.param(SAID, id="messages"),
        pytest.param(tuple(SAID), id="tuple"),
        pytest.param([("human", "Revenue in 2022?"), ("ai", "7 million")], id="pairs"),
        pytest.param([("user", "Revenue in 2022?"), ("assistant", "7 million")], id="roles"),
        pytest.param([["user", "Revenue in 2022?"], ["assistant", "7 million"]], id="lists"),
        pytest.param(
            [
                {"role": "user", "content": "Revenue in 2022?"},
                {"role": "assistant", "content": "7 million"},
            ],
            id="dicts",
        ),
        pytest.param(
            [
                {"role": "user", "content": [{"type": "text", "text": "Revenue in 2022?"}]},
                {"role": "assistant", "content": [{"type": "text", "text": "7 million"}]},
            ],
            id="blocks",
        ),
        pytest.param(
            [ChatMessage("Revenue in 2022?", role="user"), ChatMessage("7 million", role="model")],
            id="roles in words",
        ),
        pytest.param([TURN], id="turns"),
        pytest.param(TURN, id="a turn"),
    ],
)
def test_every_form_of_a_turn_is_read(history):
    assert turns_of(history) == (TURN,)


@pytest.mark.parametrize("history", [[RESULT], RESULT, [{"result": RESULT}], {"result": RESULT}])
def test_what_a_chain_answered_before_is_read(history):
    assert turns_of(history) == (RESULT,)


def test_forms_may_be_mixed():
    assert turns_of([TURN, *SAID, {"result": RESULT}, *SAID]) == (TURN, TURN, RESULT, TURN)


@pytest.mark.parametrize(
    "history",
    [
        "What was said?",
        ["Hi", "Hello"],
        ("user", "Hi"),
        [("Hi", "Hello")],
        [("user", "Hi", "more")],
        [{"answer": "7"}],
        [{"role": "user"}],
        [42],
        [None],
        42,
        {"role": "user", "content": "Hi"},
        b"Hi",
    ],
)
def test_anything_else_is_an_error_that_says_what_to_pass(history):
    with pytest.raises(UsageError, match="pass a list of messages"):
        turns_of(history)


def test_other_messages_are_no_turns():
    call = {"name": "add", "args": {}, "id": "1"}
    around = [
        SystemMessage("Be brief."),
        SAID[0],
        AIMessage("", tool_calls=[call]),
        ToolMessage("7", tool_call_id="1"),
        FunctionMessage("7", name="add"),
        SAID[1],
    ]
    assert list(exchanges(around)) == [TURN]


@pytest.mark.parametrize(
    "said", [[SAID[0]], [SAID[1]], [SAID[1], SAID[0]], [HumanMessage(" "), SAID[1]], []]
)
def test_a_question_needs_its_answer(said):
    assert list(exchanges(said)) == []


def test_the_last_of_several_answers_counts():
    said = [SAID[0], AIMessage("Let me see."), SAID[1]]
    assert list(exchanges(said)) == [TURN]


def test_questions_in_a_row_are_one():
    said = [HumanMessage("Revenue"), HumanMessage("in 2022?"), SAID[1]]
    assert next(exchanges(said)).question == "Revenue\n\nin 2022?"


def test_an_answer_brings_its_evidence_along():
    turn = next(exchanges([SAID[0], ours()]))
    assert turn.evidence == (CITATION,)


def test_evidence_of_a_call_on_the_way_to_the_answer_counts():
    turn = next(exchanges([SAID[0], ours(""), AIMessage("It rose [1].")]))
    assert turn.evidence == (CITATION,)


@pytest.mark.parametrize(
    "content",
    [
        pytest.param(f"{LONG_REPORT}\n\nQuestion: {QUESTION}", id="string"),
        pytest.param([{"type": "text", "text": LONG_REPORT}, QUESTION], id="blocks"),
        pytest.param(
            [{"type": "text-plain", "text": "7", "mime_type": "text/plain"}, QUESTION],
            id="document",
        ),
        pytest.param([*LONG_REPORT.split("\n\n"), QUESTION], id="many blocks"),
    ],
)
def test_of_a_question_with_its_text_only_the_question_is_kept(content):
    assert turns_of([HumanMessage(content), SAID[1]])[0].question == QUESTION


def test_a_text_without_a_question_is_no_turn():
    assert turns_of([HumanMessage(f"{LONG_REPORT}\n\nThe end."), *SAID[1:], *SAID]) == (TURN,)


def test_messages_of_a_history_are_not_changed():
    said = [HumanMessage(f"{LONG_REPORT}\n\n{QUESTION}"), SAID[1]]
    turns_of(said)
    assert said[0].content.startswith(LONG_REPORT)


def test_a_text_is_long_by_its_tokens():
    assert (is_long_text("word " * 300), is_long_text("word " * 400)) == (False, True)


def test_a_record_is_safe_for_json():
    kept = record(RESULT)
    assert json.loads(json.dumps(kept)) == kept


def test_a_record_tells_what_the_run_came_to():
    kept = record(RESULT)
    told = {key: kept[key] for key in ("question", "answer", "status", "reports", "rounds")}
    assert told == {
        "question": QUESTION,
        "answer": "It rose [1].",
        "status": "answered",
        "reports": ["[1] It rose."],
        "rounds": 1,
    }


def test_a_record_is_the_turn_it_was_made_in():
    assert turn_of(record(RESULT)) == RESULT.as_turn()


@pytest.mark.parametrize(
    ("change", "is_one"),
    [({}, True), ({"reports": None}, False), ({"reports": [1]}, False), ({"answer": None}, False)],
)
def test_a_record_one_can_go_on_from_has_answer_and_reports(change, is_one):
    assert is_of_a_run({**record(RESULT), **change}) is is_one


def test_evidence_survives_the_way_through_a_checkpointer():
    stored = json.loads(json.dumps(message_to_dict(ours())))
    assert evidence_of(messages_from_dict([stored])[0]) == (CITATION,)


def test_what_a_later_version_adds_to_evidence_is_ignored():
    kept = {"citations": [{**KEPT, "colour": "red"}]}
    assert evidence_of(AIMessage("", response_metadata={RECORD: kept})) == (CITATION,)


@pytest.mark.parametrize(
    "broken",
    [
        {},
        {**KEPT, "number": "one"},
        {**KEPT, "check": "perhaps"},
        {**KEPT, "quote": None},
        {**KEPT, "start": -1},
        {**KEPT, "start": 9, "end": 3},
        {**KEPT, "end": None},
        "text",
        None,
    ],
)
def test_broken_evidence_is_none(broken):
    kept = {"citations": [broken, KEPT]}
    assert evidence_of(AIMessage("", response_metadata={RECORD: kept})) == (CITATION,)


@pytest.mark.parametrize("kept", [None, "x", [], {"citations": None}, {"citations": {"a": 1}}])
def test_a_broken_record_is_no_evidence(kept):
    assert evidence_of(AIMessage("", response_metadata={RECORD: kept})) == ()


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
)


@settings(deadline=None)
@given(st.dictionaries(st.sampled_from([*record(RESULT)]), JSON))
def test_no_record_however_broken_is_an_error(kept):
    message = AIMessage("", response_metadata={RECORD: kept})
    assert record_of(message) == kept
    assert all(isinstance(citation, Citation) for citation in evidence_of(message))
    assert is_of_a_run(kept) in {True, False}


@settings(deadline=None)
@given(st.fixed_dictionaries({}, optional=dict.fromkeys(KEPT, JSON)))
def test_evidence_however_broken_does_not_break_the_next_run(changes):
    kept = {"citations": [{**KEPT, **changes}]}
    answer = AIMessage("It rose [1].", response_metadata={RECORD: kept})
    remote = ScriptedModel(["<answer>It rose.</answer>"])
    history = turns_of([HumanMessage(QUESTION), answer])
    result = Minions(ScriptedModel([]), remote).run("And?", Document(REPORT), history=history)
    assert result.answer == "It rose."
