"""Every model call is a child run of the chat model's, whichever way that is called."""

import uuid

import pytest
from langchain_core.messages import HumanMessage
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda
from langchain_core.tracers.context import collect_runs

from langchain_minions.chat_model import ChatMinions
from tests.langchain.chains import QUESTION
from tests.langchain.scripted import Runs, ScriptedChat, reads
from tests.langchain.scripted_tools import chat, minion_chat, reading_chat, supervises

MINIONS_CALLS = [
    ("local_job_1", "llm", []),
    ("local_job_2", "llm", []),
    ("remote_answer", "llm", []),
    ("remote_plan_1", "llm", []),
]
MINION_CALLS = [
    ("local_chat_1", "llm", []),
    ("remote_answer", "llm", []),
    ("remote_ask_1", "llm", []),
]
MINIONS_RUNS = [("ChatMinions", "llm", MINIONS_CALLS)]
MINION_RUNS = [("ChatMinions", "llm", MINION_CALLS)]
DIRECT_RUNS = [("ChatMinions", "llm", [("remote_answer", "llm", [])])]
ALL = pytest.mark.parametrize(
    ("make", "expected"),
    [(reading_chat, MINIONS_RUNS), (minion_chat, MINION_RUNS), (chat, DIRECT_RUNS)],
)


@ALL
def test_calls_are_child_runs_of_invoke(make, expected):
    runs = Runs()
    make().invoke(QUESTION, {"callbacks": [runs]})
    assert runs.shapes == expected


@ALL
async def test_calls_are_child_runs_of_ainvoke(make, expected):
    runs = Runs()
    await make().ainvoke(QUESTION, {"callbacks": [runs]})
    assert runs.shapes == expected


@ALL
def test_calls_are_child_runs_of_stream(make, expected):
    runs = Runs()
    list(make().stream(QUESTION, {"callbacks": [runs]}))
    assert runs.shapes == expected


@ALL
async def test_calls_are_child_runs_of_astream(make, expected):
    runs = Runs()
    [chunk async for chunk in make().astream(QUESTION, {"callbacks": [runs]})]
    assert runs.shapes == expected


@ALL
async def test_calls_are_child_runs_in_events(make, expected):
    runs = Runs()
    config = {"callbacks": [runs]}
    [event async for event in make().astream_events(QUESTION, config, version="v2")]
    assert runs.shapes == expected


@ALL
async def test_calls_are_child_runs_of_ainvoke_in_events(make, expected):
    """There a handler has `ainvoke` stream, and `_astream` is not told its run."""

    async def ask(given, config):
        return await make().ainvoke(given, config)

    runs = Runs()
    agent = RunnableLambda(ask, name="agent")
    events = agent.astream_events(QUESTION, {"callbacks": [runs]}, version="v2")
    [event async for event in events]
    assert runs.shapes == [("agent", "chain", expected)]


@ALL
async def test_calls_are_child_runs_of_invoke_in_events(make, expected):
    runs = Runs()
    agent = RunnableLambda(lambda given, config: make().invoke(given, config), name="agent")
    events = agent.astream_events(QUESTION, {"callbacks": [runs]}, version="v2")
    [event async for event in events]
    assert runs.shapes == [("agent", "chain", expected)]


@ALL
def test_calls_are_child_runs_of_generate(make, expected):
    runs = Runs()
    make().generate([[HumanMessage(QUESTION)], [HumanMessage(QUESTION)]], callbacks=[runs])
    assert runs.shapes == [*expected, *expected]


@ALL
async def test_calls_are_child_runs_of_agenerate(make, expected):
    runs = Runs()
    await make().agenerate([[HumanMessage(QUESTION)], [HumanMessage(QUESTION)]], callbacks=[runs])
    assert runs.shapes == [*expected, *expected]


@ALL
async def test_calls_are_child_runs_of_a_generate_that_streams(make, expected):
    def ask(given, config):
        make().generate([[HumanMessage(given)], [HumanMessage(given)]], **callbacks_of(config))

    runs = Runs()
    agent = RunnableLambda(ask, name="agent")
    events = agent.astream_events(QUESTION, {"callbacks": [runs]}, version="v2")
    [event async for event in events]
    assert runs.shapes == [("agent", "chain", [*expected, *expected])]


def callbacks_of(config):
    return {"callbacks": config["callbacks"]}


@ALL
def test_calls_are_child_runs_of_a_batch(make, expected):
    runs = Runs()
    make().batch([QUESTION] * 3, {"callbacks": [runs]})
    assert runs.shapes == expected * 3


