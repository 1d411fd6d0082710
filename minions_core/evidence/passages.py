"""Passages chosen by search, shown word for word, that an answer may cite like any finding."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from minions_core.documents import Chunk, Document, Span
from minions_core.evidence.coverage import union
from minions_core.evidence.discretion import OPEN, Discretion, Told, told_lines
from minions_core.evidence.finding import Finding, Place
from minions_core.evidence.findings import HeadingOf, describe
from minions_core.evidence.library import Library
from minions_core.evidence.lines import passage_line

_TASK = "preview"


def quoted(
    chunks: Sequence[Chunk], *, library: Library, heading_of: HeadingOf, first_number: int = 1
) -> list[Finding]:
    """Passages as findings, verified because they are the documents' own words.

    They come in the order of the documents. Chunks that overlap make one passage; what stands in no
    document, or is blank, makes none.

    Args:
        chunks: what search chose.
        library: the documents.
        heading_of: looks up headings.
        first_number: the number of the first passage.
    """
    findings: list[Finding] = []
    for place, text in _places(chunks, library):
        finding = Finding(
            number=first_number + len(findings),
            task=_TASK,
            answer=" ".join(text.split()),
            quote=text,
            check="verified",
            places=(describe(place, library, heading_of),),
            jobs=(),
        )
        findings.append(finding)
    return findings


def _places(chunks: Sequence[Chunk], library: Library) -> Iterator[tuple[Place, str]]:
    """Where the chunks stand, overlaps made one, and the text there, trimmed."""
    placed = {
        (chunk.document, chunk.span): chunk for chunk in chunks if chunk.span and chunk.text.strip()
    }
    for index, document in enumerate(library.documents):
        spans = [span for at, span in placed if at == index and span]
        for whole in union(spans, touching=False):
            text = document.text[whole.start : whole.end]
            chunk = placed.get((index, whole)) or Chunk(text, index, whole)
            start = whole.start + len(text) - len(text.lstrip())
            text = text.strip()
            yield Place(chunk=chunk, document=index, span=Span(start, start + len(text))), text


def passages_report(
    findings: Sequence[Finding], documents: Sequence[Document], discretion: Discretion = OPEN
) -> Told:
    """Passages for the remote model, a line each, whole: `[1] "Sales rose to 5." | p. 3, "Sales"`.

    With privacy `answers` nothing is told, for there is nothing else to them.

    Args:
        findings: the passages, as `quoted` returns them.
        documents: the documents of the run.
        discretion: how they are told.
    """
    if not discretion.lets_wording_out:
        return Told("")
    named = len(documents) > 1
    return told_lines([passage_line(finding, discretion, named=named) for finding in findings])
