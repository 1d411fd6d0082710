"""What happens in a run is told to whoever watches, once, and to nobody else."""

import json
import sys

import pytest
from langchain_core.callbacks import AsyncCallbackHandler, BaseCallbackHandler
from langchain_core.runnables import RunnableLambda
from langchain_core.tracers import BaseTracer

import minions_core.events as happened
from langchain_minions._runs import progress
from minions_core.messages import Usage
from minions_core.result import Citation, MinionsResult
from tests.langchain.agents import asking, call
from tests.langchain.chains import HAPPENED, INPUT, minion_chain, minions_chain
from tests.langchain.scripted import ANSWER, Runs

CITATION = Citation(
    number=1, document="a.txt", document_index=0, quote="It is.", answer="yes", check="verified"
)
RESULT = MinionsResult(protocol="minions", question="Is it?", answer="Yes [1].", status="answered")
EVENTS = [
    happened.RunStarted(protocol="minions", question="Is it?", documents=1, document_tokens=3),
    happened.CallStarted(role="local", label="job_1"),
    happened.CallFinished(role="local", label="job_1", usage=Usage(input_tokens=1), seconds=0.1),
    happened.CallRetried(role="remote", label="plan_1", attempt=1, wait=0.5, error="busy"),
    happened.CallFailed(role="remote", label="plan_1", error="gone"),
    happened.RoundStarted(round=1),
    happened.PlanWritten(round=1, plan="...", jobs=1, tasks=("Is it?",)),
    happened.PlanRejected(round=1, reason="no jobs"),
    happened.JobStarted(round=1, job=1, task="Is it?"),
    happened.JobFinished(round=1, job=1, status="answered", answer="yes"),
    happened.EvidenceGathered(round=1, findings=1, report="[1] yes", evidence=(CITATION,)),
    happened.MessageSent(round=1, sender="local", text="yes"),
    happened.TextDelta(text="Y"),
    happened.RunFinished(result=RESULT),
]


class Watcher(BaseCallbackHandler):
    """Keeps the custom events it hears, and the run they are of."""

    def __init__(self):
        self.heard = []
        self.runs = set()
        self.started = {}

    def on_chain_start(self, serialized, inputs, *, run_id, **kwargs):
        self.started[kwargs.get("name")] = run_id

    def on_custom_event(self, name, data, *, run_id, **kwargs):
        self.heard.append((name, data))
        self.runs.add(run_id)

    @property
    def names(self):
        return [name for name, _ in self.heard]


class AsyncWatcher(AsyncCallbackHandler):
    """The same, on the event loop."""

    def __init__(self):
        self.names = []

    async def on_custom_event(self, name, data, **kwargs):
        self.names.append(name)


class Deaf(Watcher):
    """One that wants no custom events."""

    ignore_custom_event = True


class Tracer(BaseTracer):
    """One that never heard of custom events."""

    def _persist_run(self, run):
        pass


def test_there_is_an_example_of_every_event():
    assert {type(event) for event in EVENTS} == set(happened.Event.__args__)


@pytest.mark.parametrize("event", EVENTS, ids=happened.name_of)
def test_what_an_event_tells_is_json(event):
    data = happened.data_of(event)
    assert list(json.loads(json.dumps(data))) == list(data)


def test_events_reach_callbacks_in_order_and_once():
    watcher = Watcher()
    minions_chain().invoke(INPUT, {"callbacks": [watcher]})
    assert watcher.names == HAPPENED


async def test_events_reach_callbacks_without_blocking():
    watcher = Watcher()
    await minions_chain().ainvoke(INPUT, {"callbacks": [watcher]})
    assert watcher.names == HAPPENED


async def test_events_reach_asynchronous_callbacks():
    watcher = AsyncWatcher()
    await minions_chain().ainvoke(INPUT, {"callbacks": [watcher]})
    assert watcher.names == HAPPENED


def test_events_of_a_stream_reach_callbacks():
    watcher = Watcher()
    list(minions_chain().stream(INPUT, {"callbacks": [watcher]}))
    assert watcher.names == HAPPENED


