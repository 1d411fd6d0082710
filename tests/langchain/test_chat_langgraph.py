"""`ChatMinions` in LangGraph's graphs and in agents."""

import asyncio

import pytest
from langchain.agents import create_agent
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk, HumanMessage
from langchain_core.tools import tool
from langgraph.graph import START, MessagesState, StateGraph

from tests.langchain.chains import QUESTION
from tests.langchain.scripted import ANSWER, REPORT, Runs
from tests.langchain.scripted_tools import (
    HELLO,
    CallingChat,
    chat,
    minion_chat,
    reading_chat,
    supervises,
)
from tests.langchain.test_chat_runs import DIRECT_RUNS, MINION_RUNS, MINIONS_RUNS

ASKED = {"messages": [HumanMessage(QUESTION)]}
ANSWERS = pytest.mark.parametrize(
    ("make", "answer"), [(reading_chat, ANSWER), (minion_chat, ANSWER), (chat, HELLO)]
)
TRACED_OR_NOT = pytest.mark.parametrize("traced", [True, False])
RUNS = pytest.mark.parametrize(
    ("make", "expected"),
    [(reading_chat, MINIONS_RUNS), (minion_chat, MINION_RUNS), (chat, DIRECT_RUNS)],
)


def graph(node):
    return StateGraph(MessagesState).add_node("answer", node).add_edge(START, "answer").compile()


def invoking(model):
    return graph(lambda state: {"messages": [model.invoke(state["messages"])]})


def ainvoking(model):
    async def answer(state, config):
        return {"messages": [await model.ainvoke(state["messages"], config)]}

    return graph(answer)


def streaming(model):
    def answer(state):
        *_, last = model.stream(state["messages"])
        return {"messages": [last]}

    return graph(answer)


def spoken(pieces):
    return "".join(str(message.content) for message, _ in pieces)


@ANSWERS
@TRACED_OR_NOT
@pytest.mark.parametrize("within", [invoking, streaming])
def test_only_the_answer_is_streamed_as_messages(make, answer, traced, within):
    pieces = list(within(make(trace_calls=traced)).stream(ASKED, stream_mode="messages"))
    assert spoken(pieces) == answer
    assert len(pieces) > 3


@ANSWERS
@TRACED_OR_NOT
async def test_only_the_answer_is_streamed_as_messages_without_blocking(make, answer, traced):
    stream = ainvoking(make(trace_calls=traced)).astream(ASKED, stream_mode="messages")
    pieces = [piece async for piece in stream]
    assert spoken(pieces) == answer
    assert len(pieces) > 3


def test_the_pieces_of_an_answer_have_the_id_of_the_message():
    stream = invoking(reading_chat()).stream(ASKED, stream_mode=["messages", "values"])
    told = list(stream)
    ids = {piece[0].id for mode, piece in told if mode == "messages"}
    assert ids == {told[-1][1]["messages"][-1].id}


@RUNS
def test_calls_are_child_runs_in_a_graph_that_streams_messages(make, expected):
    runs = Runs()
    config = {"callbacks": [runs]}
    list(invoking(make()).stream(ASKED, config, stream_mode="messages"))
    assert runs.shapes == [("LangGraph", "chain", [("answer", "chain", expected)])]


@RUNS
async def test_calls_are_child_runs_in_an_asynchronous_graph_that_streams_messages(make, expected):
    runs = Runs()
    stream = ainvoking(make()).astream(ASKED, {"callbacks": [runs]}, stream_mode="messages")
    [piece async for piece in stream]
    assert runs.shapes == [("LangGraph", "chain", [("answer", "chain", expected)])]


@RUNS
def test_calls_are_child_runs_in_a_graph(make, expected):
    runs = Runs()
    invoking(make()).invoke(ASKED, {"callbacks": [runs]})
    assert runs.shapes == [("LangGraph", "chain", [("answer", "chain", expected)])]


def test_untraced_calls_leave_no_run_in_a_graph():
    runs = Runs()
    config = {"callbacks": [runs]}
    list(invoking(reading_chat(trace_calls=False)).stream(ASKED, config, stream_mode="messages"))
    alone = [("ChatMinions", "llm", [])]
    assert runs.shapes == [("LangGraph", "chain", [("answer", "chain", alone)])]


@TRACED_OR_NOT
def test_progress_goes_into_the_custom_stream(traced):
    told = invoking(reading_chat(trace_calls=traced)).stream(ASKED, stream_mode="custom")
    names = [event["event"] for event in told]
    assert names.count("minions_job_finished") == 2
    assert names[-1] == "minions_run_finished"


@pytest.mark.skipif(not hasattr(BaseChatModel, "stream_events"), reason="not in this LangChain")
@pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainBetaWarning")
@RUNS
def test_calls_are_child_runs_of_a_stream_of_events(make, expected):
    runs = Runs()
    stream = make().stream_events(QUESTION, {"callbacks": [runs]}, version="v3")
    list(stream)
    assert runs.shapes == expected


@pytest.mark.skipif(not hasattr(BaseChatModel, "stream_events"), reason="not in this LangChain")
@pytest.mark.filterwarnings("ignore::langchain_core._api.LangChainBetaWarning")
@RUNS
async def test_calls_are_child_runs_of_an_asynchronous_stream_of_events(make, expected):
    runs = Runs()
    stream = await make().astream_events(QUESTION, {"callbacks": [runs]}, version="v3")
    await stream.output
    await asyncio.gather(*asyncio.all_tasks() - {asyncio.current_task()})
    assert runs.shapes == expected


@tool
def convert(amount: int) -> str:
    """Convert an amount of money to euros."""
    return f"{amount} euros"


def test_an_agent_calls_its_tool_and_then_answers():
    agent = create_agent(chat(), [convert])
    messages = agent.invoke(ASKED)["messages"]
    assert [message.type for message in messages] == ["human", "ai", "tool", "ai"]
    assert messages[-1].content == HELLO


def test_an_agent_that_calls_tools_reads_only_once():
    model = reading_chat()
    messages = create_agent(model, [convert]).invoke(ASKED)["messages"]
    assert [message.type for message in messages] == ["human", "ai", "tool", "ai"]
    assert len(model.local.asked) == 2


def test_an_agent_that_reads_streams_only_what_it_says():
    agent = create_agent(reading_chat(), [convert])
    pieces = agent.stream(ASKED, stream_mode="messages")
    said = [message for message, _ in pieces if isinstance(message, AIMessageChunk)]
    assert "".join(str(message.content) for message in said) == HELLO


def test_a_document_a_tool_returns_is_read_before_the_answer():
    @tool
    def fetch(name: str) -> str:
        """Fetch a document."""
        return REPORT * 20

    model = chat(long_text_tokens=100)
    messages = create_agent(model, [fetch]).invoke(ASKED)["messages"]
    assert len(model.local.asked) > 2
    assert messages[-1].response_metadata["minions"]["status"] == "answered"


def test_a_document_a_tool_returns_is_never_shown_to_the_remote_model():
    @tool
    def fetch(name: str) -> str:
        """Fetch a document."""
        return REPORT * 20

    model = chat(remote=CallingChat(script=supervises), long_text_tokens=100)
    create_agent(model, [fetch]).invoke(ASKED)
    assert not [said for said in model.remote.asked if "3,400 employees" in str(said)]
