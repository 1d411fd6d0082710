"""What listeners hear of every synthesizer and engine, core's and ours."""

import asyncio
from contextvars import Context

import pytest
from llama_index.core.callbacks import CallbackManager, EventPayload
from llama_index.core.schema import QueryBundle
from llama_index.core.settings import Settings
from llama_index_instrumentation.dispatcher import instrument_tags

from tests.llama_index.contract import (
    each_engine,
    each_synthesizer,
    letter_and_report,
    unreachable,
)
from tests.llama_index.listening import Callbacks, lineage, method
from tests.llama_index.scripted import QUESTION
from tests.llama_index.ways import each_way

STEPS = ("Query", "Retrieval", "Synthesize")
OF_EVERY_EVENT = {"timestamp", "id_", "span_id", "tags", "class_name"}


class Payloads(Callbacks):
    """Keeps what each step of a query was told with, and the traces."""

    def __init__(self) -> None:
        super().__init__()
        self.payloads: dict[str, object] = {}
        self.traces: list[str] = []

    def on_event_start(self, event_type, payload=None, **kwargs):
        self.payloads[f"start {event_type.value}"] = payload
        return super().on_event_start(event_type)

    def on_event_end(self, event_type, payload=None, **kwargs):
        self.payloads[f"end {event_type.value}"] = payload
        super().on_event_end(event_type)

    def start_trace(self, trace_id=None):
        self.traces.append(f"start {trace_id}")

    def end_trace(self, trace_id=None, trace_map=None):
        self.traces.append(f"end {trace_id}")


def steps(events) -> list:
    """The events of a query that every engine tells of."""
    return [event for event in events.heard if event.class_name().startswith(STEPS)]


def typed(events) -> list[tuple[str, dict[str, str]]]:
    """The same, as the types of what they hold."""
    return [
        (
            event.class_name(),
            {name: type(value).__name__ for name, value in event if name not in OF_EVERY_EVENT},
        )
        for event in steps(events)
    ]


def of_the_steps(heard: list[str]) -> list[str]:
    told = ("query", "retrieve", "synthesize")
    return [name for name in heard if name.split()[1] in told]


def begun_and_ended(*names: str) -> list[str]:
    return sorted(f"{what} {name}" for name in names for what in ("start", "end"))


# Events


@pytest.mark.parametrize(
    ("nodes", "query"), [(letter_and_report(), "QueryBundle"), ([], "str")], ids=["some", "none"]
)
@each_way
@each_synthesizer
async def test_a_synthesis_is_told_of(kind, way, nodes, query, events):
    response = await way.synthesize(kind.synthesizer(), QUESTION, nodes)
    assert typed(events) == [
        ("SynthesizeStartEvent", {"query": "str"}),
        ("SynthesizeEndEvent", {"query": query, "response": "Response"}),
    ]
    assert steps(events)[-1].response is response


@each_way
@each_synthesizer
async def test_a_stream_is_told_of_before_it_is_read(kind, way, events):
    synthesizer = kind.synthesizer(streaming=True)
    response = await way.synthesize(synthesizer, QUESTION, letter_and_report())
    assert typed(events) == [
        ("SynthesizeStartEvent", {"query": "str"}),
        ("SynthesizeEndEvent", {"query": "QueryBundle", "response": way.stream.__name__}),
    ]
    await way.close(response.response_gen)


@each_way
@each_engine
async def test_every_step_of_a_query_is_told_of(kind, way, events):
    response = await way.query(kind.engine(), QUESTION)
    bundle, answer = {"query": "QueryBundle"}, {"response": "Response"}
    asked = {"str_or_query_bundle": "QueryBundle"}
    assert typed(events) == [
        ("QueryStartEvent", {"query": "str"}),
        ("RetrievalStartEvent", asked),
        ("RetrievalEndEvent", asked | {"nodes": "list"}),
        ("SynthesizeStartEvent", bundle),
        ("SynthesizeEndEvent", bundle | answer),
        ("QueryEndEvent", bundle | answer),
    ]
    assert steps(events)[-1].response is response


@each_way
@each_engine
async def test_a_failed_query_is_told_of_as_far_as_it_went(kind, way, events):
    with pytest.raises(kind.error):
        await way.query(kind.engine(unreachable()), QUESTION)
    assert [event.class_name() for event in steps(events)] == [
        "QueryStartEvent",
        "RetrievalStartEvent",
        "RetrievalEndEvent",
        "SynthesizeStartEvent",
    ]


@each_way
@each_engine
async def test_a_bundle_is_told_of_as_it_was_given(kind, way, events):
    bundle = QueryBundle(QUESTION, custom_embedding_strs=["capex"])
    await way.query(kind.engine(), bundle)
    told = [event.query for event in steps(events) if hasattr(event, "query")]
    assert len(told) == 4
    assert all(query is bundle for query in told)


