"""A finding: what was found, where, and how far it is borne out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from minions_core.documents import Chunk, Span
from minions_core.evidence.folding import fold
from minions_core.result import Check

_RANKS: Final[Mapping[Check, int]] = MappingProxyType(
    {"verified": 0, "partial": 1, "unverified": 2}
)
_FEWEST_QUOTE_BYTES = 8

UNPLACED: Final = "text put together by the plan"
"""What stands for the name of a document where there is none."""


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
        last_page: the page the passage ends on; None where no passage or no pages are known.
        heading: the nearest heading above it, or None.
        columns: the column titles of the table around it, or None if it is in none.
    """

    chunk: Chunk
    document: int | None = None
    name: str = UNPLACED
    label: str | None = None
    span: Span | None = None
    page: int | None = None
    last_page: int | None = None
    heading: str | None = None
    columns: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """One thing found, by one worker or by several that agree.

    Attributes:
        number: its evidence number, unique in the run.
        task: what was asked, in the last round that found it.
        answer: what the worker answered.
        quote: the passage in the document's own characters, parts joined by ` ... `; as the worker
            gave it where it was not found.
        check: how it stood up to its source.
        missing: figures, dates and names of the answer that are not in the passage.
        places: where it was read, the best first.
        jobs: the ids of the jobs that found it.
        samples: how many times those jobs were asked in all.
        agreed: how many of their replies gave this answer.
        rival: number of a finding that has another figure for the same task from the same words, or
            None.
        again: whether an earlier round had found it, and this one adds no more than places.
    """

    number: int
    task: str
    answer: str
    quote: str
    check: Check
    places: tuple[Place, ...]
    jobs: tuple[int, ...]
    missing: tuple[str, ...] = ()
    samples: int = 1
    agreed: int = 1
    rival: int | None = None
    again: bool = False


def rank(finding: Finding) -> tuple[int, bool]:
    """Lower the better a finding is borne out: by its passage, then by the votes of its samples."""
    return _RANKS[finding.check], 2 * finding.agreed < finding.samples


def where(finding: Finding) -> tuple[float, float]:
    """Sorts findings by document and place in it; what stands in no document comes last."""
    place = finding.places[0]
    if place.document is None:
        return float("inf"), 0
    span = place.span or place.chunk.span
    return place.document, span.start if span else 0


def is_telling(quote: str) -> bool:
    """Whether a quote says more than a word or two."""
    # In bytes: a character of Chinese says as much as three of English.
    return len(fold(quote).encode()) >= _FEWEST_QUOTE_BYTES
