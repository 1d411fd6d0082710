"""Extraction: the local model reads every chunk and quotes what bears on a question.

Nothing is planned and nothing leaves the machine: there is no remote model. What comes of it are
passages of the documents, in the documents' own characters.
"""
# pyright: reportUnusedCallResult=error

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Annotated, Any

from pydantic import BaseModel, BeforeValidator, Field, WithJsonSchema

from minions_core.documents import Span
from minions_core.errors import BudgetExceeded, ModelError
from minions_core.evidence import gather_findings, to_citation
from minions_core.evidence.finding import is_telling
from minions_core.jobs import Job
from minions_core.jobs.filling import as_text
from minions_core.prompts import render
from minions_core.protocols.work import max_chunk_chars, run_jobs
from minions_core.search import Index, cut_all

if TYPE_CHECKING:
    from minions_core.config import MinionsConfig
    from minions_core.documents import Chunk, Document
    from minions_core.effects import Steps
    from minions_core.evidence import Finding
    from minions_core.protocols.task import Task
    from minions_core.result import Citation, JobResult

_QUESTION_MARKS = ("?", "\uff1f", "\u061f")
_BETWEEN_QUOTES = "\n\n"
_BLANK_LINES = re.compile(r"\n\s*\n")


def _in_one(quotes: Any) -> str | None:
    """Several quotes as one text, parted by blank lines."""
    items: list[Any] = [*quotes] if isinstance(quotes, list) else [quotes]
    return _BETWEEN_QUOTES.join(filter(None, map(as_text, items))) or None


