"""Evidence of earlier questions, where it still stands."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from minions_core.documents import Chunk, Span
from minions_core.evidence.citations import to_citation
from minions_core.evidence.finding import Finding, Place
from minions_core.evidence.findings import HeadingOf, describe, not_borne_out
from minions_core.evidence.library import Library
from minions_core.evidence.markers import renumbered
from minions_core.evidence.merging import Known
from minions_core.result import Citation, Turn


def recalled(
    history: Sequence[Turn], *, library: Library, heading_of: HeadingOf, first_number: int = 1
) -> tuple[list[Finding], list[Turn]]:
    """What earlier answers rest on, as findings, and those answers pointing at them.

    A passage counts if it still stands in a document of that name, at its old place or another.
    What several turns rest on is one finding.

    Args:
        history: the earlier questions and answers, in order.
        library: the documents as they are now.
        heading_of: looks up headings.
        first_number: the number of the first finding.

    Returns:
        The findings, and the turns: the markers in their answers have the numbers of the findings;
        those whose evidence is gone are taken out.
    """
    findings: list[Finding] = []
    turns: list[Turn] = []
    for turn in history:
        numbers: dict[int, int] = {}
        for citation in turn.evidence:
            finding = _standing(citation, turn.question, library, heading_of)
            if finding:
                same = Known(findings).same(finding)
                if not same:
                    same = replace(finding, number=first_number + len(findings))
                    findings.append(same)
                numbers[citation.number] = same.number
        evidence = tuple(findings[new - first_number] for new in dict.fromkeys(numbers.values()))
        turns.append(
            Turn(
                question=turn.question,
                answer=renumbered(turn.answer, numbers),
                evidence=tuple(to_citation(finding, library.documents) for finding in evidence),
            )
        )
    return findings, turns


def _standing(
    citation: Citation, question: str, library: Library, heading_of: HeadingOf
) -> Finding | None:
    """A citation as a finding, if its passage still stands; its number is yet to come."""
    if citation.start is None or citation.end is None:
        return None
    before = Span(citation.start, citation.end)
    for index in library.named(citation.document, first=citation.document_index):
        passage = library.find_again(citation.quote, index, before)
        if passage:
            chunk = Chunk(passage.quote, index, passage.span)
            place = Place(chunk=chunk, document=index, span=passage.span)
            partial = citation.check == "partial"
            return Finding(
                number=0,
                task=question,
                answer=citation.answer,
                quote=passage.quote,
                check=citation.check,
                missing=not_borne_out(citation.answer, passage, library) if partial else (),
                places=(describe(place, library, heading_of),),
                jobs=(),
                samples=citation.samples,
                agreed=citation.agreed,
            )
    return None
