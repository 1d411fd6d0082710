"""The answer: its text with markers to press, the passages it rests on, and a passage opened."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import streamlit as st
from streamlit.components.v2 import component

from minions_core.app.markup import Html, div, joined, prose, span, tag
from minions_core.app.passages import badge, citation_card, document_pages, place_of
from minions_core.app.running import Turn
from minions_core.app.state import Session
from minions_core.documents import Document, Span
from minions_core.evidence.markers import MARKER, marked
from minions_core.result import Citation, MinionsResult

_HERE = Path(__file__).parent
_TITLES = {
    "answered": "Answer",
    "exhausted": "No answer: the best evidence found",
    "budget": "A limit was reached: what is known so far",
    "failed": "The run ended early: what was found before",
}


def show_answer(turn: Turn, key: str, session: Session) -> None:
    """Show the answer of a turn; a marker or a card that is pressed opens its passage.

    Args:
        turn: the turn.
        key: the key of the answer on the page.
        session: told which passage is open.
    """
    result = turn.result
    if result is None:
        return
    pressed: Any = _component("minions_answer")(
        data={"html": answer_html(result)}, key=key, on_cite_change=_nothing_more
    )
    citations = {citation.number: citation for citation in result.citations}
    if pressed.cite in citations:
        session.opened = citations[pressed.cite], turn.question.documents


def answer_html(result: MinionsResult) -> Html:
    """The answer and its citations."""
    words = prose(result.answer, MARKER, _Marks(result)) if result.answer.strip() else Html()
    nothing = div("mn-dim", "Nothing was found that answers the question.")
    cards = [citation_card(citation) for citation in result.citations]
    return div(
        "mn-result",
        div("mn-title", _TITLES[result.status]),
        div("mn-answer", words or nothing),
        div("mn-cards", *cards) if cards else Html(),
        *(div("mn-note", f"Note: {note}") for note in result.notes),
    )


class _Marks:
    """Makes the numbers of a marker buttons, where they point at a citation."""

    def __init__(self, result: MinionsResult) -> None:
        self._known = {citation.number: citation for citation in result.citations}

    def __call__(self, marker: re.Match[str]) -> Html:
        numbers = marked(marker[1], self._known)
        if not any(number in self._known for number in numbers):
            return joined(marker[0])
        return span("mn-marks", *map(self._mark, numbers))

    def _mark(self, number: int) -> Html:
        citation = self._known.get(number)
        if citation is None:
            return span("mn-nowhere", f"[{number}]")
        return tag(
            "button",
            f"[{number}]",
            class_=f"mn-mark mn-{citation.check}",
            type="button",
            title=place_of(citation),
            data_cite=str(number),
        )


def open_passage(
    citation: Citation, documents: tuple[Document, ...], dismiss: Callable[[], None]
) -> None:
    """Open a passage in its document, the words marked and in view.

    Args:
        citation: the passage.
        documents: those of the run.
        dismiss: called when it is closed; until then it is to be opened at every drawing.
    """
    st.dialog("Passage", width="large", on_dismiss=dismiss)(_show_passage)(citation, documents)


def _show_passage(citation: Citation, documents: tuple[Document, ...]) -> None:
    st.html(passage_head(citation))
    index = citation.document_index
    if index is None or index >= len(documents):
        st.html(div("mn-dim", "This text stands in no document: a plan put it together."))
        return
    place = _span(citation)
    if place is None:
        st.html(div("mn-note mn-warn", "These words stand nowhere in the document."))
    _component("minions_passage")(
        data={"html": document_pages(documents[index], place)}, key="passage"
    )


def passage_head(citation: Citation) -> Html:
    """What a passage is cited for, and how it checks."""
    return div(
        "mn-passage-head",
        div(
            "mn-line",
            span("mn-number", str(citation.number)),
            span("mn-place", place_of(citation)),
            badge(citation.check),
        ),
        div("mn-quote", citation.quote or "no words were quoted"),
        div("mn-dim", f"The local model concluded: {citation.answer}"),
    )


def _span(citation: Citation) -> Span | None:
    if citation.start is None or citation.end is None:
        return None
    return Span(citation.start, citation.end)


def _component(name: str) -> Any:
    script = (_HERE / f"{name}.js").read_text(encoding="utf-8")
    return component(name, html="<div class='mn-root'></div>", js=script, isolate_styles=False)


def _nothing_more() -> None:
    """The press is read where the component is drawn."""
