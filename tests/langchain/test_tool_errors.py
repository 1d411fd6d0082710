"""What an agent is told of errors: whose fault it is, and nothing a model was reading."""

import pytest
from langchain_core.documents import Document
from langchain_core.messages import AIMessage
from langchain_core.output_parsers import JsonOutputParser
from langchain_core.tools import ToolException

from langchain_minions.tool import create_minions_tool
from minions_core.config import MinionsConfig
from minions_core.errors import ModelError, ModelUnavailable
from minions_core.redaction import PatternRedactor
from tests.langchain.agents import asking, call
from tests.langchain.chains import QUESTION
from tests.langchain.scripted import REPORT, ScriptedChat, plans_then_answers

PAGE = Document(REPORT, metadata={"source": "/data/report.pdf"})
REDACTED = MinionsConfig(redactor=PatternRedactor(extra={"SUM": r"\$120 million"}))


def breaks(messages):
    raise ModelUnavailable("nobody listens there")


def shows_its_prompt(messages):
    raise ValueError("cannot read: " + " ".join(message.text for message in messages))


def repeats(messages):
    return AIMessage(messages[-1].text)


def test_an_error_that_ends_a_run_is_raised():
    with pytest.raises(ModelUnavailable, match="nobody listens there"):
        asking([PAGE], remote=breaks).invoke(call(asking([PAGE])))


@pytest.mark.parametrize("wanted", [True, str])
def test_an_agent_is_told_of_errors_if_it_is_to_handle_them(wanted):
    tool = asking([PAGE], remote=breaks, handle_tool_error=wanted)
    message = tool.invoke(call(tool))
    assert message.status == "error"
    assert message.content.startswith("Not answered: the remote model cannot be reached")


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({}, id="whatever may leave"),
        pytest.param({"privacy": "answers"}, id="answers alone may leave"),
        pytest.param({"settings": REDACTED}, id="a redactor"),
    ],
)
def test_an_error_of_the_local_model_takes_no_text_with_it(fields):
    tool = asking([PAGE], local=shows_its_prompt, handle_tool_error=True, **fields)
    message = tool.invoke(call(tool))
    assert message.content.startswith("Not answered: a call of the local model failed.")
    assert "120" not in message.content


def test_nor_does_that_of_a_parser_behind_it():
    local = ScriptedChat(script=repeats) | JsonOutputParser()
    remote = ScriptedChat(script=plans_then_answers)
    tool = create_minions_tool(PAGE, local, remote, handle_tool_error=True)
    assert "120" not in tool.invoke(call(tool)).content


async def test_an_error_to_be_handled_keeps_its_cause():
    seen = []
    tool = asking(
        [PAGE], local=shows_its_prompt, handle_tool_error=lambda error: str(seen.append(error))
    )
    await tool.ainvoke(call(tool))
    assert isinstance(seen[0], ToolException)
    assert isinstance(seen[0].__cause__, ModelError)
    assert "120" in str(seen[0].__cause__)


def test_an_error_of_a_source_is_raised_as_it_is():
    def fails(question):
        raise OSError("disk")

    with pytest.raises(OSError, match="disk"):
        asking(fails, handle_tool_error=True).invoke(QUESTION)
