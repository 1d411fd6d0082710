"""An agent may speak of people by placeholders, from one call of a tool to the next."""

import pytest
from langchain_core.documents import Document

from minions_core.config import MinionsConfig
from minions_core.redaction import PatternRedactor
from tests.langchain.agents import Shelf, asking
from tests.langchain.scripted import PLAN

STAFF = Document("bob@x.org earns $80.\n\nann@x.org earns $90.", metadata={"source": "staff.txt"})
REDACTED = MinionsConfig(redactor=PatternRedactor())


def plans_then_names_bob(messages):
    return PLAN if len(messages) == 2 else "<answer>It is bob@x.org.</answer>"


def tool_of(source=STAFF):
    return asking(source, remote=plans_then_names_bob, settings=REDACTED)


def test_a_value_keeps_its_placeholder_in_all_calls_of_a_tool():
    tool = tool_of()
    told = [tool.invoke("Who earns $80?"), tool.invoke("Does ann@x.org earn more than whom?")]
    assert ["It is [EMAIL_1]" in each for each in told] == [True, True]


@pytest.mark.parametrize("asked", ["blocking", "on the loop"])
async def test_a_placeholder_in_a_question_stands_for_its_value(asked):
    shelf = Shelf(held=[STAFF])
    tool = tool_of(shelf)
    tool.invoke("Who earns $80?")
    question = "What does [EMAIL_1] earn?"
    tool.invoke(question) if asked == "blocking" else await tool.ainvoke(question)
    assert shelf.asked[1] == "What does bob@x.org earn?"


def test_no_value_of_a_placeholder_in_a_question_leaves():
    tool = tool_of()
    tool.invoke("Who earns $80?")
    assert "bob" not in tool.invoke("What does [EMAIL_1] earn?")
    assert "bob" not in str(tool.chain.remote.asked)


def test_the_program_may_reveal_what_an_agent_answers():
    tool = tool_of()
    tool.invoke("Who earns $80?")
    assert tool.reveal("It was [EMAIL_1].") == "It was bob@x.org."
