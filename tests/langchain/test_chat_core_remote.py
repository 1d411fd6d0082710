"""A chat model over the core's own clients."""

import pytest
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage

from langchain_minions.chat_model import ChatMinions
from minions_core import MinionsConfig
from minions_core.errors import ModelError, UsageError
from minions_core.redaction import PatternRedactor
from minions_core.testing import ScriptedModel
from tests.langchain.chains import QUESTION
from tests.langchain.scripted import ANSWER, FOUND, PLAN, REPORT, Runs
from tests.langchain.scripted_tools import HELLO


def core_chat(*lines, **fields):
    local = ScriptedModel(lambda ask: FOUND, name="llama3.2")
    return ChatMinions(local, ScriptedModel(lines, name="gpt-4o"), **{"max_rounds": 1, **fields})


def test_it_is_asked_directly_where_nothing_is_to_be_read():
    model = core_chat(HELLO)
    said = [SystemMessage("Be kind."), HumanMessage("Hi"), AIMessage("Hi."), HumanMessage("Bye")]
    assert model.invoke(said).content == HELLO
    (ask,) = model.remote.asked
    assert [message.role for message in ask.messages] == ["system", "user", "assistant", "user"]


async def test_it_is_asked_directly_without_blocking():
    assert (await core_chat(HELLO).ainvoke("Hi")).content == HELLO
    pieces = [piece.content async for piece in core_chat(HELLO).astream("Hi")]
    assert pieces == [HELLO, ""]


def test_it_answers_in_one_piece():
    assert [piece.content for piece in core_chat(HELLO).stream("Hi")] == [HELLO, ""]


def test_it_runs_the_protocol():
    model = core_chat(PLAN, f"<answer>{ANSWER}</answer>", context=REPORT)
    assert model.invoke(QUESTION).content == ANSWER


def test_its_calls_are_child_runs():
    runs = Runs()
    core_chat(HELLO).invoke("Hi", {"callbacks": [runs]})
    assert runs.shapes == [("ChatMinions", "llm", [("remote_answer", "llm", [])])]


def test_its_calls_are_no_runs_where_they_are_not_traced():
    runs = Runs()
    core_chat(HELLO, trace_calls=False).invoke("Hi", {"callbacks": [runs]})
    assert runs.shapes == [("ChatMinions", "llm", [])]


def test_its_reply_ends_at_a_stop():
    assert core_chat(HELLO).invoke("Hi", stop=["day"]).content == "Good "


def test_it_is_called_again_after_a_failure_in_transport():
    busy = ModelError("busy", retryable=True, retry_after=0)
    assert core_chat(busy, HELLO).invoke("Hi").content == HELLO


def test_it_is_not_called_again_more_often_than_the_settings_say():
    busy = ModelError("busy", retryable=True, retry_after=0)
    with pytest.raises(ModelError, match="busy"):
        core_chat(busy, HELLO, settings=MinionsConfig(max_retries=0)).invoke("Hi")


def test_it_is_shown_no_secrets():
    model = core_chat("[EMAIL_1]", settings=MinionsConfig(redactor=PatternRedactor()))
    assert model.invoke("I am ann@example.org.").content == "ann@example.org"
    assert "ann@" not in str(model.remote.asked)


@pytest.mark.parametrize(
    "said",
    [
        [HumanMessage([{"type": "image", "url": "https://example.org/cat.png"}])],
        [
            HumanMessage("Hi"),
            AIMessage("", tool_calls=[{"name": "look", "args": {}, "id": "1"}]),
            ToolMessage("seen", tool_call_id="1"),
        ],
    ],
)
def test_what_is_no_text_is_refused(said):
    with pytest.raises(UsageError, match="core client"):
        core_chat(HELLO).invoke(said)


def test_settings_of_a_call_are_refused():
    with pytest.raises(UsageError, match="temperature"):
        core_chat(HELLO).invoke("Hi", temperature=0.5)
