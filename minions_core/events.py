"""What happened in a run, as frozen values: the same for every driver, framework and screen."""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

if TYPE_CHECKING:
    from minions_core.documents import Span
    from minions_core.messages import Role, Usage
    from minions_core.result import Citation, JobStatus, MinionsResult


@dataclass(frozen=True, slots=True, kw_only=True)
class RunStarted:
    """A run began."""

    protocol: str
    question: str
    documents: int
    document_tokens: int


@dataclass(frozen=True, slots=True, kw_only=True)
class CallStarted:
    """A model is being called."""

    role: Role
    label: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFinished:
    """A model answered, and was paid for.

    Attributes:
        seconds: from sending the call to having its reply, earlier attempts left out.
    """

    role: Role
    label: str
    usage: Usage
    seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class CallRetried:
    """A model call failed in transport and will be sent again.

    Attributes:
        attempt: how many attempts there were, the one that failed just now included.
        wait: seconds until the next.
    """

    role: Role
    label: str
    attempt: int
    wait: float
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFailed:
    """A model call failed for good: retries, if any, are over."""

    role: Role
    label: str
    error: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RoundStarted:
    """A round began."""

    round: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanWritten:
    """The remote model wrote a plan, and it ran: these many jobs come of it."""

    round: int
    plan: str
    jobs: int
    tasks: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PlanRejected:
    """The remote model's reply was no usable plan, answer or form; it is told, and asked again."""

    round: int
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class JobStarted:
    """A worker began to read a chunk.

    Attributes:
        round: which.
        job: the job's number, unique in the run, counted from 1 in the order of the plans.
        task: what is asked of the chunk.
        document: the name of the chunk's document, or None if the plan composed the text.
        document_index: the document's place in the list the run was given, from 0, or None.
        span: the chunk's place in the document, or None.
    """

    round: int
    job: int
    task: str
    document: str | None = None
    document_index: int | None = None
    span: Span | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class JobFinished:
    """A worker is done with a chunk, one way or another."""

    round: int
    job: int
    status: JobStatus
    answer: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class EvidenceGathered:
    """A round's findings were checked and reported to the remote model.

    Attributes:
        round: which; 0 for what is known before the first: the preview, and what the evidence of
            earlier turns still holds.
        findings: how many the round had, those known before included.
        report: the report, before anything sensitive in it was hidden.
        evidence: those that were not known before, as they can be cited.
    """

    round: int
    findings: int
    report: str
    evidence: tuple[Citation, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageSent:
    """Minion: one model said this to the other."""

    round: int
    sender: Role
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class TextDelta:
    """A piece of the answer, as it arrives.

    The answer in `RunFinished` counts: a model may write an answer and go on to a plan, or stop
    without the tags that mark an answer while it arrives.

    Attributes:
        anew: whether the answer begins anew with this piece, so that what was told before no
            longer counts: a reply broke off and was asked for again, or the model went on to a
            plan and answers later.
    """

    text: str
    anew: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class RunFinished:
    """The run is over; always the last event."""

    result: MinionsResult


Event: TypeAlias = (
    RunStarted
    | CallStarted
    | CallFinished
    | CallRetried
    | CallFailed
    | RoundStarted
    | PlanWritten
    | PlanRejected
    | JobStarted
    | JobFinished
    | EvidenceGathered
    | MessageSent
    | TextDelta
    | RunFinished
)


def name_of(event: Event) -> str:
    """The name of an event for the world outside: `job_finished` for `JobFinished`."""
    return re.sub(r"(?<!^)(?=[A-Z])", "_", type(event).__name__).lower()


def data_of(event: Event) -> dict[str, Any]:
    """What an event tells, as plain JSON-safe data; of `RunFinished` only how the run ended."""
    if isinstance(event, RunFinished):
        return {"status": event.result.status, "answer": event.result.answer}
    return asdict(event)
