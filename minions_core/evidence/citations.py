"""From evidence numbers in an answer to the passages they stand for."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from minions_core.documents import Document
from minions_core.evidence.findings import Finding
from minions_core.result import Citation

_NUMBERS = r"\d{1,9}(?:\s*[-,;\u2013]\s*\d{1,9})*"
MARKER: Final = re.compile(rf"\[\s*({_NUMBERS})\s*\]")
"""Evidence numbers in a text: `[3]`, `[3, 5]`, `[1-3]`."""

_DASH = re.compile("[-\u2013]")


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
    )


def cited(
    answer: str, citations: Iterable[Citation]
) -> tuple[tuple[Citation, ...], tuple[int, ...]]:
    """The citations an answer points at, in the order of their first marker, and what is missing.

    Markers are `[3]`, `[3, 5]`, `[3][5]` and `[1-3]`.

    Returns:
        The citations, and the numbers no citation has.
    """
    known = {citation.number: citation for citation in citations}
    numbers: dict[int, None] = {}
    for marker in MARKER.finditer(answer):
        for part in re.split("[,;]", marker[1]):
            ends = [int(end) for end in _DASH.split(part)]
            numbers.update(dict.fromkeys([ends[0], *_between(ends[0], ends[-1], known), ends[-1]]))
    return (
        tuple(known[number] for number in numbers if number in known),
        tuple(number for number in numbers if number not in known),
    )


def _between(first: int, last: int, known: Mapping[int, Citation]) -> list[int]:
    # Only what exists: `[1-99999999]` must not become a list of that length.
    return sorted(number for number in known if first < number < last)