async def test_events_of_an_asynchronous_stream_reach_callbacks():
    watcher = Watcher()
    [chunk async for chunk in minions_chain().astream(INPUT, {"callbacks": [watcher]})]
    assert watcher.names == HAPPENED


def test_events_are_those_of_the_chains_run():
    watcher = Watcher()
    RunnableLambda(lambda _: minions_chain().invoke(INPUT)).invoke(0, {"callbacks": [watcher]})
    assert watcher.runs == {watcher.started["MinionsChain"]}


def test_every_run_of_a_tool_knows_by_its_metadata_which_call_it_is_of():
    runs, tool = Runs(), asking("The text says so.")
    tool.invoke(call(tool), {"callbacks": [runs], "metadata": {"tenant": "a"}})
    [chain] = runs.roots[0].child_runs
    known = [run.extra["metadata"] for run in (*runs.roots, chain, *chain.child_runs)]
    assert {each["minions_tool_call_id"] for each in known} == {"call_1"}
    assert {each["minions_tool_name"] for each in known} == {"ask_documents"}
    assert {each["tenant"] for each in known} == {"a"}


def test_minion_tells_what_the_models_said_to_each_other():
    watcher = Watcher()
    minion_chain().invoke(INPUT, {"callbacks": [watcher]})
    assert watcher.names.count("minions_message_sent") == 2


def test_the_data_of_an_event_is_its_fields():
    watcher = Watcher()
    minions_chain().invoke(INPUT, {"callbacks": [watcher]})
    assert watcher.heard[-1] == ("minions_run_finished", {"status": "answered", "answer": ANSWER})
    assert watcher.heard[1] == ("minions_round_started", {"round": 1})


async def test_events_are_among_those_of_astream_events():
    events = [event async for event in minions_chain().astream_events(INPUT, version="v2")]
    chain = events[0]["run_id"]
    told = [event for event in events if event["event"] == "on_custom_event"]
    assert [event["name"] for event in told] == HAPPENED
    assert {event["run_id"] for event in told} == {chain}


async def test_a_plan_is_told_of_after_the_call_that_wrote_it():
    events = [event async for event in minions_chain().astream_events(INPUT, version="v2")]
    names = [(event["event"], event["name"]) for event in events]
    planned = names.index(("on_custom_event", "minions_plan_written"))
    assert names.index(("on_chat_model_end", "remote_plan_1")) < planned


@pytest.mark.parametrize("watching", [[], [Deaf()], [Tracer()]], ids=["nobody", "deaf", "tracer"])
def test_where_nobody_listens_nothing_is_made_of_an_event(watching, monkeypatch):
    monkeypatch.setattr(progress, "data_of", None)
    assert minions_chain().invoke(INPUT, {"callbacks": watching})["answer"] == ANSWER


@pytest.mark.parametrize("watching", [[], [Deaf()], [Tracer()]], ids=["nobody", "deaf", "tracer"])
async def test_nor_is_it_without_blocking(watching, monkeypatch):
    monkeypatch.setattr(progress, "data_of", None)
    assert (await minions_chain().ainvoke(INPUT, {"callbacks": watching}))["answer"] == ANSWER


def test_a_watcher_beside_a_tracer_is_told():
    watcher = Watcher()
    minions_chain().invoke(INPUT, {"callbacks": [Tracer(), watcher]})
    assert watcher.names == HAPPENED


def test_the_callbacks_of_a_run_stay_as_they_are():
    callbacks = [Tracer(), Watcher()]
    minions_chain().invoke(INPUT, {"callbacks": callbacks})
    assert len(callbacks) == 2


def test_langgraph_need_not_be_there(monkeypatch):
    monkeypatch.delitem(sys.modules, "langgraph.config", raising=False)
    monkeypatch.delitem(sys.modules, "langgraph.prebuilt.tool_node", raising=False)
    watcher = Watcher()
    minions_chain().invoke(INPUT, {"callbacks": [watcher]})
    assert watcher.names == HAPPENED
