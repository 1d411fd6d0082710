"""What is known of a run while it goes on, for whoever shows it to people."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from minions_core.events import (
    CallFailed,
    CallFinished,
    CallStarted,
    EvidenceGathered,
    JobFinished,
    JobStarted,
    PlanRejected,
    PlanWritten,
    RoundStarted,
    RunStarted,
    TextDelta,
)
from minions_core.ledger import Call, Meter

if TYPE_CHECKING:
    from minions_core.documents import Span
    from minions_core.events import Event
    from minions_core.ledger import Ledger
    from minions_core.messages import Role
    from minions_core.result import Citation, JobStatus


@dataclass(frozen=True, slots=True, kw_only=True)
class JobProgress:
    """A job that was begun.

    Attributes:
        id: its number, unique in the run.
        round: the round it belongs to.
        task: what is asked of its chunk.
        document: the name of the chunk's document, or None if the plan composed the text.
        document_index: the document's place in the list the run was given, from 0, or None.
        span: the chunk's place in the document, or None.
        status: what became of it; None while it is at work.
        answer: what it answered, if it did.
    """

    id: int
    round: int
    task: str
    document: str | None
    document_index: int | None
    span: Span | None
    status: JobStatus | None = None
    answer: str | None = None


class Progress:
    """A run as far as it went, by its events; `add` each of them, in order.

    Args:
        price_as: price remote calls as this model, as in the settings of the run.
        remote_name: what the remote model is called, for its price where `price_as` is None.
        clock: tells the time in seconds.

    Attributes:
        question: what was asked.
        documents: how many documents there are.
        document_tokens: how many tokens they are.
        round: the round that goes on; 0 before the first.
        planned: how many jobs its plan came to.
        tasks: what these jobs ask.
        jobs: the jobs begun so far, in all rounds, by their ids.
        evidence: what was found so far, as it can be cited.
        answer: the answer as far as it arrived; nothing once the reply turned out to be none.
        waiting: calls in flight, by role.
        label: what the latest call of the remote model is for, as its protocol has it: `plan_1`.
    """

    def __init__(
        self,
        *,
        price_as: str | None = None,
        remote_name: str | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.question = ""
        self.documents = 0
        self.document_tokens = 0
        self.round = 0
        self.planned = 0
        self.tasks: tuple[str, ...] = ()
        self.jobs: dict[int, JobProgress] = {}
        self.evidence: list[Citation] = []
        self.answer = ""
        self.waiting: Counter[Role] = Counter()
        self.label = ""
        self._meter = Meter(price_as=price_as, otherwise=remote_name)
        self._model = price_as or remote_name or ""
        self._clock = clock
        self._began = clock()
        self._reading_since = self._began
        self._asked_at = self._began

    def add(self, event: Event) -> None:
        """Take in what an event tells."""
        match event:
            case RunStarted():
                self.question = event.question
                self.documents = event.documents
                self.document_tokens = event.document_tokens
            case RoundStarted():
                self.round, self.planned, self.tasks, self.answer = event.round, 0, (), ""
            case PlanRejected():
                self.answer = ""
            case PlanWritten():
                self.planned, self.tasks = event.jobs, event.tasks
                self._reading_since = self._clock()
            case EvidenceGathered():
                self.evidence.extend(event.evidence)
            case TextDelta():
                self.answer = event.text if event.anew else self.answer + event.text
            case JobStarted() | JobFinished():
                self._add_job(event)
            case _:
                self._add_call(event)

    @property
    def seconds(self) -> float:
        """How long the run has been going on."""
        return self._clock() - self._began

    @property
    def seconds_waiting(self) -> float | None:
        """How long the remote model has been at its reply; None if none is awaited."""
        return self._clock() - self._asked_at if self.waiting["remote"] > 0 else None

    @property
    def ledger(self) -> Ledger:
        """The bill so far; without a baseline, which takes the answer to know."""
        return self._meter.ledger()

    @property
    def statuses(self) -> Counter[JobStatus]:
        """How many jobs of this round came to what."""
        return Counter(job.status for job in self._of_this_round() if job.status)

    @property
    def done(self) -> int:
        """How many jobs of this round are done, one way or another."""
        return self.statuses.total()

    @property
    def seconds_left(self) -> float | None:
        """How long the jobs of this round will still take at the pace so far; None if unknown."""
        done = self.done
        if not done or not self.planned:
            return None
        return (self._clock() - self._reading_since) / done * max(self.planned - done, 0)

    def _of_this_round(self) -> list[JobProgress]:
        return [job for job in self.jobs.values() if job.round == self.round]

    def _add_job(self, event: JobStarted | JobFinished) -> None:
        if isinstance(event, JobStarted):
            self.jobs[event.job] = JobProgress(
                id=event.job,
                round=event.round,
                task=event.task,
                document=event.document,
                document_index=event.document_index,
                span=event.span,
            )
        elif job := self.jobs.get(event.job):
            done = replace(job, status=event.status, answer=event.answer)
            self.jobs[event.job] = done

    def _add_call(self, event: Event) -> None:
        if isinstance(event, CallStarted):
            self.waiting[event.role] += 1
            if event.role == "remote":
                self.label, self._asked_at = event.label, self._clock()
        if isinstance(event, CallFinished | CallFailed):
            self.waiting[event.role] -= 1
        if isinstance(event, CallFinished):
            call = Call(role=event.role, label=event.label, model=self._model, usage=event.usage)
            self._meter.note(call)
