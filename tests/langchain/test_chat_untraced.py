"""With `trace_calls=False` nobody but the models themselves knows of the calls within."""

import langsmith
import pytest
from langchain_core.callbacks import UsageMetadataCallbackHandler, get_usage_metadata_callback
from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnableLambda
from langchain_core.tracers.context import collect_runs

from tests.langchain.chains import QUESTION
from tests.langchain.scripted import FOUND, Runs, ScriptedChat, reads
from tests.langchain.scripted_tools import CallingChat, chat, reading_chat, supervises

ALONE = ("ChatMinions", "llm", [])
BOTH = pytest.mark.parametrize("make", [reading_chat, chat])
CALLS = pytest.mark.parametrize("call", ["invoke", "stream"])


@BOTH
@CALLS
def test_no_call_is_a_child_run(make, call):
    runs = Runs()
    list(getattr(make(trace_calls=False), call)(QUESTION, {"callbacks": [runs]}))
    assert runs.shapes == [ALONE]


@BOTH
async def test_no_call_is_a_child_run_of_an_asynchronous_stream(make):
    runs = Runs()
    stream = make(trace_calls=False).astream(QUESTION, {"callbacks": [runs]})
    [chunk async for chunk in stream]
    assert runs.shapes == [ALONE]


@BOTH
async def test_no_call_is_a_child_run_of_ainvoke(make):
    runs = Runs()
    await make(trace_calls=False).ainvoke(QUESTION, {"callbacks": [runs]})
    assert runs.shapes == [ALONE]


@CALLS
def test_no_call_is_a_child_run_of_the_chain_around(call):
    runs = Runs()
    model = reading_chat(trace_calls=False)
    chain = ChatPromptTemplate.from_template("{question}") | model
    list(getattr(chain, call)({"question": QUESTION}, {"callbacks": [runs]}))
    assert ALONE in runs.shapes[0][2]
    assert len(runs.shapes[0][2]) == 2


@pytest.mark.parametrize(
    "remote",
    [
        CallingChat(script=supervises).bind(stop=["END"]),
        CallingChat(script=supervises).with_retry(),
        CallingChat(script=supervises).with_config(tags=["mine"]),
    ],
)
def test_no_call_of_a_wrapped_model_is_a_child_run_of_the_chain_around(remote):
    runs = Runs()
    model = chat(remote=remote, trace_calls=False)
    agent = RunnableLambda(model.invoke, name="agent")
    agent.invoke(QUESTION, {"callbacks": [runs]})
    assert runs.shapes == [("agent", "chain", [ALONE])]


@BOTH
@CALLS
def test_tracers_of_the_context_see_no_call(make, call):
    with collect_runs() as collected:
        list(getattr(make(trace_calls=False), call)(QUESTION))
    assert [run.name for run in collected.traced_runs] == ["ChatMinions"]
    assert collected.traced_runs[0].child_runs == []


@BOTH
async def test_tracers_of_the_context_see_no_call_of_an_asynchronous_stream(make):
    with collect_runs() as collected:
        [chunk async for chunk in make(trace_calls=False).astream(QUESTION)]
    assert collected.traced_runs[0].child_runs == []


@BOTH
@CALLS
@pytest.mark.parametrize("traced", [True, False])
def test_usage_is_counted_once(make, call, traced):
    counter = UsageMetadataCallbackHandler()
    model = make(trace_calls=traced)
    list(getattr(model, call)(QUESTION, {"callbacks": [counter]}))
    counted = sum(usage["total_tokens"] for usage in counter.usage_metadata.values())
    assert counted == model.invoke(QUESTION).usage_metadata["total_tokens"]


@BOTH
@pytest.mark.parametrize("traced", [True, False])
def test_usage_is_counted_once_by_the_counter_of_the_context(make, traced):
    model = make(trace_calls=traced)
    with get_usage_metadata_callback() as counter:
        used = model.invoke(QUESTION).usage_metadata["total_tokens"]
    assert sum(usage["total_tokens"] for usage in counter.usage_metadata.values()) == used


def test_a_counter_of_the_context_counts_on_after_a_call():
    with get_usage_metadata_callback() as counter:
        reading_chat(trace_calls=False).invoke(QUESTION)
        ScriptedChat(script=reads, model="other").invoke(QUESTION)
    assert set(counter.usage_metadata) == {"llama3.2+gpt-4o", "other"}


def test_usage_is_counted_under_the_names_of_the_models_where_calls_are_traced():
    counter = UsageMetadataCallbackHandler()
    reading_chat().invoke(QUESTION, {"callbacks": [counter]})
    assert set(counter.usage_metadata) == {"llama3.2", "gpt-4o"}


def test_langsmith_is_off_for_the_calls_and_on_for_the_rest():
    seen = []

    def read(messages):
        seen.append(langsmith.get_tracing_context()["enabled"])
        return FOUND

    with langsmith.tracing_context(enabled="local"):
        reading_chat(local=ScriptedChat(script=read), trace_calls=False).invoke(QUESTION)
        seen.append(langsmith.get_tracing_context()["enabled"])
    assert seen == [False, False, "local"]
