"""Passages of documents: as a card beside an answer, and in their place in the document."""

from __future__ import annotations

from collections.abc import Iterator

from minions_core.app.markup import Html, div, joined, span, tag
from minions_core.as_html import highlighted
from minions_core.documents import PAGE_BREAK, Document, Span
from minions_core.result import Check, Citation

CHECKS: dict[Check, str] = {
    "verified": "verified",
    "partial": "quote found, but a figure of the answer is not in it",
    "unverified": "not found in the document",
}
_MOST_CHARS = 2_000_000
_LONGEST_QUOTE = 400


def badge(check: Check) -> Html:
    """How a quote stood up to its source, in a word and a colour."""
    return span(f"mn-badge mn-{check}", CHECKS[check])


def place_of(citation: Citation) -> str:
    """Where a passage stands, for people."""
    page = f"page {citation.page}" if citation.page is not None else ""
    return " · ".join(filter(None, (citation.document, page, citation.heading)))


def evidence_card(citation: Citation) -> Html:
    """A finding: what was concluded, the words it rests on, where they stand, how they check."""
    return div("mn-card", *_face(citation), div("mn-concluded", citation.answer), _quoted(citation))


def citation_card(citation: Citation) -> Html:
    """A passage an answer rests on; a press on it opens the passage."""
    number = str(citation.number)
    inside = (*_face(citation), _quoted(citation), span("mn-open", "Open in the document"))
    return tag("button", *inside, class_="mn-card mn-press", type="button", data_cite=number)


def _face(citation: Citation) -> tuple[Html, Html, Html]:
    number = span("mn-number", str(citation.number))
    return number, span("mn-place", place_of(citation)), badge(citation.check)


def _quoted(citation: Citation) -> Html:
    words = citation.quote.strip()
    if not words:
        return div("mn-quote mn-dim", "no words were quoted")
    short = words[:_LONGEST_QUOTE] + ("…" if len(words) > _LONGEST_QUOTE else "")
    return div("mn-quote", short)


def document_pages(document: Document, passage: Span | None) -> Html:
    """A document page by page, with a passage marked; of an enormous one what is around it."""
    around = _around(document, passage)
    pages = [
        tag(
            "section",
            div("mn-pageno", f"Page {number}") if number is not None else Html(),
            div("mn-pagetext", Html(highlighted(text, [marked] if marked else []))),
            class_="mn-page",
        )
        for number, text, marked in _pages(document, around, passage)
    ]
    cut = len(around) < len(document.text)
    left = "A part of the document, which is very long" if cut else ""
    return joined(div("mn-dim", left) if left else Html(), *pages)


def _around(document: Document, passage: Span | None) -> Span:
    middle = passage.start if passage else 0
    start = max(0, min(middle - _MOST_CHARS // 2, len(document.text) - _MOST_CHARS))
    return Span(start, min(len(document.text), start + _MOST_CHARS))


def _pages(
    document: Document, around: Span, passage: Span | None
) -> Iterator[tuple[int | None, str, Span | None]]:
    """Number, text and marked part of each page, as far as it is shown."""
    start, number = around.start, document.page_at(around.start)
    for page in document.text[around.start : around.end].split(PAGE_BREAK):
        here = Span(start, start + len(page))
        marked = passage.common(here).shifted(-start) if passage else None
        yield number, page, marked or None
        start = here.end + len(PAGE_BREAK)
        number = number + 1 if number is not None else None
