"""What LlamaIndex's event handlers are told of a run, besides the events of LlamaIndex itself.

    from llama_index.core.instrumentation import get_dispatcher
    from llama_index.core.instrumentation.event_handlers import BaseEventHandler
    from llama_index_minions.events import MinionsJobEndEvent

    class Progress(BaseEventHandler):
        def handle(self, event, **kwargs):
            if isinstance(event, MinionsJobEndEvent):
                print(f"job {event.job}: {event.status}")

    get_dispatcher().add_event_handler(Progress())

No event holds a word of the documents, of a question, a plan or an answer: only numbers and names.
All events of a run have the span of the synthesis (`span_id`) and the tags that were set around it
(`instrument_tags`). The `LLMChat...` events that
LlamaIndex tells of each call do hold the messages; they carry the tags `minions.role` and
`minions.label`, which are `role` and `label` here.
"""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import Any

from llama_index_instrumentation import get_dispatcher
from llama_index_instrumentation.base import BaseEvent
from llama_index_instrumentation.dispatcher import (
    Dispatcher,
    active_instrument_tags,
    instrument_tags,
)
from llama_index_instrumentation.event_handlers import NullEventHandler
from llama_index_instrumentation.span import active_span_id

from minions_core import events as core
from minions_core.errors import MinionsError
from minions_core.messages import Role
from minions_core.result import JobStatus, MinionsResult, Status

_dispatcher = get_dispatcher(__name__)


class MinionsEvent(BaseEvent):
    """Something that happened in a run."""

    @classmethod
    def class_name(cls) -> str:
        """The name of the class."""
        return cls.__name__


class MinionsRunStartEvent(MinionsEvent):
    """A run begins: `protocol` is `minions` or `minion`."""

    protocol: str
    documents: int
    document_tokens: int


class MinionsRunEndEvent(MinionsEvent):
    """A run is over, and came to a result.

    Attributes:
        status: how it ended; see `minions_core.result.Status`.
        rounds: how many there were.
        citations: how many passages the answer points at.
        usage: calls and tokens by role, as in `response.metadata["minions"]["usage"]`.
    """

    status: Status
    rounds: int
    citations: int
    usage: dict[str, dict[str, Any]]


class MinionsRunFailedEvent(MinionsEvent):
    """A run broke off.

    Attributes:
        error: the class of the exception; `GeneratorExit` if a stream was left before its end.
        usage: calls and tokens by role as far as it went; empty where that is not known.
    """

    error: str
    usage: dict[str, dict[str, Any]]


class MinionsRoundStartEvent(MinionsEvent):
    """A round begins; rounds count from 1."""

    round: int


class MinionsPlanEvent(MinionsEvent):
    """The remote LLM wrote a plan that works: so many jobs, for so many different tasks."""

    round: int
    jobs: int
    tasks: int


class MinionsPlanRejectedEvent(MinionsEvent):
    """What the remote LLM wrote was neither a plan that works nor an answer; it is asked again."""

    round: int


class MinionsJobStartEvent(MinionsEvent):
    """The local LLM begins a job; jobs count from 1 over the whole run."""

    round: int
    job: int


class MinionsJobEndEvent(MinionsEvent):
    """A job is done, one way or another; see `minions_core.result.JobStatus`."""

    round: int
    job: int
    status: JobStatus


class MinionsEvidenceEvent(MinionsEvent):
    """What was found was checked and told to the remote LLM.

    Attributes:
        round: in which round; 0 for what is known before the first.
        findings: how many there are.
        new: how many of them were not known before.
    """

    round: int
    findings: int
    new: int


class MinionsMessageEvent(MinionsEvent):
    """Minion: one LLM said something to the other."""

    round: int
    sender: Role


class MinionsCallStartEvent(MinionsEvent):
    """An LLM is being called, for the purpose that `label` names: `plan_1`, `job_3`, `answer`."""

    role: Role
    label: str


class MinionsCallEndEvent(MinionsEvent):
    """An LLM answered, and was paid for.

    Attributes:
        role: which LLM.
        label: what for.
        input_tokens: tokens of the prompt.
        output_tokens: tokens of the reply.
        cached_input_tokens: how many of the prompt's came from the provider's cache.
        estimated: whether the LLM told no usage, and these are counted here.
        seconds: how long it took, earlier attempts left out.
    """

    role: Role
    label: str
    input_tokens: int
    output_tokens: int
    cached_input_tokens: int
    estimated: bool
    seconds: float


