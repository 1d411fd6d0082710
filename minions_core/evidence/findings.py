"""What workers found, checked against the documents: findings with their places.

A finding's place is in the chunk it was read from, not the first match anywhere. "Verified" covers
the finding, not only its quote: a genuine quote that lacks a figure of the answer is `partial`.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from minions_core.documents import Document
from minions_core.evidence.finding import Finding, Place, is_telling, rank, where
from minions_core.evidence.folding import fold
from minions_core.evidence.library import Library, Passage
from minions_core.evidence.merging import Known, merged, repeated
from minions_core.evidence.rivals import with_rivals
from minions_core.evidence.support import unsupported
from minions_core.result import Check, JobResult

if TYPE_CHECKING:
    from minions_core.jobs import Job

_BEST = (0, False)  # as `rank` ranks it

HeadingOf: TypeAlias = Callable[[int, int], str | None]
"""Index of a document and an offset in, the nearest heading above out; None where there is none."""


def gather_findings(
    done: Sequence[tuple[Job, JobResult]],
    documents: Sequence[Document],
    *,
    known: Sequence[Finding] = (),
    heading_of: HeadingOf,
    library: Library | None = None,
) -> list[Finding]:
    """The findings of a round: checked, duplicates merged, ranked and numbered.

    Verified findings come first, then partial, then unverified ones; of equals those whose samples
    agreed; then the order is that of the tasks, then that of the documents. Summaries of parts come
    in the order of the parts, however they are borne out. Two findings are one if they give the
    same answer to the same task and their passages overlap or read the same.

    Args:
        done: jobs with what they came to; those without an answer are passed over.
        documents: the documents of the run.
        known: what was found before. A finding that gives the same answer from the same passage is
            that one: it keeps its number and takes on the new places, whatever the task.
        heading_of: looks up headings.
        library: of these documents, kept from an earlier round; without one they are read anew.
    """
    library = library or Library(documents)
    results = {job.id: result for job, result in done}
    checked = [
        _checked(job, result, result.answer, library)
        for job, result in done
        if result.answer is not None
    ]
    found = [_counted(finding, results) for finding in merged(checked)]
    described = [
        replace(
            finding, places=tuple(describe(place, library, heading_of) for place in finding.places)
        )
        for finding in _in_order(found, done)
    ]
    return with_rivals(_numbered(described, known))


def _in_order(findings: Iterable[Finding], done: Sequence[tuple[Job, JobResult]]) -> list[Finding]:
    tasks = {task: place for place, task in enumerate(dict.fromkeys(r.task for _, r in done))}
    summed_up = {job.id for job, _ in done if job.kind == "summary"}
    return sorted(
        findings,
        key=lambda item: (
            _BEST if summed_up.issuperset(item.jobs) else rank(item),
            tasks[item.task],
            where(item),
            item.jobs,
        ),
    )


def _numbered(findings: Iterable[Finding], known: Sequence[Finding]) -> list[Finding]:
    """Each finding once, under the number it has already or the next one."""
    earlier = Known(known)
    numbered: dict[int, Finding] = {}
    number = max((finding.number for finding in known), default=0)
    for finding in findings:
        same = earlier.same(finding)
        if same:
            so_far = numbered.get(same.number, replace(same, again=True))
            numbered[same.number] = repeated(so_far, finding)
        else:
            number += 1
            numbered[number] = replace(finding, number=number)
    return list(numbered.values())


def _checked(job: Job, result: JobResult, answer: str, library: Library) -> Finding:
    """What a job found, held against its source; its number and place are yet to come."""
    quote = result.citation or ""
    passage = library.find(quote, job.chunk)
    place = Place(chunk=job.chunk, document=job.chunk.document)
    check: Check = "unverified"
    missing: tuple[str, ...] = ()
    if passage:
        quote = passage.quote
        if job.kind != "look-up":  # one sentence cannot hold all that a list or a summary says
            passage = replace(passage, words=passage.around.text)
        missing = not_borne_out(answer, passage, library)
        is_telling_so = is_telling(quote) or fold(answer) in fold(quote)
        says_enough = is_telling_so and not (job.kind == "look-up" and _is_cut(passage))
        check = "verified" if says_enough and not missing else "partial"
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
        samples=result.samples,
        agreed=result.agreed,
    )


def _is_cut(passage: Passage) -> bool:
    """Whether a passage begins or ends inside a word: "either party" of "Neither party"."""
    quote = fold(passage.quote)
    return quote.isascii() and fold(passage.words) != quote


def not_borne_out(answer: str, passage: Passage, library: Library) -> tuple[str, ...]:
    """The figures, dates and names of an answer that its passage lacks.

    The column titles of a table belong to each of its rows, for they hold the years.
    """
    titles = library.columns_at(passage.document, passage.span.start)
    words = f"{passage.words} | {titles}" if titles else passage.words
    return unsupported(answer, words, passage.around.has_word)


def _counted(finding: Finding, results: Mapping[int, JobResult]) -> Finding:
    """`finding` with its jobs once each, and their samples."""
    jobs = tuple(dict.fromkeys(finding.jobs))
    return replace(
        finding,
        jobs=jobs,
        samples=sum(results[job].samples for job in jobs),
        agreed=sum(results[job].agreed for job in jobs),
    )


def describe(place: Place, library: Library, heading_of: HeadingOf) -> Place:
    """A place with what people call it: document, page, heading, columns."""
    index, span = place.document, place.span or place.chunk.span
    if index is None:
        return place
    return replace(
        place,
        name=library.name(index),
        label=library.label(index),
        page=library.page_at(index, span.start) if span else None,
        last_page=library.page_at(index, place.span.end - 1) if place.span else None,
        heading=heading_of(index, span.start) if span else None,
        columns=library.columns_at(index, place.span.start) if place.span else None,
    )
