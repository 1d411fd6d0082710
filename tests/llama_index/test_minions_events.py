"""What LlamaIndex's listeners hear of a run itself: each step of it, and not a word of the text."""

import asyncio
import json
import threading
from collections import Counter

import pytest
from llama_index.core.schema import NodeWithScore, TextNode
from llama_index_instrumentation.dispatcher import instrument_tags
from pydantic import PrivateAttr

from llama_index_minions import MinionsSynthesizer
from llama_index_minions import events as told_events
from llama_index_minions.events import MinionsEvent, MinionsRunEndEvent, Telling
from llama_index_minions.synthesizer import MinionSynthesizer
from minions_core.config import MinionConfig, MinionsConfig
from minions_core.errors import ModelError
from minions_core.events import RunFinished
from tests.llama_index.contract import letter_and_report, unreachable
from tests.llama_index.listening import Events, method
from tests.llama_index.scripted import (
    PLAN,
    QUESTION,
    REPORT,
    ScriptedLLM,
    questioner,
    reader,
    supervisor,
    worker,
)
from tests.llama_index.ways import each_way

CALL = ["CallStart", "CallEnd"]
JOB = ["JobStart", *CALL, "JobEnd"]
ONE_JOB = ["RunStart", *CALL, "RoundStart", "Plan", *JOB, "Evidence", *CALL, "RunEnd"]
EXCHANGE = ["RoundStart", "Message", *CALL, "Message", "Evidence"]
ONE_QUESTION = ["RunStart", *CALL, *EXCHANGE, *CALL, "RunEnd"]
CANARY = "CANARY7"


def minions(remote=None, local=None, *, streaming=False, **settings):
    config = MinionsConfig(**settings)
    return MinionsSynthesizer(
        local or worker(), remote or supervisor(), settings=config, streaming=streaming
    )


def minion(remote=None, local=None, *, streaming=False, **settings):
    config = MinionConfig(**settings)
    return MinionSynthesizer(
        local or reader(), remote or questioner(), settings=config, streaming=streaming
    )


each_protocol = pytest.mark.parametrize("made", [minions, minion])
each_stream = pytest.mark.parametrize("streaming", [False, True], ids=["whole", "streaming"])


def report() -> list[NodeWithScore]:
    return [NodeWithScore(node=TextNode(text=REPORT))]


def told(heard) -> list[MinionsEvent]:
    return [event for event in heard.heard if isinstance(event, MinionsEvent)]


def names(heard) -> list[str]:
    """The classes of the events, without what all their names begin and end with."""
    return [e.class_name().removeprefix("Minions").removesuffix("Event") for e in told(heard)]


async def asked(way, synthesizer, nodes=None, question=QUESTION):
    """The response of a synthesis, read to its end."""
    response = await way.synthesize(synthesizer, question, nodes or letter_and_report())
    return await way.response(response) if hasattr(response, "get_response") else response


def span_of(spans, name: str) -> str:
    """The id of the only span of a method."""
    [found] = [span.id_ for span in spans.completed_spans if method(span.id_) == name]
    return found


# Which


@each_way
@each_stream
async def test_every_step_of_minions_is_told_in_order(way, streaming, events):
    await asked(way, minions(streaming=streaming), report())
    assert names(events) == ONE_JOB


@each_way
@each_stream
async def test_every_step_of_minion_is_told_in_order(way, streaming, events):
    await asked(way, minion(streaming=streaming), report())
    assert names(events) == ONE_QUESTION


@each_way
@each_stream
async def test_jobs_side_by_side_are_all_told_of(way, streaming, events):
    await asked(way, minions(streaming=streaming))
    assert Counter(names(events)) == Counter([*ONE_JOB, *JOB])


@each_way
@each_protocol
async def test_events_tell_how_much_there_was(way, made, events):
    await asked(way, made(), report())
    start, *_, evidence, _, _, end = told(events)
    assert (start.protocol, start.documents) == (made.__name__, 1)
    assert start.document_tokens in range(40, 70)
    assert (evidence.round, evidence.findings, evidence.new) == (1, 1, 1)
    assert (end.status, end.rounds, end.citations) == ("answered", 1, 1)


@each_way
@each_stream
async def test_the_end_of_a_run_tells_its_usage(way, streaming, events):
    response = await asked(way, minions(streaming=streaming))
    [end] = [event for event in told(events) if isinstance(event, MinionsRunEndEvent)]
    assert end.usage == response.metadata["minions"]["usage"]


@each_way
@each_protocol
async def test_a_run_that_fails_is_told_of_as_far_as_it_went(way, made, events):
    with pytest.raises(ModelError):
        await asked(way, made(unreachable(), max_retries=0))
    assert names(events) == ["RunStart", "CallStart", "CallFailed", "RunFailed"]
    assert told(events)[-1].usage["remote"]["failed"] == 1


@each_way
async def test_a_stream_that_is_left_is_told_of(way, events):
    response = await way.synthesize(minions(streaming=True), QUESTION, NODES)
    await way.close(response.response_gen)
    assert told(events)[-1].error == "GeneratorExit"


async def test_nothing_to_read_is_no_run(events):
    minions().synthesize(QUESTION, [])
    assert told(events) == []


# Of whom


@each_way
@each_stream
@each_protocol
async def test_all_have_the_span_of_the_synthesis(way, streaming, made, events, spans):
    await asked(way, made(streaming=streaming))
    assert {event.span_id for event in told(events)} == {span_of(spans, way.names[0])}