class MinionsCallRetryEvent(MinionsEvent):
    """A call failed in transport and goes out again after `wait` seconds."""

    role: Role
    label: str
    attempt: int
    wait: float


class MinionsCallFailedEvent(MinionsEvent):
    """A call failed for good."""

    role: Role
    label: str


class Telling:
    """Tells LlamaIndex's event handlers of the run of a synthesis, as the run goes on.

    Made where the synthesis runs, since it is told of events in other threads, and of those of a
    stream when the synthesis is over. All of them have the span and the tags of the synthesis.
    """

    def __init__(self) -> None:
        self._span_id = active_span_id.get()
        self._tags = active_instrument_tags.get()

    def __call__(self, event: core.Event) -> None:
        """Tell of an event of the core."""
        if _is_anybody_listening(_dispatcher):
            self._tell(_told(event) or _told_of_work(event) or _told_of_a_call(event))

    @contextmanager
    def to_the_end(self) -> Generator[None, None, None]:
        """Tell of a run that breaks off within."""
        try:
            yield
        except BaseException as error:
            partial = error.partial if isinstance(error, MinionsError) else None
            usage = usage_of(partial) if partial else {}
            self._tell(MinionsRunFailedEvent(error=type(error).__name__, usage=usage))
            raise

    def _tell(self, told: MinionsEvent | None) -> None:
        if told:
            told.span_id = self._span_id
            with instrument_tags(self._tags):
                _dispatcher.event(told)


def usage_of(result: MinionsResult) -> dict[str, dict[str, Any]]:
    """Calls and tokens of a run, by role, as plain JSON data."""
    return {"local": result.ledger.local.counts(), "remote": result.ledger.remote.counts()}


def _is_anybody_listening(dispatcher: Dispatcher | None) -> bool:
    """Whether there is a handler, besides the one of LlamaIndex's that does nothing."""
    while dispatcher:
        if any(not isinstance(each, NullEventHandler) for each in dispatcher.event_handlers):
            return True
        dispatcher = dispatcher.parent if dispatcher.propagate else None
    return False


def _told(event: core.Event) -> MinionsEvent | None:
    match event:
        case core.RunStarted():
            return MinionsRunStartEvent(
                protocol=event.protocol,
                documents=event.documents,
                document_tokens=event.document_tokens,
            )
        case core.RunFinished(result=result):
            return MinionsRunEndEvent(
                status=result.status,
                rounds=len(result.rounds),
                citations=len(result.citations),
                usage=usage_of(result),
            )
        case core.RoundStarted():
            return MinionsRoundStartEvent(round=event.round)
        case core.MessageSent():
            return MinionsMessageEvent(round=event.round, sender=event.sender)
        case _:
            return None


def _told_of_work(event: core.Event) -> MinionsEvent | None:
    match event:
        case core.PlanWritten():
            return MinionsPlanEvent(round=event.round, jobs=event.jobs, tasks=len(event.tasks))
        case core.PlanRejected():
            return MinionsPlanRejectedEvent(round=event.round)
        case core.JobStarted():
            return MinionsJobStartEvent(round=event.round, job=event.job)
        case core.JobFinished():
            return MinionsJobEndEvent(round=event.round, job=event.job, status=event.status)
        case core.EvidenceGathered():
            return MinionsEvidenceEvent(
                round=event.round, findings=event.findings, new=len(event.evidence)
            )
        case _:
            return None


def _told_of_a_call(event: core.Event) -> MinionsEvent | None:
    match event:
        case core.CallStarted():
            return MinionsCallStartEvent(role=event.role, label=event.label)
        case core.CallFinished(usage=usage):
            return MinionsCallEndEvent(
                role=event.role,
                label=event.label,
                input_tokens=usage.input_tokens,
                output_tokens=usage.output_tokens,
                cached_input_tokens=usage.cached_input_tokens,
                estimated=usage.estimated,
                seconds=event.seconds,
            )
        case core.CallRetried():
            return MinionsCallRetryEvent(
                role=event.role, label=event.label, attempt=event.attempt, wait=event.wait
            )
        case core.CallFailed():
            return MinionsCallFailedEvent(role=event.role, label=event.label)
        case _:
            return None
