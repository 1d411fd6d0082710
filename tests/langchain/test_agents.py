"""Agents and graphs of LangGraph that use the tool."""

import json
from collections import Counter

import pytest
from langchain.agents import create_agent
from langchain_core.documents import Document
from langchain_core.messages import AIMessage
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.prebuilt import ToolNode, ToolRuntime, tools_condition

from minions_core.errors import ModelUnavailable
from tests.langchain.agents import AgentModel, asking, call
from tests.langchain.chains import HAPPENED, INPUT, MINIONS_RUN, QUESTION, minions_chain
from tests.langchain.scripted import ANSWER, QUOTE, REPORT, Runs, shape

PAGE = Document(REPORT, metadata={"source": "/data/report.pdf"})
ASKED = {"messages": [("user", QUESTION)]}
TOOL_RUN = ("ask_documents", "tool", [MINIONS_RUN])
has_tool_streams = pytest.mark.skipif(
    not hasattr(ToolRuntime, "emit_output_delta"), reason="this LangGraph has no tool streams"
)


def agent(**fields):
    return create_agent(AgentModel(), [asking([PAGE])], **fields)


def graph(**fields):
    """The same agent, drawn by hand."""
    model = AgentModel()
    drawn = StateGraph(MessagesState)
    drawn.add_node("model", lambda state: {"messages": [model.invoke(state["messages"])]})
    drawn.add_node("tools", ToolNode([asking([PAGE])]))
    drawn.add_edge(START, "model")
    drawn.add_conditional_edges("model", tools_condition)
    drawn.add_edge("tools", "model")
    return drawn.compile(**fields)


def tools_at_once(tools):
    """A graph of nothing but tools."""
    drawn = StateGraph(MessagesState).add_node("tools", ToolNode(tools))
    return drawn.add_edge(START, "tools").compile()


EITHER = pytest.mark.parametrize("make", [agent, graph])


def lineage(run, name):
    """The names of the runs from `run` down to the first of that name; none if there is none."""
    below = (lineage(child, name) for child in run.child_runs)
    rest = [] if run.name == name else next(filter(None, below), None)
    return None if rest is None else [run.name, *rest]


def found(run, name):
    return next(filter(None, (found(child, name) for child in run.child_runs)), None) or (
        run if run.name == name else None
    )


@EITHER
def test_an_agent_hears_the_answer(make):
    said = make().invoke(ASKED)["messages"]
    assert said[-1].text.startswith(f"I heard: {ANSWER}")


@EITHER
async def test_an_agent_hears_the_answer_without_blocking(make):
    assert (await make().ainvoke(ASKED))["messages"][-1].text.startswith(f"I heard: {ANSWER}")


@EITHER
def test_the_evidence_is_kept_with_the_tools_message(make):
    [evidence] = make().invoke(ASKED)["messages"][2].artifact
    assert (evidence.page_content, evidence.metadata["source"]) == (QUOTE, "/data/report.pdf")


@EITHER
def test_every_local_job_has_its_place_in_the_tree_of_runs(make):
    runs = Runs()
    make().invoke(ASKED, {"callbacks": [runs]})
    [root] = runs.roots
    expected = ["LangGraph", "tools", "ask_documents", "MinionsChain", "local_job_1"]
    assert lineage(root, "local_job_1") == expected
    assert shape(found(root, "ask_documents")) == TOOL_RUN


@EITHER
async def test_the_tree_of_runs_is_the_same_without_blocking(make):
    runs = Runs()
    await make().ainvoke(ASKED, {"callbacks": [runs]})
    [root] = runs.roots
    assert lineage(root, "ask_documents") == ["LangGraph", "tools", "ask_documents"]
    assert shape(found(root, "ask_documents")) == TOOL_RUN


@EITHER
def test_the_custom_stream_tells_how_a_run_goes_on(make):
    assert [told["event"] for told in make().stream(ASKED, stream_mode="custom")] == HAPPENED


@EITHER
async def test_the_custom_stream_tells_of_it_without_blocking(make):
    told = [each["event"] async for each in make().astream(ASKED, stream_mode="custom")]
    assert told == HAPPENED


def test_what_is_streamed_is_json_and_names_the_chains_run():
    runs = Runs()
    told = list(agent().stream(ASKED, {"callbacks": [runs]}, stream_mode="custom"))
    chain = found(runs.roots[0], "MinionsChain")
    assert {json.loads(json.dumps(each))["run_id"] for each in told} == {str(chain.id)}


def test_of_several_calls_at_once_the_custom_stream_tells_which_one_goes_on():
    tools = [asking([PAGE], name=name) for name in ("ask_filings", "ask_letters")]
    calls = [{**call(tool), "id": f"of_{tool.name}"} for tool in tools]
    told = list(
        tools_at_once(tools).stream(
            {"messages": [AIMessage("", tool_calls=calls)]}, stream_mode="custom"
        )
    )
    places = Counter((each["tool_name"], each["tool_call_id"]) for each in told)
    expected = len(HAPPENED)
    assert places == {
        ("ask_filings", "of_ask_filings"): expected,
        ("ask_letters", "of_ask_letters"): expected,
    }


