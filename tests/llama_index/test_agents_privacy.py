"""What an agent's LLM, which may be anybody's, is sent of what was read."""

import pytest

from llama_index_minions import create_minions_tool
from minions_core.config import MinionsConfig
from minions_core.redaction import PatternRedactor
from tests.llama_index.agents import agents, called, heard
from tests.llama_index.breaking import parts_that_break
from tests.llama_index.engines import documents
from tests.llama_index.scripted import QUESTION, QUOTE, supervisor, worker

# LlamaIndex's agents themselves use what pydantic and its workflows have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

SUMS = PatternRedactor(extra={"SUM": r"\$1,749 million"})
ANSWERS = MinionsConfig(privacy="answers")
REDACTED = MinionsConfig(redactor=SUMS)
BOTH = MinionsConfig(privacy="answers", redactor=SUMS)


def tool(source=None, **options):
    read = documents() if source is None else source
    return create_minions_tool(read, worker(), supervisor(), name="report", **options)


async def sent(agent, the_tool):
    """All that an agent's LLM was sent to answer QUESTION by a tool."""
    made = agent(the_tool)
    await called(made.run(QUESTION))
    return heard(made.llm)


@agents
async def test_an_agent_reads_quotes_where_they_may_leave(agent):
    assert QUOTE in await sent(agent, tool())


@agents
@pytest.mark.parametrize("settings", [ANSWERS, BOTH], ids=["answers", "both"])
async def test_an_agent_reads_no_quote_where_only_answers_may_leave(agent, settings):
    read = await sent(agent, tool(settings=settings))
    assert "[1] report.txt" in read
    assert "million in 2023." not in read
    assert "Cash flows" not in read


@agents
@pytest.mark.parametrize("settings", [REDACTED, BOTH], ids=["redacted", "both"])
async def test_an_agent_reads_placeholders_for_what_a_redactor_hides(agent, settings):
    read = await sent(agent, tool(settings=settings))
    assert "Capital expenditure was [SUM_1]. [1]" in read
    assert "1,749" not in read


@agents
@parts_that_break
async def test_an_agent_reads_nothing_of_an_error_that_holds_what_was_read(agent, broken):
    read = await sent(agent, tool(**broken()))
    assert "Not answered: the tool failed" in read
    assert "1,749" not in read