@each_way
async def test_of_bare_texts_they_have_the_span_of_the_response(way, events, spans):
    await way.get_response(minions(), QUESTION, [REPORT])
    name = {"synthesize": "get_response", "asynthesize": "aget_response"}[way.names[0]]
    assert {event.span_id for event in told(events)} == {span_of(spans, name)}


class Threads(Events):
    """Keeps the threads in which it is told of something as well."""

    _threads: list[int] = PrivateAttr(default_factory=list)

    def handle(self, event, **kwargs):
        super().handle(event)
        self._threads.append(threading.get_ident())

    def elsewhere(self) -> list:
        """What it was told of in other threads than this one."""
        here = threading.get_ident()
        told_in = zip(self.heard, self._threads, strict=True)
        return [event for event, thread in told_in if thread != here]


def test_those_told_in_other_threads_have_it_too(monkeypatch, spans):
    handler = Threads()
    monkeypatch.setattr(told_events._dispatcher, "event_handlers", [handler])
    minions().synthesize(QUESTION, letter_and_report())
    assert Counter(event.class_name() for event in handler.elsewhere())["MinionsJobEndEvent"] == 2
    assert {event.span_id for event in handler.heard} == {span_of(spans, "synthesize")}


async def test_runs_side_by_side_have_each_its_own(events):
    synthesizer = minions()
    await asyncio.gather(*(synthesizer.asynthesize(QUESTION, report()) for _ in range(5)))
    of_each = Counter(event.span_id for event in told(events))
    assert list(of_each.values()) == [len(ONE_JOB)] * 5


@each_way
@each_stream
@each_protocol
async def test_the_users_tags_are_on_all_of_them(way, streaming, made, events):
    synthesizer = made(streaming=streaming)
    with instrument_tags({"request": "7"}):
        await asked(way, synthesizer)
    assert {json.dumps(event.tags) for event in told(events)} == {'{"request": "7"}'}


@each_way
@each_protocol
async def test_a_stream_read_later_has_the_tags_it_was_begun_with(way, made, events):
    with instrument_tags({"request": "7"}):
        response = await way.synthesize(made(streaming=True), QUESTION, report())
    with instrument_tags({"request": "8"}):
        await way.response(response)
    assert {event.tags["request"] for event in told(events)} == {"7"}
    assert names(events)[-1] == "RunEnd"


@each_way
@each_stream
@each_protocol
async def test_events_of_the_llms_tell_whose_and_what_for(way, streaming, made, events):
    await asked(way, made(streaming=streaming))
    calls = sorted((e.role, e.label) for e in told(events) if "CallStart" in e.class_name())
    for name in ("LLMChatStartEvent", "LLMChatEndEvent"):
        tags = [event.tags for event in events.heard if event.class_name() == name]
        assert sorted((each["minions.role"], each["minions.label"]) for each in tags) == calls


# What they must not tell


def secretive(replies) -> ScriptedLLM:
    """An LLM that says one thing after the other, or refuses with an error."""
    left = list(replies)

    def say(_) -> str:
        said = left.pop(0)
        if isinstance(said, Exception):
            raise said
        return said

    return ScriptedLLM(say)


BUSY = ModelError(f"busy with {CANARY}", retryable=True, retry_after=0)
FOUND = json.dumps(dict.fromkeys(["explanation", "citation", "answer"], f"{CANARY} was seen."))
OF_MINIONS = {
    "remote": [
        BUSY,
        f"{CANARY} is no plan.",
        PLAN.replace("capital expenditure", CANARY),
        f"<answer>{CANARY} [1]</answer>",
    ],
    "local": [ValueError(CANARY), FOUND],
}
OF_MINION = {
    "remote": [BUSY, f"<ask>{CANARY}?</ask>", f"<answer>{CANARY} [1]</answer>"],
    "local": [f"{CANARY}.\nQuote: {CANARY} was seen."],
}
NODES = [
    NodeWithScore(
        node=TextNode(
            id_=f"{CANARY}-{number}",
            text=f"# {CANARY}\n\nHere {CANARY} was seen. {number}",
            metadata={"file_name": f"{CANARY}-{number}.txt", "page_label": CANARY},
        )
    )
    for number in (1, 2)
]


async def secret_run(way, made, replies, *, streaming):
    llms = {role: secretive(said) for role, said in replies.items()}
    synthesizer = made(**llms, streaming=streaming, max_retries=1, local_concurrency=1)
    return await asked(way, synthesizer, NODES, f"What of {CANARY}?")


@each_way
@each_stream
@pytest.mark.parametrize(("made", "replies"), [(minions, OF_MINIONS), (minion, OF_MINION)])
async def test_no_event_holds_a_word_of_what_is_said_or_read(way, streaming, made, replies, events):
    response = await secret_run(way, made, replies, streaming=streaming)
    assert CANARY in str(response)
    assert CANARY not in "".join(event.model_dump_json() for event in told(events))
    assert CANARY not in repr(told(events))


@each_way
async def test_that_goes_for_every_kind_of_event_there_is(way, events):
    await secret_run(way, minions, OF_MINIONS, streaming=False)
    await secret_run(way, minion, OF_MINION, streaming=False)
    with pytest.raises(ModelError, match=CANARY):
        await secret_run(
            way, minion, {**OF_MINION, "remote": [ValueError(CANARY)]}, streaming=False
        )
    assert CANARY not in "".join(event.model_dump_json() for event in told(events))
    assert {type(event) for event in told(events)} == set(MinionsEvent.__subclasses__())


# Where nobody listens


def test_nothing_is_made_where_nobody_listens():
    Telling()(RunFinished(result=None))


def test_where_somebody_does_it_is_made(events):
    with pytest.raises(AttributeError, match="status"):
        Telling()(RunFinished(result=None))
