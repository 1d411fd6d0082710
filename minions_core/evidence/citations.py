"""From evidence numbers in an answer to the passages they stand for."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from minions_core.documents import Document
from minions_core.evidence.finding import Finding
from minions_core.evidence.markers import MARKER, InOrder, marked
from minions_core.result import Citation, MinionsResult


def to_citation(finding: Finding, documents: Sequence[Document]) -> Citation:
    """A finding as a passage an answer may rest on: its first place."""
    place = finding.places[0]
    quote = finding.quote
    if place.document is not None and place.span:
        quote = documents[place.document].text[place.span.start : place.span.end]
    return Citation(
        number=finding.number,
        document=place.name,
        document_index=place.document,
        quote=quote,
        answer=finding.answer,
        check=finding.check,
        start=place.span.start if place.span else None,
        end=place.span.end if place.span else None,
        page=place.page,
        heading=place.heading,
        samples=finding.samples,
        agreed=finding.agreed,
    )


def cited(
    answer: str, citations: Iterable[Citation]
) -> tuple[tuple[Citation, ...], tuple[int, ...]]:
    """The citations an answer points at, in the order of their first marker, and what is missing.

    Markers are `[3]`, `[3, 5]`, `[3][5]`, `[1-3]` and what models make of them: see `MARKER`.

    Returns:
        The citations, and the numbers no citation has.
    """
    known = {citation.number: citation for citation in citations}
    numbers = dict.fromkeys(
        number for marker in MARKER.finditer(answer) for number in marked(marker[1], known)
    )
    return (
        tuple(known[number] for number in numbers if number in known),
        tuple(number for number in numbers if number not in known),
    )


def in_place_of_answer(citations: Iterable[Citation]) -> str:
    """What stands in for an answer where there is none: a line for each passage."""
    return "\n".join(f"[{item.number}] {item.answer} ({item.place})" for item in citations)


def in_order(result: MinionsResult) -> MinionsResult:
    """A result whose answer numbers its citations from 1, in the order it first points at them.

    `evidence` and what happened in the rounds keep the numbers of the evidence. Numbers of no
    evidence stay as they stand in the answer (see `InOrder`); `notes` tell of them.
    """
    ordered = tuple(replace(item, number=n) for n, item in enumerate(result.citations, start=1))
    if result.answer == in_place_of_answer(result.citations):
        answer = in_place_of_answer(ordered)
    else:
        renumber = InOrder({item.number for item in result.evidence})
        answer = renumber(result.answer) + renumber.rest()
    return replace(result, answer=answer, citations=ordered)
