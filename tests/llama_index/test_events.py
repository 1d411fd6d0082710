"""What LlamaIndex's listeners hear: the same steps as of its own synthesizers and engines."""

from llama_index.core import Document, SummaryIndex
from llama_index.core.callbacks import CallbackManager
from llama_index.core.llms import MockLLM
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.response_synthesizers import TreeSummarize
from llama_index.core.schema import NodeWithScore, TextNode

from llama_index_minions import MinionsQueryEngine, MinionsSynthesizer
from tests.llama_index.listening import Callbacks, lineage, method
from tests.llama_index.scripted import OTHER, QUESTION, REPORT, supervisor, worker

NODES = [NodeWithScore(node=TextNode(text=OTHER)), NodeWithScore(node=TextNode(text=REPORT))]


def synthesizer(**options) -> MinionsSynthesizer:
    return MinionsSynthesizer(local=worker(), remote=supervisor(), **options)


def engine(**options) -> MinionsQueryEngine:
    return MinionsQueryEngine.from_documents(
        [Document(text=REPORT)], local=worker(), remote=supervisor(), **options
    )


# A synthesis


def test_events_are_those_of_llama_index(events):
    TreeSummarize(llm=MockLLM()).synthesize(QUESTION, NODES)
    expected = events.names(without=("LLM", "Minions"))
    events.heard.clear()
    synthesizer().synthesize(QUESTION, NODES)
    assert (
        events.names(without=("LLM", "Minions"))
        == expected
        == ["SynthesizeStartEvent", "SynthesizeEndEvent"]
    )


def test_events_of_nothing_are_those_of_llama_index(events):
    TreeSummarize(llm=MockLLM()).synthesize(QUESTION, [])
    expected = events.names()
    events.heard.clear()
    synthesizer().synthesize(QUESTION, [])
    assert events.names() == expected


async def test_asynchronous_events_are_the_same(events):
    await synthesizer(streaming=True).asynthesize(QUESTION, NODES)
    assert events.names(without=("LLM", "Minions")) == [
        "SynthesizeStartEvent",
        "SynthesizeEndEvent",
    ]


def test_callbacks_are_told_of_the_synthesis_and_not_of_the_llms():
    told = Callbacks()
    synthesizer(callback_manager=CallbackManager([told])).synthesize(QUESTION, NODES)
    assert told.heard == ["start synthesize", "end synthesize"]


def test_callbacks_of_an_llm_are_told_of_its_calls():
    told = Callbacks()
    manager = CallbackManager([told])
    remote = supervisor(callback_manager=manager)
    MinionsSynthesizer(worker(), remote, callback_manager=manager).synthesize(QUESTION, NODES)
    called = ["start llm", "end llm"]
    assert told.heard == ["start synthesize", *called, *called, "end synthesize"]


def test_every_call_stands_under_the_synthesis(spans):
    synthesizer().synthesize(QUESTION, NODES)
    parents = {span.id_: span.parent_id for span in spans.completed_spans}
    calls = [id_ for id_ in parents if id_.startswith("ScriptedLLM")]
    assert len(calls) == 4
    assert {method(parents[id_]) for id_ in calls} == {"synthesize"}


async def test_every_asynchronous_call_does_so_too(spans):
    await synthesizer().asynthesize(QUESTION, NODES)
    parents = {span.id_: span.parent_id for span in spans.completed_spans}
    calls = [id_ for id_ in parents if id_.startswith("ScriptedLLM")]
    assert {method(parents[id_]) for id_ in calls} == {"asynthesize"}


def test_the_two_roles_can_be_told_apart_in_a_trace(events):
    synthesizer().synthesize(QUESTION, NODES)
    ends = [event for event in events.heard if event.class_name() == "LLMChatEndEvent"]
    roles = sorted(event.tags["minions.role"] for event in ends)
    assert roles == ["local", "local", "remote", "remote"]


# A query


def as_core_does(**options) -> RetrieverQueryEngine:
    retriever = SummaryIndex([TextNode(text=REPORT)]).as_retriever(**options)
    synthesizer = TreeSummarize(llm=MockLLM(), **options)
    return RetrieverQueryEngine(retriever, synthesizer, **options)


def test_events_of_a_query_are_those_of_llama_index(events):
    as_core_does().query(QUESTION)
    expected = events.names(without=("LLM", "Minions"))
    events.heard.clear()
    engine().query(QUESTION)
    assert events.names(without=("LLM", "Minions")) == expected


def test_callbacks_of_a_query_are_those_of_llama_index():
    core, ours = Callbacks(), Callbacks()
    as_core_does(callback_manager=CallbackManager([core])).query(QUESTION)
    engine(callback_manager=CallbackManager([ours])).query(QUESTION)
    of_the_llm = {"start templating", "end templating", "start llm", "end llm"}
    of_the_repacking = {"start chunking", "end chunking"}
    inner = of_the_llm | of_the_repacking
    assert ours.heard == [name for name in core.heard if name not in inner]


def test_every_call_stands_under_the_query(spans):
    engine().query(QUESTION)
    parents = {span.id_: span.parent_id for span in spans.completed_spans}
    assert {method(lineage(id_, parents)[-1]) for id_ in parents} == {"query"}
