"""Agents: they call the engine as a tool, and its response stays within reach."""

import asyncio
import json

import pytest
from llama_index.core.agent.workflow import AgentWorkflow

from llama_index_minions import create_minions_tool
from tests.llama_index.agents import CallingLLM, agents, called, function_agent, heard
from tests.llama_index.engines import documents, engine, tool
from tests.llama_index.scripted import (
    ANSWER,
    QUESTION,
    QUOTE,
    ScriptedLLM,
    supervisor,
    worker,
)

# LlamaIndex's agents themselves use what pydantic and its workflows have deprecated.
pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")

TOOLS = {
    "a plain tool": lambda **options: tool("report", **options),
    "as_tool": lambda **options: engine(**options).as_tool(
        name="report", description="The report."
    ),
    "create_minions_tool": lambda **options: create_minions_tool(
        documents(), worker(), supervisor(), name="report", **options
    ),
}
all_tools = pytest.mark.parametrize("make", TOOLS.values(), ids=TOOLS.keys())
our_tools = pytest.mark.parametrize(
    "make", [TOOLS["as_tool"], TOOLS["create_minions_tool"]], ids=["as_tool", "create_minions_tool"]
)


@all_tools
@agents
async def test_an_agent_answers_by_the_tool(make, agent):
    output, _ = await called(agent(make()).run(QUESTION))
    assert ANSWER in output.response.content


@all_tools
@agents
async def test_an_agents_tool_call_holds_the_response(make, agent):
    _, (result,) = await called(agent(make()).run(QUESTION))
    response = result.tool_output.raw_output
    assert QUOTE in response.source_nodes[0].get_content()
    assert response.metadata["minions"]["citations"][0]["quote"] == QUOTE


@all_tools
async def test_a_tool_calls_the_llms_natively_from_an_agent(make):
    the_tool = make()
    await called(function_agent(the_tool).run(QUESTION))
    remote = the_tool.query_engine._response_synthesizer._llm
    assert {method for method, _, _ in remote.asked} == {"achat"}


@agents
async def test_a_streaming_engine_serves_as_a_tool(agent):
    output, _ = await called(agent(TOOLS["as_tool"](streaming=True)).run(QUESTION))
    assert ANSWER in output.response.content


async def test_a_streaming_engines_tool_leaves_nothing_running():
    output = await TOOLS["as_tool"](streaming=True).acall(QUESTION)
    assert ANSWER in output.content
    assert asyncio.all_tasks() == {asyncio.current_task()}


def test_a_streaming_engine_goes_on_streaming_beside_its_tool():
    streaming = engine(streaming=True)
    streaming.as_tool(name="report").call(QUESTION)
    assert "".join(streaming.query(QUESTION).response_gen) == ANSWER


@all_tools
def test_a_tool_can_be_called_without_an_agent(make):
    output = make().call(input=QUESTION)
    assert ANSWER in output.content
    assert output.raw_input == {"input": QUESTION}


@all_tools
async def test_a_tool_can_be_called_in_a_running_loop_without_await(make):
    assert ANSWER in make().call(QUESTION).content


@agents
async def test_a_workflow_of_agents_takes_the_tool(agent):
    workflow = AgentWorkflow(agents=[agent(TOOLS["as_tool"]())], root_agent="agent")
    output, (result,) = await called(workflow.run(QUESTION))
    assert ANSWER in output.response.content
    assert result.tool_output.raw_output.source_nodes[0].node_id == "report"


async def test_a_workflow_makes_an_agent_of_the_tool():
    workflow = AgentWorkflow.from_tools_or_functions([TOOLS["as_tool"]()], llm=CallingLLM())
    output, _ = await called(workflow.run(QUESTION))
    assert ANSWER in output.response.content


@agents
async def test_an_agent_ends_with_what_a_tool_returns_directly(agent):
    the_tool = engine().as_tool(name="report", return_direct=True)
    the_agent = agent(the_tool)
    output, _ = await called(the_agent.run(QUESTION))
    assert len(the_agent.llm.asked) == 1
    assert ANSWER in output.response.content


@agents
async def test_an_agent_hears_of_a_run_that_failed(agent):
    def script(messages):
        raise PermissionError("unplugged")

    the_agent = agent(engine(remote=ScriptedLLM(script)).as_tool(name="report"))
    _, (result,) = await called(the_agent.run(QUESTION))
    assert result.tool_output.is_error
    assert "Not answered: a call of the remote model failed." in heard(the_agent.llm)
    assert "unplugged" not in heard(the_agent.llm)


async def test_two_calls_of_one_tool_at_once_do_not_mix():
    the_tool = TOOLS["as_tool"]()
    outputs = await asyncio.gather(*[the_tool.acall(QUESTION) for _ in range(2)])
    assert outputs[0].content == outputs[1].content
    assert outputs[0].raw_output.metadata is not outputs[1].raw_output.metadata


@our_tools
def test_a_response_of_a_tool_can_be_kept_as_json(make):
    metadata = make().call(QUESTION).raw_output.metadata
    assert json.loads(json.dumps(metadata)) == metadata
