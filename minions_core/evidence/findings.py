"""What workers found, checked against the documents: findings with their places.

A finding's place is in the chunk it was read from, not the first match anywhere. "Verified" covers
the finding, not only its quote: a genuine quote that lacks a figure of the answer is `partial`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from types import MappingProxyType
from typing import Final, TypeAlias

from minions_core.documents import Chunk, Document, Span
from minions_core.evidence.figures import unsupported
from minions_core.evidence.folding import fold
from minions_core.evidence.library import Library
from minions_core.jobs import Job
from minions_core.result import Check, JobResult

HeadingOf: TypeAlias = Callable[[int, int], str | None]
"""Index of a document and an offset in, the nearest heading above out; None where there is none."""

RANKS: Final[Mapping[Check, int]] = MappingProxyType({"verified": 0, "partial": 1, "unverified": 2})
"""The better a finding is borne out, the lower."""

_FEWEST_QUOTE_BYTES = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a finding was read.

    Attributes:
        chunk: what its worker read.
        document: index of the document, or None if a plan composed the chunk and no document
            holds the quote.
        name: the document's name.
        label: the name with what tells documents that share it apart; None where the name does.
        span: the passage, or None if the quote was not found.
        page: its page, else the page its chunk begins on; None where pages are not known.
        heading: the nearest heading above it, or None.
        columns: the column titles of the table around it, or None if it is in none.
    """

    chunk: Chunk
    document: int | None = None
    name: str = "text put together by the plan"
    label: str | None = None
    span: Span | None = None
    page: int | None = None
    heading: str | None = None
    columns: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found, by one worker or by several that agree.

    Attributes:
        number: its evidence number, unique in the run.
        task: what was asked.
        answer: what the worker answered.
        quote: the passage in the document's own characters, parts joined by ` ... `; as the worker
            gave it where it was not found.
        check: how it stood up to its source.
        missing: figures and names of the answer that are not in the passage.
        places: where it was read, the best first.
        jobs: the ids of the jobs that found it.
    """

    number: int
    task: str
    answer: str
    quote: str
    check: Check
    places: tuple[Place, ...]
    jobs: tuple[int, ...]
    missing: tuple[str, ...] = ()


def gather_findings(
    answered: Sequence[tuple[Job, JobResult]],
    documents: Sequence[Document],
    *,
    first_number: int,
    heading_of: HeadingOf,
    library: Library | None = None,
) -> list[Finding]:
    """The findings of a round: checked, duplicates merged, ranked and numbered.

    Verified findings come first, then partial, then unverified ones; among equals the order is that
    of the tasks, then that of the documents. Two findings are one if they give the same answer to
    the same task and their passages overlap or read the same.

    Args:
        answered: jobs with what they came to; those without an answer are passed over.
        documents: the documents of the run.
        first_number: the number of the first finding.
        heading_of: looks up headings.
        library: of these documents, kept from an earlier round; without one they are read anew.
    """
    library = library or Library(documents)
    tasks: dict[str, int] = {}
    groups: dict[tuple[str, str], list[Finding]] = {}
    for job, result in answered:
        tasks.setdefault(result.task, len(tasks))
        if result.answer is not None:
            finding = _check(job, result, result.answer, library)
            groups.setdefault((finding.task, _answer_key(finding.answer)), []).append(finding)
    merged = [finding for group in groups.values() for finding in _merged(group)]
    merged.sort(
        key=lambda found: (RANKS[found.check], tasks[found.task], _order(found), found.jobs)
    )
    described = partial(_described, library=library, heading_of=heading_of)
    return [
        replace(finding, number=number, places=tuple(map(described, finding.places)))
        for number, finding in enumerate(merged, first_number)
    ]


def _check(job: Job, result: JobResult, answer: str, library: Library) -> Finding:
    """What a job found, held against its source; its number and place are yet to come."""
    quote = result.citation or ""
    passage = library.find(quote, job.chunk)
    place = Place(chunk=job.chunk, document=job.chunk.document)
    check: Check = "unverified"
    missing: tuple[str, ...] = ()
    if passage:
        quote = passage.quote
        missing = unsupported(answer, passage.words, passage.around.has_word)
        is_proof = not missing and _is_telling(quote, answer)
        check = "verified" if is_proof else "partial"
        place = replace(place, document=passage.document, span=passage.span)
    return Finding(
        number=0,
        task=result.task,
        answer=answer,
        quote=quote,
        check=check,
        places=(place,),
        jobs=(job.id,),
        missing=missing,
    )


def _is_telling(quote: str, answer: str) -> bool:
    """Whether a quote says enough to bear out an answer: a word or two must be the answer."""
    folded = fold(quote)
    # In bytes: a character of Chinese says as much as three of English.
    return len(folded.encode()) >= _FEWEST_QUOTE_BYTES or fold(answer) in folded


def _described(place: Place, library: Library, heading_of: HeadingOf) -> Place:
    """A place with what people call it: document, page, heading, columns."""
    index, span = place.document, place.span or place.chunk.span
    if index is None:
        return place
    return replace(
        place,
        name=library.name(index),
        label=library.label(index),
        page=library.page_at(index, span.start) if span else None,
        heading=heading_of(index, span.start) if span else None,
        columns=library.columns_at(index, place.span.start) if place.span else None,
    )


def _answer_key(answer: str) -> str:
    return " ".join(answer.lower().split()).strip(" .\"'")


def _order(finding: Finding) -> tuple[float, float]:
    place = finding.places[0]
    if place.document is None:
        return float("inf"), 0
    span = place.span or place.chunk.span
    return place.document, span.start if span else 0


def _merged(group: list[Finding]) -> Iterator[Finding]:
    """Findings of one answer to one task: overlapping passages become one, then equal ones."""
    alike: dict[str, list[Finding]] = {}
    for passage in _passages(sorted(group, key=_order)):
        best = _joined(passage, places=1)
        alike.setdefault(fold(best.quote), []).append(best)
    return (_joined(found, places=len(found)) for found in alike.values())


def _passages(ordered: list[Finding]) -> Iterator[list[Finding]]:
    """Findings whose passages overlap, together; one without a passage stays alone."""
    passage: list[Finding] = []
    document: int | None = None
    end = 0
    for finding in ordered:
        place = finding.places[0]
        if not place.span:
            yield [finding]
            continue
        if passage and (place.document != document or place.span.start >= end):
            yield passage
            passage, end = [], 0
        passage.append(finding)
        document, end = place.document, max(end, place.span.end)
    if passage:
        yield passage


def _joined(findings: Sequence[Finding], places: int) -> Finding:
    """The best of `findings` for all of them: the best checked, then the longest quote."""
    best = min(findings, key=lambda found: (RANKS[found.check], -len(found.quote)))
    if len(findings) == 1:
        return best
    others = [found.places[0] for found in findings if found is not best]
    return replace(
        best,
        places=(best.places[0], *others)[:places],
        jobs=tuple(sorted(job for found in findings for job in found.jobs)),
    )
