"""Every model call is a child run of the chain's, whichever way the chain is called."""

import contextvars
from uuid import uuid4

import pytest
from langchain_core.runnables import (
    RunnableLambda,
)
from langchain_core.tracers.context import collect_runs

from minions_core.errors import ModelError
from tests.langchain.chains import INPUT, MINIONS_RUN, minion_chain, minions_chain
from tests.langchain.scripted import (
    ANSWER,
    FOUND,
    Runs,
)

MINIONS_RUNS = [MINIONS_RUN]
MINION_RUNS = [
    (
        "MinionChain",
        "chain",
        [
            ("local_chat_1", "llm", []),
            ("remote_answer", "llm", []),
            ("remote_ask_1", "llm", []),
        ],
    )
]
BOTH = pytest.mark.parametrize(
    ("make", "expected_runs"), [(minions_chain, MINIONS_RUNS), (minion_chain, MINION_RUNS)]
)


@BOTH
def test_calls_are_child_runs_of_invoke(make, expected_runs):
    runs = Runs()
    make().invoke(INPUT, {"callbacks": [runs]})
    assert runs.shapes == expected_runs


@BOTH
async def test_calls_are_child_runs_of_ainvoke(make, expected_runs):
    runs = Runs()
    await make().ainvoke(INPUT, {"callbacks": [runs]})
    assert runs.shapes == expected_runs


@BOTH
def test_calls_are_child_runs_of_stream(make, expected_runs):
    runs = Runs()
    list(make().stream(INPUT, {"callbacks": [runs]}))
    assert runs.shapes == expected_runs


@BOTH
async def test_calls_are_child_runs_of_astream(make, expected_runs):
    runs = Runs()
    [chunk async for chunk in make().astream(INPUT, {"callbacks": [runs]})]
    assert runs.shapes == expected_runs


def test_a_streamed_run_ends_in_the_trace_with_its_output():
    runs = Runs()
    list(minions_chain().stream(INPUT, {"callbacks": [runs]}))
    assert runs.roots[0].outputs["answer"] == ANSWER


def test_runs_nest_under_the_run_of_the_caller():
    def ask(_, config):
        return minions_chain().invoke(INPUT, config)["answer"]

    runs = Runs()
    RunnableLambda(ask, name="agent").invoke(None, {"callbacks": [runs]})
    assert runs.shapes == [("agent", "chain", MINIONS_RUNS)]


def test_tracers_of_the_context_see_the_run():
    with collect_runs() as collected:
        minions_chain().invoke(INPUT)
    assert len(collected.traced_runs[0].child_runs) == 4


def test_tags_and_metadata_reach_every_call():
    runs = Runs()
    config = {"callbacks": [runs], "tags": ["mine"], "metadata": {"tenant": "a"}}
    minions_chain().invoke(INPUT, config)
    calls = runs.roots[0].child_runs
    assert all("mine" in call.tags for call in calls)
    assert {call.extra["metadata"]["tenant"] for call in calls} == {"a"}


def test_every_call_is_tagged_with_its_role():
    runs = Runs()
    minions_chain().invoke(INPUT, {"callbacks": [runs]})
    roles = {call.name: set(call.tags) for call in runs.roots[0].child_runs}
    assert roles["local_job_1"] == {"minions:local", "nostream"}
    assert roles["remote_plan_1"] == {"minions:remote", "nostream"}


def test_a_run_name_names_the_run_of_the_chain():
    runs = Runs()
    minions_chain().invoke(INPUT, {"callbacks": [runs], "run_name": "filing"})
    assert runs.roots[0].name == "filing"


async def test_events_tell_of_the_calls_by_name():
    events = [event async for event in minions_chain().astream_events(INPUT, version="v2")]
    started = {event["name"] for event in events if event["event"] == "on_chat_model_start"}
    assert started == {"local_job_1", "local_job_2", "remote_plan_1", "remote_answer"}


def test_context_variables_reach_the_models():
    variable = contextvars.ContextVar("variable", default="unset")
    seen = []

    def read(messages):
        seen.append(variable.get())
        return FOUND

    variable.set("set")
    minions_chain(local=read).invoke(INPUT)
    assert seen == ["set", "set"]


def test_a_run_id_is_that_of_the_run_of_the_chain():
    runs, run_id = Runs(), uuid4()
    minions_chain().invoke(INPUT, {"callbacks": [runs], "run_id": run_id})
    assert runs.roots[0].id == run_id


def test_each_run_of_a_batch_has_a_tree_of_its_own():
    runs = Runs()
    minions_chain().batch([INPUT] * 3, {"callbacks": [runs]})
    assert runs.shapes == MINIONS_RUNS * 3


async def test_each_run_of_an_asynchronous_batch_has_a_tree_of_its_own():
    runs = Runs()
    await minions_chain().abatch([INPUT] * 3, {"callbacks": [runs]})
    assert runs.shapes == MINIONS_RUNS * 3


def test_a_chain_in_a_pipe_is_one_step_of_it():
    runs = Runs()
    (minions_chain().pick("answer")).invoke(INPUT, {"callbacks": [runs]})
    [(_, _, [chain, _])] = runs.shapes
    assert chain == MINIONS_RUNS[0]


def test_a_run_that_fails_ends_in_the_trace_with_its_error():
    def fails(_):
        raise RuntimeError("no such model")

    runs = Runs()
    with pytest.raises(ModelError, match="no such model"):
        minions_chain(remote=fails).invoke(INPUT, {"callbacks": [runs]})
    assert "no such model" in runs.roots[0].error


def test_a_call_that_fails_ends_in_the_trace_with_its_error():
    def fails(_):
        raise RuntimeError("no such model")

    runs = Runs()
    with pytest.raises(ModelError):
        minions_chain(remote=fails).invoke(INPUT, {"callbacks": [runs]})
    [call] = runs.roots[0].child_runs
    assert (call.name, "no such model" in call.error) == ("remote_plan_1", True)


def test_events_of_the_chain_can_be_told_from_those_of_its_calls():
    runs = Runs()
    minions_chain().invoke(INPUT, {"callbacks": [runs], "run_name": "filing"})
    [chain] = runs.roots
    assert {call.parent_run_id for call in chain.child_runs} == {chain.id}
