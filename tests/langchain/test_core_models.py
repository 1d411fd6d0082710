"""Chains whose models are the core's own: traces, events, graphs, event loops."""

import asyncio
from typing import Any, TypedDict

import pytest
from langchain_core.runnables import RunnableLambda
from langgraph.graph import END, START, StateGraph

from langchain_minions import MinionChain, MinionsChain
from langchain_minions._models.model import as_model
from minions_core.clients import ExtractiveClient, OfflineSupervisor
from minions_core.effects import Ask
from minions_core.messages import Message
from minions_core.testing import ScriptedModel
from tests.langchain.chains import INPUT
from tests.langchain.scripted import ANSWER, FOUND, NOTHING, PLAN, QUOTE, Runs, ScriptedChat
from tests.langchain.test_tracing import MINION_RUNS, MINIONS_RUNS


def worker(ask):
    return FOUND if QUOTE in str(ask.messages) else NOTHING


def supervisor(ask):
    return f"<answer>{ANSWER}</answer>" if len(ask.messages) > 2 else PLAN


def minions_chain():
    return MinionsChain(ScriptedModel(worker), ScriptedModel(supervisor), max_rounds=1)


def minion_chain():
    local = ScriptedModel(lambda _: f"It was $120 million.\nQuote: {QUOTE}")
    said = ["<ask>What was it?</ask>", f"<answer>{ANSWER}</answer>"]
    return MinionChain(local, ScriptedModel(said), max_rounds=1)


async def invoked(chain, config):
    return chain.invoke(INPUT, config)


async def ainvoked(chain, config):
    return await chain.ainvoke(INPUT, config)


async def streamed(chain, config):
    return list(chain.stream(INPUT, config))


async def astreamed(chain, config):
    return [chunk async for chunk in chain.astream(INPUT, config)]


WAYS = pytest.mark.parametrize("way", [invoked, ainvoked, streamed, astreamed])


@WAYS
@pytest.mark.parametrize(
    ("make", "expected"), [(minions_chain, MINIONS_RUNS), (minion_chain, MINION_RUNS)]
)
async def test_the_tree_of_runs_is_that_of_langchains_models(way, make, expected):
    runs = Runs()
    await way(make(), {"callbacks": [runs]})
    assert runs.shapes == expected


@WAYS
async def test_every_call_is_tagged_with_its_role(way):
    runs = Runs()
    await way(minions_chain(), {"callbacks": [runs]})
    roles = {call.name: set(call.tags) for call in runs.roots[0].child_runs}
    assert roles["local_job_1"] == {"minions:local", "nostream"}
    assert roles["remote_plan_1"] == {"minions:remote", "nostream"}


@WAYS
async def test_one_model_may_be_langchains_and_one_the_cores(way):
    runs = Runs()
    remote = ScriptedChat(script=lambda m: f"<answer>{ANSWER}</answer>" if len(m) > 2 else PLAN)
    await way(MinionsChain(ScriptedModel(worker), remote, max_rounds=1), {"callbacks": [runs]})
    assert runs.shapes == MINIONS_RUNS


async def test_the_answer_streams_as_events_of_its_call():
    events = [event async for event in minions_chain().astream_events(INPUT, version="v2")]
    pieces = [
        event["data"]["chunk"].text
        for event in events
        if event["event"] == "on_chat_model_stream" and event["name"] == "remote_answer"
    ]
    assert len(pieces) > 1
    assert "".join(pieces) == f"<answer>{ANSWER}</answer>"


def test_a_chain_without_any_model_is_traced_too():
    runs = Runs()
    chain = MinionsChain(ExtractiveClient(), OfflineSupervisor())
    chain.invoke(INPUT, {"callbacks": [runs]})
    kinds = {call.extra["metadata"]["ls_provider"] for call in runs.roots[0].child_runs}
    assert kinds == {"extractive", "offlinesupervisor"}


async def test_models_that_block_leave_the_event_loop_free():
    chain = MinionsChain(ExtractiveClient(), OfflineSupervisor())
    outputs = await asyncio.gather(*(chain.ainvoke(INPUT) for _ in range(3)))
    assert {output["status"] for output in outputs} == {"answered"}


async def test_a_chain_is_called_blocking_inside_an_event_loop():
    runs = Runs()
    output = minions_chain().invoke(INPUT, {"callbacks": [runs]})
    assert (output["answer"], runs.shapes) == (ANSWER, MINIONS_RUNS)


class State(TypedDict):
    answer: str


def graph(node):
    built: Any = StateGraph(State)
    built.add_node("ask", node)
    built.add_edge(START, "ask")
    built.add_edge("ask", END)
    return built.compile()


class TestInGraphs:
    """What LangGraph streams of a node: no message of a model that works inside a chain."""

    def test_messages_of_core_models_stay_inside(self):
        def node(_, config):
            chunks = list(minions_chain().stream(INPUT, config))
            return {"answer": chunks[-1]["status"]}

        assert list(graph(node).stream({"answer": ""}, stream_mode="messages")) == []

    async def test_they_stay_inside_without_blocking(self):
        async def node(_, config):
            chunks = [chunk async for chunk in minions_chain().astream(INPUT, config)]
            return {"answer": chunks[-1]["status"]}

        streamed = graph(node).astream({"answer": ""}, stream_mode="messages")
        assert [message async for message in streamed] == []

    def test_their_runs_are_below_that_of_the_node(self):
        def node(_, config):
            return {"answer": minions_chain().invoke(INPUT, config)["answer"]}

        runs = Runs()
        graph(node).invoke({"answer": ""}, {"callbacks": [runs]})
        (node_run,) = (run for run in runs.roots[0].child_runs if run.name == "ask")
        shapes = [run.name for run in node_run.child_runs]
        assert shapes == ["MinionsChain"]
        assert len(node_run.child_runs[0].child_runs) == 4


ASK = Ask("local", (Message("user", "What is it?"),), "job_1")


@pytest.mark.parametrize("model", [ScriptedModel(["42"]), ScriptedChat(script=lambda _: "42")])
def test_a_model_without_a_config_is_no_run_of_the_run_around_it(model):
    def ask(_):
        return as_model(model).reply(ASK).text

    runs = Runs()
    RunnableLambda(ask, name="agent").invoke(None, {"callbacks": [runs]})
    assert runs.shapes == [("agent", "chain", [])]
