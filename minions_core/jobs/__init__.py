"""A job, and what became of it.

How a worker is asked is in `forms`; its reply is read in `reading`, with the help of `filling`,
and whether it says that there is no answer told by `abstention`; the replies to a job that is asked
several times are counted in `votes`.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from pydantic import BaseModel

from minions_core.documents import Chunk
from minions_core.effects import JobKind
from minions_core.jobs.abstention import is_abstention
from minions_core.jobs.filling import Unreadable, as_text, dumped
from minions_core.jobs.reading import read_output
from minions_core.result import JobResult

LostStatus: TypeAlias = Literal["truncated", "unparsable", "failed"]
"""The ways a job ends without telling anything about its chunk."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """One task for one chunk.

    Attributes:
        id: its number, unique in the run, counted from 1.
        round: the round that planned it.
        task: what to find out.
        chunk: what to read.
        advice: what the plan added to the task.
        kind: what sort of answer is wanted.
        samples: how often to ask; fewer are asked once the vote is decided.
    """

    id: int
    round: int
    task: str
    chunk: Chunk
    advice: str = ""
    kind: JobKind = "look-up"
    samples: int = 1


def job_result(job: Job, output: BaseModel, document_name: str | None) -> JobResult:
    """What a job came to whose reply was read: `answered`, or `abstained` without an answer.

    Args:
        job: the job.
        output: its reply; of its fields `answer`, `citation` and `explanation` are used.
        document_name: the name of the chunk's document, or None if it has none.
    """
    fields = dumped(output)
    answer, citation = as_text(fields.get("answer")), as_text(fields.get("citation"))
    abstained = is_abstention(answer)
    return JobResult(
        id=job.id,
        task=job.task,
        status="abstained" if abstained else "answered",
        advice=job.advice,
        document=document_name,
        span=job.chunk.span,
        answer=None if abstained else answer,
        citation=None if is_abstention(citation) else citation,
        explanation=as_text(fields.get("explanation")),
        kind=job.kind,
    )


def lost_job(job: Job, status: LostStatus, detail: str, document_name: str | None) -> JobResult:
    """What a job came to that told nothing: its status, and in `detail` what went wrong."""
    return JobResult(
        id=job.id,
        task=job.task,
        status=status,
        advice=job.advice,
        document=document_name,
        span=job.chunk.span,
        detail=detail,
        kind=job.kind,
        samples=0,
        agreed=0,
    )


__all__ = [
    "Job",
    "LostStatus",
    "Unreadable",
    "is_abstention",
    "job_result",
    "lost_job",
    "read_output",
]