@EITHER
async def test_the_call_is_told_without_blocking(make):
    told = [each async for each in make().astream(ASKED, stream_mode="custom")]
    assert {(each["tool_name"], each["tool_call_id"]) for each in told} == {("ask_documents", "c1")}


@has_tool_streams
@EITHER
def test_the_stream_of_the_tools_call_tells_of_it_too(make):
    told = [each for each in make().stream(ASKED, stream_mode="tools") if "delta" in each]
    assert [json.loads(json.dumps(each))["delta"]["event"] for each in told] == HAPPENED
    assert {each["tool_call_id"] for each in told} == {"c1"}


@has_tool_streams
@EITHER
async def test_the_stream_of_the_tools_call_tells_of_it_without_blocking(make):
    told = [each async for each in make().astream(ASKED, stream_mode="tools")]
    assert [each["delta"]["event"] for each in told if "delta" in each] == HAPPENED


@EITHER
def test_nothing_the_protocols_models_write_is_streamed_as_a_message(make):
    messages = [message for message, _ in make().stream(ASKED, stream_mode="messages")]
    assert {message.type for message in messages} <= {"AIMessageChunk", "tool"}
    written = "".join(message.text for message in messages if message.type != "tool")
    assert written.startswith("I heard: ")
    assert "JobManifest" not in written
    assert "stated" not in written


@EITHER
async def test_nothing_of_it_is_streamed_as_a_message_without_blocking(make):
    messages = [message async for message, _ in make().astream(ASKED, stream_mode="messages")]
    written = "".join(message.text for message in messages if message.type != "tool")
    assert written.startswith("I heard: ")


@EITHER
def test_updates_come_node_by_node(make):
    updates = [next(iter(update)) for update in make().stream(ASKED, stream_mode="updates")]
    assert updates == ["model", "tools", "model"]


@EITHER
def test_a_checkpoint_keeps_the_evidence(make):
    thread = {"configurable": {"thread_id": "1"}}
    kept = make(checkpointer=InMemorySaver())
    kept.invoke(ASKED, thread)
    [evidence] = kept.get_state(thread).values["messages"][2].artifact
    assert Document(**evidence).metadata["check"] == "verified"


@EITHER
def test_a_conversation_goes_on_from_a_checkpoint(make):
    thread = {"configurable": {"thread_id": "1"}}
    kept = make(checkpointer=InMemorySaver())
    kept.invoke(ASKED, thread)
    assert len(kept.invoke(ASKED, thread)["messages"]) == 8


def test_an_error_of_a_run_ends_the_agents():
    def breaks(messages):
        raise ModelUnavailable("nobody listens there")

    broken = create_agent(AgentModel(), [asking([PAGE], remote=breaks)])
    with pytest.raises(ModelUnavailable):
        broken.invoke(ASKED)


def test_an_error_that_is_handled_is_heard_by_the_agent():
    def breaks(messages):
        raise ModelUnavailable("nobody listens there")

    tool = asking([PAGE], remote=breaks, handle_tool_error=True)
    said = create_agent(AgentModel(), [tool]).invoke(ASKED)["messages"]
    assert said[-1].text.startswith("I heard: Not answered: the remote model cannot be reached")


def node(ask):
    """A graph of one node."""
    return StateGraph(MessagesState).add_node("ask", ask).add_edge(START, "ask").compile()


def ask_blocking(state):
    return {"messages": [AIMessage(minions_chain().invoke(INPUT)["answer"])]}


async def ask_piece_by_piece(state):
    chunks = [chunk async for chunk in minions_chain().astream(INPUT)]
    return {"messages": [AIMessage(f"{len(chunks)} chunks")]}


def test_a_chain_in_a_node_tells_the_custom_stream():
    told = node(ask_blocking).stream(ASKED, stream_mode="custom")
    assert [each["event"] for each in told] == HAPPENED


def test_a_chain_in_a_node_streams_no_messages_of_its_own():
    told = node(ask_blocking).stream(ASKED, stream_mode="messages")
    assert [message.text for message, _ in told] == [ANSWER]


async def test_a_chain_streamed_in_a_node_tells_the_custom_stream():
    told = node(ask_piece_by_piece).astream(ASKED, stream_mode="custom")
    assert [each["event"] async for each in told] == HAPPENED


async def test_no_piece_of_a_chain_streamed_in_a_node_is_a_message():
    told = node(ask_piece_by_piece).astream(ASKED, stream_mode="messages")
    assert [message.text.split()[-1] async for message, _ in told] == ["chunks"]
