"""One finding as the remote model sees it: a line of fields.

What may leave is settled first (`entry`), on whole strings; only then is anything cut to a length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace

from minions_core.documents import Document
from minions_core.evidence.discretion import OPEN, Discretion, Told
from minions_core.evidence.fields import field
from minions_core.evidence.figures import first_figure
from minions_core.evidence.finding import Finding, Place
from minions_core.evidence.folding import fold
from minions_core.ledger import Disclosed, DisclosedKind

WHOLE_QUOTE_CHARS = 1500
"""The longest quote a line holds."""

_ANSWER_CHARS = 600
_DOUBTFUL_QUOTE_CHARS = 120
_TITLE_CHARS = 80
_MAX_PLACES = 4
_MAX_MISSING = 3
_CUT = "..."


@dataclass(frozen=True, slots=True)
class _Label:
    """What a place is called: the name of its document if that is needed, and where in it."""

    name: str
    part: str
    document: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """A finding in words that may leave the machine, none of them cut yet.

    Attributes:
        finding: the finding, as it is known here.
        answer: its answer.
        quote: its quote; empty where none may leave.
        labels: what its first places are called.
        more_places: how many places there are besides.
        heading: the heading above its first place; empty if there is none, or it may not leave.
        columns: the same for the column titles of its table.
        is_open: whether text of documents may leave word for word.
    """

    finding: Finding
    answer: str
    quote: str
    labels: tuple[_Label, ...]
    more_places: int
    heading: str
    columns: str
    is_open: bool


def entry(finding: Finding, discretion: Discretion, *, named: bool) -> Entry:
    """What of a finding may leave the machine.

    Args:
        finding: the finding.
        discretion: what may be told, and how.
        named: whether its places need the names of their documents.
    """
    best = finding.places[0]
    is_open = discretion.lets_wording_out

    def told(text: str | None) -> str:
        return discretion.told(text, best.chunk.text) if text else ""

    labels = list(dict.fromkeys(_label(place, named=named) for place in finding.places))
    return Entry(
        finding=finding,
        answer=told(finding.answer),
        quote=told(finding.quote) if is_open else "",
        labels=tuple(replace(label, name=told(label.name)) for label in labels[:_MAX_PLACES]),
        more_places=max(0, len(labels) - _MAX_PLACES),
        heading=told(best.heading) if is_open else "",
        columns=told(best.columns) if is_open else "",
        is_open=is_open,
    )


def report_line(
    finding: Finding, documents: Sequence[Document], discretion: Discretion = OPEN
) -> Told:
    """One finding: `[3] 1,577 | "Purchases of PP&E (1,577)" | p. 41, "Cash flows"`."""
    return line(entry(finding, discretion, named=len(documents) > 1), WHOLE_QUOTE_CHARS)


def passage_line(finding: Finding, discretion: Discretion, *, named: bool) -> Told:
    """One passage, whole: `[3] "Purchases of PP&E (1,577)" | p. 41, "Cash flows"`."""
    told = entry(finding, discretion, named=named)
    passage = field(told.quote)
    place = _where(told)
    fields = [f'[{finding.number}] "{passage}"', place.text]
    return Told(
        " | ".join(filter(None, fields)),
        (_disclosed("passage", passage, finding), *place.disclosed),
    )


def line(told: Entry, room: int) -> Told:
    """A finding in fields: number and answer, quote, place, votes, doubts.

    Args:
        told: what may leave of it.
        room: characters of its quote.
    """
    finding = told.finding
    answer = field(told.answer, min(_ANSWER_CHARS, 2 * room))
    quote = "" if finding.again else _quote(told, room)
    place = _where(told)
    again = "again: " if finding.again else ""
    fields = [
        f"[{finding.number}] {again}{answer}",
        f'"{quote}"' if quote else "",
        place.text,
        _votes(finding),
        _check(told, answer),
        f"[{finding.rival}] reads it otherwise" if finding.rival else "",
    ]
    disclosed = [_disclosed("answer", answer, finding)]
    disclosed += [_disclosed("quote", quote, finding)] if quote else []
    return Told(" | ".join(filter(None, fields)), (*disclosed, *place.disclosed))


def _disclosed(kind: DisclosedKind, text: str, finding: Finding) -> Disclosed:
    best = finding.places[0]
    return Disclosed(
        kind=kind, text=text, document=best.name if best.document is not None else None
    )


def _quote(told: Entry, room: int) -> str:
    """The quote, around the answer's first figure if it is long; nothing if it is the answer."""
    quote = told.quote
    if fold(quote) == fold(told.answer):
        return ""
    if told.finding.check == "unverified":
        return field(quote, min(room, _DOUBTFUL_QUOTE_CHARS))
    if len(quote) > room:
        start = max(0, first_figure(quote, told.answer) - room // 2)
        quote = f"{_CUT}{quote[start:]}" if start else quote
    return field(quote, room)


def _votes(finding: Finding) -> str:
    """How many samples agreed, where a job was asked more than once."""
    if finding.samples <= max(1, len(finding.jobs)):
        return ""
    return f"{finding.agreed} of {finding.samples} samples"


def _check(told: Entry, answer: str) -> str:
    """What is to be said of the quote; nothing where it is shown and bears the answer out."""
    finding = told.finding
    if finding.check == "verified":
        return "" if told.is_open else "quote verified"
    if finding.check == "unverified":
        return "quote not found in the text" if finding.quote.strip() else "no quote"
    if not finding.missing:
        return "quote says too little"
    # A figure may be a piece of a value that is hidden in the answer; what shows there may be told.
    shown = [item for item in map(field, finding.missing) if _stands(item, answer)]
    return f"{', '.join(shown[:_MAX_MISSING]) or 'part of the answer'} not in quote"


def _stands(item: str, text: str) -> bool:
    return bool(re.search(rf"(?<!\d){re.escape(item)}(?!\d)", text))


def _where(told: Entry) -> Told:
    """The places of a finding; heading and columns for the first, where it was read best."""
    labels: list[str] = []
    disclosed: list[Disclosed] = []
    for label in told.labels:
        name = field(label.name, _TITLE_CHARS)
        labels.append(" ".join(filter(None, (name, label.part))))
        if label.document and name:
            disclosed.append(Disclosed(kind="name", text=name, document=label.document))
    text = "; ".join(filter(None, dict.fromkeys(labels)))
    if told.more_places:
        text += f" and {told.more_places} more places"
    titles = list(_titles(told))
    parts = [text, *(form.format(shown) for form, shown in titles)]
    disclosed += [_disclosed("heading", shown, told.finding) for _, shown in titles]
    return Told(", ".join(filter(None, parts)), tuple(dict.fromkeys(disclosed)))


def _titles(told: Entry) -> Iterator[tuple[str, str]]:
    for form, title in (('"{}"', told.heading), ("columns {}", told.columns)):
        if title:
            yield form, field(title.replace("|", "/"), _TITLE_CHARS)


def _label(place: Place, *, named: bool) -> _Label:
    chunk = place.chunk
    part = f"excerpt {chunk.number}/{chunk.of}" if chunk.number and chunk.of else ""
    return _Label(
        name=(place.label or place.name) if named or place.document is None else "",
        part=part if place.page is None else f"p. {_pages(place)}",
        document=None if place.document is None else place.name,
    )


def _pages(place: Place) -> str:
    is_one = place.last_page in {None, place.page}
    return f"{place.page}" if is_one else f"{place.page}-{place.last_page}"