class QuotedOutput(BaseModel):
    """How a worker replies that is to quote all that bears on its task."""

    explanation: str | None = Field(
        default=None,
        description="one short sentence on how the excerpt bears on the task, or null",
    )
    citation: Annotated[
        str | None,
        BeforeValidator(_in_one),
        WithJsonSchema(
            {"anyOf": [{"items": {"type": "string"}, "type": "array"}, {"type": "null"}]}
        ),
    ] = Field(
        default=None,
        description="an array of every sentence and table row that bears on the task, each copied "
        "exactly, or null if none does",
    )
    answer: str | None = Field(
        default=None,
        description="what the excerpt says about the task in as few words as it takes, or null if "
        "it says nothing about it",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """What a reading arrives at; the reader adds the bill.

    Attributes:
        citations: the passages, in the order of the documents and of their text, numbered from 1.
        jobs: what became of every job.
        chunks: how many chunks the documents are.
        lost: the chunks whose jobs told nothing, because they failed or could not be read.
        notes: what a careful reader should know.
    """

    citations: tuple[Citation, ...]
    jobs: tuple[JobResult, ...]
    chunks: int
    lost: tuple[Chunk, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Assignment:
    """What is to be read.

    Attributes:
        task: the question and the documents; its workers reply in `QuotedOutput`.
        jobs: one for each chunk that is to be read.
        chunks: how many chunks the documents are.
    """

    task: Task[MinionsConfig]
    jobs: tuple[Job, ...]
    chunks: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Replies:
    """What came back.

    Attributes:
        done: every job, with what became of it.
        limit: the limit of the budget that was met, if one was.
    """

    done: Sequence[tuple[Job, JobResult]]
    limit: BudgetExceeded | None


def assigned(task: Task[MinionsConfig]) -> Assignment:
    """Cut the documents and choose what to read; of long ones that takes a while.

    Raises:
        BudgetExceeded: nothing may be read.
    """
    chunks = list(cut_all(task.documents, max_chunk_chars(task)))
    chosen = _worth_reading(chunks, task.question, task.config.budget.jobs)
    asked = _as_task(task.question)
    jobs = tuple(
        Job(id=number, round=1, task=asked, chunk=chunk, kind="list")
        for number, chunk in enumerate(chosen, start=1)
    )
    return Assignment(task=task, jobs=jobs, chunks=len(chunks))


def extraction(given: Assignment) -> Steps[Replies]:
    """Read all that is assigned.

    Raises:
        ModelError: the local model cannot be reached, or no chunk at all could be read.
        BudgetExceeded: the budget ended before one was.
    """
    done, limit = yield from run_jobs(given.task, given.jobs, is_first=True)
    _refuse_nothing_read([result for _, result in done], limit)
    return Replies(done=done, limit=limit)


def checked(given: Assignment, replies: Replies) -> Extraction:
    """What the replies come to, held against the documents; of many that takes a while."""
    found = list(_findings(given.task, replies.done))
    return Extraction(
        citations=_passages(found, given.task.documents),
        jobs=tuple(result for _, result in replies.done),
        chunks=given.chunks,
        lost=tuple(job.chunk for job, result in replies.done if _is_lost(result)),
        notes=tuple(_notes(found, replies, given.chunks)),
    )


def _as_task(query: str) -> str:
    """A question as it is; key words as a question about them."""
    if query.rstrip().endswith(_QUESTION_MARKS):
        return query
    return render("reader_task", query=query)


def _worth_reading(chunks: Sequence[Chunk], query: str, most: int | None) -> Sequence[Chunk]:
    """The chunks that suit the query best, if not all may be read, in their order.

    Raises:
        BudgetExceeded: none may be read.
    """
    if most is None or len(chunks) <= most:
        return chunks
    if not most:
        raise BudgetExceeded("jobs", 0, 0)
    ranked = Index([chunk.text for chunk in chunks]).top(query, most)
    best = list(dict.fromkeys([*ranked, *range(len(chunks))]))[:most]
    return [chunks[index] for index in sorted(best)]


def _refuse_nothing_read(results: Sequence[JobResult], limit: BudgetExceeded | None) -> None:
    """Tell a reading that failed from one that found nothing."""
    if not all(map(_is_lost, results)):
        return
    if limit:
        raise limit
    if results:
        raise ModelError(f"none of {len(results)} chunks could be read: {results[0].detail}")


def _is_lost(result: JobResult) -> bool:
    return result.status not in {"answered", "abstained"}


def _findings(
    task: Task[MinionsConfig], done: Iterable[tuple[Job, JobResult]]
) -> Iterator[Finding]:
    """Every quote of every job, held against its source; an answer without one may be a quote."""
    for job, result in done:
        for quote in _BLANK_LINES.split(result.citation or result.answer or ""):
            # One by one: what several documents say alike is to be found in each of them.
            yield from gather_findings(
                [(job, replace(result, citation=quote))],
                task.documents,
                heading_of=task.heading_at,
                library=task.library,
            )


@dataclass(frozen=True, slots=True)
class _Passage:
    """A finding, and where it stands."""

    document: int
    span: Span
    finding: Finding


def _passages(found: Iterable[Finding], documents: Sequence[Document]) -> tuple[Citation, ...]:
    """The findings that stand somewhere; a quote of a word or two that shows nothing is none."""
    placed = [
        _Passage(place.document, place.span, finding)
        for finding in found
        if (place := finding.places[0]).document is not None
        and place.span
        and (finding.check == "verified" or is_telling(finding.quote))
    ]
    joined: list[_Passage] = []
    for passage in sorted(placed, key=lambda each: (each.document, each.span)):
        if joined and _goes_on(joined[-1], passage, documents[passage.document].text):
            end = max(joined[-1].span.end, passage.span.end)
            joined[-1] = replace(joined[-1], span=Span(joined[-1].span.start, end))
        else:
            joined.append(passage)
    return tuple(
        to_citation(_numbered(passage, number), documents)
        for number, passage in enumerate(joined, start=1)
    )


def _goes_on(last: _Passage, passage: _Passage, text: str) -> bool:
    """Whether passages overlap, or have the same answer and nothing but space between them."""
    if last.document != passage.document:
        return False
    between = text[last.span.end : passage.span.start]
    is_one_answer = last.finding.answer == passage.finding.answer
    return passage.span.start < last.span.end or (is_one_answer and not between.strip())


def _numbered(passage: _Passage, number: int) -> Finding:
    place = replace(passage.finding.places[0], span=passage.span)
    return replace(passage.finding, number=number, places=(place,))


def _notes(found: Iterable[Finding], replies: Replies, chunks: int) -> Iterator[str]:
    results = [result for _, result in replies.done]
    if replies.limit:
        yield f"Stopped early: {replies.limit}."
    if len(results) < chunks:
        yield f"The budget has room for {len(results)} of {chunks} chunks: those that fit best."
    lost = list(filter(_is_lost, results))
    if lost:
        counted = Counter(result.status for result in lost)
        told = ", ".join(f"{number} {status}" for status, number in counted.items())
        yield f"Of {len(results)} jobs {len(lost)} told nothing ({told}): {lost[0].detail}."
    strange = sum(not finding.places[0].span for finding in found)
    if strange:
        yield f"Quotes that stand in no document were left out: {strange}."