@ALL
async def test_calls_are_child_runs_of_an_asynchronous_batch(make, expected):
    runs = Runs()
    await make().abatch([QUESTION] * 3, {"callbacks": [runs]})
    assert runs.shapes == expected * 3


@ALL
def test_calls_are_child_runs_where_streaming_is_switched_on(make, expected):
    runs = Runs()
    make(streaming=True).invoke(QUESTION, {"callbacks": [runs]})
    assert runs.shapes == expected


@ALL
def test_calls_are_child_runs_where_streaming_is_switched_off(make, expected):
    runs = Runs()
    list(make(disable_streaming=True).stream(QUESTION, {"callbacks": [runs]}))
    assert runs.shapes == expected


def test_runs_nest_under_the_run_of_the_caller():
    runs = Runs()
    chain = ChatPromptTemplate.from_template("{question}") | reading_chat()
    chain.invoke({"question": QUESTION}, {"callbacks": [runs]})
    (root,) = runs.shapes
    assert root[2][0] == MINIONS_RUNS[0]


def test_calls_of_a_bound_model_are_child_runs_of_the_chat_model():
    """A binding looks for callbacks around it, and finds those of the chain first."""
    runs = Runs()
    remote = ScriptedChat(script=supervises).bind(stop=["END"])
    model = chat(remote=remote)
    chain = ChatPromptTemplate.from_template("{question}") | model
    chain.invoke({"question": QUESTION}, {"callbacks": [runs]})
    (root,) = runs.shapes
    assert root[2][0] == DIRECT_RUNS[0]


@pytest.mark.parametrize("call", ["invoke", "stream"])
def test_a_chat_model_in_a_chat_model_keeps_its_calls_to_itself(call):
    runs = Runs()
    inner = reading_chat(name="inner")
    outer = ChatMinions(ScriptedChat(script=reads), inner, name="outer")
    list(getattr(outer, call)(QUESTION, {"callbacks": [runs]}))
    assert runs.shapes == [("outer", "llm", [("remote_answer", "llm", MINIONS_CALLS)])]


def test_tracers_of_the_context_see_the_run():
    with collect_runs() as collected:
        list(reading_chat().stream(QUESTION))
    (run,) = collected.traced_runs
    assert len(run.child_runs) == 4


def test_tags_and_metadata_reach_every_call():
    runs = Runs()
    config = {"callbacks": [runs], "tags": ["mine"], "metadata": {"tenant": "a"}}
    list(reading_chat().stream(QUESTION, config))
    calls = runs.roots[0].child_runs
    assert all("mine" in call.tags for call in calls)
    assert {call.extra["metadata"]["tenant"] for call in calls} == {"a"}


@pytest.mark.parametrize("call", ["invoke", "stream"])
def test_every_call_is_tagged_with_its_role(call):
    runs = Runs()
    list(getattr(reading_chat(), call)(QUESTION, {"callbacks": [runs]}))
    roles = {call.name: set(call.tags) for call in runs.roots[0].child_runs}
    assert roles["local_job_1"] == {"minions:local", "nostream"}
    assert roles["remote_plan_1"] == {"minions:remote", "nostream"}


@pytest.mark.parametrize("call", ["invoke", "stream"])
def test_calls_are_labelled_with_their_own_models_only(call):
    runs = Runs()
    list(getattr(reading_chat(), call)(QUESTION, {"callbacks": [runs]}))
    (run,) = runs.roots
    named = {child.extra["metadata"]["ls_model_name"] for child in run.child_runs}
    assert run.extra["metadata"]["ls_model_name"] == "llama3.2+gpt-4o"
    assert named == {"llama3.2", "gpt-4o"}


@pytest.mark.parametrize("call", ["invoke", "stream"])
def test_the_run_has_the_id_and_the_name_it_was_given(call):
    runs, run_id = Runs(), uuid.uuid4()
    config = {"callbacks": [runs], "run_id": run_id, "run_name": "filing"}
    list(getattr(reading_chat(), call)(QUESTION, config))
    assert (runs.roots[0].id, runs.roots[0].name) == (run_id, "filing")


def test_a_stream_ends_in_the_trace_with_its_answer():
    runs = Runs()
    list(reading_chat().stream(QUESTION, {"callbacks": [runs]}))
    assert runs.roots[0].outputs["generations"][0][0]["text"].startswith("It was $120 million")


def test_the_config_of_the_caller_stays_as_it_was():
    config = {"callbacks": [Runs()], "tags": ["mine"]}
    list(reading_chat().stream(QUESTION, config))
    assert sorted(config) == ["callbacks", "tags"]
    assert isinstance(config["callbacks"], list)