@each_way
@each_engine
async def test_calls_of_the_llm_are_told_of(kind, way, events):
    llm = kind.scripted()
    await way.query(kind.engine(llm), QUESTION)
    ends = [event for event in events.heard if event.class_name() == "LLMChatEndEvent"]
    assert len(ends) >= len(llm.asked) > 0


@each_way
@each_engine
async def test_tags_around_a_query_are_on_all_its_events(kind, way, events):
    with instrument_tags({"request": "7"}):
        await way.query(kind.engine(), QUESTION)
    assert {event.tags.get("request") for event in events.heard} == {"7"}


# Spans


@each_way
@each_engine
async def test_every_call_stands_under_the_query(kind, way, spans):
    engine = kind.engine()
    await way.query(engine, QUESTION)
    parents = {span.id_: span.parent_id for span in spans.completed_spans}
    calls = [id_ for id_ in parents if id_.startswith("ScriptedLLM")]
    roots = {method(lineage(id_, parents)[-1]) for id_ in calls}
    assert roots == {way.names[1]}


@each_way
@each_synthesizer
async def test_every_call_stands_under_the_synthesis(kind, way, spans):
    synthesizer = kind.synthesizer()
    await way.synthesize(synthesizer, QUESTION, letter_and_report())
    parents = {span.id_: span.parent_id for span in spans.completed_spans}
    calls = [id_ for id_ in parents if id_.startswith("ScriptedLLM")]
    roots = {method(lineage(id_, parents)[-1]) for id_ in calls}
    assert roots == {way.names[0]}


@each_way
@each_engine
async def test_a_failed_query_leaves_no_span_open(kind, way, spans):
    with pytest.raises(kind.error):
        await way.query(kind.engine(unreachable()), QUESTION)
    assert spans.open_spans == {}


# Callbacks


@each_way
@each_engine
async def test_callbacks_are_told_of_every_step(kind, way):
    told = Callbacks()
    await way.query(kind.engine(callback_manager=CallbackManager([told])), QUESTION)
    steps_told = of_the_steps(told.heard)
    assert sorted(steps_told) == begun_and_ended(*kind.callbacks)
    assert (steps_told[0], steps_told[-1]) == ("start query", "end query")


@each_way
@each_synthesizer
async def test_callbacks_are_told_the_question_and_the_response(kind, way):
    told = Payloads()
    synthesizer = kind.synthesizer(callback_manager=CallbackManager([told]))
    response = await way.synthesize(synthesizer, QUESTION, letter_and_report())
    assert told.payloads["start synthesize"] == {EventPayload.QUERY_STR: QUESTION}
    assert told.payloads["end synthesize"] == {EventPayload.RESPONSE: response}


@each_way
@each_engine
async def test_callbacks_of_a_query_are_told_them_too(kind, way):
    told = Payloads()
    response = await way.query(kind.engine(callback_manager=CallbackManager([told])), QUESTION)
    assert told.payloads["start query"] == {EventPayload.QUERY_STR: QUESTION}
    assert told.payloads["end query"] == {EventPayload.RESPONSE: response}


@each_way
@each_engine
async def test_callbacks_of_a_failed_query_all_end(kind, way):
    told = Callbacks()
    engine = kind.engine(unreachable(), callback_manager=CallbackManager([told]))
    with pytest.raises(kind.error):
        await way.query(engine, QUESTION)
    assert sorted(of_the_steps(told.heard)) == begun_and_ended(*kind.callbacks)


@each_way
@each_synthesizer
async def test_callbacks_of_the_settings_are_told_if_none_are_given(kind, way):
    told = Callbacks()
    Settings.callback_manager = CallbackManager([told])
    await way.synthesize(kind.synthesizer(), QUESTION, letter_and_report())
    assert of_the_steps(told.heard) == ["start synthesize", "end synthesize"]


@each_way
@each_engine
async def test_callbacks_of_the_settings_are_told_of_queries_too(kind, way):
    told = Callbacks()
    Settings.callback_manager = CallbackManager([told])
    await way.query(kind.engine(), QUESTION)
    assert sorted(of_the_steps(told.heard)) == begun_and_ended(*kind.callbacks)


@each_way
@each_synthesizer
async def test_callbacks_may_be_given_later(kind, way):
    told, synthesizer = Callbacks(), kind.synthesizer()
    synthesizer.callback_manager = CallbackManager([told])
    await way.synthesize(synthesizer, QUESTION, letter_and_report())
    assert of_the_steps(told.heard) == ["start synthesize", "end synthesize"]


@each_way
@each_engine
async def test_a_query_is_a_trace(kind, way):
    told = Payloads()
    engine = kind.engine(callback_manager=CallbackManager([told]))
    await asyncio.create_task(way.query(engine, QUESTION), context=Context())
    assert told.traces == ["start query", "end query"]
